"""``lambdactl iam-policy``: the least permissions for what somebody is to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.cli.target import named
from lambdactl.errors import UsageError

if TYPE_CHECKING:
    from lambdactl.aws.permissions import User

app = typer.Typer(**SETTINGS)


@app.command(name="iam-policy")
@shared
def iam_policy(
    asked: Asked,
    read_only: Annotated[bool, typer.Option("--read-only", help="To look. The default.")] = False,
    operator: Annotated[
        bool, typer.Option("--operator", help="To shift, promote, abort, roll back.")
    ] = False,
    pruner: Annotated[bool, typer.Option("--pruner", help="To prune.")] = False,
    deployer: Annotated[
        bool, typer.Option("--deployer", help="To deploy, and to operate.")
    ] = False,
) -> None:
    """Print the least IAM policy for read-only, operator, pruner or deployer.

    \b
    lambdactl iam-policy --operator                 for every function
    lambdactl iam-policy --operator -f checkout     for this one

    AWS is not asked. What a stack's own resources need is not in it: that belongs to the role that
    CloudFormation works under.
    """
    from lambdactl.aws.permissions import User

    wanted = {
        User.READ_ONLY: read_only,
        User.OPERATOR: operator,
        User.PRUNER: pruner,
        User.DEPLOYER: deployer,
    }
    users = [user for user, named in wanted.items() if named] or [User.READ_ONLY]
    if len(users) > 1:
        raise UsageError(
            f"--{users[0]} and --{users[1]} are two policies",
            hint=f"lambdactl iam-policy --{users[0]}   and   lambdactl iam-policy --{users[1]}",
        )
    # The policy is JSON whatever else is printed as a table: IAM takes it as it is.
    output = asked.output if asked.structured else "json"
    asked.terminal.document(policy_for(users[0], asked), output)


def policy_for(user: User, asked: Asked) -> dict[str, Any]:
    """The policy, no wider than the function and region that were named."""
    from lambdactl.aws.permissions import policy

    place = named(asked.function, "-f") if asked.function else {}
    told: dict[str, str] = {k: place[k].text for k in ("function", "region") if k in place}
    if "account_id" in place:
        told["account"] = place["account_id"].text
    if asked.region:
        told["region"] = asked.region
    return policy(user, **told)

"""What IAM allows, asked for the doctor: CodeDeploy's role its hooks, the caller its commands.

Where IAM may not be asked that is the answer, with the reason: unknown is not allowed, and not
forbidden either.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lambdactl.aws import command_permissions, simulation
from lambdactl.aws.parts import reason_of
from lambdactl.errors import CredentialsError, LambdactlError
from lambdactl.model import Snapshot
from lambdactl.model_permissions import HookRight, Rights, UserRights

if TYPE_CHECKING:
    from lambdactl.aws import Aws

INVOKE = "lambda:InvokeFunction"


def hook_rights(aws: Aws, snapshot: Snapshot, hooks: Iterable[str]) -> tuple[HookRight, ...]:
    """Of each hook, by its function's name."""
    role = snapshot.group.role_arn if snapshot.group else None
    return tuple(hook_right(aws, snapshot, role, hook) for hook in hooks)


def hook_right(aws: Aws, snapshot: Snapshot, role: str | None, hook: str) -> HookRight:
    place = snapshot.place
    arn = f"arn:{place.partition}:lambda:{place.region}:{place.account_id}:function:{hook}"
    if role is None:
        return HookRight(hook, None, arn, None, "the deployment group was not read")
    try:
        decision = simulation.decisions(aws, role, (INVOKE,), arn)[INVOKE]
    except CredentialsError:
        raise
    except LambdactlError as error:
        return HookRight(hook, role, arn, None, reason_of(error))
    allowed = decision == simulation.ALLOWED
    said = "allowed by IAM's simulation" if allowed else f"{decision} by IAM's simulation"
    return HookRight(hook, role, arn, allowed, said)


def caller_rights(aws: Aws, snapshot: Snapshot) -> Rights:
    """What these credentials may do, for each user of ``iam-policy`` and each command."""
    principal = aws.caller_arn()
    try:
        principal = simulation.principal_of(aws, principal)
        denied = simulation.denied(aws, principal, questions(snapshot))
    except CredentialsError:
        raise
    except LambdactlError as error:
        return Rights(principal, unknown=reason_of(error))
    missing = command_permissions.missing(denied)
    return Rights(
        principal,
        tuple(
            UserRights(user.value, tuple(commands), missing[user])
            for user, commands in command_permissions.COMMANDS.items()
        ),
    )


def questions(snapshot: Snapshot) -> dict[str, str]:
    """Each action that a command needs, and the resource of this target that it is about."""
    place, group = snapshot.place, snapshot.group
    words = {
        "partition": place.partition,
        "region": place.region,
        "account": place.account_id,
        "function": snapshot.target.function,
        "stack": snapshot.stack or "*",
        "group": f"{group.application}/{group.name}" if group else "*",
    }
    on = command_permissions.ON
    return {a: on.get(a, "*").format(**words) for a in sorted(command_permissions.needed())}

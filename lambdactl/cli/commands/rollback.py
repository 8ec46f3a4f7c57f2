"""``lambdactl rollback``: back to the last version that carried all traffic."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def rollback(
    asked: Asked,
    to: Annotated[
        int | None, typer.Option("--to", metavar="VERSION", min=1, help="Back to this version.")
    ] = None,
) -> None:
    """Give all traffic back to the last good version.

    \b
    lambdactl rollback     to the last that had all traffic and was not taken back
    lambdactl rollback --to 41
                           to this one
    lambdactl rollback -n  only show which, and from what it is known

    Found from CodeDeploy's deployments and CloudWatch's hours of the last two weeks, never simply
    the number before. While a deployment runs or the alias is split, it is lambdactl abort.
    """
    from lambdactl.cli.change import change
    from lambdactl.ops.rolling_back import learn_rollback

    change(asked, learn=lambda aws, target: learn_rollback(aws, target, to))

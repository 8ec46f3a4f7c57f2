"""``lambdactl prune``: delete versions that nothing needs, and say why each other one stays."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def prune(
    asked: Asked,
    keep: Annotated[
        int, typer.Option(metavar="N", help="Keep the newest N besides those in use.")
    ] = 5,
    grace: Annotated[
        str, typer.Option(metavar="TIME", help="Keep what is younger: 36h, 90m.")
    ] = "24h",
) -> None:
    """Delete versions that nothing needs.

    \b
    lambdactl prune -n          what would go, what stays, and why
    lambdactl prune --keep 5    asks for the function's name, then deletes

    Never deleted: $LATEST, any version that any alias routes to, the one an alias had before, and
    what an event source, provisioned concurrency, CodeDeploy or the stack still needs.
    """
    from lambdactl.cli.change import change
    from lambdactl.cli.options import seconds
    from lambdactl.plan import plan_prune

    age = seconds(grace)
    change(
        asked,
        lambda snapshot: plan_prune(snapshot, keep, grace_s=age),
        needs_alias=False,
        inventory=True,
    )

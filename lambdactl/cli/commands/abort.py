"""``lambdactl abort``: all traffic back to the stable version, whoever drives the rollout."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def abort(
    asked: Asked,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why; for the audit log.")
    ] = None,
) -> None:
    """Give the stable version all traffic; stop the deployment that runs.

    \b
    lambdactl abort        asks once
    lambdactl abort --yes  does not
    lambdactl abort --reason "checkout fails for guests"
                           keeps that in the audit log

    A running deployment is stopped with rollback and followed until the alias itself is back.
    Metrics are not asked for: it works when nothing can be measured.
    """
    from lambdactl.cli.change import change
    from lambdactl.plan import plan_abort

    change(asked, plan_abort, reason=reason)

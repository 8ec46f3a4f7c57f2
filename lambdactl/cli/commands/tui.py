"""``lambdactl tui``: the console on the current target."""

from __future__ import annotations

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def tui(asked: Asked) -> None:
    """Open the console.

    \b
    lambdactl tui                     on the current target
    lambdactl tui -f checkout:live    on another one
    lambdactl tui --read-only         to look only; --write where production is read-only

    It needs a terminal; in a pipe, lambdactl status --watch tells the same.
    """
    from lambdactl.cli.console import open_console
    from lambdactl.cli.session import opened

    with opened(asked) as (session, target):
        session.leaves("the console changes nothing by being closed; the rollout goes on")
        open_console(session, target)

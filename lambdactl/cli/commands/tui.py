"""``lambdactl tui``: the console on the current target."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def tui(
    asked: Asked,
    demo: Annotated[bool, typer.Option("--demo", help="On a live canary in the sandbox.")] = False,
) -> None:
    """Open the console.

    \b
    lambdactl tui              the current target's rollout, or the whole fleet
    lambdactl tui -f checkout:live
                               another one's
    lambdactl tui --read-only  to look only; --write where production is read-only
    lambdactl tui --demo       without an account: the same as lambdactl demo

    It needs a terminal; in a pipe, lambdactl status --watch tells the same.
    """
    if demo:
        from lambdactl.cli.demo import run_demo

        run_demo(asked, None)
        return
    from lambdactl.cli.console import open_console
    from lambdactl.cli.target import wanted

    asked.run.left = "the console changes nothing by being closed; the rollout goes on"
    open_console(asked, wanted(asked))

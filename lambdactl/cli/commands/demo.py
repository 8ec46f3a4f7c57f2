"""``lambdactl demo``: the shortest way in front of a real rollout."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.errors import UsageError

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def demo(
    asked: Asked,
    speed: Annotated[
        float | None, typer.Option(metavar="N", help="Account seconds to a second of the clock.")
    ] = None,
) -> None:
    """A live canary, from nothing, in the sandbox.

    \b
    lambdactl demo           opens the console on it
    lambdactl demo | cat     tells the whole story, a line an event: a good
                             version that goes through, and a bad one that is
                             stopped and rolled back

    It needs the extra packages: pip install 'lambdactl[sandbox]'
    """
    if speed is not None and not 1.0 <= speed <= 120.0:
        raise UsageError(
            f"--speed {speed:g} is out of range",
            why="hooks are real code and take real time: above 120 they would time out",
            hint="from 1 to 120",
        )
    from lambdactl.cli.demo import run_demo

    run_demo(asked, speed)

"""``lambdactl list``: the fleet, and who in it needs somebody."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command("list")
@shared
def list_(
    asked: Asked,
    everything: Annotated[
        bool, typer.Option("--all", help="Functions without the alias, too.")
    ] = False,
) -> None:
    """The fleet: every function with an alias, the neediest first.

    \b
    lambdactl list          every alias of every function, worst state first
    lambdactl list -a live  only the aliases of this name
    lambdactl list --all    functions without an alias, too
    lambdactl list -o name | head -3
                            who needs somebody now, for a script

    One call tells the functions, one the running deployments, one the red alarms, and one to each
    function its aliases; only what is being moved is measured. ERR % is the canary's.
    """
    from lambdactl.cli.fleet import show_fleet

    show_fleet(asked, everything=everything)

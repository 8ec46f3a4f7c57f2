"""``lambdactl storage``: how full code storage is, by whom, and when it will be full."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def storage(
    asked: Asked,
    keep: Annotated[
        int, typer.Option(metavar="N", help="What a prune to the newest N would free.")
    ] = 5,
) -> None:
    """Show who holds the account's code storage, and when it is full.

    \b
    lambdactl storage              the account in this region
    lambdactl storage --keep 3     what a prune to 3 versions would free
    lambdactl storage -o json      for a program

    The limit is the account's own. Reads every function: fifty versions a call, and one call a
    function.
    """
    from lambdactl.cli.pruning import show_storage

    show_storage(asked, keep)

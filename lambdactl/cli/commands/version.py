"""``lambdactl version``."""

from __future__ import annotations

import typer

from lambdactl import __version__
from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def version(asked: Asked) -> None:
    """Print the version.

    \b
    lambdactl version
    lambdactl version -o json            for a program
    """
    if asked.structured:
        asked.terminal.document({"version": __version__}, asked.output)
        return
    asked.terminal.out(f"lambdactl {__version__}")

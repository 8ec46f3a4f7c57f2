"""``lambdactl keys``: the keys of the console, from the list that the console itself reads."""

from __future__ import annotations

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def keys(asked: Asked) -> None:
    """The keys of the console.

    \b
    lambdactl keys                       every key, and where it works
    lambdactl keys -o json               for a program
    lambdactl config set keys.shift S    move one; its name is in -o wide
    """
    from lambdactl.cli.console_keys import key_records, key_table, moved_keys
    from lambdactl.tui.key_list import key_list

    found = key_list(moved_keys())
    table = key_table(found)
    if asked.structured:
        asked.terminal.document(key_records(found), asked.output, table.names)
    else:
        asked.terminal.table(table, asked.output)

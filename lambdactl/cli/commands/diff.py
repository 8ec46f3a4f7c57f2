"""``lambdactl diff``: what is different in the new version."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.cli.versioning import published

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def diff(
    asked: Asked,
    before: Annotated[str, typer.Argument(metavar="A", help="A published version.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
) -> None:
    """What differs between two versions: code, settings, layers, environment.

    \b
    lambdactl diff 41 42                 what version 42 changes
    lambdactl diff v41 v42 -o json       for a program

    Of the environment only names are told, and which of them changed: values stay masked.
    """
    from lambdactl.cli.answering import answer
    from lambdactl.cli.session import opened
    from lambdactl.ops.comparing import compared
    from lambdactl.render.comparing import difference_records, difference_table

    old, new = published("A", before), published("B", after)
    with opened(asked, needs_alias=False) as (session, target):
        told = compared(session.aws, target.function, old, new)
        found = told.differences
        for line in told.unknown:
            session.terminal.say(line)
        if not found:
            session.terminal.say(f"v{old} and v{new} do not differ")
        table = difference_table(found, old, new, ascii=session.terminal.ascii)
        data = {"before": old, "after": new, "differences": difference_records(found)}
        answer(session, "Diff", data, table, target)

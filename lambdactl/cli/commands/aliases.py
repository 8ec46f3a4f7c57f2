"""``lambdactl aliases``: where every alias of a function sends its traffic."""

from __future__ import annotations

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def aliases(asked: Asked) -> None:
    """List the aliases of a function and where they route.

    \b
    lambdactl aliases                    of the current function
    lambdactl aliases -f checkout        of another one
    lambdactl aliases -o name            one to a line, as FUNCTION:ALIAS
    """
    from lambdactl.cli.answering import answer
    from lambdactl.cli.completion_cache import learn_aliases
    from lambdactl.cli.session import opened
    from lambdactl.render.aliases import alias_records, alias_table

    with opened(asked, needs_alias=False) as (session, target):
        found = session.aws.aliases(target.function)
        learn_aliases(session, target.function, found)
        if not found:
            session.terminal.say(f"{target.function} has no alias")
        answer(
            session, "Aliases", alias_records(found), alias_table(target.function, found), target
        )

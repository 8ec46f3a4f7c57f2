"""``lambdactl versions``: what is published, and who routes to it."""

from __future__ import annotations

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def versions(asked: Asked) -> None:
    """List the versions of a function and who routes to them.

    \b
    lambdactl versions                 of the current target
    lambdactl versions -f checkout     of another function
    lambdactl versions -o json         for a program
    """
    from lambdactl.cli.answering import answer
    from lambdactl.cli.completion_cache import learn
    from lambdactl.cli.session import opened
    from lambdactl.render.versions import version_records, version_table

    with opened(asked, needs_alias=False) as (session, target):
        snapshot = session.aws.snapshot(target, metrics=False, rollout=False)
        learn(session, snapshot)
        if not snapshot.versions:
            session.terminal.say(f"{target.function} has no published version")
        answer(session, "Versions", version_records(snapshot), version_table(snapshot), target)

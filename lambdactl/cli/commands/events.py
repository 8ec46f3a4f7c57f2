"""``lambdactl events``: what happened to a rollout, from everything that AWS still tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def events(
    asked: Asked,
    since: Annotated[str, typer.Option(metavar="TIME", help="So far back: 90m, 36h, 7d.")] = "7d",
) -> None:
    """What happened to a rollout: versions, deployments, alarms, stack.

    \b
    lambdactl events                     the past seven days, newest first
    lambdactl events --since 2h
    lambdactl events -o jsonl            an event a line, for a program
    """
    from lambdactl.cli.answering import answer
    from lambdactl.cli.completion_cache import learn
    from lambdactl.cli.options import seconds
    from lambdactl.cli.session import opened
    from lambdactl.ops.past import past
    from lambdactl.render.listings import event_records, event_table

    back = timedelta(seconds=seconds(since))
    with opened(asked) as (session, target):
        snapshot = session.aws.snapshot(target, metrics=False)
        learn(session, snapshot)
        told = past(session.aws, snapshot, since=snapshot.taken - back)
        if not told:
            session.terminal.say(f"nothing is known to have happened to {target} since {since} ago")
        table = event_table(told, ascii=session.terminal.ascii)
        answer(session, "Events", event_records(told), table, target)

"""``lambdactl status``: one look at a rollout, or all of it until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

if TYPE_CHECKING:
    from lambdactl.cli.session import Session
    from lambdactl.model import Target

app = typer.Typer(**SETTINGS)

WINDOW_S = 1800


@app.command()
@shared
def status(
    asked: Asked,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Go on until the rollout has ended.")
    ] = False,
    exit_status: Annotated[
        bool, typer.Option("--exit-status", help="Exit 6 if it is failing, 8 if it is going on.")
    ] = False,
) -> None:
    """Show one rollout: state, split, error rates, alarms.

    \b
    lambdactl status                  one look
    lambdactl status --watch          until it ends: exit 0 if it succeeded, 6 if it did not
    lambdactl status --exit-status    one look as an answer for a script

    On a terminal --watch redraws; in a pipe it prints a line for each change.
    """
    from lambdactl.cli.session import opened

    with opened(asked) as (session, target):
        session.leaves("nothing was changed by this command, and the rollout goes on without it")
        if watch:
            from lambdactl.cli.watching import watch_rollout

            watch_rollout(session, target)
        else:
            _look(session, target, answer=exit_status)


def _look(session: Session, target: Target, *, answer: bool) -> None:
    from lambdactl.cli.completion_cache import learn
    from lambdactl.cli.outcome import of_state
    from lambdactl.render import document
    from lambdactl.render.status import status_lines
    from lambdactl.verdict import assess

    snapshot = session.aws.snapshot(target, window_s=WINDOW_S)
    learn(session, snapshot)
    assessment = assess(snapshot)
    if session.asked.structured:
        told = document.envelope(
            "Rollout", document.rollout(snapshot, assessment), place=session.place, target=target
        )
        session.terminal.document(told, session.asked.output)
    else:
        lines = status_lines(snapshot, assessment, ascii=session.terminal.ascii)
        session.terminal.out(*lines)
    error = of_state(snapshot, assessment) if answer else None
    if error is not None:
        raise error

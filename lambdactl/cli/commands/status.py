"""``lambdactl status``: one look at a rollout, or all of it until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.errors import UsageError

if TYPE_CHECKING:
    from lambdactl.cli.session import Session
    from lambdactl.model import Target

app = typer.Typer(**SETTINGS)

WINDOW_S = 1800
GATE = "Exit 0 on PASS, 6 on FAIL, 7 if --timeout is up with neither; [gate] counts as well."
ABORT = "Abort the rollout on FAIL; announced before, and logged."


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
    gate: Annotated[bool, typer.Option("--gate", help=GATE)] = False,
    abort_on_fail: Annotated[bool, typer.Option("--abort-on-fail", help=ABORT)] = False,
) -> None:
    """Show one rollout: state, split, error rates, alarms.

    \b
    lambdactl status                one look
    lambdactl status --watch
        until it ends: exit 0 if it succeeded, 6 if it did not
    lambdactl status --exit-status  one look as an answer for a script
    lambdactl status --watch --gate --timeout 30m
                                    exit 0 on PASS, 6 on FAIL, 7 on neither

    On a terminal --watch redraws; in a pipe it prints a line for each change.
    """
    from lambdactl.cli.session import opened

    require_one_way(watch, gate, abort_on_fail)
    with opened(asked) as (session, target):
        session.leaves("nothing was changed by this command, and the rollout goes on without it")
        if watch:
            follow(session, target, gate=gate, abort_on_fail=abort_on_fail)
        else:
            _look(session, target, answer=exit_status)


def require_one_way(watch: bool, gate: bool, abort_on_fail: bool) -> None:
    if (gate or abort_on_fail) and not watch:
        raise UsageError(
            "--gate and --abort-on-fail wait for a verdict",
            hint="lambdactl status --watch --gate   or   lambdactl watch --abort-on-fail",
        )
    if gate and abort_on_fail:
        raise UsageError("--gate changes nothing and the others do", hint="give one of them")


def follow(
    session: Session, target: Target, *, gate: bool, abort_on_fail: bool, guard: bool = False
) -> None:
    """Until the rollout ends, or until its verdict decides."""
    from lambdactl.cli.guarding import run_abort_on_fail, run_gate, run_guard
    from lambdactl.cli.watching import watch_rollout

    if guard:
        run_guard(session, target)
    elif gate:
        run_gate(session, target)
    elif abort_on_fail:
        run_abort_on_fail(session, target)
    else:
        watch_rollout(session, target)


def _look(session: Session, target: Target, *, answer: bool) -> None:
    from lambdactl.cli.completion_cache import learn
    from lambdactl.cli.limits import limits_of
    from lambdactl.cli.looking import whole
    from lambdactl.cli.moves import with_our_move
    from lambdactl.cli.outcome import of_state
    from lambdactl.cli.watching import told
    from lambdactl.render import document
    from lambdactl.verdict import assess
    from lambdactl.verdict.gate import gates

    limits = limits_of(target)
    snapshot = with_our_move(session.aws.snapshot(target, window_s=WINDOW_S))
    snapshot = whole(session, snapshot, limits)
    learn(session, snapshot)
    assessment = assess(snapshot)
    if session.asked.structured:
        found, now = gates(limits, snapshot, assessment.verdict), session.aws.now()
        data = document.rollout(snapshot, assessment, gates=found, now=now)
        enveloped = document.envelope("Rollout", data, place=session.place, target=target)
        session.terminal.document(enveloped, session.asked.output)
    else:
        session.terminal.out(*told(session, snapshot, assessment))
    error = of_state(snapshot, assessment) if answer else None
    if error is not None:
        raise error

"""Decide, show, then do: the way of every command that changes an alias or deletes versions.

The plan that is shown is the object that is applied. A dry run prints it as data and stops; a run
prints it as narration, asks, applies it, and prints what came of it as data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from lambdactl.cli.completion_cache import learn as learn_names
from lambdactl.cli.limits import limits_of
from lambdactl.cli.options import Asked
from lambdactl.cli.permitting import require_writable
from lambdactl.cli.session import Session, opened
from lambdactl.errors import PartlyDone
from lambdactl.model import Routing, Snapshot, Target
from lambdactl.plan import Plan, VersionVerdict
from lambdactl.render import document
from lambdactl.render.addressed import addressed
from lambdactl.render.numbers import counted, routed
from lambdactl.render.plans import plan_lines
from lambdactl.render.spans import Line, Span
from lambdactl.render.words import line, words
from lambdactl.verdict.gate import NO_LIMITS, Limits

if TYPE_CHECKING:
    from lambdactl.aws import Aws
    from lambdactl.ops.events import Event

Decide = Callable[[Snapshot], Plan]
Learn = Callable[["Aws", Target], tuple[Decide, int | None]]
"""For a decision that needs more than one look: how to decide, and whose state to check."""
PATIENCE_S = 3600.0
"""For how long an abort is followed where no --timeout says otherwise."""


def change(
    asked: Asked,
    decide: Decide | None = None,
    *,
    learn: Learn | None = None,
    needs_alias: bool = True,
    to: int | None = None,
    checks: bool = False,
    inventory: bool = False,
    pace: float | None = None,
    despite_deployments: bool = False,
    gated: bool = False,
    reason: str | None = None,
    then: Callable[[Session, Plan], None] | None = None,
) -> None:
    """Look, decide, show, confirm, apply, and say what came of it.

    ``gated`` has the limits of the project's file among the checks; ``reason`` goes into the audit
    log; ``then`` is what follows a change that was made, or that had been made before.
    """
    with opened(asked, needs_alias=needs_alias) as (session, target):
        if learn is not None:
            decide, to = learn(session.aws, target)
        assert decide is not None, "a change is decided, or learnt"
        limits = limits_of(target) if gated else NO_LIMITS
        snapshot = session.aws.snapshot(
            target, metrics=limits != NO_LIMITS, to=to, checks=checks, inventory=inventory
        )
        learn_names(session, snapshot)
        plan = gated_plan(session, decide(snapshot), snapshot, limits)
        if asked.dry_run or not plan.actions:
            _show_only(session, plan, snapshot)
        else:
            require_writable(session, plan.verb)
            _confirm(session, plan, snapshot)
            if pace is not None:
                session.aws.deletes.rate = pace
            _apply(session, plan, despite_deployments=despite_deployments, reason=reason)
        if then is not None and not asked.dry_run:
            then(session, plan)


def gated_plan(session: Session, plan: Plan, snapshot: Snapshot, limits: Limits) -> Plan:
    """``plan`` with the operator's gates among its checks, where it gives a version everything."""
    if limits == NO_LIMITS or not plan.takes_all:
        return plan
    from lambdactl.cli.moves import with_our_move
    from lambdactl.ops.limiting import held_to, limited

    return held_to(plan, limited(session.aws, with_our_move(snapshot), limits), limits)


def _show_only(session: Session, plan: Plan, snapshot: Snapshot) -> None:
    """A dry run, or a plan with nothing in it: the plan is the data."""
    if session.asked.structured:
        _document(session, plan, applied=False)
        return
    session.terminal.out(*shown_plan(session, plan, snapshot))
    if plan.actions:
        session.terminal.say("dry run: nothing was changed")


def shown_plan(session: Session, plan: Plan, snapshot: Snapshot | None = None) -> list[Line]:
    """The plan's lines, with commands that lead to this place."""
    flags = session.wanted.flags
    return [
        tuple(Span(addressed(part.text, flags), part.style) for part in row)
        for row in plan_lines(plan, snapshot, ascii=session.terminal.ascii)
    ]


def _confirm(session: Session, plan: Plan, snapshot: Snapshot) -> None:
    """What cannot be undone, and what takes all traffic in production, the operator types out; the
    rest is a yes."""
    from lambdactl.ops.limiting import unmet_gates

    typed, held = None, unmet_gates(plan)
    if plan.verb == "prune":
        typed = "the function's name to delete"
    elif plan.takes_all:
        typed = taking(session, plan.after)
    if held:
        typed = f"the function's name to go on although {', '.join(held)} is not met"
    lines = shown_plan(session, plan, snapshot)
    consent(session, lines, plan.target.function, typed=typed, plainly=bool(held))


def taking(session: Session, after: Routing | None) -> str | None:
    """What is typed where a version takes all traffic: a name in production, else nothing."""
    what = f"the function's name to give {routed(after)} in production"
    return what if session.production else None


def consent(
    session: Session,
    lines: Sequence[Line | str],
    name: str,
    *,
    typed: str | None,
    plainly: bool = False,
) -> None:
    """Show, and ask unless it was agreed; ``typed`` says which ``name`` is typed, and for what.

    ``plainly``: only ``--yes`` agrees to it, and no word of the environment.
    """
    terminal = session.terminal
    if session.asked.yes or (not plainly and agreed(session)):
        terminal.say(*lines)
        return
    terminal.insist(*lines)
    if typed is None:
        terminal.confirm("Proceed?")
    else:
        terminal.confirm(f"Type {typed} ({name}):", answer=name)


def agreed(session: Session) -> bool:
    """``--yes``; from the environment it counts everywhere but in production."""
    return session.asked.yes or (session.asked.yes_by_environment and not session.production)


def _apply(
    session: Session, plan: Plan, *, despite_deployments: bool = False, reason: str | None = None
) -> None:
    """Do it, telling each event. A prune is stopped by Ctrl-C only between two deletes."""
    from lambdactl.cli.auditing import audited
    from lambdactl.cli.stopping import Wish, stoppable
    from lambdactl.ops import apply

    told: list[Event] = []
    session.leaves(_midway(plan))
    halting = stoppable(session.terminal) if plan.verb == "prune" else nullcontext(Wish())
    with halting as halted:
        try:
            events = apply(
                plan,
                session.aws,
                sleep=session.sleep,
                interval_s=session.interval_s,
                wait_s=session.asked.timeout or PATIENCE_S,
                halted=halted,
                despite_deployments=despite_deployments,
            )
            for event in audited(session, plan, events, reason=reason):
                told.append(event)
                session.terminal.say(line(event, ascii=session.terminal.ascii))
        except PartlyDone:
            _result(session, plan, told, complete=False)
            if halted():
                session.leaves(_deleted(plan.verdicts, told)[0])
                raise halted.interrupt() from None
            raise
    _result(session, plan, told, complete=True)


def _midway(plan: Plan) -> str:
    """What is true of AWS from the first call of the plan on."""
    look = f"lambdactl status -f {plan.target}"
    if plan.verb == "prune":
        return "versions told as deleted are gone, the others are not; lambdactl prune goes on"
    if plan.verb in ("abort", "approve", "fail"):
        return f"CodeDeploy goes on by itself; {look} --watch"
    return f"the alias is where it was, or where the plan says: {look}"


def _result(session: Session, plan: Plan, told: list[Event], *, complete: bool) -> None:
    """On stdout: where the alias is now, or what was deleted, or answered."""
    from lambdactl.ops.events import HookReported

    if session.asked.structured:
        _document(session, plan, applied=complete, events=tuple(told))
    elif plan.verb == "prune":
        session.terminal.out(*_deleted(plan.verdicts, told))
    elif plan.verb in ("approve", "fail"):
        session.terminal.out(*(words(e).text for e in told if isinstance(e, HookReported)))
    else:
        session.terminal.out(f"{plan.target}  {routed(plan.after)}")


def _deleted(verdicts: tuple[VersionVerdict, ...], told: list[Event]) -> list[str]:
    from lambdactl.ops.events import VersionDeleted

    gone = {e.version for e in told if isinstance(e, VersionDeleted)}
    kept = len(verdicts) - len(gone)
    names = " ".join(f"v{n}" for n in sorted(gone))
    return [f"deleted {counted(len(gone), 'version')}, kept {kept}{f': {names}' if names else ''}"]


def _document(
    session: Session, plan: Plan, *, applied: bool, events: tuple[Event, ...] = ()
) -> None:
    data = document.plan(plan, applied=applied, events=events)
    data["undo"] = session.addressed(plan.undo) if plan.undo else None
    kind = plan.verb.capitalize()
    session.terminal.document(
        document.envelope(kind, data, place=session.place, target=plan.target),
        session.asked.output,
    )

"""``--gate``, ``--abort-on-fail``, ``--guard``, ``shift --steps``: verdicts as answers and orders.

What is done by itself is announced before and logged after, each with its evidence; Ctrl-C ends it
and says in what state AWS was left.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Protocol, TypeVar

from lambdactl.cli.auditing import logged, subject
from lambdactl.cli.limits import limits_of, with_own
from lambdactl.cli.moves import with_our_move
from lambdactl.cli.outcome import of_end
from lambdactl.cli.permitting import require_writable
from lambdactl.cli.session import Session
from lambdactl.cli.watching import Lines, Screen, viewer
from lambdactl.errors import LambdactlError, RolloutFailed, WaitTimeout
from lambdactl.model import Target
from lambdactl.ops import apply
from lambdactl.ops.acting import Acting, Do
from lambdactl.ops.events import ActAnnounced, AliasVerified, Event, RolloutEnded
from lambdactl.ops.gating import Decided, abort_on_fail, gate, goes_on, guard
from lambdactl.plan import Plan
from lambdactl.render.numbers import routed
from lambdactl.verdict import Answer
from lambdactl.verdict.gate import NO_LIMITS, Limits, exceeded, unmet
from lambdactl.verdict.wording import told

R = TypeVar("R")
PATIENCE_S = 3600.0
"""For how long an abort is followed to its end."""


class Aborting(Protocol):
    """Follows a rollout and may abort it: of :mod:`lambdactl.ops.gating`."""

    def __call__(
        self, acting: Acting, *, wait_s: float | None
    ) -> Generator[Event, None, RolloutEnded | None]: ...


def run_gate(session: Session, target: Target) -> None:
    """0 on PASS with every gate met; raises RolloutFailed on FAIL and where a limit is exceeded,
    WaitTimeout where there is neither."""
    screen = viewer(session)
    acting = acting_for(session, target, screen)
    decided = shown(session, screen, gate(acting, wait_s=session.asked.timeout))
    verdict, ended, found = decided.verdict, decided.ended, decided.gates
    over = exceeded(found)
    if verdict.answer is Answer.FAIL or over:
        failed = f"is FAIL: {told(verdict)}" if verdict.answer is Answer.FAIL else f"fails: {over}"
        raise RolloutFailed(f"{target} {failed}", **way_out(decided))
    bad_end = of_end(ended) if ended is not None else None
    if bad_end is not None:
        raise bad_end
    held = unmet(found)
    if verdict.answer is Answer.PASS and held:
        raise WaitTimeout(
            f"{target} is PASS, and the rollout has ended with a gate that is not met",
            why=held,
            hint=f"lambdactl status -f {target}",
        )
    if verdict.answer is not Answer.PASS:
        raise WaitTimeout(
            f"{target} is {verdict.answer.value}: the rollout has ended with neither PASS nor FAIL",
            why=told(verdict),
            hint=f"lambdactl status -f {target}",
        )


def way_out(decided: Decided) -> dict[str, str]:
    """An abort only where there is still something to be aborted."""
    target, alias = decided.snapshot.target, decided.snapshot.alias
    if goes_on(decided.snapshot):
        return {"why": "the gate changes nothing", "hint": f"lambdactl abort -f {target}"}
    at = f"{target} is at {routed(alias.routing)}" if alias else f"{target} is gone"
    return {"why": f"nothing is left to abort: {at}", "hint": f"lambdactl status -f {target}"}


def run_abort_on_fail(session: Session, target: Target) -> None:
    """Follow to the end; raises RolloutFailed where it failed, or was aborted for its verdict."""
    require_writable(session, "watch --abort-on-fail", rehearsable=False)
    _run_to_end(session, target, abort_on_fail)


def run_guard(
    session: Session, target: Target, own: Limits = NO_LIMITS, canary: int | None = None
) -> None:
    """The same for an alarm in ALARM, a limit of the project's file or of ``own``, too; ``canary``
    is the one that is guarded, where that is known already."""
    require_writable(session, "watch --guard", rehearsable=False)
    guarding = partial(guard, canary=canary)
    _run_to_end(session, target, guarding, with_own(limits_of(target), own))


def _run_to_end(
    session: Session, target: Target, aborting: Aborting, limits: Limits | None = None
) -> None:
    session.leaves(
        "the rollout goes on, and nobody watches it; if an abort had begun CodeDeploy ends it:"
        f" lambdactl status -f {target} --watch"
    )
    screen = viewer(session)
    acting = acting_for(session, target, screen, limits)
    ended = shown(session, screen, aborting(acting, wait_s=session.asked.timeout))
    error: LambdactlError | None = of_end(ended) if ended is not None else None
    if error is not None:
        raise error


def acting_for(
    session: Session, target: Target, screen: Lines | Screen, limits: Limits | None = None
) -> Acting:
    """``limits`` are those of the project's file where none are handed in."""
    return Acting(
        aws=session.aws,
        target=target,
        do=doing(session),
        sleep=session.sleep,
        interval_s=session.interval_s,
        seen=screen.see,
        limits=limits_of(target) if limits is None else limits,
        dated=with_our_move,
    )


def doing(session: Session) -> Do:
    """Apply a plan, with its evidence in the audit log."""

    def do(plan: Plan, because: str) -> Iterator[Event]:
        events = apply(
            plan,
            session.aws,
            sleep=session.sleep,
            interval_s=session.interval_s,
            wait_s=PATIENCE_S,
        )
        return logged(session, plan.verb, {**subject(plan), "evidence": because}, events)

    return do


def ignored(_event: Event) -> None:
    """Nothing else hears of it."""


def shown(
    session: Session,
    screen: Lines | Screen,
    events: Generator[Event, None, R],
    also: Callable[[Event], None] = ignored,
) -> R:
    """Tell each event as it comes, and keep up what a Ctrl-C would say; the events' result."""
    with screen.open():
        while True:
            try:
                event = next(events)
            except StopIteration as end:
                result: R = end.value
                return result
            screen.tell(event)
            note(session, event)
            also(event)


def note(session: Session, event: Event) -> None:
    """What is true of AWS from here on."""
    if isinstance(event, ActAnnounced):
        what = f"{event.act} of {event.target} was announced and may have begun"
        session.leaves(f"{what}: lambdactl status -f {event.target}")
    elif isinstance(event, AliasVerified):
        session.leaves(f"{event.target} is at {routed(event.routing)}, and nothing moves it on")

"""Acts that nobody typed: announced with their evidence, done as a plan, and stoppable.

Between the announcement and the act is a short wait, so that whoever reads it can press Ctrl-C.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdactl.errors import LambdactlError, RolloutFailed, Stale, Throttled, Unreachable
from lambdactl.model import Snapshot, Target
from lambdactl.ops.events import ActAnnounced, Event, LookFailed, VerdictReached
from lambdactl.ops.limiting import limited
from lambdactl.plan import Plan, plan_abort
from lambdactl.plan.routing import describe
from lambdactl.verdict import Answer, Verdict
from lambdactl.verdict.gate import NO_LIMITS, Gate, Limits, exceeded
from lambdactl.verdict.wording import told

if TYPE_CHECKING:
    from lambdactl.aws import Aws

GRACE_S = 5.0
"""From the announcement to the act."""

Do = Callable[[Plan, str], Iterator[Event]]
"""Apply a plan; the sentence is the evidence for it, for whoever keeps a log."""


def unseen(_snapshot: Snapshot) -> None:
    """Nobody draws it."""


def as_it_is(snapshot: Snapshot) -> Snapshot:
    """Nothing more is known."""
    return snapshot


@dataclass(frozen=True, slots=True)
class Acting:
    """What every automatic act needs: the account, the time, and who does and who sees."""

    aws: Aws
    target: Target
    do: Do
    sleep: Callable[[float], None] = time.sleep
    interval_s: float = 5.0
    seen: Callable[[Snapshot], None] = unseen
    limits: Limits = NO_LIMITS
    """The operator's own, beside what the verdict says."""
    dated: Callable[[Snapshot], Snapshot] = as_it_is
    """A snapshot with what is known here of when its split began."""

    def limited(self, snapshot: Snapshot) -> Snapshot:
        """With the alarms that the limits name: they count like the group's."""
        return limited(self.aws, self.dated(snapshot), self.limits)

    def announce(self, act: str, because: str) -> Iterator[Event]:
        """Say what will be done and why, and leave a moment to stop it."""
        wait = min(GRACE_S, self.interval_s)
        yield ActAnnounced(self.aws.now(), self.target, act, because, wait)
        self.sleep(wait)

    def patiently(self, read: Callable[[], Snapshot]) -> Generator[Event, None, Snapshot]:
        """A look, however long the network is away: nothing is decided without one."""
        while True:
            try:
                return read()
            except (Throttled, Unreachable) as error:
                yield LookFailed(self.aws.now(), error)
            self.sleep(self.interval_s)

    def abort(
        self, because: str, require: Callable[[Snapshot], None] = unseen
    ) -> Generator[Event, None, LambdactlError]:
        """All traffic back; the error that says so is handed back, to be raised.

        ``require`` raises where the alias is not what it was when this was decided.
        """
        yield from self.announce("abort", because)
        snapshot = yield from self.patiently(
            lambda: self.aws.snapshot(self.target, metrics=False, afresh=True)
        )
        require(snapshot)
        plan = plan_abort(snapshot)
        if not plan.actions:
            raise Stale(
                f"nothing was aborted: {self.target} {'; '.join(plan.notes)}",
                why=f"it was to be, because {because}; the rollout had ended by then",
                hint=f"lambdactl status -f {self.target}",
            )
        yield from self.do(plan, because)
        back = describe(plan.after) if plan.after else "where it was"
        return RolloutFailed(
            f"the rollout of {self.target} was aborted; it is at {back}",
            why=because,
            hint=f"lambdactl status -f {self.target}",
        )

    def verdict_changed(self, before: Verdict | None, now: Verdict) -> Iterator[Event]:
        if before is None or before.answer is not now.answer:
            yield VerdictReached(self.aws.now(), self.target, now.answer.value, told(now))


def red_alarms(snapshot: Snapshot) -> str | None:
    """``alarm errors is in ALARM``; None where none is."""
    red = [alarm.name for alarm in snapshot.alarms if alarm.state == "ALARM"]
    return f"alarm {', '.join(red)} is in ALARM" if red else None


def reason_to_go_back(
    snapshot: Snapshot, verdict: Verdict, gates: tuple[Gate, ...] = ()
) -> str | None:
    """The evidence for an abort; None where there is none."""
    if verdict.answer is Answer.FAIL:
        return f"FAIL: {told(verdict)}"
    return red_alarms(snapshot) or exceeded(gates)

"""``--gate`` and ``--abort-on-fail``: a rollout somebody else drives, followed until it is judged.

The gate waits for an answer; the abort takes one for an order. Neither moves a weight forward.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import timedelta
from typing import NamedTuple

from lambdactl.errors import WaitTimeout
from lambdactl.model import Snapshot
from lambdactl.ops.acting import Acting, red_alarms
from lambdactl.ops.events import Event, RolloutEnded
from lambdactl.ops.follow import follow
from lambdactl.verdict import Answer, Verdict
from lambdactl.verdict.gate import Gate as OwnGate
from lambdactl.verdict.gate import exceeded, gates, unmet
from lambdactl.verdict.measuring import judge_snapshot
from lambdactl.verdict.wording import told

SETTLES = timedelta(minutes=3)
"""After the end of a rollout its last minutes settle; a longer timeout adds to it."""


class Gate:
    """Looks at each snapshot, and remembers the answer: a FAIL stays one."""

    def __init__(self, acting: Acting) -> None:
        self.acting = acting
        self.verdict: Verdict | None = None
        self.snapshot: Snapshot | None = None
        self.gates: tuple[OwnGate, ...] = ()
        self.news: list[Event] = []

    def look(self, snapshot: Snapshot) -> Verdict:
        snapshot = self.acting.limited(snapshot)
        now = judge_snapshot(snapshot, self.verdict)
        self.news += self.acting.verdict_changed(self.verdict, now)
        self.verdict, self.snapshot = now, snapshot
        self.gates = gates(self.acting.limits, snapshot, now)
        return now

    def is_decided(self, snapshot: Snapshot) -> bool:
        """A PASS does not count while an alarm is in ALARM or a gate is not met."""
        answer = self.look(snapshot).answer
        assert self.snapshot is not None
        if answer is Answer.FAIL or exceeded(self.gates):
            return True
        return answer is Answer.PASS and not red_alarms(self.snapshot) and not unmet(self.gates)

    def has_failed(self, snapshot: Snapshot) -> bool:
        return self.look(snapshot).answer is Answer.FAIL

    def tell(self) -> list[Event]:
        news, self.news = self.news, []
        return news


class Decided(NamedTuple):
    verdict: Verdict
    ended: RolloutEnded | None
    """The rollout's end, if that came first."""
    gates: tuple[OwnGate, ...]
    """The operator's, at the last look."""
    snapshot: Snapshot
    """The last look."""

    @property
    def goes_on(self) -> bool:
        """Whether there is anything left to be aborted: not what is over, or on its way back."""
        running = self.snapshot.active_deployment
        return not running.rolls_back if running is not None else is_split(self.snapshot)


def gate(acting: Acting, *, wait_s: float | None = None) -> Generator[Event, None, Decided]:
    """Events until PASS with every gate met, FAIL, or a limit that is exceeded.

    Raises WaitTimeout where the time was up with neither.
    """
    known = Gate(acting)
    try:
        ended = yield from followed(acting, known, known.is_decided, wait_s)
    except WaitTimeout as error:
        raise undecided(acting, known, str(error)) from error
    if ended is not None and ended.succeeded:
        yield from settled(acting, known, ended)
    assert known.verdict is not None and known.snapshot is not None
    return Decided(known.verdict, ended, known.gates, known.snapshot)


def followed(
    acting: Acting, known: Gate, until: Callable[[Snapshot], bool], wait_s: float | None
) -> Generator[Event, None, RolloutEnded | None]:
    """The events of the rollout and what ``known`` tells, to the rollout's end or ``until``."""
    ended = None
    for event in follow(
        acting.aws, acting.target, interval_s=acting.interval_s, wait_s=wait_s,
        sleep=acting.sleep, seen=acting.seen, until=until,
    ):  # fmt: skip
        yield from known.tell()
        yield event
        ended = event if isinstance(event, RolloutEnded) else ended
    yield from known.tell()
    return ended


def settled(acting: Acting, known: Gate, ended: RolloutEnded) -> Generator[Event, None, None]:
    """Go on looking until the rollout's last minutes can no longer change."""
    timeouts = [v.timeout_s or 0 for v in known.snapshot.versions] if known.snapshot else []
    until = ended.at + SETTLES + timedelta(seconds=max(timeouts, default=0))
    while acting.aws.now() < until:
        acting.sleep(acting.interval_s)
        snapshot = yield from acting.patiently(lambda: acting.aws.snapshot(acting.target))
        acting.seen(snapshot)
        decided = known.is_decided(snapshot)
        yield from known.tell()
        if decided:
            return


def undecided(acting: Acting, known: Gate, why: str) -> WaitTimeout:
    verdict = known.verdict
    answer = verdict.answer.value if verdict else Answer.NOT_MEASURED.value
    held = unmet(known.gates) if verdict and verdict.answer is Answer.PASS else None
    what = ", but a gate was not met" if held else ": neither PASS nor FAIL"
    return WaitTimeout(
        f"{acting.target} is {answer}{what} when the time was up",
        why=held or (told(verdict) if verdict else why),
        hint=f"lambdactl status -f {acting.target}",
    )


def abort_on_fail(
    acting: Acting, *, wait_s: float | None = None
) -> Generator[Event, None, RolloutEnded | None]:
    """Follow a rollout to its end, and abort it on FAIL.

    Raises RolloutFailed after an abort, which is announced before; WaitTimeout as ``follow`` does.
    """
    known = Gate(acting)
    ended = yield from followed(acting, known, known.has_failed, wait_s)
    verdict, last = known.verdict, known.snapshot
    goes_on = last is not None and (last.active_deployment or is_split(last))
    if ended is None and goes_on and verdict is not None and verdict.answer is Answer.FAIL:
        raise (yield from acting.abort(f"FAIL: {told(verdict)}"))
    return ended


def is_split(snapshot: Snapshot) -> bool:
    return snapshot.alias is not None and snapshot.alias.routing.split

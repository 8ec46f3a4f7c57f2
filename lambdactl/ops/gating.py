"""``--gate``, ``--abort-on-fail`` and ``--guard``: a rollout followed until it is judged.

The gate waits for an answer; the other two take one for an order: to abort on FAIL, and to take all
traffic back on an alarm or on a limit of the operator's, too. None moves a weight forward.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import timedelta
from typing import NamedTuple

from lambdactl.errors import Stale, WaitTimeout
from lambdactl.model import Snapshot, label
from lambdactl.ops.acting import Acting, reason_to_go_back, red_alarms, unseen
from lambdactl.ops.events import Event, RolloutEnded
from lambdactl.ops.follow import follow
from lambdactl.plan.guard import canary_of, require_canary, why_over
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

    @property
    def failure(self) -> str | None:
        """Why it is to be aborted on FAIL; None where there is no such reason."""
        failed = self.verdict is not None and self.verdict.answer is Answer.FAIL
        return f"FAIL: {told(self.verdict)}" if failed and self.verdict else None

    @property
    def danger(self) -> str | None:
        """Why a guard takes all traffic back; None where there is no such reason."""
        if self.snapshot is None or self.verdict is None:
            return None
        return reason_to_go_back(self.snapshot, self.verdict, self.gates)

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
    return (yield from aborting(acting, lambda known: known.failure, wait_s))


def guard(
    acting: Acting, *, wait_s: float | None = None, canary: int | None = None
) -> Generator[Event, None, RolloutEnded | None]:
    """The same, on an alarm in ALARM and on a limit of the operator's that is exceeded, too; and
    for ``canary`` alone, or for the one that is there at the first look.

    Raises Refused where there is none, and as ``abort_on_fail`` does.
    """
    guarded = [canary] if canary is not None else []

    def require_same(snapshot: Snapshot) -> None:
        over = why_over(snapshot, guarded[0])
        if over is not None and goes_on(snapshot):
            raise Stale(
                f"the guard of {label(guarded[0])} has ended: {acting.target} has another canary",
                why=over,
                hint=f"lambdactl watch -f {acting.target} --guard",
            )

    def danger(known: Gate) -> str | None:
        assert known.snapshot is not None
        if not guarded and canary_of(known.snapshot) is None and goes_on(known.snapshot):
            # CodeDeploy has not said yet which version it shifts to.
            return None
        if not guarded:
            guarded.append(require_canary(known.snapshot))
        require_same(known.snapshot)
        return known.danger

    return (yield from aborting(acting, danger, wait_s, require_same))


def aborting(
    acting: Acting,
    because: Callable[[Gate], str | None],
    wait_s: float | None,
    require: Callable[[Snapshot], None] = unseen,
) -> Generator[Event, None, RolloutEnded | None]:
    """Follow a rollout; what ``because`` says of a look ends it, while there is any to abort."""
    known = Gate(acting)
    reason: list[str] = []

    def decided(snapshot: Snapshot) -> bool:
        known.look(snapshot)
        found = because(known)
        if found is not None and goes_on(snapshot):
            reason.append(found)
        return bool(reason)

    ended = yield from followed(acting, known, decided, wait_s)
    if reason:
        raise (yield from acting.abort(reason[0], require))
    return ended


def goes_on(snapshot: Snapshot) -> bool:
    """Whether there is anything left to be aborted: not what is over, or on its way back."""
    running = snapshot.active_deployment
    return not running.rolls_back if running is not None else is_split(snapshot)


def is_split(snapshot: Snapshot) -> bool:
    return snapshot.alias is not None and snapshot.alias.routing.split

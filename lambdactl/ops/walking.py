"""``shift --steps``: a canary walked from weight to weight, by time or by evidence.

Each step is a plan of its own, with its lock and its read-back. With a guard the next step needs a
PASS and every gate of the operator's met; INCONCLUSIVE, NOT MEASURED and a lost network hold it
where it is, and a FAIL, an alarm in ALARM or a limit that is exceeded takes all traffic back.
Without a guard time alone is waited for.

A walk is kept by whoever hands in ``save``, before and after every step, so that it can go on after
the process was killed. What protects it is the alias's revision id: if anybody else has moved the
alias, the walk stops, and moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lambdactl.errors import NotFound, Stale, Throttled, Unreachable, WaitTimeout
from lambdactl.model import Alias, Routing, Snapshot, Target, label
from lambdactl.ops.acting import Acting, reason_to_go_back, red_alarms
from lambdactl.ops.differences import changes
from lambdactl.ops.events import AliasVerified, Event, LookFailed, RolloutEnded, WalkHeld
from lambdactl.plan import plan_shift
from lambdactl.plan.routing import alias_of, describe
from lambdactl.verdict import Answer, Verdict
from lambdactl.verdict.gate import NO_LIMITS, Limits, gates, unmet
from lambdactl.verdict.measuring import judge_snapshot
from lambdactl.verdict.wording import told


@dataclass(frozen=True, slots=True)
class Walk:
    """What is to be done, and how far it is. Weights are per cent, times on AWS's clock."""

    target: Target
    stable: int
    to: int
    steps: tuple[float, ...]
    every_s: float
    guard: bool
    max_wait_s: float | None = None
    """With a guard, so long a step that is due waits for its evidence; None for ever."""
    done: int = 0
    step_at: datetime | None = None
    """When the last step was taken."""
    revision_id: str | None = None
    """The alias's after the last step: the lock of the next one."""
    limits: Limits = NO_LIMITS
    """The operator's own, as they were when it was begun; heeded with a guard."""

    def routing(self, step: int) -> Routing:
        weight = self.steps[step]
        return Routing(self.to) if weight == 100.0 else Routing(self.stable, self.to, weight)

    @property
    def next_weight(self) -> float | None:
        return self.steps[self.done] if self.done < len(self.steps) else None


Save = Callable[[Walk | None], None]
"""Keep the walk; None: it is over."""


def walk(plan: Walk, acting: Acting, save: Save) -> Iterator[Event]:
    """Walk ``plan`` to its end, from wherever it is. RolloutEnded is the last event.

    Raises RolloutFailed (gone back), Stale (somebody else moved the alias), WaitTimeout (held for
    ``max_wait_s``), and what AWS said; the walk is kept then, except after going back.
    """
    walker = Walker(plan, acting, save)
    while walker.walk.done < len(plan.steps):
        if walker.walk.done:
            yield from walker.wait()
        yield from walker.step()
    save(None)
    at = acting.aws.now()
    yield RolloutEnded(at, plan.target, "succeeded", walker.walk.routing(-1), None)


class Walker:
    def __init__(self, plan: Walk, acting: Acting, save: Save) -> None:
        self.walk = plan
        self.acting = acting
        self.save = save
        self.verdict: Verdict | None = None
        self.because = "it is the first step"
        self._before: Snapshot | None = None
        self._held: str | None = None

    def wait(self) -> Iterator[Event]:
        """Until the next step is due and, with a guard, the evidence is there."""
        began = self.acting.aws.now()
        due = (self.walk.step_at or began) + timedelta(seconds=self.walk.every_s)
        while True:
            snapshot = yield from self.look()
            hold = "the last look failed" if snapshot is None else None
            if snapshot is not None and self.walk.guard:
                hold = yield from self.judge(snapshot)
            if self.acting.aws.now() >= due:
                if hold is None:
                    return
                yield from self.hold(hold, max(began, due))
            self.acting.sleep(self.acting.interval_s)

    def look(self) -> Generator[Event, None, Snapshot | None]:
        """One look; None where the network is away, which holds the walk and does not end it."""
        try:
            snapshot = self.acting.aws.snapshot(self.walk.target, afresh=True)
        except (Throttled, Unreachable) as error:
            yield LookFailed(self.acting.aws.now(), error)
            return None
        self.require_ours(snapshot)
        snapshot = self.acting.limited(snapshot)
        self.acting.seen(snapshot)
        yield from changes(self._before, snapshot)
        self._before = snapshot
        return snapshot

    def judge(self, snapshot: Snapshot) -> Generator[Event, None, str | None]:
        """Why the next step has to wait; None where the evidence is there. May go back."""
        now = judge_snapshot(snapshot, self.verdict, next_step=below_100(self.walk.next_weight))
        yield from self.acting.verdict_changed(self.verdict, now)
        self.verdict = now
        found = gates(self.acting.limits, snapshot, now)
        bad = reason_to_go_back(snapshot, now, found)
        if bad is not None:
            yield from self.go_back(bad)
        unread = snapshot.unreadable("alarms") or snapshot.unreadable("group")
        if unread is not None:
            return f"{unread.part} could not be read: {unread.reason}"
        self.because = f"{now.answer.value}: {told(now)}"
        return unmet(found) if now.answer is Answer.PASS else self.because

    def hold(self, reason: str, due: datetime) -> Iterator[Event]:
        now, limit = self.acting.aws.now(), self.walk.max_wait_s
        kind = reason.partition(":")[0]
        if kind != self._held:
            self._held = kind
            yield WalkHeld(now, self.walk.target, reason)
        if limit is not None and now >= due + timedelta(seconds=limit):
            raise WaitTimeout(
                f"{self.walk.target} was held at {describe(self.walk.routing(self.walk.done - 1))}"
                " until the time was up; nothing moves it now",
                why=reason,
                hint=f"lambdactl shift --resume -f {self.walk.target}   or   "
                f"lambdactl abort -f {self.walk.target}",
            )

    def go_back(self, because: str) -> Iterator[Event]:
        error = yield from self.acting.abort(because, self.require_ours)
        self.save(None)
        raise error

    def step(self) -> Iterator[Event]:
        """Take the next step: announced, planned afresh, locked, read back, and kept."""
        weight = self.walk.steps[self.walk.done]
        because = self.because if self.walk.guard or not self.walk.done else "its time has come"
        act = f"shift {label(self.walk.to)} to {weight:g} % (step {self.walk.done + 1} of"
        self.save(self.walk)
        yield from self.acting.announce(f"{act} {len(self.walk.steps)})", because)
        taken = self.walk.done
        while self.walk.done == taken:
            snapshot = yield from self.acting.patiently(self.fresh)
            self.require_ours(snapshot)
            if self.walk.done > taken:
                return
            self.require_calm(snapshot)
            yield from self.try_step(snapshot, weight, because)

    def fresh(self) -> Snapshot:
        seen = self.acting.aws.snapshot(self.walk.target, metrics=False, to=self.walk.to)
        return self.acting.limited(seen) if self.walk.guard else seen

    def try_step(self, snapshot: Snapshot, weight: float, because: str) -> Iterator[Event]:
        """One try; where the network goes away in the middle, the alias says if it was done."""
        plan = plan_shift(snapshot, self.walk.to, weight)
        if not plan.actions:
            self.took(alias_of(snapshot).revision_id)
            return
        try:
            for event in self.acting.do(plan, because):
                yield event
                if isinstance(event, AliasVerified):
                    self.took(event.revision_id)
        except (Throttled, Unreachable) as error:
            yield LookFailed(self.acting.aws.now(), error)
            self.acting.sleep(self.acting.interval_s)

    def took(self, revision_id: str) -> None:
        now = self.acting.aws.now()
        self.walk = replace(
            self.walk, done=self.walk.done + 1, step_at=now, revision_id=revision_id
        )
        self._before = self._held = None
        self.save(self.walk)

    def require_calm(self, snapshot: Snapshot) -> None:
        """With a guard no step is taken into an alarm that rings already."""
        red = red_alarms(snapshot) if self.walk.guard else None
        if red is not None:
            raise Stale(
                f"cannot shift {self.walk.target} further: {red}",
                why="nothing was changed by this step",
                hint=f"lambdactl status -f {self.walk.target}",
            )

    def require_ours(self, snapshot: Snapshot) -> None:
        """The alias is as the last step left it, or as the step whose end nobody saw would."""
        alias = snapshot.alias
        if alias is None:
            raise NotFound(f"{self.walk.target} is gone: somebody deleted the alias")
        running = snapshot.active_deployment
        if running is not None:
            raise stopped(self.walk, alias, f"CodeDeploy {running.id} by {running.creator} runs")
        if self.walk.revision_id in (None, alias.revision_id):
            return
        following = self.walk.next_weight
        if following is not None and alias.routing == self.walk.routing(self.walk.done):
            self.took(alias.revision_id)
            return
        raise stopped(self.walk, alias, "somebody else moved it")


def stopped(walk: Walk, alias: Alias, what: str) -> Stale:
    was = describe(walk.routing(walk.done - 1)) if walk.done else "not moved by this walk"
    revisions = f"rev {(walk.revision_id or '-')[:8]} → {alias.revision_id[:8]}"
    return Stale(
        f"the walk of {walk.target} stops after step {walk.done} of {len(walk.steps)}: {what}",
        why=f"it routes {describe(alias.routing)}, it was {was} ({revisions});"
        " CloudTrail's UpdateAlias says who; nothing was changed now",
        hint=f"lambdactl status -f {walk.target}",
    )


def below_100(weight: float | None) -> float | None:
    """At 100 % there is nothing left to compare with."""
    return None if weight is None or weight >= 100.0 else weight

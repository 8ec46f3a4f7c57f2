"""The steps of a rollout: its hooks and its weights in order, with times, and what comes next.

CodeDeploy tells the lifecycle events and their times; the shifts within AllowTraffic are known from
the deployment config. Which of them has been reached is read off the alias, not off the clock:
what is drawn as done was seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lambdactl.model import Deployment, LifecycleEvent, Snapshot, label
from lambdactl.model_walk import KeptWalk
from lambdactl.ops.hook_log import HOOK_TIMEOUT
from lambdactl.render.numbers import weight
from lambdactl.verdict.driver import Kind, driver_of

HOOK_TIMEOUT_S = HOOK_TIMEOUT.total_seconds()
FINE = ("Succeeded", "Skipped")
MARKERS = ("Start", "End")
"""Events that CodeDeploy adds around the others; they take no time and say nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One hook or one weight. ``status`` as CodeDeploy spells it; ``weight`` None for a hook."""

    name: str
    status: str
    started: datetime | None = None
    ended: datetime | None = None
    weight: float | None = None
    holds_s: float | None = None
    """How long this weight is held before the next shift; None for the last, and for hooks."""

    def passed_s(self, now: datetime | None) -> float | None:
        """Seconds that it took, or has been taking until ``now``."""
        until = self.ended or now
        if self.started is None or until is None:
            return None
        return max(0.0, (until - self.started).total_seconds())


@dataclass(frozen=True, slots=True)
class Next:
    """What time alone brings, and when on AWS's clock: ``100 %``, a hook that times out."""

    what: str
    at: datetime


def steps_of(snapshot: Snapshot) -> tuple[Step, ...]:
    """Every step of the newest rollout, first to last; none where there is no deployment.

    A rollout that is rolled back has the steps of the deployment that went wrong, and then those
    of the one that undoes it.
    """
    deployment = snapshot.deployment
    if deployment is None:
        return ()
    undone = snapshot.previous if deployment.rolls_back else None
    if undone is None:
        return tuple(passage(snapshot, deployment))
    # The hooks of the way back are told only where they are what matters.
    back = [s for s in passage(snapshot, deployment) if s.weight or s.status not in FINE]
    return (*passage(snapshot, undone), *back)


def passage(snapshot: Snapshot, deployment: Deployment) -> Iterator[Step]:
    for event in deployment.events:
        if event.name == "AllowTraffic":
            yield from shifts(snapshot, deployment, event)
        elif event.name not in MARKERS:
            yield Step(event.name, event.status, event.started, event.ended)


def shifts(snapshot: Snapshot, deployment: Deployment, event: LifecycleEvent) -> list[Step]:
    """AllowTraffic as its weights; as one step where its config is not known or has but one."""
    config = snapshot.config
    if deployment.rolls_back:
        back = f"back to {label(deployment.target_version)}"
        return [Step(back, event.status, event.started, event.ended, 100.0)]
    if config is None or config.name != deployment.config_name:
        return [Step(event.name, event.status, event.started, event.ended, 100.0)]
    if config.type == "AllAtOnce":
        return [Step("100 %", event.status, event.started, event.ended, 100.0)]
    plan = config.steps()
    reached = reached_of(snapshot, deployment, event, plan)
    return [one_shift(plan, i, event, reached) for i in range(len(plan))]


def reached_of(
    snapshot: Snapshot,
    deployment: Deployment,
    event: LifecycleEvent,
    plan: tuple[tuple[float, float], ...],
) -> int:
    """How many of the weights have been reached: 0 before the first shift."""
    if event.status == "Succeeded":
        return len(plan)
    if event.started is None:
        return 0
    if event.ended is not None:
        lasted = (event.ended - event.started).total_seconds()
        return sum(offset <= lasted for offset, _ in plan)
    if snapshot.alias is None or deployment.target_version is None:
        return 0
    share = snapshot.alias.routing.share(deployment.target_version)
    return sum(weight <= share + 1e-6 for _, weight in plan)


def one_shift(
    plan: tuple[tuple[float, float], ...], index: int, event: LifecycleEvent, reached: int
) -> Step:
    offset, weight = plan[index]
    last = index == len(plan) - 1
    holds = None if last else plan[index + 1][0] - offset
    started = ended = None
    if index < reached and event.started is not None:
        started = event.started + timedelta(seconds=offset)
    if index < reached - 1 and started is not None and holds is not None:
        ended = started + timedelta(seconds=holds)
    elif index == reached - 1:
        ended = event.ended
    return Step(f"{weight:.4g} %", status_of(index, event, reached), started, ended, weight, holds)


def status_of(index: int, event: LifecycleEvent, reached: int) -> str:
    if index < reached - 1 or event.status == "Succeeded":
        return "Succeeded"
    if index == reached - 1:
        return event.status
    return "Skipped" if event.ended is not None else "Pending"


def current(steps: tuple[Step, ...]) -> Step | None:
    return next((s for s in steps if s.status == "InProgress"), None)


def next_of(steps: tuple[Step, ...]) -> Next | None:
    """The next thing that time alone brings: a shift, or the end of a hook's patience."""
    for index, step in enumerate(steps):
        if step.status != "InProgress" or step.started is None:
            continue
        if step.weight is None:
            return Next(f"{step.name} times out", step.started + timedelta(seconds=HOOK_TIMEOUT_S))
        if step.holds_s is not None and index + 1 < len(steps):
            return Next(steps[index + 1].name, step.started + timedelta(seconds=step.holds_s))
    return None


def shift_number(steps: tuple[Step, ...]) -> tuple[int, int]:
    """(weights reached, all weights): ``step 1 of 2``."""
    weights = [s for s in steps if s.weight is not None]
    return sum(s.status in ("Succeeded", "InProgress") for s in weights), len(weights)


def coming_of(snapshot: Snapshot) -> Next | None:
    """What comes by itself next: of the deployment that runs, or of a walk of ours."""
    if snapshot.active_deployment is not None:
        return next_of(steps_of(snapshot))
    walk = walk_of(snapshot)
    if walk is None or walk.next_weight is None or walk.next_at is None:
        return None
    held = " on evidence" if walk.guard else ""
    return Next(f"{weight(walk.next_weight)}{held}", walk.next_at)


def walk_of(snapshot: Snapshot) -> KeptWalk | None:
    """The ``shift --steps`` that goes on with the alias; None where none does."""
    return snapshot.walk if driver_of(snapshot).kind is Kind.WALK else None

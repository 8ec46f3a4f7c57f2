"""How far a rollout has come, by what CodeDeploy has done and what its config says comes next.

CodeDeploy tells no times of the shifts to come; they follow from when AllowTraffic started and from
the deployment config. The alias's own weight is what is believed: a shift that is due and has not
happened is shown as due, not as done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lambdactl.model import Series, Snapshot
from lambdactl.verdict.shifts import told_by_calls, weight_since


@dataclass(frozen=True, slots=True)
class Progress:
    """``step`` of ``steps`` shifts have happened; the next one sets ``next_weight`` per cent."""

    step: int
    steps: int
    next_weight: float | None
    next_at: datetime | None
    left_s: float | None
    """Seconds to the next shift, 0 where it is due; None where there is none to wait for."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Calls of both versions since the routing was last seen to change."""

    since: datetime
    stable_calls: float
    canary_calls: float

    @property
    def canary_share(self) -> float | None:
        """Per cent of the calls that the canary took; None without a call."""
        calls = self.stable_calls + self.canary_calls
        return 100.0 * self.canary_calls / calls if calls else None


def progress(snapshot: Snapshot) -> Progress | None:
    """None where no forward deployment runs, or where its config could not be read."""
    running, config = snapshot.active_deployment, snapshot.config
    if running is None or running.rolls_back or config is None or snapshot.alias is None:
        return None
    shifts = config.steps()
    weight = _share(snapshot, running.target_version)
    done = sum(1 for _, due in shifts if due <= weight + 1e-6)
    if done == len(shifts):
        return Progress(done, len(shifts), None, None, None)
    after, due = shifts[done]
    started = event.started if (event := running.event("AllowTraffic")) else None
    at = started + timedelta(seconds=after) if started else None
    left = max((at - snapshot.taken).total_seconds(), 0.0) if at else None
    return Progress(done, len(shifts), due, at, left)


def _share(snapshot: Snapshot, version: int | None) -> float:
    if snapshot.alias is None or version is None:
        return 0.0
    return snapshot.alias.routing.share(version)


def measured(snapshot: Snapshot) -> Measured | None:
    """The realised split, over whole minutes with the present weights; None where not measured."""
    alias, metrics = snapshot.alias, snapshot.metrics
    if alias is None or metrics is None or alias.routing.canary is None:
        return None
    stable = metrics.series.get(alias.routing.stable or 0)
    canary = metrics.series.get(alias.routing.canary)
    if stable is None or canary is None:
        return None
    since = _since(snapshot, stable, canary)
    return Measured(since, stable.calls(since), canary.calls(since)) if since else None


def _since(snapshot: Snapshot, stable: Series, canary: Series) -> datetime | None:
    """The first whole minute with the present weights, as far as that can be known and is drawn."""
    drawn = canary.minutes[0].start if canary.minutes else None
    if (set_at := weight_since(snapshot)) is not None:
        return max(set_at, drawn) if drawn else set_at
    both = zip(canary.minutes, stable.minutes, strict=True)
    return told_by_calls([(c.start, c.invocations or 0.0, s.invocations or 0.0) for c, s in both])

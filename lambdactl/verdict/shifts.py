"""When the weight was last set, and what it is set to next, as far as that is known.

CodeDeploy tells no times of its shifts; they follow from when AllowTraffic started and from the
deployment config. A shift made by hand leaves no time behind in AWS: it is known to who saw it
happen, and else it has to be told from the calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from lambdactl.model import Deployment, DeploymentStatus, Snapshot
from lambdactl.verdict.silence import newest_stretch

BEGUN = ("InProgress", "Succeeded", "Failed")
"""Statuses of a lifecycle event that has started, whether it says when or not."""


def last_shift(snapshot: Snapshot) -> datetime | None:
    """When the running deployment set the present weight; None where that is not known."""
    running, weight = snapshot.active_deployment, _weight(snapshot)
    event = running.event("AllowTraffic") if running else None
    if event is None or event.started is None or snapshot.config is None or weight is None:
        return None
    done = [after for after, due in snapshot.config.steps() if due <= weight + 1e-6]
    return event.started + timedelta(seconds=done[-1]) if done else None


def weight_since(snapshot: Snapshot) -> datetime | None:
    """The first whole minute with the present weights; None where that is not known."""
    at = last_shift(snapshot) or snapshot.weight_since
    return None if at is None else _minute(at) + timedelta(minutes=1)


def split_since(snapshot: Snapshot) -> datetime | None:
    """The minute in which the split that is on began, whatever its weights were since."""
    running = snapshot.active_deployment
    event = running.event("AllowTraffic") if running else None
    at = (event.started if event else None) or snapshot.split_since
    return None if at is None else _minute(at)


def judged_from(snapshot: Snapshot) -> datetime | None:
    """The minute from which on calls are evidence: no later than the first of the split, or of the
    rollout that is over. None: not known, so that all calls that were read are.

    Two versions may have shared the traffic before, and been parted again for a reason. What that
    came to does not count against a deployment that has shifted nothing yet.
    """
    if awaits_traffic(snapshot):
        return _minute(snapshot.taken)
    brought = forward(snapshot)
    event = brought.event("AllowTraffic") if brought else None
    known = [event.started if event else None]
    if snapshot.alias is not None and snapshot.alias.routing.split:
        known += [snapshot.unsplit_at, _at_rest(snapshot.deployment)]
    times = [at for at in known if at is not None]
    return _minute(max(times)) if times else None


def awaits_traffic(snapshot: Snapshot) -> bool:
    """Whether a deployment is on its way forward and has not begun to shift: it waits for a hook,
    or has not told its events yet."""
    running, alias = snapshot.active_deployment, snapshot.alias
    if running is None or running.rolls_back:
        return False
    event = running.event("AllowTraffic")
    if event is not None:
        return event.started is None and event.status not in BEGUN
    routing = alias.routing if alias is not None else None
    return routing is not None and not routing.split and routing.stable != running.target_version


def forward(snapshot: Snapshot) -> Deployment | None:
    """The deployment that brought the canary, not the one that takes it back."""
    last = snapshot.deployment
    return snapshot.previous if last is not None and last.rolls_back else last


def _at_rest(last: Deployment | None) -> datetime | None:
    """A deployment that succeeded ended with one version on all traffic."""
    done = last is not None and last.status is DeploymentStatus.Succeeded
    return last.completed if last is not None and done else None


def told_by_calls(
    minutes: Sequence[tuple[datetime, float, float]],
) -> datetime | None:
    """When the newest split shows in (start, calls of the canary, calls of the stable version).

    After a silence that is no chance the canary was split off in between. None without a call.
    """
    called = [(start, canary) for start, canary, stable in minutes if canary or stable]
    first = newest_stretch([canary for _, canary in called])
    return None if first is None else called[first][0]


def next_weight(snapshot: Snapshot) -> float | None:
    """Per cent of the running deployment's next step; None where there is none to compare in.

    At 100 % nothing is left to compare with.
    """
    weight = _weight(snapshot)
    if snapshot.config is None or weight is None:
        return None
    return next((due for _, due in snapshot.config.steps() if weight + 1e-6 < due < 100.0), None)


def _weight(snapshot: Snapshot) -> float | None:
    """The share of the version that the running deployment brings; None while none does."""
    running, alias = snapshot.active_deployment, snapshot.alias
    if running is None or running.rolls_back or alias is None or running.target_version is None:
        return None
    return alias.routing.share(running.target_version)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)

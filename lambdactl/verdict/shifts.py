"""When the weight was last set, and what it is set to next, where a deployment says so.

CodeDeploy tells no times of its shifts; they follow from when AllowTraffic started and from the
deployment config. A shift made by hand leaves no time behind at all.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lambdactl.model import Snapshot


def last_shift(snapshot: Snapshot) -> datetime | None:
    """When the running deployment set the present weight; None where that is not known."""
    running, weight = snapshot.active_deployment, _weight(snapshot)
    event = running.event("AllowTraffic") if running else None
    if event is None or event.started is None or snapshot.config is None or weight is None:
        return None
    done = [after for after, due in snapshot.config.steps() if due <= weight + 1e-6]
    return event.started + timedelta(seconds=done[-1]) if done else None


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

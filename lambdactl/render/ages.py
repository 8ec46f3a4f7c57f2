"""How old each number is that is shown, on AWS's clock.

A look is not of one moment: a console keeps what seldom changes, and CloudWatch is minutes behind
whoever asks it, so metrics have an age of their own: that of their newest minute with a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lambdactl.model import Metrics, Snapshot
from lambdactl.render.numbers import clock, duration, iso

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ages:
    """Seconds; None where there is none of it, or it was not read."""

    snapshot_s: float
    alarms_s: float | None
    metrics_s: float | None
    """Since CloudWatch was asked."""
    measured_until: datetime | None
    """The end of the newest minute that has a call."""
    measured_s: float | None


def of(snapshot: Snapshot, now: datetime) -> Ages:
    metrics = snapshot.metrics
    until = newest(metrics) if metrics else None
    return Ages(
        snapshot_s=since(snapshot.taken, now),
        alarms_s=since(snapshot.read_at("alarms"), now) if snapshot.alarms else None,
        metrics_s=since(metrics.taken, now) if metrics else None,
        measured_until=until,
        measured_s=since(until, now) if until else None,
    )


def since(then: datetime, now: datetime) -> float:
    return max((now - then).total_seconds(), 0.0)


def newest(metrics: Metrics) -> datetime | None:
    """The end of the newest minute with a call, of any version; the open one has none yet."""
    starts = [
        minute.start
        for series in metrics.series.values()
        for minute in series.minutes
        if minute.invocations
    ]
    return min(max(starts) + MINUTE, metrics.taken) if starts else None


def line(ages: Ages) -> str:
    """``alias 2s · alarms 2s · metrics 2s, measured until 14:05:00 (1m41s ago)``."""
    parts = [f"alias {duration(ages.snapshot_s)}"]
    if ages.alarms_s is not None:
        parts.append(f"alarms {duration(ages.alarms_s)}")
    if ages.metrics_s is not None:
        parts.append(f"metrics {duration(ages.metrics_s)}{_measured(ages)}")
    return " · ".join(parts)


def _measured(ages: Ages) -> str:
    if ages.measured_until is None or ages.measured_s is None:
        return ", nothing measured"
    return f", measured until {clock(ages.measured_until)} ({duration(ages.measured_s)} ago)"


def data(ages: Ages) -> dict[str, Any]:
    return {
        "snapshot": ages.snapshot_s,
        "alarms": ages.alarms_s,
        "metrics": ages.metrics_s,
        "measured_until": iso(ages.measured_until),
        "measured": ages.measured_s,
    }

"""Data as it is: which minutes of a snapshot may be judged, and whether they can be believed.

A minute is settled when it can no longer change: Lambda stamps a call with its start, so a minute
grows for as long as one of its calls may still run, and CloudWatch is about a minute late. Minutes
from before a version was published belong to a function of the same name that is gone.

What cannot be believed is a doubt, in one sentence, and ends as NOT MEASURED: counts that went
down, more errors than calls, calls without a count of errors, and silence where calls were due.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from lambdactl.model import Metrics, Minute, Series, Snapshot, label
from lambdactl.verdict.likelihood import Counts
from lambdactl.verdict.shifts import split_since, told_by_calls
from lambdactl.verdict.silence import missing

SETTLING_S = 60.0
"""CloudWatch publishes Lambda's metrics about a minute late; a minute also grows for as long as one
of its calls may still run."""
MINUTE = timedelta(minutes=1)


class Reading(NamedTuple):
    """One settled minute of both versions."""

    start: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Readings:
    minutes: tuple[Reading, ...] = ()
    doubt: str | None = None

    @property
    def counts(self) -> list[Counts]:
        return [reading.counts for reading in self.minutes]

    def counts_from(self, begun: datetime | None) -> list[Counts]:
        """Without the canary's calls before ``begun``: the stable version's show how errors
        clump, and the canary's were of another split."""
        if begun is None:
            return self.counts
        return [
            counts if start >= begun else counts._replace(canary_calls=0, canary_errors=0)
            for start, counts in self.minutes
        ]


def settled_until(snapshot: Snapshot, taken: datetime, *versions: int) -> datetime:
    """The start of the newest minute that can no longer change."""
    timeouts = [v.timeout_s or 0 for v in snapshot.versions if v.number in versions]
    return taken - timedelta(seconds=60.0 + SETTLING_S + max(timeouts, default=0))


def readings(snapshot: Snapshot, metrics: Metrics, stable: int, canary: int) -> Readings:
    """The settled minutes of both versions, oldest first, and the first doubt about them."""
    ours, theirs = metrics.judged.get(canary), metrics.judged.get(stable)
    if ours is None or theirs is None:
        return Readings()
    last = settled_until(snapshot, metrics.taken, stable, canary)
    told, doubts = [], list(metrics.doubts)
    for c, s in zip(ours.minutes, theirs.minutes, strict=True):
        if c.start > last:
            break
        c, s = _own(snapshot, canary, c), _own(snapshot, stable, s)
        doubted = [d for v, m in ((canary, c), (stable, s)) for d in _doubts(v, m)]
        if not doubted:
            told.append(Reading(c.start, counted(c, s)))
        doubts += doubted
    doubts += _silences(snapshot, told, ours)
    return Readings(tuple(told), doubts[0] if doubts else None)


def _own(snapshot: Snapshot, number: int, minute: Minute) -> Minute:
    """The minute, or an empty one where this version had not been published yet."""
    version = snapshot.version(number)
    published = version.published if version else None
    if published is None or minute.start + MINUTE > published:
        return minute
    return Minute(minute.start)


def _doubts(number: int, minute: Minute) -> Iterator[str]:
    at = f"{minute.start.astimezone(UTC):%H:%M}"
    calls, errors = minute.invocations, minute.errors
    if errors is None:
        if calls is not None:
            # Lambda writes Errors with every call: calls without them are half an answer.
            yield f"the errors of {label(number)} at {at} were not measured"
        return
    if not (math.isfinite(calls or 0.0) and 0.0 <= errors <= (calls or 0.0)):
        yield f"{label(number)} has {errors:,g} errors of {calls or 0:,g} calls at {at}"


def counted(canary: Minute, stable: Minute) -> Counts:
    return Counts(
        int(canary.invocations or 0),
        int(canary.errors or 0),
        int(stable.invocations or 0),
        int(stable.errors or 0),
    )


def _silences(snapshot: Snapshot, told: Sequence[Reading], ours: Series) -> Iterator[str]:
    """A feed that has stopped looks like calls that have stopped, and neither is good news."""
    all_calls = [r.counts.canary_calls + r.counts.stable_calls for r in told]
    if due := missing(all_calls):
        quiet, calls = due
        since = f"{told[-quiet].start.astimezone(UTC):%H:%M}"
        yield f"no datapoints since {since}, where about {calls:,.0f} calls were due"
    routing = snapshot.alias.routing if snapshot.alias else None
    if routing is None or routing.canary != ours.version or not routing.weight:
        return
    known = split_since(snapshot)
    begun = known or told_by_calls(called(told))
    if begun is None:
        return
    its_calls = [r.counts.canary_calls for r in told if sum(r.counts) and r.start >= begun]
    if (due := missing(its_calls)) and not _speaks_again(told, ours):
        quiet, calls = due
        said = f"no datapoints of {label(ours.version)} for {quiet} min"
        along = "" if known else " if it was routed to all the while"
        yield f"{said}, where about {calls:,.0f} calls were due{along}"


def _speaks_again(told: Sequence[Reading], ours: Series) -> bool:
    """Whether there are calls already in a minute that is not settled yet."""
    return any(m.invocations for m in ours.minutes if m.start > told[-1].start)


def called(told: Sequence[Reading]) -> list[tuple[datetime, float, float]]:
    return [(r.start, r.counts.canary_calls, r.counts.stable_calls) for r in told]

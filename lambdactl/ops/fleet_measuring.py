"""What many aliases did in the last half hour, in one call for as many as are seen.

CloudWatch is paid by the metric that is asked for, whatever the time, so only what is on the screen
is measured: calls and failed calls of each alias, and the 95th percentile where there is a column
for it. Five hundred metrics are one call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from lambdactl.aws.history import of_alias
from lambdactl.aws.metrics import MINUTE, minutes_of
from lambdactl.model import Minute, Series, Target
from lambdactl.model_history import Metric

if TYPE_CHECKING:
    from lambdactl.aws import Aws

WINDOW_S = 1800
PERIOD_S = 60
MOST = 500
"""Metrics in one GetMetricData."""
RATED = timedelta(minutes=5)
"""A rate is that of so many whole minutes."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The minutes of one alias, whatever version ran them; ``taken`` is on AWS's clock."""

    taken: datetime
    series: Series
    """Its version is 0: it is of all of them."""
    with_p95: bool


def measure(aws: Aws, targets: Sequence[Target], *, p95: bool) -> Mapping[Target, Measured]:
    """Of each target; one without an alias is the function as a whole. Raises what CloudWatch
    refuses: half an answer would read as no calls."""
    now = aws.now()
    starts = minutes_of(now, WINDOW_S)
    wanted = {target: metrics_of(target, p95=p95) for target in targets}
    found: dict[Metric, dict[datetime, float]] = {}
    for some in parts(wanted.values()):
        found.update(aws.readings(some, starts[0], starts[-1] + MINUTE))
    return {
        target: Measured(now, series_of(wanted[target], found, starts), p95) for target in targets
    }


def metrics_of(target: Target, *, p95: bool) -> dict[str, Metric]:
    calls = of_alias(target, "Invocations", PERIOD_S)
    if not target.alias:
        calls = calls.without("Resource")
    wanted = {"invocations": calls, "errors": replace(calls, name="Errors")}
    slow = replace(calls, name="Duration", stat="p95")
    return {**wanted, "p95_ms": slow} if p95 else wanted


def parts(wanted: Iterable[Mapping[str, Metric]]) -> Iterator[list[Metric]]:
    flat = (metric for each in wanted for metric in each.values())
    while some := list(islice(flat, MOST)):
        yield some


def series_of(
    wanted: Mapping[str, Metric],
    found: Mapping[Metric, Mapping[datetime, float]],
    starts: Sequence[datetime],
) -> Series:
    points = {key: found[metric] for key, metric in wanted.items()}
    minutes = (
        Minute(start, **{key: values.get(start) for key, values in points.items()})
        for start in starts
    )
    return Series(0, tuple(minutes))


def per_minute(series: Series) -> float | None:
    """Calls a minute of the last whole minutes; None where none of them had any."""
    whole = series.minutes[:-1]
    recent = [m for m in whole if whole and m.start > whole[-1].start - RATED]
    told = [m.invocations for m in recent if m.invocations is not None]
    return sum(told) / len(recent) if told else None

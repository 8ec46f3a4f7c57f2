"""What CloudWatch measured of the versions behind one alias, minute by minute.

One GetMetricData call for all versions: Invocations, Errors and Throttles as sums over 60 seconds
and the 95th percentile of Duration, with exactly the dimensions FunctionName,
Resource=function:alias and ExecutedVersion, which Lambda writes for calls through an alias only.
The window is whole minutes and every one of them is in the answer; where CloudWatch has no
datapoint there is None, for a minute without calls and one without data look the same to it.

Metrics are stamped with the start of the call, so the newest minutes still change and are read
again until they are settled; what is settled is remembered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdactl.aws.door import Door
from lambdactl.aws.points import KnownPoints, Points
from lambdactl.errors import LambdactlError, PermissionDenied
from lambdactl.model import Metrics, Minute, Series, Target

MINUTE = timedelta(minutes=1)
WHAT = {
    "invocations": ("Invocations", "Sum"),
    "errors": ("Errors", "Sum"),
    "throttles": ("Throttles", "Sum"),
    "p95_ms": ("Duration", "p95"),
}
MORE = {
    **WHAT,
    "p50_ms": ("Duration", "p50"),
    "p99_ms": ("Duration", "p99"),
    "concurrency": ("ConcurrentExecutions", "Maximum"),
}
"""What a console shows beside it. CloudWatch is paid by the metric, not by the minutes of it."""


def metrics(
    door: Door,
    target: Target,
    versions: Iterable[int],
    *,
    now: datetime,
    window_s: int,
    since: datetime | None = None,
    reach_s: int = 0,
) -> Metrics:
    """The minutes of ``versions`` up to and with the one that ``now`` is in.

    ``since`` is where the history begins that is judged, where it is longer than the window.
    ``reach_s`` is how far back ``longer`` goes, which has more of each minute; 0 for none. Raises
    PermissionDenied or LambdactlError where CloudWatch answers for a part only: half an answer
    would read as no calls.
    """
    numbers = sorted(set(versions))
    drawn = minutes_of(now, window_s)
    judged = minutes_of(now, max(window_s, seconds_back(now, since)))
    far = minutes_of(now, max(reach_s, len(judged) * 60))
    if not numbers:
        return Metrics(taken=now, window_s=window_s, series={})
    what = MORE if reach_s else WHAT
    known = door.remembered(("points", target, len(what)), float("inf"), KnownPoints)
    with known.lock:
        asked = known.first_unsettled(numbers, far[0])
        told = ask(door, target, numbers, tuple(at for at in far if at >= asked), what)
        known.take(told, asked, far[-1])
        points, doubts = known.keep(numbers, far[0]), known.doubts

    def over(starts: tuple[datetime, ...]) -> dict[int, Series]:
        return {number: series_of(number, points, starts, what) for number in numbers}

    history = over(judged) if len(judged) > len(drawn) else None
    longer = over(far[-(reach_s // 60) :]) if reach_s else None
    return Metrics(now, window_s, over(drawn), history, doubts, longer)


def seconds_back(now: datetime, since: datetime | None) -> int:
    """So that the window begins with the minute that ``since`` is in."""
    return 0 if since is None else int((now - since).total_seconds()) + 60


def minutes_of(now: datetime, window_s: int) -> tuple[datetime, ...]:
    """The starts of the minutes of the window, oldest first; the last one is still open."""
    last = now.astimezone(UTC).replace(second=0, microsecond=0)
    count = max(window_s // 60, 1)
    return tuple(last - MINUTE * back for back in reversed(range(count)))


def past_metrics(
    door: Door,
    target: Target,
    versions: Iterable[int],
    *,
    since: datetime,
    until: datetime,
    period_s: int,
    more: bool = False,
) -> Metrics:
    """As :func:`metrics`, of periods of ``period_s`` from ``since``, which begins one, on.

    ``more``: what a console shows beside the counts, too.
    CloudWatch keeps periods of 60 s for 15 days, of 300 s for 63 and of 3600 s for 455. [D]
    """
    numbers, period = sorted(set(versions)), timedelta(seconds=period_s)
    count = max(math.ceil((until - since) / period), 1)
    starts = tuple(since.astimezone(UTC) + period * n for n in range(count))
    what = MORE if more else WHAT
    queries = [query(target, n, key, period_s) for n in numbers for key in what]
    points = answered(door, str(target), queries, starts[0], starts[-1] + period)
    series = {number: series_of(number, points, starts, what) for number in numbers}
    return Metrics(taken=door.clock.now(), window_s=count * period_s, series=series)


def ask(
    door: Door,
    target: Target,
    numbers: list[int],
    starts: tuple[datetime, ...],
    what: Mapping[str, tuple[str, str]],
) -> Points:
    queries = [query(target, n, key) for n in numbers for key in what]
    return answered(door, str(target), queries, starts[0], starts[-1] + MINUTE)


def answered(
    door: Door, of: str, queries: list[dict[str, Any]], since: datetime, until: datetime
) -> Points:
    """The whole answer to one GetMetricData, over all its pages; raises where it is not whole."""
    points: Points = {}
    rows = door.pages(
        "cloudwatch",
        "GetMetricData",
        "MetricDataResults",
        f"metrics of {of}",
        MetricDataQueries=queries,
        StartTime=since,
        EndTime=until,
        ScanBy="TimestampAscending",
    )
    last_status: dict[str, str] = {}
    for row in rows:
        # The same id comes back on every page until its data is complete.
        last_status[row["Id"]] = row.get("StatusCode", "Complete")
        values = zip(row.get("Timestamps", ()), row.get("Values", ()), strict=True)
        points.setdefault(row["Id"], {}).update((t.astimezone(UTC), v) for t, v in values)
    require_complete(last_status, of)
    return points


def require_complete(status: Mapping[str, str], of: str) -> None:
    told = set(status.values()) - {"Complete"}
    if "Forbidden" in told:
        raise PermissionDenied(
            f"no permission: cloudwatch:GetMetricData on metrics of {of}",
            action="cloudwatch:GetMetricData",
            hint="ask for cloudwatch:GetMetricData; lambdactl iam-policy prints who needs what",
        )
    if told:
        raise LambdactlError(
            f"CloudWatch answered only a part of the metrics of {of}",
            why=", ".join(sorted(told)),
            hint="look again; CloudWatch is slow to answer sometimes",
        )


def query(target: Target, number: int, key: str, period_s: int = 60) -> dict[str, Any]:
    name, statistic = MORE[key]
    dimensions = {
        "FunctionName": target.function,
        "Resource": str(target),
        "ExecutedVersion": str(number),
    }
    return {
        "Id": f"v{number}_{key}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/Lambda",
                "MetricName": name,
                "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()],
            },
            "Period": period_s,
            "Stat": statistic,
        },
    }


def series_of(
    number: int,
    points: Points,
    starts: tuple[datetime, ...],
    what: Mapping[str, tuple[str, str]] = WHAT,
) -> Series:
    measured = {key: points.get(f"v{number}_{key}", {}) for key in what}
    minutes = (
        Minute(start, **{key: values.get(start) for key, values in measured.items()})
        for start in starts
    )
    return Series(number, tuple(minutes))

"""What CloudWatch measured of the versions behind one alias, minute by minute.

One GetMetricData call for all versions: Invocations, Errors and Throttles as sums over 60 seconds
and the 95th percentile of Duration, with exactly the dimensions FunctionName,
Resource=function:alias and ExecutedVersion, which Lambda writes for calls through an alias only.
The window is whole minutes and every one of them is in the answer; where CloudWatch has no
datapoint there is None, for a minute without calls and one without data look the same to it.

Metrics are stamped with the start of the call, so the newest minutes still change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdactl.aws.door import Door
from lambdactl.errors import LambdactlError, PermissionDenied
from lambdactl.model import Metrics, Minute, Series, Target

MINUTE = timedelta(minutes=1)
WHAT = {
    "invocations": ("Invocations", "Sum"),
    "errors": ("Errors", "Sum"),
    "throttles": ("Throttles", "Sum"),
    "p95_ms": ("Duration", "p95"),
}

Points = dict[str, dict[datetime, float]]
"""Query id -> start of the minute -> value."""


def metrics(
    door: Door, target: Target, versions: Iterable[int], *, now: datetime, window_s: int
) -> Metrics:
    """The minutes of ``versions`` up to and with the one that ``now`` is in.

    Raises PermissionDenied or LambdactlError where CloudWatch answers for a part only: half an
    answer would read as no calls.
    """
    numbers = sorted(set(versions))
    starts = minutes_of(now, window_s)
    points = ask(door, target, numbers, starts) if numbers else {}
    series = {number: series_of(number, points, starts) for number in numbers}
    return Metrics(taken=now, window_s=window_s, series=series)


def minutes_of(now: datetime, window_s: int) -> tuple[datetime, ...]:
    """The starts of the minutes of the window, oldest first; the last one is still open."""
    last = now.astimezone(UTC).replace(second=0, microsecond=0)
    count = max(window_s // 60, 1)
    return tuple(last - MINUTE * back for back in reversed(range(count)))


def ask(door: Door, target: Target, numbers: list[int], starts: tuple[datetime, ...]) -> Points:
    points: Points = {}
    rows = door.pages(
        "cloudwatch",
        "GetMetricData",
        "MetricDataResults",
        f"metrics of {target}",
        MetricDataQueries=[query(target, n, key) for n in numbers for key in WHAT],
        StartTime=starts[0],
        EndTime=starts[-1] + MINUTE,
        ScanBy="TimestampAscending",
    )
    last_status: dict[str, str] = {}
    for row in rows:
        # The same id comes back on every page until its data is complete.
        last_status[row["Id"]] = row.get("StatusCode", "Complete")
        values = zip(row.get("Timestamps", ()), row.get("Values", ()), strict=True)
        points.setdefault(row["Id"], {}).update((t.astimezone(UTC), v) for t, v in values)
    require_complete(last_status, target)
    return points


def require_complete(status: Mapping[str, str], target: Target) -> None:
    told = set(status.values()) - {"Complete"}
    if "Forbidden" in told:
        raise PermissionDenied(
            f"no permission: cloudwatch:GetMetricData on metrics of {target}",
            action="cloudwatch:GetMetricData",
            hint="ask for cloudwatch:GetMetricData; the README lists what each command needs",
        )
    if told:
        raise LambdactlError(
            f"CloudWatch answered only a part of the metrics of {target}",
            why=", ".join(sorted(told)),
            hint="look again; CloudWatch is slow to answer sometimes",
        )


def query(target: Target, number: int, key: str) -> dict[str, Any]:
    name, statistic = WHAT[key]
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
            "Period": 60,
            "Stat": statistic,
        },
    }


def series_of(number: int, points: Points, starts: tuple[datetime, ...]) -> Series:
    measured = {key: points.get(f"v{number}_{key}", {}) for key in WHAT}
    minutes = (
        Minute(start, **{key: values.get(start) for key, values in measured.items()})
        for start in starts
    )
    return Series(number, tuple(minutes))

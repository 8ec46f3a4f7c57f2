"""Who was called lately, as CloudWatch knows it: rule 13 of pruning.

ListMetrics names every set of dimensions that Invocations was written with in two weeks.
``Resource=fn:7`` among them means that somebody calls version 7 by its number;
``ExecutedVersion=7`` means only that an alias sent calls there, and is held against a delete while
it is within the grace. That nothing was called is never proof: a function that runs once a month
is not in here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from lambdactl.aws.door import Door
from lambdactl.errors import LambdactlError
from lambdactl.model import VersionUse

QUERIES = 500
"""GetMetricData takes so many in one call."""


def called(
    door: Door, function: str, numbers: Collection[int], *, now: datetime, grace_s: float
) -> tuple[VersionUse, ...]:
    """The ``numbers`` that were called: by their own ARN in two weeks, or at all within grace."""
    rows = door.pages(
        "cloudwatch",
        "ListMetrics",
        "Metrics",
        f"metrics of {function}",
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[{"Name": "FunctionName", "Value": function}],
    )
    seen = [{d["Name"]: d["Value"] for d in row.get("Dimensions", ())} for row in rows]
    direct = {n for told in seen if (n := named(told.get("Resource"), function)) in numbers}
    behind = [
        told
        for told in seen
        if (n := number_of(told.get("ExecutedVersion"))) in numbers and n not in direct
    ]
    recent = measured(door, function, behind, now=now, grace_s=grace_s) if behind else frozenset()
    return (
        *(VersionUse(n, "called by its number in the last 14 days", 13) for n in sorted(direct)),
        *(VersionUse(n, "called within the grace", 13) for n in sorted(recent)),
    )


def named(resource: str | None, function: str) -> int:
    """``fn:7`` -> 7; 0 for an alias, the function itself, or another function."""
    name, _, qualifier = (resource or "").rpartition(":")
    return number_of(qualifier) if name == function else 0


def number_of(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def measured(
    door: Door,
    function: str,
    metrics: Iterable[Mapping[str, str]],
    *,
    now: datetime,
    grace_s: float,
) -> frozenset[int]:
    """The executed versions among ``metrics`` that have a call within the grace."""
    wanted = list(metrics)
    found: set[int] = set()
    for start in range(0, len(wanted), QUERIES):
        some = wanted[start : start + QUERIES]
        rows = door.pages(
            "cloudwatch",
            "GetMetricData",
            "MetricDataResults",
            f"metrics of {function}",
            MetricDataQueries=[query(n, told) for n, told in enumerate(some)],
            StartTime=now - timedelta(seconds=grace_s),
            EndTime=now + timedelta(minutes=1),
        )
        for row in rows:
            if row.get("StatusCode") not in (None, "Complete", "PartialData"):
                raise LambdactlError(
                    f"CloudWatch answered only a part of the metrics of {function}",
                    why=str(row["StatusCode"]),
                )
            if any(value > 0 for value in row.get("Values", ())):
                found.add(number_of(some[int(row["Id"][1:])]["ExecutedVersion"]))
    return frozenset(found)


def query(n: int, dimensions: Mapping[str, str]) -> dict[str, Any]:
    return {
        "Id": f"m{n}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/Lambda",
                "MetricName": "Invocations",
                "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
            },
            "Period": 3600,
            "Stat": "Sum",
        },
    }

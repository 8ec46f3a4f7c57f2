"""What AWS still holds of the past: traffic of a week, metrics as an alarm names them, rollouts.

CloudWatch keeps minutes for 15 days, periods of 5 minutes for 63 and hours for 455 [D]; ListMetrics
knows what had data in the past two weeks [M]. CodeDeploy lists a group's deployments for as long as
the group lives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdactl.aws import deployments, discovery
from lambdactl.aws.door import Door
from lambdactl.aws.metrics import answered
from lambdactl.errors import NotFound
from lambdactl.model import Deployment, Target
from lambdactl.model_history import Bucket, Metric, Traffic

HOUR_S = 3600
BUCKET_S = 300
NAMESPACE = "AWS/Lambda"
Readings = dict[Metric, dict[datetime, float]]


def traffic(door: Door, target: Target, *, now: datetime, days: int = 7) -> Traffic:
    """Calls and failed calls of the alias, whatever version ran them, by periods of 5 minutes.

    Only whole periods, from the first one in which there was a call; one without a datapoint after
    that had no call.
    """
    width = timedelta(seconds=BUCKET_S)
    until = datetime.fromtimestamp(now.timestamp() // BUCKET_S * BUCKET_S, UTC)
    since = until - timedelta(days=days)
    calls, errors = (of_alias(target, name, BUCKET_S) for name in ("Invocations", "Errors"))
    found = readings(door, (calls, errors), since, until)
    first = min(found[calls], default=until)
    starts = [first + width * n for n in range(int((until - first) / width))]
    buckets = (Bucket(at, found[calls].get(at, 0.0), found[errors].get(at, 0.0)) for at in starts)
    return Traffic(since, until, BUCKET_S, tuple(buckets))


def of_alias(target: Target, name: str, period_s: int) -> Metric:
    dimensions = (("FunctionName", target.function), ("Resource", str(target)))
    return Metric(NAMESPACE, name, dimensions, "Sum", period_s)


def of_version(target: Target, version: int, name: str, period_s: int) -> Metric:
    alias = of_alias(target, name, period_s)
    return replace(alias, dimensions=(*alias.dimensions, ("ExecutedVersion", str(version))))


def readings(door: Door, metrics: Iterable[Metric], since: datetime, until: datetime) -> Readings:
    """The datapoints of each metric by the start of their period; empty where there are none."""
    wanted = list(dict.fromkeys(metrics))
    if not wanted:
        return {}
    queries = [query(f"q{n}", metric) for n, metric in enumerate(wanted)]
    points = answered(door, "the past", queries, since, until)
    return {metric: points.get(f"q{n}", {}) for n, metric in enumerate(wanted)}


def query(name: str, metric: Metric) -> dict[str, Any]:
    unit = {"Unit": metric.unit} if metric.unit else {}
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": n, "Value": v} for n, v in metric.dimensions],
            },
            "Period": metric.period_s,
            "Stat": metric.stat,
            **unit,
        },
    }


def versions_called(door: Door, target: Target) -> frozenset[int]:
    """The versions that were called through the alias in the past two weeks."""
    rows = door.pages(
        "cloudwatch",
        "ListMetrics",
        "Metrics",
        f"metrics of {target}",
        Namespace=NAMESPACE,
        MetricName="Invocations",
        Dimensions=[
            {"Name": "FunctionName", "Value": target.function},
            {"Name": "Resource", "Value": str(target)},
            {"Name": "ExecutedVersion"},
        ],
    )
    named = (d for row in rows for d in row["Dimensions"] if d["Name"] == "ExecutedVersion")
    return frozenset(int(d["Value"]) for d in named if d["Value"].isdecimal())


def rollouts(door: Door, target: Target, *, limit: int) -> tuple[Deployment, ...]:
    """The newest deployments that moved the alias, newest first, with their targets."""
    groups = discovery.discover(door, target.function).groups
    found = [d for name in groups for d in deployments.recent(door, name, limit=limit)]
    newest = sorted(found, key=deployments.created, reverse=True)[:limit]
    told = (deployments.with_target(door, d) for d in newest)
    return tuple(d for d in told if deployments.moved(d, target))


def rollout(door: Door, target: Target, deployment_id: str) -> Deployment:
    """One deployment of the alias; NotFound where it is not one of this alias."""
    try:
        found = deployments.get(door, deployment_id)
    except NotFound as error:
        error.hint = f"lambdactl deployments -f {target}   lists those that moved it"
        raise
    if not deployments.moved(found, target):
        raise NotFound(
            f"deployment {deployment_id} is not of {target} but of {found.function}:{found.alias}",
            hint=f"lambdactl deployments show {deployment_id} -f {found.function}:{found.alias}",
        )
    return found


def timeout_s(timeouts: Sequence[int | None]) -> float:
    """For how long a call of these versions may run; Lambda's longest where one is not known."""
    return float(max((t if t is not None else 900 for t in timeouts), default=900))

"""Alarms as rules that can be evaluated, and their history, as CloudWatch tells both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lambdactl.aws.alarms import alarm_from, described
from lambdactl.aws.deployments import utc
from lambdactl.aws.door import Door
from lambdactl.model_history import AlarmChange, AlarmRule, Metric

PLAIN = "m"
"""The id of the only metric of an alarm that has no metric math."""


def rules(door: Door, names: Sequence[str]) -> tuple[AlarmRule, ...]:
    """The rules of these alarms, in this order. NotFound with the names of those that are gone."""
    return tuple(rule_from(row) for row in described(door, names))


def rule_from(row: Mapping[str, Any]) -> AlarmRule:
    queries = row.get("Metrics") or ()
    metrics = {q["Id"]: metric_from(q) for q in queries if "MetricStat" in q}
    expressions = {q["Id"]: str(q["Expression"]) for q in queries if "Expression" in q}
    if "MetricName" in row:
        metrics = {PLAIN: plain_metric(row)}
    returned = [q["Id"] for q in queries if q.get("ReturnData", True)]
    periods = row.get("EvaluationPeriods", 0)
    lengths = [m.period_s for m in metrics.values()]
    return AlarmRule(
        alarm=alarm_from(row),
        comparison=row.get("ComparisonOperator", ""),
        threshold=row.get("Threshold", 0.0),
        periods=periods,
        to_alarm=row.get("DatapointsToAlarm") or periods,
        treat_missing=row.get("TreatMissingData", "missing"),
        period_s=max(lengths, default=0),
        metrics=metrics,
        expressions=expressions,
        returned=returned[0] if returned else PLAIN,
        unreadable=unreadable(row, metrics),
    )


def unreadable(row: Mapping[str, Any], metrics: Mapping[str, Metric]) -> str | None:
    if "AlarmRule" in row:
        return "a composite alarm follows other alarms"
    if row.get("ThresholdMetricId"):
        return "an anomaly detection band is not evaluated here"
    if row.get("Threshold") is None or not row.get("EvaluationPeriods"):
        return "it has no threshold that is evaluated here"
    if not metrics:
        return "it watches no metric that is named"
    return None


def metric_from(query: Mapping[str, Any]) -> Metric:
    told = query["MetricStat"]
    metric = told["Metric"]
    return Metric(
        namespace=metric["Namespace"],
        name=metric["MetricName"],
        dimensions=dimensions_of(metric),
        stat=told["Stat"],
        period_s=told["Period"],
        unit=told.get("Unit"),
    )


def plain_metric(row: Mapping[str, Any]) -> Metric:
    return Metric(
        namespace=row["Namespace"],
        name=row["MetricName"],
        dimensions=dimensions_of(row),
        stat=row.get("Statistic") or row.get("ExtendedStatistic") or "Sum",
        period_s=row["Period"],
        unit=row.get("Unit"),
    )


def dimensions_of(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((d["Name"], d["Value"]) for d in row.get("Dimensions", ()))


def changes(door: Door, name: str, *, since: datetime) -> tuple[AlarmChange, ...]:
    """The changes of state of one alarm, newest first; CloudWatch keeps them for 30 days. [D]"""
    rows = door.pages(
        "cloudwatch",
        "DescribeAlarmHistory",
        "AlarmHistoryItems",
        f"alarm {name}",
        AlarmName=name,
        HistoryItemType="StateUpdate",
        StartDate=since,
        EndDate=door.clock.now(),
        ScanBy="TimestampDescending",
    )
    return tuple(change_from(row) for row in rows)


def change_from(row: Mapping[str, Any]) -> AlarmChange:
    was, became = states_of(str(row.get("HistoryData") or ""))
    at = utc(row["Timestamp"])
    assert at is not None
    return AlarmChange(at, row["AlarmName"], was, became, row.get("HistorySummary", ""))


def states_of(data: str) -> tuple[str | None, str | None]:
    """The states before and after, where the history's own JSON tells them."""
    import json

    try:
        told = json.loads(data)
    except ValueError:
        return None, None
    states = (told.get(key, {}).get("stateValue") for key in ("oldState", "newState"))
    was, became = states
    return was, became

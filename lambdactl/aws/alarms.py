"""The alarms that guard a deployment group, whatever their kind, with their rule in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lambdactl.aws.deployments import utc
from lambdactl.aws.door import Door
from lambdactl.errors import NotFound
from lambdactl.model import Alarm

KINDS = ("MetricAlarm", "CompositeAlarm", "LogAlarm")
"""DescribeAlarms answers with metric alarms only, unless it is asked for the others by name."""

SIGNS = {
    "GreaterThanOrEqualToThreshold": "≥",
    "GreaterThanThreshold": ">",
    "GreaterThanUpperThreshold": "> upper band of",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside band of",
    "LessThanLowerThreshold": "< lower band of",
    "LessThanOrEqualToThreshold": "≤",
    "LessThanThreshold": "<",
}


def alarms(door: Door, names: Sequence[str]) -> tuple[Alarm, ...]:
    """The alarms of these names, in this order (a group has ten at most: one call).

    Raises NotFound with the names of those that do not exist: a group that watches an alarm that is
    gone watches less than it says.
    """
    return tuple(alarm_from(row) for row in described(door, names))


def described(door: Door, names: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
    """The alarms as DescribeAlarms has them, in the order of ``names``."""
    if not names:
        return ()
    answer = door.call(
        "cloudwatch", "DescribeAlarms", "the alarms", AlarmNames=list(names), AlarmTypes=list(KINDS)
    )
    rows: Iterable[Mapping[str, Any]] = (
        row for kind in KINDS for row in answer.get(f"{kind}s", ())
    )
    found = {row["AlarmName"]: row for row in rows}
    missing = [name for name in names if name not in found]
    if missing:
        raise NotFound(
            f"the deployment group names alarms that do not exist: {', '.join(missing)}",
            hint="deploy the stack again, or take them out of the deployment group",
        )
    return tuple(found[name] for name in names)


def alarm_from(row: Mapping[str, Any]) -> Alarm:
    return Alarm(
        name=row["AlarmName"],
        state=row["StateValue"],
        updated=utc(row.get("StateTransitionedTimestamp") or row.get("StateUpdatedTimestamp")),
        reason=row.get("StateReason", ""),
        threshold=row.get("Threshold"),
        comparison=row.get("ComparisonOperator"),
        summary=summary_of(row),
    )


def summary_of(row: Mapping[str, Any]) -> str:
    """``Errors > 2 for 2 of 3 x 60 s``; a composite alarm's rule as it is written."""
    if "AlarmRule" in row:
        return str(row["AlarmRule"])
    threshold = row.get("Threshold")
    if threshold is None:
        return str(row.get("AlarmDescription", ""))
    sign = SIGNS.get(row.get("ComparisonOperator", ""), "against")
    return f"{measured_by(row)} {sign} {threshold:g}{periods_of(row)}"


def measured_by(row: Mapping[str, Any]) -> str:
    """What the threshold is compared with: the metric, or the label of the expression."""
    if row.get("MetricName"):
        return str(row["MetricName"])
    queries = row.get("Metrics", ())
    returned = next((q for q in queries if q.get("ReturnData", True)), None)
    if returned is None:
        return "the query"
    return str(returned.get("Label") or returned.get("Expression") or returned["Id"])


def periods_of(row: Mapping[str, Any]) -> str:
    evaluated = row.get("EvaluationPeriods")
    if not evaluated:
        return ""
    needed = row.get("DatapointsToAlarm") or evaluated
    nested = (q.get("MetricStat", q).get("Period") for q in row.get("Metrics", ()))
    period = row.get("Period") or next((p for p in nested if p), None)
    return f" for {needed} of {evaluated}" + (f" x {period} s" if period else " periods")

"""Every alarm of the region that is in ALARM, with what of Lambda it watches: for a whole fleet.

One call tells them all, where the alarms of each deployment group would be a call for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lambdactl.aws.alarms import KINDS, summary_of
from lambdactl.aws.deployments import utc
from lambdactl.aws.door import Door
from lambdactl.model_configuration import RedAlarm

NAMESPACE = "AWS/Lambda"


def red_alarms(door: Door) -> tuple[RedAlarm, ...]:
    found: list[RedAlarm] = []
    token: str | None = None
    while True:
        more = {"NextToken": token} if token else {}
        answer = door.call(
            "cloudwatch",
            "DescribeAlarms",
            "the alarms",
            StateValue="ALARM",
            AlarmTypes=list(KINDS),
            **more,
        )
        found += [red_from(row) for kind in KINDS for row in answer.get(f"{kind}s", ())]
        token = answer.get("NextToken")
        if not token:
            return tuple(found)


def red_from(row: Mapping[str, Any]) -> RedAlarm:
    return RedAlarm(
        name=row["AlarmName"],
        since=utc(row.get("StateTransitionedTimestamp") or row.get("StateUpdatedTimestamp")),
        reason=row.get("StateReason", ""),
        summary=summary_of(row),
        watches=frozenset(w for m in metrics_of(row) if (w := watched(m)) is not None),
    )


def metrics_of(row: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield row
    for query in row.get("Metrics", ()):
        yield query.get("MetricStat", {}).get("Metric", {})


def watched(metric: Mapping[str, Any]) -> tuple[str, str | None] | None:
    """``Resource=fn:live`` is one alias; ``FunctionName=fn`` alone all that the function does."""
    if metric.get("Namespace") != NAMESPACE:
        return None
    named = {d["Name"]: d["Value"] for d in metric.get("Dimensions", ())}
    function, resource = named.get("FunctionName"), named.get("Resource", "")
    name, colon, qualifier = resource.partition(":")
    if function is None and not colon:
        return None
    return function or name, qualifier or None

"""Metrics and alarms: the exact questions, gaps kept as gaps, and half an answer refused."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdactl.aws import alarms, metrics
from lambdactl.errors import LambdactlError, NotFound, PermissionDenied
from lambdactl.model import Metrics, Minute, Target
from tests.aws.stubs import Script

TARGET = Target("checkout", "live")
NOW = datetime(2026, 11, 20, 14, 3, 20, tzinfo=UTC)
FIRST = datetime(2026, 11, 20, 14, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def query(number: int, key: str, name: str, stat: str) -> dict[str, Any]:
    return {
        "Id": f"v{number}_{key}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/Lambda",
                "MetricName": name,
                "Dimensions": [
                    {"Name": "FunctionName", "Value": "checkout"},
                    {"Name": "Resource", "Value": "checkout:live"},
                    {"Name": "ExecutedVersion", "Value": str(number)},
                ],
            },
            "Period": 60,
            "Stat": stat,
        },
    }


QUERIES = [
    query(number, key, name, stat)
    for number in (41, 42)
    for key, name, stat in (
        ("invocations", "Invocations", "Sum"),
        ("errors", "Errors", "Sum"),
        ("throttles", "Throttles", "Sum"),
        ("p95_ms", "Duration", "p95"),
    )
]
ASKED = {
    "MetricDataQueries": QUERIES,
    "StartTime": FIRST,
    "EndTime": FIRST + 3 * MINUTE,
    "ScanBy": "TimestampAscending",
}


def row(key: str, points: dict[int, float], status: str = "Complete") -> dict[str, Any]:
    return {
        "Id": key,
        "Timestamps": [FIRST + n * MINUTE for n in points],
        "Values": list(points.values()),
        "StatusCode": status,
    }


def measure(script: Script) -> Metrics:
    return metrics.metrics(script.aws, TARGET, {42, 41}, now=NOW, window_s=180)


def test_one_call_for_both_versions_over_whole_minutes_with_gaps_kept(script: Script) -> None:
    rows = [
        row("v41_invocations", {0: 90.0, 2: 88.0}),
        row("v41_errors", {0: 0.0, 2: 1.0}),
        row("v41_p95_ms", {0: 182.5}),
        row("v42_invocations", {2: 10.0}),
        row("v42_errors", {2: 3.0}),
        row("v42_throttles", {2: 1.0}),
    ]
    script.expect("cloudwatch", "get_metric_data", ASKED, {"MetricDataResults": rows})
    told = measure(script)
    assert told.taken == NOW and sorted(told.series) == [41, 42]
    assert told.series[41].minutes == (
        Minute(FIRST, 90.0, 0.0, None, 182.5),
        Minute(FIRST + MINUTE),
        Minute(FIRST + 2 * MINUTE, 88.0, 1.0),
    )
    assert told.series[42].minutes[:2] == (Minute(FIRST), Minute(FIRST + MINUTE))
    assert told.series[42].minutes[2].error_rate == 30.0
    assert script.aws.calls["cloudwatch:GetMetricData"] == 1


def test_an_id_that_comes_back_on_the_next_page_is_one_series(script: Script) -> None:
    first = [row("v41_invocations", {0: 1.0}, "PartialData")]
    second = [row("v41_invocations", {1: 2.0}, "Complete")]
    script.expect(
        "cloudwatch", "get_metric_data", ASKED, {"MetricDataResults": first, "NextToken": "n"}
    )
    script.expect(
        "cloudwatch",
        "get_metric_data",
        {**ASKED, "NextToken": "n"},
        {"MetricDataResults": second},
    )
    assert measure(script).series[41].calls() == 3.0


@pytest.mark.parametrize(
    ("status", "kind", "sentence"),
    [
        ("Forbidden", PermissionDenied, "cloudwatch:GetMetricData"),
        ("PartialData", LambdactlError, "only a part"),
        ("InternalError", LambdactlError, "only a part"),
    ],
)
def test_half_an_answer_is_an_error(
    script: Script, status: str, kind: type[LambdactlError], sentence: str
) -> None:
    rows = [row("v41_invocations", {0: 1.0}), row("v42_invocations", {}, status)]
    script.expect("cloudwatch", "get_metric_data", ASKED, {"MetricDataResults": rows})
    with pytest.raises(kind, match=sentence):
        measure(script)


def test_without_versions_nothing_is_asked(script: Script) -> None:
    told = metrics.metrics(script.aws, TARGET, (), now=NOW, window_s=180)
    assert told.series == {} and not script.aws.calls


@pytest.mark.parametrize(("window_s", "count"), [(0, 1), (59, 1), (60, 1), (1_800, 30)])
def test_the_window_is_whole_minutes_and_ends_with_the_open_one(window_s: int, count: int) -> None:
    starts = metrics.minutes_of(NOW, window_s)
    assert len(starts) == count
    assert starts[-1] == NOW.replace(second=0)
    assert all(b - a == MINUTE for a, b in itertools.pairwise(starts))


def metric_alarm(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "AlarmName": name,
        "StateValue": "OK",
        "StateReason": "fine",
        "StateUpdatedTimestamp": NOW,
        "MetricName": "Errors",
        "Period": 60,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        **changes,
    }


def test_alarms_of_every_kind_in_the_order_of_the_group(script: Script) -> None:
    composite = {"AlarmName": "both", "StateValue": "ALARM", "AlarmRule": "ALARM(a) AND ALARM(b)"}
    script.expect(
        "cloudwatch",
        "describe_alarms",
        {
            "AlarmNames": ["both", "errors"],
            "AlarmTypes": ["MetricAlarm", "CompositeAlarm", "LogAlarm"],
        },
        {"MetricAlarms": [metric_alarm("errors")], "CompositeAlarms": [composite]},
    )
    both, errors = alarms.alarms(script.aws, ("both", "errors"))
    assert (both.name, both.state, both.summary) == ("both", "ALARM", "ALARM(a) AND ALARM(b)")
    assert (errors.state, errors.updated, errors.threshold) == ("OK", NOW, 1.0)
    assert errors.summary == "Errors ≥ 1 for 2 of 3 x 60 s"


def test_an_alarm_by_metric_math_is_told_by_its_label(script: Script) -> None:
    queries: list[dict[str, Any]] = [
        {
            "Id": "e",
            "ReturnData": False,
            "MetricStat": {"Metric": {}, "Period": 60, "Stat": "Sum"},
        },
        {"Id": "rate", "Expression": "100*e/i", "Label": "error rate", "ReturnData": True},
    ]
    told = alarms.alarm_from(
        {
            "AlarmName": "rate",
            "StateValue": "OK",
            "Metrics": queries,
            "EvaluationPeriods": 1,
            "Threshold": 2.5,
            "ComparisonOperator": "GreaterThanThreshold",
        }
    )
    assert told.summary == "error rate > 2.5 for 1 of 1 x 60 s"


def test_an_alarm_that_is_gone_is_an_error_and_no_names_ask_nothing(script: Script) -> None:
    assert alarms.alarms(script.aws, ()) == ()
    script.expect("cloudwatch", "describe_alarms", None, {"MetricAlarms": []})
    with pytest.raises(NotFound, match="alarms that do not exist: errors"):
        alarms.alarms(script.aws, ("errors",))

"""What is asked of the past: exact requests, and answers in our own shapes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdactl.aws import alarm_rules, history, metrics
from lambdactl.errors import LambdactlError, NotFound, PermissionDenied
from lambdactl.model import Target
from lambdactl.model_history import AlarmChange, Bucket, Metric
from tests.aws.stubs import Script, denied

TARGET = Target("checkout", "live")
NOW = datetime(2026, 11, 20, 14, 3, 20, tzinfo=UTC)
TODAY = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
ALIAS = [
    {"Name": "FunctionName", "Value": "checkout"},
    {"Name": "Resource", "Value": "checkout:live"},
]


def query(name: str, metric: str, dimensions: list[dict[str, str]], period: int) -> dict[str, Any]:
    told = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": told, "Period": period, "Stat": "Sum"}}


def row(name: str, points: dict[datetime, float], status: str = "Complete") -> dict[str, Any]:
    return {
        "Id": name,
        "StatusCode": status,
        "Timestamps": list(points),
        "Values": list(points.values()),
    }


WEEK = {
    "MetricDataQueries": [
        query("q0", "Invocations", ALIAS, 300),
        query("q1", "Errors", ALIAS, 300),
    ],
    "StartTime": TODAY - timedelta(days=7),
    "EndTime": TODAY,
    "ScanBy": "TimestampAscending",
}


def test_a_week_of_traffic_begins_with_its_first_call_and_keeps_quiet_periods(
    script: Script,
) -> None:
    first = TODAY - timedelta(minutes=20)
    answer = [
        row("q0", {first: 600.0, first + timedelta(minutes=10): 300.0}),
        row("q1", {first: 6.0, first + timedelta(minutes=10): 0.0}),
    ]
    script.expect("cloudwatch", "get_metric_data", WEEK, {"MetricDataResults": answer})
    found = history.traffic(script.aws, TARGET, now=NOW)
    width = timedelta(minutes=5)
    assert found.buckets == (
        Bucket(first, 600.0, 6.0),
        Bucket(first + width, 0.0, 0.0),
        Bucket(first + 2 * width, 300.0, 0.0),
        Bucket(first + 3 * width, 0.0, 0.0),
    )
    assert found.calls_per_minute == (120.0, 0.0, 60.0, 0.0)
    assert found.error_rate == pytest.approx(100.0 * 6 / 900)


def test_no_traffic_has_no_rate(script: Script) -> None:
    nothing = {"MetricDataResults": [row("q0", {}), row("q1", {})]}
    script.expect("cloudwatch", "get_metric_data", WEEK, nothing)
    found = history.traffic(script.aws, TARGET, now=NOW)
    assert (found.buckets, found.calls, found.error_rate) == ((), 0, None)


@pytest.mark.parametrize(
    ("status", "error"), [("Forbidden", PermissionDenied), ("PartialData", LambdactlError)]
)
def test_half_an_answer_is_no_answer(
    script: Script, status: str, error: type[LambdactlError]
) -> None:
    answer = {"MetricDataResults": [row("q0", {TODAY: 1.0}, status), row("q1", {})]}
    script.expect("cloudwatch", "get_metric_data", WEEK, answer)
    with pytest.raises(error):
        history.traffic(script.aws, TARGET, now=NOW)


def test_past_metrics_are_asked_for_in_the_periods_that_are_kept(script: Script) -> None:
    since = TODAY - timedelta(days=20)
    dimensions = [*ALIAS, {"Name": "ExecutedVersion", "Value": "41"}]
    asked = [
        query("v41_invocations", "Invocations", dimensions, 300),
        query("v41_errors", "Errors", dimensions, 300),
        query("v41_throttles", "Throttles", dimensions, 300),
        query("v41_p95_ms", "Duration", dimensions, 300),
    ]
    asked[3]["MetricStat"]["Stat"] = "p95"
    params = {
        "MetricDataQueries": asked,
        "StartTime": since,
        "EndTime": since + timedelta(minutes=15),
        "ScanBy": "TimestampAscending",
    }
    rows = [row("v41_invocations", {since: 9.0}), row("v41_errors", {since: 1.0})]
    script.expect("cloudwatch", "get_metric_data", params, {"MetricDataResults": rows})
    found = metrics.past_metrics(
        script.aws,
        TARGET,
        (41,),
        since=since,
        until=since + timedelta(minutes=12),
        period_s=300,
    )
    told = [(m.start - since, m.invocations, m.errors) for m in found.series[41].minutes]
    assert told == [
        (timedelta(0), 9.0, 1.0),
        (timedelta(minutes=5), None, None),
        (timedelta(minutes=10), None, None),
    ]


def test_nothing_is_asked_for_no_metric(script: Script) -> None:
    assert history.readings(script.aws, (), TODAY, NOW) == {}


def test_a_metric_is_asked_for_once_with_its_unit(script: Script) -> None:
    own = Metric("Shop", "Refused", (("Shop", "one"),), "p99", 60, "Percent")
    told = {
        "Namespace": "Shop",
        "MetricName": "Refused",
        "Dimensions": [{"Name": "Shop", "Value": "one"}],
    }
    stat = {"Metric": told, "Period": 60, "Stat": "p99", "Unit": "Percent"}
    params = {
        "MetricDataQueries": [{"Id": "q0", "MetricStat": stat}],
        "StartTime": TODAY,
        "EndTime": NOW,
        "ScanBy": "TimestampAscending",
    }
    answer = {"MetricDataResults": [row("q0", {TODAY: 2.0})]}
    script.expect("cloudwatch", "get_metric_data", params, answer)
    assert history.readings(script.aws, (own, own), TODAY, NOW) == {own: {TODAY: 2.0}}


def test_the_versions_that_were_called(script: Script) -> None:
    params = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Invocations",
        "Dimensions": [*ALIAS, {"Name": "ExecutedVersion"}],
    }

    def listed(version: str) -> dict[str, Any]:
        return {"Dimensions": [*ALIAS, {"Name": "ExecutedVersion", "Value": version}]}

    answer = {"Metrics": [listed("41"), listed("42"), listed("$LATEST")]}
    script.expect("cloudwatch", "list_metrics", params, answer)
    assert history.versions_called(script.aws, TARGET) == {41, 42}


def test_a_missing_permission_is_named(script: Script) -> None:
    script.fails(
        "cloudwatch",
        "list_metrics",
        "AccessDenied",
        message=denied("cloudwatch:ListMetrics"),
        status=403,
    )
    with pytest.raises(PermissionDenied) as told:
        history.versions_called(script.aws, TARGET)
    assert told.value.action == "cloudwatch:ListMetrics"


PLAIN: dict[str, Any] = {
    "AlarmName": "errors",
    "StateValue": "OK",
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Dimensions": ALIAS,
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def test_a_plain_alarm_as_a_rule() -> None:
    rule = alarm_rules.rule_from(PLAIN)
    dimensions = (("FunctionName", "checkout"), ("Resource", "checkout:live"))
    assert rule.metrics == {"m": Metric("AWS/Lambda", "Errors", dimensions, "Sum", 60)}
    assert (rule.periods, rule.to_alarm, rule.period_s) == (3, 3, 60)
    assert (rule.treat_missing, rule.returned, rule.unreadable) == ("missing", "m", None)


def test_metric_math_as_a_rule() -> None:
    errors = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": ALIAS}
    rule = alarm_rules.rule_from(
        {
            "AlarmName": "rate",
            "StateValue": "OK",
            "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2,
            "TreatMissingData": "notBreaching",
            "Threshold": 5.0,
            "ComparisonOperator": "GreaterThanThreshold",
            "Metrics": [
                {
                    "Id": "e",
                    "ReturnData": False,
                    "MetricStat": {"Metric": errors, "Period": 60, "Stat": "Sum"},
                },
                {"Id": "rate", "Expression": "100 * e"},
            ],
        }
    )
    assert list(rule.metrics) == ["e"]
    assert rule.expressions == {"rate": "100 * e"}
    assert (rule.returned, rule.to_alarm, rule.treat_missing) == ("rate", 2, "notBreaching")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"AlarmName": "c", "StateValue": "OK", "AlarmRule": "ALARM(a)"}, "a composite alarm"),
        ({**PLAIN, "ThresholdMetricId": "band"}, "an anomaly detection band"),
        ({"AlarmName": "p", "StateValue": "OK"}, "it has no threshold"),
        (
            {
                "AlarmName": "i",
                "StateValue": "OK",
                "Threshold": 1.0,
                "EvaluationPeriods": 1,
                "Metrics": [{"Id": "q", "Expression": "SELECT SUM(Errors)"}],
            },
            "it watches no metric",
        ),
    ],
)
def test_what_has_no_rule_that_can_be_evaluated_says_so(row: dict[str, Any], why: str) -> None:
    told = alarm_rules.rule_from(row).unreadable
    assert told is not None and told.startswith(why)


def test_rules_of_alarms_that_are_gone(script: Script) -> None:
    script.expect("cloudwatch", "describe_alarms", None, {"MetricAlarms": [PLAIN]})
    with pytest.raises(NotFound, match="alarms that do not exist: gone"):
        alarm_rules.rules(script.aws, ("errors", "gone"))


def test_the_history_of_an_alarm(script: Script) -> None:
    since = TODAY - timedelta(days=7)
    data = '{"oldState": {"stateValue": "OK"}, "newState": {"stateValue": "ALARM"}}'
    items = [
        {
            "AlarmName": "errors",
            "Timestamp": TODAY,
            "HistorySummary": "Alarm updated from OK to ALARM",
            "HistoryData": data,
        },
        {"AlarmName": "errors", "Timestamp": since, "HistorySummary": "?", "HistoryData": "no"},
    ]
    script.expect("cloudwatch", "describe_alarm_history", None, {"AlarmHistoryItems": items})
    assert alarm_rules.changes(script.aws, "errors", since=since) == (
        AlarmChange(TODAY, "errors", "OK", "ALARM", "Alarm updated from OK to ALARM"),
        AlarmChange(since, "errors", None, None, "?"),
    )

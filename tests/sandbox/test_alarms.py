"""Alarms: how datapoints become a state, and what is said and kept of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdactl.sandbox.cloudwatch.judging import Rule, Slot, Treatment, evaluation_range, judge
from lambdactl.sandbox.cloudwatch.wording import reason
from tests.sandbox.clouds import START, Cloud, at, cloud, metric, query


@pytest.fixture
def aws() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


def alarm(aws: Cloud, name: str = "errors", **changes: Any) -> None:
    settings: dict[str, Any] = {
        "AlarmName": name,
        **metric("Errors"),
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        **changes,
    }
    aws.client.put_metric_alarm(**{k: v for k, v in settings.items() if v is not None})


def describe(aws: Cloud, name: str = "errors") -> dict[str, Any]:
    found: dict[str, Any] = aws.client.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    return found


def state(aws: Cloud, name: str = "errors") -> str:
    return str(describe(aws, name)["StateValue"])


def transitions(aws: Cloud, name: str = "errors") -> list[str]:
    answer = aws.client.describe_alarm_history(
        AlarmName=name, HistoryItemType="StateUpdate", ScanBy="TimestampAscending"
    )
    return [item["HistorySummary"] for item in answer["AlarmHistoryItems"]]


def slots(picture: str) -> list[Slot]:
    """``0 - X``: not breaching, missing, breaching; the newest on the right."""
    values = {"0": 0.0, "-": None, "X": 9.0}
    return [Slot(START + n * 60, values[mark]) for n, mark in enumerate(picture.split())]


NO_METRIC: dict[str, Any] = dict.fromkeys(
    ("Namespace", "MetricName", "Dimensions", "Statistic", "Period")
)
"""Of an alarm on an expression."""
TOPIC = "arn:aws:sns:us-east-1:000000000000:topic"
KEEP, NONE = None, "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    ("to_alarm", "picture", "missing", "ignore", "breaching", "not_breaching"),
    [
        (3, "0 - X - X", "OK", "OK", "OK", "OK"),
        (3, "0 - - - -", "OK", "OK", "OK", "OK"),
        (3, "- - - - -", NONE, KEEP, "ALARM", "OK"),
        (3, "0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
        (3, "- - X - -", "ALARM", KEEP, "ALARM", "OK"),
        (2, "0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
        (2, "0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"),
        (2, "0 - X - -", "OK", "OK", "ALARM", "OK"),
        (2, "- - - - 0", "OK", "OK", "ALARM", "OK"),
        (2, "- - - X -", "ALARM", KEEP, "ALARM", "OK"),
        (3, "- - - - X", KEEP, KEEP, "ALARM", "OK"),
        (3, "- - - X -", KEEP, KEEP, "ALARM", "OK"),
        (3, "X X X 0 0", "OK", "OK", "OK", "OK"),
    ],
)
def test_missing_data_as_in_the_tables_of_the_guide(
    to_alarm: int, picture: str, missing: Any, ignore: Any, breaching: Any, not_breaching: Any
) -> None:
    """Rows 1 to 10 are the guide's; the others are its prose, or what it leaves open."""

    def judged(treatment: Treatment) -> Any:
        rule = Rule("GreaterThanThreshold", 1.0, 3, to_alarm, treatment)
        return judge(rule, slots(picture)).state

    assert judged("missing") == missing
    assert judged("ignore") == ignore
    assert judged("breaching") == breaching
    assert judged("notBreaching") == not_breaching


@pytest.mark.parametrize(
    ("comparison", "breaches"),
    [
        ("GreaterThanThreshold", [False, False, True]),
        ("GreaterThanOrEqualToThreshold", [False, True, True]),
        ("LessThanThreshold", [True, False, False]),
        ("LessThanOrEqualToThreshold", [True, True, False]),
    ],
)
def test_comparisons(comparison: str, breaches: list[bool]) -> None:
    rule = Rule(comparison, 2.0, 1, 1)
    assert [rule.breached_by(value) for value in (1.0, 2.0, 3.0)] == breaches


@pytest.mark.parametrize(
    ("periods", "to_alarm", "treatment", "picture", "text"),
    [
        (1, 1, "missing", "X", "1 datapoint [9.0 (~0)] was greater than the threshold (1.0)."),
        (1, 1, "missing", "0", "1 datapoint [0.0 (~0)] was not greater than the threshold (1.0)."),
        (
            2,
            2,
            "missing",
            "X X",
            "2 datapoints [9.0 (~1), 9.0 (~0)] were greater than the threshold (1.0).",
        ),
        (
            3,
            2,
            "missing",
            "X 0 X",
            "2 out of the last 3 datapoints [9.0 (~2), 9.0 (~0)] were greater than the threshold "
            "(1.0) (minimum 2 datapoints for OK -> ALARM transition).",
        ),
        (
            3,
            2,
            "missing",
            "X 0 0",
            "2 out of the last 3 datapoints [0.0 (~2), 0.0 (~1)] were not greater than the "
            "threshold (1.0) (minimum 2 datapoints for ALARM -> OK transition).",
        ),
        (
            1,
            1,
            "notBreaching",
            "- - -",
            "no datapoints were received for 1 period and 1 missing datapoint was treated as "
            "[NonBreaching].",
        ),
        (
            2,
            2,
            "breaching",
            "- - -",
            "no datapoints were received for 2 periods and 2 missing datapoints were treated as "
            "[Breaching].",
        ),
    ],
)
def test_the_reason_is_worded_as_cloudwatch_words_it(
    periods: int, to_alarm: int, treatment: Treatment, picture: str, text: str
) -> None:
    rule = Rule(
        "GreaterThanThreshold", 1.0, periods, to_alarm, treatment, out_of=periods != to_alarm
    )
    decision = judge(rule, slots(picture))
    assert decision.state is not None
    told = re.sub(r"15/01/27 08:0(\d):00", r"~\1", reason(rule, decision, decision.state))
    assert told == f"Threshold Crossed: {text}"


def test_no_data_at_all_is_said_as_unknown() -> None:
    rule = Rule("GreaterThanThreshold", 1.0, 2, 2)
    decision = judge(rule, slots("- - - - -"))
    assert (
        reason(rule, decision, "INSUFFICIENT_DATA")
        == "Insufficient Data: 2 datapoints were unknown."
    )


@pytest.mark.parametrize(
    ("periods", "period", "looked_at"),
    [(3, 300, 5), (1, 900, 3), (1, 60, 5), (3, 60, 5), (5, 60, 7)],
)
def test_the_evaluation_range(periods: int, period: int, looked_at: int) -> None:
    assert evaluation_range(periods, period) == looked_at


def test_an_alarm_as_it_is_made(aws: Cloud) -> None:
    alarm(
        aws,
        Unit="Count",
        TreatMissingData="notBreaching",
        AlarmActions=["arn:aws:sns:us-east-1:000000000000:x"],
    )
    assert describe(aws) == {
        "AlarmName": "errors",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors",
        "AlarmConfigurationUpdatedTimestamp": at(0),
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": ["arn:aws:sns:us-east-1:000000000000:x"],
        "InsufficientDataActions": [],
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": at(0),
        "StateTransitionedTimestamp": at(0),
        **metric("Errors"),
        "Statistic": "Sum",
        "Period": 60,
        "Unit": "Count",
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }


def test_an_alarm_goes_off_by_itself_and_recovers(aws: Cloud) -> None:
    alarm(aws, TreatMissingData="notBreaching")
    aws.minutes(0, 0, 3, 0, 0, 0)
    aws.clock.advance(120)
    assert state(aws) == "OK"
    aws.clock.advance(120)
    found = describe(aws)
    assert found["StateValue"] == "ALARM"
    assert found["StateReason"] == (
        "Threshold Crossed: 1 datapoint [3.0 (15/01/27 08:02:00)] was greater than the threshold "
        "(0.0)."
    )
    changed = (found["StateTransitionedTimestamp"] - at(0)).total_seconds()
    assert 180 <= changed <= 240
    assert json.loads(found["StateReasonData"]) == {
        "version": "1.0",
        "queryDate": f"2027-01-15T08:0{int(changed // 60)}:{int(changed % 60):02d}.000+0000",
        "startDate": "2027-01-15T08:02:00.000+0000",
        "statistic": "Sum",
        "period": 60,
        "recentDatapoints": [3.0],
        "threshold": 0.0,
        "evaluatedDatapoints": [
            {"timestamp": "2027-01-15T08:02:00.000+0000", "sampleCount": 1.0, "value": 3.0}
        ],
    }
    aws.clock.advance(120)
    assert transitions(aws) == [
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
    ]


def test_dimensions_matter(aws: Cloud) -> None:
    alarm(aws, **metric("Errors", FunctionName="f", Resource="f:prod"))
    for minute in range(5):
        aws.record(1.0, minute * 60, FunctionName="f")
        aws.record(0.0, minute * 60, FunctionName="f", Resource="f:prod")
    aws.clock.advance(300)
    assert state(aws) == "OK"


def test_a_minute_that_is_not_over_is_not_looked_at(aws: Cloud) -> None:
    alarm(aws)
    aws.record(5.0, 1.0)
    aws.clock.advance(59)
    assert state(aws) == "INSUFFICIENT_DATA"


def test_the_last_datapoint_counts_for_as_long_as_the_range_reaches(aws: Cloud) -> None:
    """Measured on AWS: period 900 s, 1 of 1, notBreaching; last datapoint at 19:50:31, OK at
    20:36:51, at the first evaluation of a minute that ends no period with the datapoint in it."""
    alarm(aws, Period=900, TreatMissingData="notBreaching")
    aws.record(1.0, 31.0)
    aws.clock.advance(45 * 60)
    assert state(aws) == "ALARM"
    aws.clock.advance(2 * 60)
    assert state(aws) == "OK"
    turned = describe(aws)["StateTransitionedTimestamp"]
    assert 46 <= (turned - at(0)).total_seconds() / 60 < 47


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [
        ("missing", ["OK", "INSUFFICIENT_DATA"]),
        ("ignore", ["OK", "OK"]),
        ("breaching", ["OK", "ALARM"]),
        ("notBreaching", ["OK", "OK"]),
    ],
)
def test_a_metric_that_falls_silent(aws: Cloud, treatment: str, expected: list[str]) -> None:
    alarm(aws, TreatMissingData=treatment, EvaluationPeriods=2)
    aws.minutes(0, 0, 0)
    aws.clock.advance(240)
    seen = [state(aws)]
    aws.clock.advance(600)
    assert [*seen, state(aws)] == expected


def test_two_of_three(aws: Cloud) -> None:
    alarm(aws, EvaluationPeriods=3, DatapointsToAlarm=2)
    aws.minutes(0, 0, 0, 1, 0, 1, 0)
    aws.clock.advance(7 * 60)
    assert transitions(aws)[-1] == "Alarm updated from OK to ALARM"
    reason_ = aws.client.describe_alarm_history(AlarmName="errors")["AlarmHistoryItems"][0]
    told = json.loads(reason_["HistoryData"])["newState"]["stateReason"]
    assert "2 out of the last 3 datapoints" in told
    assert "(minimum 2 datapoints for OK -> ALARM transition)" in told


def test_an_alarm_on_an_expression(aws: Cloud) -> None:
    """The error-rate alarm of the included stack."""
    rate = {"Id": "rate", "Expression": "IF(calls >= 20, 100 * errors / calls, 0)", "Label": "rate"}
    aws.client.put_metric_alarm(
        AlarmName="errors",
        Metrics=[
            rate,
            query("errors", "Errors", ReturnData=False),
            query("calls", "Invocations", ReturnData=False),
        ],
        EvaluationPeriods=3,
        DatapointsToAlarm=2,
        Threshold=5.0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    aws.minutes(100, 100, 100, 10, name="Invocations")
    aws.minutes(0, 6, 9, 10, name="Errors")
    aws.clock.advance(250)
    found = describe(aws)
    assert found["StateValue"] == "ALARM"
    assert "[9.0 (15/01/27 08:02:00), 6.0 (15/01/27 08:01:00)]" in found["StateReason"]
    data = json.loads(found["StateReasonData"])
    assert "statistic" not in data
    assert data["recentDatapoints"] == [0.0, 6.0, 9.0]
    assert "MetricName" not in found
    assert found["Metrics"][0] == rate
    aws.clock.advance(600)
    assert state(aws) == "OK"


def test_a_percentile_of_few_samples_can_be_ignored(aws: Cloud) -> None:
    common: dict[str, Any] = {"Statistic": None, "ExtendedStatistic": "p90", "Threshold": 5.0}
    alarm(aws, "evaluated", **common)
    alarm(aws, "ignored", **common, EvaluateLowSampleCountPercentile="ignore")
    for minute in range(3):
        for _ in range(99):
            aws.record(9.0, minute * 60)
    aws.clock.advance(180)
    assert (state(aws, "evaluated"), state(aws, "ignored")) == ("ALARM", "INSUFFICIENT_DATA")
    for minute in range(3, 6):
        for _ in range(100):
            aws.record(9.0, minute * 60)
    aws.clock.advance(180)
    assert state(aws, "ignored") == "ALARM"


def test_an_alarm_over_ten_seconds_is_looked_at_every_ten(aws: Cloud) -> None:
    alarm(aws, Period=10, Namespace="app", Dimensions=[], TreatMissingData="notBreaching")
    datum = {"MetricName": "Errors", "Value": 1.0, "StorageResolution": 1, "Timestamp": at(12)}
    aws.client.put_metric_data(Namespace="app", MetricData=[datum])
    aws.clock.advance(20)
    assert state(aws) == "ALARM"


def test_an_alarm_is_looked_at_once_a_minute_at_its_own_second(aws: Cloud) -> None:
    for number in range(12):
        alarm(aws, f"alarm-{number}", TreatMissingData="notBreaching")
    aws.clock.advance(60)
    times = {describe(aws, f"alarm-{n}")["StateTransitionedTimestamp"] for n in range(12)}
    assert len(times) > 2
    aws.minutes(1, first=120)
    aws.minutes(0, 0, 0, first=180)
    aws.clock.advance(180)
    for number in range(12):
        items = aws.client.describe_alarm_history(AlarmName=f"alarm-{number}")["AlarmHistoryItems"]
        seconds = {
            item["Timestamp"].second for item in items if item["HistoryItemType"] == "StateUpdate"
        }
        assert len(items) >= 3
        assert len(seconds) == 1


def test_a_state_set_by_hand_lasts_until_the_next_look(aws: Cloud) -> None:
    alarm(aws, TreatMissingData="notBreaching")
    aws.clock.advance(60)
    aws.client.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="rehearsal")
    found = describe(aws)
    assert (found["StateValue"], found["StateReason"]) == ("ALARM", "rehearsal")
    assert "StateReasonData" not in found
    aws.clock.advance(60)
    assert state(aws) == "OK"
    with pytest.raises(ClientError, match="Unknown alarm") as refusal:
        aws.client.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="x")
    assert refusal.value.response["Error"]["Code"] in ("ResourceNotFound", "ResourceNotFoundFault")
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_history_has_every_change_with_its_time_newest_first(aws: Cloud) -> None:
    alarm(aws)
    aws.clock.advance(5)
    aws.client.set_alarm_state(
        AlarmName="errors", StateValue="ALARM", StateReason="a", StateReasonData='{"x":1}'
    )
    aws.clock.advance(5)
    alarm(aws, Threshold=4.0)
    aws.clock.advance(5)
    aws.client.delete_alarms(AlarmNames=["errors", "never-was"])
    items = aws.client.describe_alarm_history(AlarmName="errors")["AlarmHistoryItems"]
    assert [(item["Timestamp"], item["HistorySummary"]) for item in items] == [
        (at(15), 'Alarm "errors" deleted'),
        (at(10), 'Alarm "errors" updated'),
        (at(5), "Alarm updated from INSUFFICIENT_DATA to ALARM"),
        (at(0), 'Alarm "errors" created'),
    ]
    assert json.loads(items[2]["HistoryData"]) == {
        "version": "1.0",
        "oldState": {
            "stateValue": "INSUFFICIENT_DATA",
            "stateReason": "Unchecked: Initial alarm creation",
        },
        "newState": {"stateValue": "ALARM", "stateReason": "a", "stateReasonData": {"x": 1}},
    }
    part = aws.client.describe_alarm_history(StartDate=at(5), EndDate=at(10), MaxRecords=1)
    assert [item["Timestamp"] for item in part["AlarmHistoryItems"]] == [at(10)]
    rest = aws.client.describe_alarm_history(
        StartDate=at(5), EndDate=at(10), NextToken=part["NextToken"]
    )
    assert [item["Timestamp"] for item in rest["AlarmHistoryItems"]] == [at(5)]


def test_alarms_are_found_by_name_prefix_state_and_action(aws: Cloud) -> None:
    for name in ("a-1", "a-2", "b-1"):
        alarm(aws, name, AlarmActions=[f"{TOPIC}-{name}"])
    aws.client.set_alarm_state(AlarmName="b-1", StateValue="ALARM", StateReason="x")

    def names(**filters: Any) -> list[str]:
        return [a["AlarmName"] for a in aws.client.describe_alarms(**filters)["MetricAlarms"]]

    assert names() == ["a-1", "a-2", "b-1"]
    assert names(AlarmNames=["b-1", "a-1", "none"]) == ["a-1", "b-1"]
    assert names(AlarmNamePrefix="a-") == ["a-1", "a-2"]
    assert names(StateValue="ALARM") == ["b-1"]
    assert names(ActionPrefix=f"{TOPIC}-a-2") == ["a-2"]
    assert names(AlarmTypes=["CompositeAlarm"]) == []
    first = aws.client.describe_alarms(MaxRecords=2)
    assert [a["AlarmName"] for a in first["MetricAlarms"]] == ["a-1", "a-2"]
    assert names(NextToken=first["NextToken"]) == ["b-1"]
    of_metric = aws.client.describe_alarms_for_metric(**metric("Errors"), Period=60)
    assert len(of_metric["MetricAlarms"]) == 3
    assert (
        aws.client.describe_alarms_for_metric(**metric("Errors", FunctionName="g"))["MetricAlarms"]
        == []
    )


def test_tags_and_actions_of_an_alarm(aws: Cloud) -> None:
    alarm(aws, Tags=[{"Key": "team", "Value": "red"}])
    arn = describe(aws)["AlarmArn"]
    aws.client.tag_resource(ResourceARN=arn, Tags=[{"Key": "tier", "Value": "1"}])
    aws.client.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert aws.client.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "tier", "Value": "1"}
    ]
    with pytest.raises(ClientError, match="ResourceNotFound"):
        aws.client.list_tags_for_resource(ResourceARN=arn + "x")
    aws.client.disable_alarm_actions(AlarmNames=["errors"])
    assert describe(aws)["ActionsEnabled"] is False
    aws.client.enable_alarm_actions(AlarmNames=["errors"])
    assert describe(aws)["ActionsEnabled"] is True


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Metrics": [query()]}, "Either MetricName or Metrics"),
        ({"MetricName": None}, "Either MetricName or Metrics"),
        ({"Statistic": None}, "Either Statistic or ExtendedStatistic"),
        ({"ExtendedStatistic": "p99"}, "Either Statistic or ExtendedStatistic"),
        ({"Period": 90}, "multiple of 60"),
        ({"Threshold": None}, "Threshold must be specified"),
        ({"TreatMissingData": "guess"}, "guess is not supported for TreatMissingData"),
        ({"DatapointsToAlarm": 2}, "less than or equal to EvaluationPeriods"),
        ({"EvaluationPeriods": 1441}, "more than a day"),
        ({"Period": 3600, "EvaluationPeriods": 169}, "more than seven days"),
    ],
)
def test_an_alarm_that_cannot_be_is_refused(
    aws: Cloud, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ClientError, match=words) as refusal:
        alarm(aws, **changes)
    assert refusal.value.response["Error"]["Code"] == "ValidationError"
    assert aws.client.describe_alarms()["MetricAlarms"] == []


def test_kinds_of_alarm_that_are_not_here_are_said_and_not_pretended(aws: Cloud) -> None:
    with pytest.raises(ClientError, match="no alarms with ThresholdMetricId") as refusal:
        alarm(aws, ThresholdMetricId="band")
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


@pytest.mark.parametrize("expression", ["METRICS()", "1 + 1", "m + nothing"])
def test_an_alarm_needs_exactly_one_series(aws: Cloud, expression: str) -> None:
    metrics = [query("m", ReturnData=False), {"Id": "e", "Expression": expression}]
    if expression == "METRICS()":
        metrics.append(query("n", ReturnData=False))
    with pytest.raises(ClientError, match="ValidationError"):
        alarm(aws, **NO_METRIC, Metrics=metrics)


def test_an_alarm_that_fails_on_its_data_does_not_stop_the_others(aws: Cloud) -> None:
    """SUM of a series is a number as soon as there is data."""
    metrics = [query("m", ReturnData=False), {"Id": "e", "Expression": "SUM(m)"}]
    alarm(aws, "broken", **NO_METRIC, Metrics=metrics)
    alarm(aws, "sound")
    aws.minutes(1, 1, 1, 1)
    aws.clock.advance(240)
    assert state(aws, "sound") == "ALARM"
    assert describe(aws, "broken")["EvaluationState"] == "EVALUATION_ERROR"
    assert "EvaluationState" not in describe(aws, "sound")


def composite(aws: Cloud, rule: str, name: str = "both") -> None:
    aws.client.put_composite_alarm(AlarmName=name, AlarmRule=rule)


def composite_state(aws: Cloud, name: str = "both") -> str:
    answer = aws.client.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    return str(answer["CompositeAlarms"][0]["StateValue"])


def set_state(aws: Cloud, **states: str) -> None:
    for name, value in states.items():
        aws.client.set_alarm_state(AlarmName=name, StateValue=value, StateReason="test")


@pytest.mark.parametrize(
    ("rule", "red"),
    [
        ("ALARM(a) AND ALARM(b)", False),
        ("ALARM(a) OR ALARM(b)", True),
        ('ALARM("a") AND NOT ALARM("b")', True),
        ("ALARM(a) AND (OK(b) OR INSUFFICIENT_DATA(b))", True),
        ("NOT (ALARM(a) OR ALARM(b))", False),
        ("ALARM(b) OR ALARM(a) AND OK(b)", True),
        ("alarm(arn:aws:cloudwatch:us-east-1:000000000000:alarm:a)", True),
        ("TRUE", True),
        ("FALSE OR NOT TRUE", False),
    ],
)
def test_the_rule_of_a_composite_alarm(aws: Cloud, rule: str, red: bool) -> None:
    alarm(aws, "a")
    alarm(aws, "b")
    set_state(aws, a="ALARM", b="OK")
    composite(aws, rule)
    assert composite_state(aws) == ("ALARM" if red else "OK")


def test_a_composite_alarm_follows_its_children_and_says_which(aws: Cloud) -> None:
    alarm(aws, "a")
    alarm(aws, "b")
    set_state(aws, a="OK", b="OK")
    composite(aws, "ALARM(a) AND ALARM(b)")
    composite(aws, "ALARM(both)", "top")
    aws.clock.advance(5)
    set_state(aws, a="ALARM")
    assert composite_state(aws) == "OK"
    set_state(aws, b="ALARM")
    assert (composite_state(aws), composite_state(aws, "top")) == ("ALARM", "ALARM")
    found = aws.client.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]
    arn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:b"
    when = "Friday 15 January, 2027 08:00:05 UTC"
    assert found["StateReason"] == f"{arn} transitioned to ALARM at {when}"
    assert json.loads(found["StateReasonData"]) == {
        "triggeringAlarms": [
            {"arn": arn, "state": {"value": "ALARM", "timestamp": "2027-01-15T08:00:05.000+0000"}}
        ]
    }
    children = aws.client.describe_alarms(ChildrenOfAlarmName="both")["MetricAlarms"]
    assert [set(child) for child in children] == [
        {"AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp"}
    ] * 2
    assert aws.client.describe_alarms(ParentsOfAlarmName="a")["CompositeAlarms"] == [
        {"AlarmName": "both", "AlarmArn": found["AlarmArn"]}
    ]
    history = aws.client.describe_alarm_history(AlarmTypes=["CompositeAlarm"])
    assert {item["AlarmType"] for item in history["AlarmHistoryItems"]} == {"CompositeAlarm"}


def test_a_cycle_of_composite_alarms_ends(aws: Cloud) -> None:
    alarm(aws, "a")
    composite(aws, "ALARM(a)", "x")
    composite(aws, "NOT ALARM(x)", "y")
    composite(aws, "NOT ALARM(y)", "x")
    set_state(aws, y="OK")
    assert {composite_state(aws, "x"), composite_state(aws, "y")} <= {"OK", "ALARM"}
    with pytest.raises(ClientError, match="depending on it"):
        aws.client.delete_alarms(AlarmNames=["x"])


@pytest.mark.parametrize(
    "rule", ["", "ALARM(", "ALARM(a) ALARM(b)", "ALARM(a) AND", "(ALARM(a)", "NO"]
)
def test_a_rule_that_is_none_is_refused(aws: Cloud, rule: str) -> None:
    alarm(aws, "a")
    alarm(aws, "b")
    with pytest.raises(ClientError, match="ValidationError"):
        composite(aws, rule or " ")


def test_a_composite_alarm_needs_its_children(aws: Cloud) -> None:
    with pytest.raises(ClientError, match=r"alarms \[gone\] in the alarm rule do not exist"):
        composite(aws, "ALARM(gone)")
    alarm(aws, "a")
    composite(aws, "ALARM(a)")
    with pytest.raises(ClientError, match="composite alarm"):
        aws.client.delete_alarms(AlarmNames=["a"])
    aws.client.delete_alarms(AlarmNames=["a", "both"])
    assert (
        aws.client.describe_alarms(AlarmTypes=["CompositeAlarm", "MetricAlarm"])["MetricAlarms"]
        == []
    )

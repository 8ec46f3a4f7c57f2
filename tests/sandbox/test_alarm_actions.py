"""What an alarm does when it changes, and what its history says of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdactl.sandbox.account import Account
from tests.conftest import ClientOf
from tests.sandbox.lambda_world import zipped

ALARM: dict[str, Any] = {
    "AlarmName": "orders",
    "AlarmDescription": "too many",
    "Namespace": "shop",
    "MetricName": "orders",
    "Dimensions": [{"Name": "region", "Value": "north"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 5.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
RED: dict[str, Any] = {"AlarmName": "orders", "StateValue": "ALARM", "StateReason": "by hand"}
CALLER = "lambda.alarms.cloudwatch.amazonaws.com"
CODE = "def handler(event, context):\n    print(event['alarmData']['state']['value'])\n"


def history(client: ClientOf) -> list[tuple[str, dict[str, Any]]]:
    answer = client("cloudwatch").describe_alarm_history(
        AlarmName="orders", HistoryItemType="Action"
    )
    return [
        (item["HistorySummary"], json.loads(item["HistoryData"]))
        for item in answer["AlarmHistoryItems"]
    ]


def turn_red(account: Account, client: ClientOf, *actions: str, **changes: Any) -> None:
    client("cloudwatch").put_metric_alarm(**{**ALARM, "AlarmActions": list(actions), **changes})
    client("cloudwatch").set_alarm_state(**RED)
    account.clock.advance(1)  # type: ignore[attr-defined]


def test_a_topic_is_told_and_hands_it_on(account: Account, client: ClientOf) -> None:
    topic = client("sns").create_topic(Name="alerts")["TopicArn"]
    queue = client("sqs").create_queue(QueueName="inbox")["QueueUrl"]
    arn = account.arn("sqs", "inbox")
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    turn_red(account, client, topic)
    (letter,) = client("sqs").receive_message(QueueUrl=queue)["Messages"]
    envelope = json.loads(letter["Body"])
    assert envelope["Subject"] == 'ALARM: "orders" in US East (N. Virginia)'
    told = json.loads(envelope["Message"])
    assert (told["OldStateValue"], told["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert (told["NewStateReason"], told["AlarmActions"]) == ("by hand", [topic])
    assert told["Trigger"]["Statistic"] == "SUM"
    assert told["Trigger"]["Dimensions"] == [{"value": "north", "name": "region"}]
    ((summary, data),) = history(client)
    assert summary == f"Successfully executed action {topic}"
    assert (data["actionState"], data["error"]) == ("Succeeded", None)


def test_a_function_is_invoked_if_its_policy_lets_alarms_in(
    account: Account, client: ClientOf
) -> None:
    lambda_ = client("lambda")
    arn = lambda_.create_function(
        FunctionName="react",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/r",
        Handler="index.handler",
        Code={"ZipFile": zipped(CODE, "index.py")},
    )["FunctionArn"]
    account.clock.advance(5)  # type: ignore[attr-defined]
    turn_red(account, client, arn)
    ((summary, data),) = history(client)
    assert summary == f"Failed to execute action {arn}"
    assert data["error"].startswith("CloudWatch Alarms is not authorized to perform: lambda:Invoke")
    lambda_.add_permission(
        FunctionName="react", StatementId="a", Action="lambda:InvokeFunction", Principal=CALLER
    )
    client("cloudwatch").set_alarm_state(**{**RED, "StateValue": "OK"})
    turn_red(account, client, arn)
    assert history(client)[0][0] == f"Successfully executed action {arn}"
    now = account.clock.utcnow()
    calls = client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": "react"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    assert [(each["SampleCount"], each["Sum"]) for each in calls] == [(1.0, 0.0)]


def test_what_cannot_be_done_here_is_said_to_have_failed(
    account: Account, client: ClientOf
) -> None:
    arn = "arn:aws:automate:us-east-1:ec2:stop"
    turn_red(account, client, arn)
    ((summary, data),) = history(client)
    assert summary == f"Failed to execute action {arn}"
    assert data["error"] == "The sandbox takes no actions of automate."


def test_actions_that_are_off_or_of_another_state_are_not_taken(
    account: Account, client: ClientOf
) -> None:
    topic = client("sns").create_topic(Name="alerts")["TopicArn"]
    turn_red(account, client, OKActions=[topic])
    assert history(client) == []
    turn_red(account, client, topic, ActionsEnabled=False)
    assert history(client) == []


def test_a_composite_alarm_acts_too(account: Account, client: ClientOf) -> None:
    topic = client("sns").create_topic(Name="alerts")["TopicArn"]
    cloudwatch = client("cloudwatch")
    cloudwatch.put_metric_alarm(**{**ALARM, "AlarmName": "child"})
    cloudwatch.put_composite_alarm(
        AlarmName="orders", AlarmRule="ALARM(child)", AlarmActions=[topic]
    )
    cloudwatch.set_alarm_state(**{**RED, "AlarmName": "child"})
    account.clock.advance(1)  # type: ignore[attr-defined]
    ((_, data),) = history(client)
    assert json.loads(data["publishedMessage"])["AlarmRule"] == "ALARM(child)"


@pytest.mark.parametrize("action", ["page me", "arn:aws:sns"])
def test_an_action_is_an_arn(client: ClientOf, action: str) -> None:
    with pytest.raises(ClientError, match=rf"\(ValidationError\).*Invalid arn syntax: {action}$"):
        client("cloudwatch").put_metric_alarm(**ALARM, AlarmActions=[action])

"""Logs, configurations and red alarms: the exact questions; no value of an environment kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lambdactl.errors import LambdactlError, NotFound, PermissionDenied
from tests.aws.stubs import ARN, Script, denied

SINCE = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
UNTIL = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
GROUP = "/aws/lambda/checkout"
SECRET = "hunter2-hunter2"


def asked(day: str, own: str = "[42]", group: str = GROUP) -> dict[str, Any]:
    return {
        "logGroupName": group,
        "logStreamNamePrefix": f"{day}/{own}",
        "startTime": int(SINCE.timestamp() * 1000),
        "endTime": int(UNTIL.timestamp() * 1000),
    }


def event(number: int, stream: str = "2026/11/20/[42]5f1c", message: str = "x\n") -> dict[str, Any]:
    at = int(SINCE.timestamp() * 1000) + number
    return {"eventId": f"e{number}", "timestamp": at, "logStreamName": stream, "message": message}


def lines(script: Script, group: str = GROUP) -> list[tuple[str, str]]:
    found = script.aws.log_lines(group, "checkout", 42, since=SINCE, until=UNTIL)
    return [(x.id, x.message) for x in found]


def test_a_worker_that_was_started_yesterday_still_logs_to_its_stream(script: Script) -> None:
    yesterday = event(2, "2026/11/19/[42]9a")
    script.expect("logs", "filter_log_events", asked("2026/11/19"), {"events": [yesterday]})
    script.expect("logs", "filter_log_events", asked("2026/11/20"), {"events": [event(1)]})
    assert lines(script) == [("e1", "x"), ("e2", "x")]


def test_the_lines_of_other_versions_are_left_out(script: Script) -> None:
    """A group that functions share names the function before the bracket."""
    script.expect("logs", "filter_log_events", asked("2026/11/19", "", "shared"), {"events": []})
    rows = [
        event(1, "2026/11/20/checkout[42]5f"),
        event(2, "2026/11/20/checkout[4]5f"),
        event(3, "2026/11/20/other[42]5f"),
        event(4, "2026/11/20/[$LATEST]5f"),
    ]
    script.expect("logs", "filter_log_events", asked("2026/11/20", "", "shared"), {"events": rows})
    assert lines(script, "shared") == [("e1", "x")]


def test_every_page_is_read_and_a_line_told_once(script: Script) -> None:
    script.expect("logs", "filter_log_events", asked("2026/11/19"), {"events": []})
    first = {"events": [event(1), event(2)], "nextToken": "more"}
    script.expect("logs", "filter_log_events", asked("2026/11/20"), first)
    more = {**asked("2026/11/20"), "nextToken": "more"}
    script.expect("logs", "filter_log_events", more, {"events": [event(2), event(3)]})
    assert [i for i, _ in lines(script)] == ["e1", "e2", "e3"]


def test_a_group_that_is_not_there_yet_is_told_from_an_empty_one(script: Script) -> None:
    script.fails("logs", "filter_log_events", "ResourceNotFoundException")
    with pytest.raises(NotFound, match="there is no log group /aws/lambda/checkout") as told:
        lines(script)
    assert "logs:CreateLogGroup" in (told.value.hint or "")


def test_no_more_lines_are_read_than_are_wanted(script: Script) -> None:
    script.expect("logs", "filter_log_events", asked("2026/11/19"), {"events": []})
    first = {"events": [event(1), event(2), event(3)], "nextToken": "more"}
    script.expect("logs", "filter_log_events", asked("2026/11/20"), first)
    found = script.aws.log_lines(GROUP, "checkout", 42, since=SINCE, until=UNTIL, most=2)
    assert [line.id for line in found] == ["e1", "e2"]


def test_a_hook_may_be_of_any_version_and_share_its_group(script: Script) -> None:
    hook = "arn:aws:lambda:eu-west-1:123456789012:function:CodeDeployHook_x:live"
    said = {"FunctionName": "CodeDeployHook_x", "LoggingConfig": {"LogGroup": "hooks"}}
    script.expect("lambda", "get_function_configuration", {"FunctionName": hook}, said)
    assert script.aws.hook_group(hook) == ("CodeDeployHook_x", "hooks")
    script.expect("logs", "filter_log_events", asked("2026/11/19", "", "hooks"), {"events": []})
    rows = [event(1, "2026/11/20/CodeDeployHook_x[$LATEST]5f"), event(2, "2026/11/20/other[1]5f")]
    script.expect("logs", "filter_log_events", asked("2026/11/20", "", "hooks"), {"events": rows})
    found = script.aws.log_lines("hooks", "CodeDeployHook_x", None, since=SINCE, until=UNTIL)
    assert [line.id for line in found] == ["e1"]


REVISION = {"revisionType": "String", "string": {"sha256": "5f1c"}}


def appspec(script: Script, revision: dict[str, Any]) -> None:
    info = {"deploymentId": "d-1", "applicationName": "app", "revision": REVISION}
    script.expect("codedeploy", "get_deployment", {"deploymentId": "d-1"}, {"deploymentInfo": info})
    asked_for = {"applicationName": "app", "revision": REVISION}
    script.expect("codedeploy", "get_application_revision", asked_for, {"revision": revision})


@pytest.mark.parametrize(
    "content",
    [
        '{"version": 0.0, "Hooks": [{"BeforeAllowTraffic": "pre"}, {"AfterAllowTraffic": "post"}]}',
        "version: 0.0\nHooks:\n- BeforeAllowTraffic: pre\n- AfterAllowTraffic: post\n",
    ],
)
def test_the_hooks_of_a_deployment_are_in_its_appspec(script: Script, content: str) -> None:
    appspec(script, {"revisionType": "String", "string": {"sha256": "5f1c", "content": content}})
    found = {"BeforeAllowTraffic": "pre", "AfterAllowTraffic": "post"}
    assert script.aws.hooks("d-1") == script.aws.hooks("d-1") == found


@pytest.mark.parametrize("content", ["version: 0.0", "[]", "x"])
def test_an_appspec_without_hooks(script: Script, content: str) -> None:
    appspec(script, {"revisionType": "String", "string": {"sha256": "5f1c", "content": content}})
    assert script.aws.hooks("d-1") == {}


def test_an_appspec_that_codedeploy_does_not_hold(script: Script) -> None:
    appspec(script, {"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k"}})
    with pytest.raises(LambdactlError, match="its hooks are not known"):
        script.aws.hooks("d-1")


def test_a_group_that_may_not_be_read_is_not_empty(script: Script) -> None:
    script.fails(
        "logs",
        "filter_log_events",
        "AccessDeniedException",
        message=denied("logs:FilterLogEvents"),
        status=403,
    )
    with pytest.raises(PermissionDenied, match="logs:FilterLogEvents"):
        lines(script)


def configured(**changes: Any) -> dict[str, Any]:
    return {
        "FunctionName": "checkout",
        "FunctionArn": f"{ARN}:42",
        "Version": "42",
        "CodeSha256": "sha42",
        "CodeSize": 1000,
        "Runtime": "python3.13",
        "Timeout": 3,
        "MemorySize": 128,
        "Role": "arn:aws:iam::123456789012:role/checkout",
        "LastModified": "2026-11-10T14:00:00.000+0000",
        "RevisionId": "5f1c",
        "TracingConfig": {"Mode": "Active"},
        "VpcConfig": {"SubnetIds": ["subnet-b", "subnet-a"], "SecurityGroupIds": []},
        "Environment": {"Variables": {"PASSWORD": SECRET, "COPY": SECRET, "OTHER": "x"}},
        **changes,
    }


QUALIFIED = {"FunctionName": "checkout", "Qualifier": "42"}


def test_values_of_the_environment_are_sealed(script: Script) -> None:
    script.expect("lambda", "get_function_configuration", QUALIFIED, configured())
    found = script.aws.configuration("checkout", 42)
    assert SECRET not in repr(found)
    seals = found.environment
    assert seals["PASSWORD"] == seals["COPY"] != seals["OTHER"]
    assert found.log_group == GROUP
    assert found.settings["VpcConfig.SubnetIds"] == "subnet-a, subnet-b"
    assert found.settings["VpcConfig.SecurityGroupIds"] is None
    assert found.version.number == 42


def test_an_environment_that_could_not_be_read_is_said(script: Script) -> None:
    broken = {"Error": {"ErrorCode": "AccessDeniedException", "Message": "kms"}}
    answer = configured(Environment=broken, LoggingConfig={"LogGroup": "shared"})
    script.expect("lambda", "get_function_configuration", QUALIFIED, answer)
    found = script.aws.configuration("checkout", 42)
    assert (found.environment, found.environment_error) == ({}, "AccessDeniedException")
    assert found.log_group == "shared"


def test_a_version_that_is_not_there(script: Script) -> None:
    script.fails("lambda", "get_function_configuration", "ResourceNotFoundException", status=404)
    with pytest.raises(NotFound, match="there is no version 42 of checkout"):
        script.aws.log_group("checkout", 42)


def test_red_alarms_say_what_they_watch(script: Script) -> None:
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [
            {"Name": "FunctionName", "Value": "checkout"},
            {"Name": "Resource", "Value": "checkout:live"},
        ],
    }
    rate = {
        "AlarmName": "rate",
        "StateValue": "ALARM",
        "StateReason": "too many",
        "Metrics": [
            {"Id": "e", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}},
            {"Id": "r", "Expression": "e*2", "Label": "rate"},
        ],
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    whole = {
        "AlarmName": "throttles",
        "StateValue": "ALARM",
        "Namespace": "AWS/Lambda",
        "MetricName": "Throttles",
        "Dimensions": [{"Name": "FunctionName", "Value": "billing"}],
    }
    queue = {"AlarmName": "queue", "StateValue": "ALARM", "Namespace": "AWS/SQS"}
    kinds = ["MetricAlarm", "CompositeAlarm", "LogAlarm"]
    asked_for = {"StateValue": "ALARM", "AlarmTypes": kinds}
    script.expect(
        "cloudwatch", "describe_alarms", asked_for, {"MetricAlarms": [rate], "NextToken": "n"}
    )
    script.expect(
        "cloudwatch",
        "describe_alarms",
        {**asked_for, "NextToken": "n"},
        {"MetricAlarms": [whole, queue]},
    )
    assert [(a.name, sorted(a.watches, key=str)) for a in script.aws.red_alarms()] == [
        ("rate", [("checkout", "live")]),
        ("throttles", [("billing", None)]),
        ("queue", []),
    ]

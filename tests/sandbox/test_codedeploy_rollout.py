"""A deployment from its first second to each of its ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdactl.sandbox.faults import denied, failing, throttled
from tests.sandbox.rollouts import ROLE, World, appspec, at, world

CANARY = "CodeDeployDefault.LambdaCanary10Percent"
LINEAR = "CodeDeployDefault.LambdaLinear10PercentEvery"
TENTHS = [round(n / 10, 1) for n in range(1, 10)]


@pytest.fixture
def aws() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.mark.parametrize(
    ("config", "moves"),
    [
        ("CodeDeployDefault.LambdaAllAtOnce", [(0, 1.0)]),
        (f"{CANARY}5Minutes", [(0, 0.1), (300, 1.0)]),
        (f"{CANARY}10Minutes", [(0, 0.1), (600, 1.0)]),
        (f"{CANARY}15Minutes", [(0, 0.1), (900, 1.0)]),
        (f"{CANARY}30Minutes", [(0, 0.1), (1800, 1.0)]),
        (f"{LINEAR}1Minute", [*zip(range(0, 540, 60), TENTHS, strict=True), (540, 1.0)]),
        (f"{LINEAR}2Minutes", [*zip(range(0, 1080, 120), TENTHS, strict=True), (1080, 1.0)]),
        (f"{LINEAR}3Minutes", [*zip(range(0, 1620, 180), TENTHS, strict=True), (1620, 1.0)]),
        (f"{LINEAR}10Minutes", [*zip(range(0, 5400, 600), TENTHS, strict=True), (5400, 1.0)]),
    ],
)
def test_the_weights_of_every_predefined_config(
    aws: World, config: str, moves: list[tuple[float, float]]
) -> None:
    aws.group(deploymentConfigName=config)
    deployment = aws.start()
    aws.advance(moves[-1][0] + 5)
    assert aws.moves() == [
        (when, "2", {}) if share == 1.0 else (when, "1", {"2": share}) for when, share in moves
    ]
    assert aws.info(deployment)["status"] == "Succeeded"
    assert aws.alias() == ("2", {})


def test_nine_predefined_configs(aws: World) -> None:
    listed = aws.deploy.list_deployment_configs()["deploymentConfigsList"]
    assert len([name for name in listed if name.startswith("CodeDeployDefault.Lambda")]) == 9


def test_a_good_deployment_step_by_step(aws: World) -> None:
    """Times as measured: the first hook 2 s after the start, the end right after the last."""
    aws.group()
    aws.hook("before")
    aws.hook("after")
    deployment = aws.start(before="before", after="after", description="second")
    created = aws.info(deployment)
    assert (created["status"], created["createTime"]) == ("Created", at(0))
    assert "startTime" not in created
    with pytest.raises(ClientError, match="DeploymentNotStartedException"):
        aws.deploy.list_deployment_targets(deploymentId=deployment)
    aws.advance(1)
    assert aws.info(deployment)["status"] == "InProgress"
    assert aws.events(deployment) == ["Pending", "Pending", "Pending"]
    aws.advance(10)
    assert aws.events(deployment) == ["Succeeded", "InProgress", "Pending"]
    assert aws.alias() == ("1", {"2": 0.1})
    target = aws.target(deployment)
    assert (target["status"], target["targetId"]) == ("InProgress", "f")
    assert target["lambdaFunctionInfo"] == {
        "functionName": "f",
        "functionAlias": "prod",
        "currentVersion": "1",
        "targetVersion": "2",
        "targetVersionWeight": 0.1,
    }
    aws.advance(300)
    assert aws.alias() == ("2", {})
    assert aws.events(deployment) == ["Succeeded", "Succeeded", "Succeeded"]
    ended = aws.info(deployment)
    assert (ended["status"], ended["creator"], ended["description"]) == (
        "Succeeded",
        "user",
        "second",
    )
    assert ended["startTime"] == at(1)
    assert 302 <= (ended["completeTime"] - at(0)).total_seconds() <= 306
    assert ended["deploymentOverview"] == {
        "Pending": 0, "InProgress": 0, "Succeeded": 1, "Failed": 0, "Skipped": 0, "Ready": 0,
    }  # fmt: skip
    assert "rollbackInfo" not in ended
    assert "errorInformation" not in ended
    assert aws.target(deployment)["lambdaFunctionInfo"]["targetVersionWeight"] == 1.0
    invoked = [(when, name) for when, name, _ in aws.functions.invoked]
    assert [name for _, name in invoked] == ["before", "after"]
    assert invoked[0][0] == at(3).timestamp()


def test_every_lifecycle_event_has_its_times(aws: World) -> None:
    aws.group()
    deployment = aws.start()
    aws.advance(400)
    before, traffic, after = aws.target(deployment)["lifecycleEvents"]
    assert before["startTime"] == before["endTime"] == at(3)
    assert (traffic["startTime"], traffic["endTime"]) == (at(3), at(303))
    assert after["endTime"] == aws.info(deployment)["completeTime"]


def test_a_hook_gets_two_members_and_an_opaque_id(aws: World) -> None:
    aws.group()
    aws.hook("check", None)
    deployment = aws.start(before="arn:aws:lambda:us-east-1:000000000000:function:check")
    aws.advance(5)
    _, name, event = aws.functions.invoked[0]
    assert name == "check"
    assert set(event) == {"DeploymentId", "LifecycleEventHookExecutionId"}
    assert event["DeploymentId"] == deployment
    assert event["LifecycleEventHookExecutionId"].startswith("eyJlbmNyeXB0ZWREYXRhIjoi")
    aws.advance(1000)
    assert aws.events(deployment) == ["InProgress", "Pending", "Pending"]
    answer = aws.report(event, "Succeeded")
    assert answer["lifecycleEventHookExecutionId"] == event["LifecycleEventHookExecutionId"]
    aws.advance(2)
    assert aws.alias() == ("1", {"2": 0.1})


def test_a_hook_reports_once_and_only_what_can_be_reported(aws: World) -> None:
    aws.group()
    aws.hook("check", None)
    deployment = aws.start(before="check")
    aws.advance(5)
    event = aws.functions.invoked[0][2]

    def refusal(change: dict[str, str], status: str = "Succeeded") -> str:
        with pytest.raises(ClientError) as error:
            aws.report({**event, **change}, status)
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        return str(error.value.response["Error"]["Code"])

    assert refusal({}, "Skipped") == "InvalidLifecycleEventHookExecutionStatusException"
    wrong = {"LifecycleEventHookExecutionId": "wrong"}
    assert refusal(wrong) == "InvalidLifecycleEventHookExecutionIdException"
    assert refusal({"DeploymentId": "d-AAAAAAAAA"}) == "DeploymentDoesNotExistException"
    aws.report(event, "Succeeded")
    assert refusal({}) == "LifecycleEventAlreadyCompletedException"
    assert refusal({}, "Failed") == "LifecycleEventAlreadyCompletedException"
    assert deployment == event["DeploymentId"]


def rollback_of(aws: World, deployment: str) -> dict[str, Any]:
    """The deployment that undid ``deployment``, after each has named the other."""
    info = aws.info(deployment)["rollbackInfo"]
    rollback = aws.info(info["rollbackDeploymentId"])
    assert info["rollbackMessage"] == (
        f"Deployment {deployment} terminated. Automatic rollback is triggered with a DeploymentId "
        f"{rollback['deploymentId']}."
    )
    assert rollback["rollbackInfo"] == {
        "rollbackTriggeringDeploymentId": deployment,
        "rollbackMessage": (
            f"Deployment {rollback['deploymentId']} is triggered to roll back deployment "
            f"{deployment}."
        ),
    }
    assert rollback["creator"] == "codeDeployRollback"
    assert rollback["deploymentConfigName"] == "CodeDeployDefault.LambdaAllAtOnce"
    return rollback


def error_of(aws: World, deployment: str) -> tuple[str, str]:
    info = aws.info(deployment)
    return info["status"], info["errorInformation"]["code"]


def test_the_hook_before_says_no(aws: World) -> None:
    aws.group()
    aws.hook("check", "Failed")
    deployment = aws.start(before="check")
    aws.advance(20)
    assert error_of(aws, deployment) == ("Failed", "HOOK_EXECUTION_FAILURE")
    message = aws.info(deployment)["errorInformation"]["message"]
    assert message.endswith("one or more of the lifecycle event validation functions failed.")
    assert aws.events(deployment) == ["Failed", "Skipped", "Skipped"]
    diagnostics = aws.target(deployment)["lifecycleEvents"][0]["diagnostics"]
    assert diagnostics["scriptName"] == "check"
    assert diagnostics["message"] == "The BeforeAllowTraffic hook check reported that it failed."
    assert rollback_of(aws, deployment)["status"] == "Succeeded"
    assert aws.alias() == ("1", {})
    assert [name for _, name, _ in aws.functions.invoked] == ["check"]


def test_the_hook_after_says_no_and_all_traffic_goes_back(aws: World) -> None:
    aws.group()
    aws.hook("check", "Failed")
    deployment = aws.start(after="check")
    aws.advance(400)
    assert error_of(aws, deployment) == ("Failed", "HOOK_EXECUTION_FAILURE")
    assert aws.events(deployment) == ["Succeeded", "Succeeded", "Failed"]
    assert rollback_of(aws, deployment)["status"] == "Succeeded"
    assert [(v, w) for _, v, w in aws.moves()] == [("1", {"2": 0.1}), ("2", {}), ("1", {})]


def test_a_hook_that_never_reports_has_failed_after_an_hour(aws: World) -> None:
    """A hook that raises on all its attempts looks the same: nobody reports."""
    aws.group()
    aws.hook("check", None)
    deployment = aws.start(before="check")
    aws.advance(3 + 3599)
    assert aws.info(deployment)["status"] == "InProgress"
    aws.advance(2)
    assert error_of(aws, deployment) == ("Failed", "HOOK_EXECUTION_FAILURE")
    before = aws.target(deployment)["lifecycleEvents"][0]
    assert (before["endTime"] - before["startTime"]).total_seconds() == 3600
    assert before["diagnostics"]["errorCode"] == "ScriptTimedOut"
    with pytest.raises(ClientError, match="LifecycleEventAlreadyCompletedException"):
        aws.report(aws.functions.invoked[0][2], "Succeeded")


def test_a_hook_that_is_not_there(aws: World) -> None:
    aws.group()
    deployment = aws.start(before="nowhere")
    aws.advance(10)
    assert error_of(aws, deployment) == ("Failed", "INVALID_LAMBDA_FUNCTION")
    assert aws.alias() == ("1", {})


def test_stopped_with_a_rollback(aws: World) -> None:
    aws.group(autoRollbackConfiguration={"enabled": False})
    deployment = aws.start()
    aws.advance(60)
    answer = aws.deploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=True)
    assert answer["status"] == "Pending"
    aws.advance(10)
    assert error_of(aws, deployment) == ("Stopped", "MANUAL_STOP")
    assert aws.events(deployment) == ["Succeeded", "Failed", "Skipped"]
    rollback = rollback_of(aws, deployment)
    assert rollback["status"] == "Succeeded"
    assert aws.events(rollback["deploymentId"]) == ["Succeeded", "Succeeded", "Succeeded"]
    back = aws.target(rollback["deploymentId"])["lambdaFunctionInfo"]
    assert (back["currentVersion"], back["targetVersion"]) == ("2", "1")
    assert aws.alias() == ("1", {})
    with pytest.raises(ClientError, match="DeploymentAlreadyCompletedException"):
        aws.deploy.stop_deployment(deploymentId=deployment)


@pytest.mark.parametrize("asked", [{}, {"autoRollbackEnabled": False}])
def test_stopped_without_a_rollback_the_alias_stays_split(
    aws: World, asked: dict[str, bool]
) -> None:
    """And every deployment after it fails, until the weights are cleared by hand."""
    aws.group(autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]})
    deployment = aws.start()
    aws.advance(60)
    aws.deploy.stop_deployment(deploymentId=deployment, **asked)
    aws.advance(60)
    assert error_of(aws, deployment) == ("Stopped", "MANUAL_STOP")
    assert "rollbackInfo" not in aws.info(deployment)
    assert aws.alias() == ("1", {"2": 0.1})
    for target in ("2", "3"):
        following = aws.start("1", target)
        aws.advance(60)
        assert error_of(aws, following) == ("Failed", "INVALID_LAMBDA_CONFIGURATION")
        assert aws.alias() == ("1", {"2": 0.1})
    aws.functions.put("prod", "1")
    following = aws.start()
    aws.advance(400)
    assert aws.info(following)["status"] == "Succeeded"


@pytest.mark.parametrize("asked", [None, False])
def test_a_stop_rolls_back_as_the_group_says_unless_the_caller_does(
    aws: World, asked: bool | None
) -> None:
    aws.group()
    deployment = aws.start()
    aws.advance(60)
    more = {} if asked is None else {"autoRollbackEnabled": asked}
    aws.deploy.stop_deployment(deploymentId=deployment, **more)
    aws.advance(10)
    assert ("rollbackInfo" in aws.info(deployment)) is (asked is None)
    assert aws.alias() == (("1", {}) if asked is None else ("1", {"2": 0.1}))


def test_stopped_before_it_has_moved_anything(aws: World) -> None:
    aws.group()
    deployment = aws.start()
    aws.deploy.stop_deployment(deploymentId=deployment)
    aws.advance(10)
    assert error_of(aws, deployment) == ("Stopped", "MANUAL_STOP")
    assert aws.events(deployment) == ["Skipped", "Skipped", "Skipped"]
    assert rollback_of(aws, deployment)["status"] == "Succeeded"
    assert aws.alias() == ("1", {})


def test_stopped_by_an_alarm(aws: World) -> None:
    aws.alarm("red")
    aws.alarm("other", "INSUFFICIENT_DATA")
    alarms = {"enabled": True, "alarms": [{"name": "red"}, {"name": "other"}]}
    aws.group(alarmConfiguration=alarms)
    deployment = aws.start()
    aws.advance(120)
    assert aws.info(deployment)["status"] == "InProgress"
    aws.set_alarm("red", "ALARM")
    aws.advance(25)
    assert error_of(aws, deployment) == ("Stopped", "ALARM_ACTIVE")
    assert aws.info(deployment)["errorInformation"]["message"] == (
        "One or more alarms have been activated according to the Amazon CloudWatch metrics you "
        "selected, and the affected deployments have been stopped. Activated alarms: <red>"
    )
    assert aws.events(deployment) == ["Succeeded", "Failed", "Skipped"]
    rollback = rollback_of(aws, deployment)
    assert rollback["status"] == "Succeeded"
    assert aws.alias() == ("1", {})


def test_an_alarm_that_is_red_at_the_start_stops_at_once(aws: World) -> None:
    aws.alarm("red", "ALARM")
    aws.group(alarmConfiguration={"enabled": True, "alarms": [{"name": "red"}]})
    aws.hook("check")
    deployment = aws.start(before="check")
    aws.advance(10)
    info = aws.info(deployment)
    assert error_of(aws, deployment) == ("Stopped", "ALARM_ACTIVE")
    assert (info["completeTime"] - info["startTime"]).total_seconds() < 2
    assert aws.functions.invoked == []
    assert aws.events(deployment) == ["Skipped", "Skipped", "Skipped"]
    assert rollback_of(aws, deployment)["status"] == "Succeeded"


def test_alarms_are_watched_while_a_hook_runs(aws: World) -> None:
    aws.alarm("red")
    aws.group(alarmConfiguration={"enabled": True, "alarms": [{"name": "red"}]})
    aws.hook("check", None)
    deployment = aws.start(before="check")
    aws.advance(60)
    aws.set_alarm("red", "ALARM")
    aws.advance(15)
    assert error_of(aws, deployment) == ("Stopped", "ALARM_ACTIVE")
    assert aws.events(deployment) == ["Failed", "Skipped", "Skipped"]


def test_alarms_can_be_switched_off_and_overridden(aws: World) -> None:
    aws.alarm("red", "ALARM")
    aws.alarm("green")
    alarms = [{"name": "red"}]
    aws.group(alarmConfiguration={"enabled": False, "alarms": alarms})
    first = aws.start()
    aws.advance(400)
    assert aws.info(first)["status"] == "Succeeded"
    override = {"enabled": True, "alarms": alarms}
    second = aws.start("2", "3", overrideAlarmConfiguration=override)
    aws.advance(400)
    assert error_of(aws, second) == ("Stopped", "ALARM_ACTIVE")
    assert aws.info(second)["overrideAlarmConfiguration"]["alarms"] == alarms
    calm = {"enabled": True, "alarms": [{"name": "green"}]}
    third = aws.start("2", "3", overrideAlarmConfiguration=calm)
    aws.advance(400)
    assert aws.info(third)["status"] == "Succeeded"


def test_a_group_that_does_not_roll_back_on_alarms(aws: World) -> None:
    aws.alarm("red")
    aws.group(
        alarmConfiguration={"enabled": True, "alarms": [{"name": "red"}]},
        autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
    )
    deployment = aws.start()
    aws.advance(60)
    aws.set_alarm("red", "ALARM")
    aws.advance(60)
    assert error_of(aws, deployment) == ("Stopped", "ALARM_ACTIVE")
    assert "rollbackInfo" not in aws.info(deployment)
    assert aws.alias() == ("1", {"2": 0.1})


@pytest.mark.parametrize("ignores", [False, True])
def test_alarms_that_cannot_be_read(aws: World, ignores: bool) -> None:
    alarms = {"enabled": True, "alarms": [{"name": "red"}], "ignorePollAlarmFailure": ignores}
    aws.alarm("red")
    aws.group(alarmConfiguration=alarms)
    aws.service.denied.add("cloudwatch:DescribeAlarms")
    deployment = aws.start()
    aws.advance(400)
    if ignores:
        assert aws.info(deployment)["status"] == "Succeeded"
    else:
        assert error_of(aws, deployment) == ("Stopped", "IAM_ROLE_PERMISSIONS")
        assert "AmazonCloudWatch" in aws.info(deployment)["errorInformation"]["message"]
        assert aws.functions.moves[-1:] in ([], [(aws.functions.moves[-1][0], "1", {})])


@pytest.mark.parametrize("ignores", [False, True])
def test_an_alarm_that_does_not_exist(aws: World, ignores: bool) -> None:
    alarms = {"enabled": True, "alarms": [{"name": "gone"}], "ignorePollAlarmFailure": ignores}
    aws.group(alarmConfiguration=alarms)
    deployment = aws.start()
    aws.advance(400)
    assert aws.info(deployment)["status"] == ("Succeeded" if ignores else "Stopped")


def test_the_alias_is_not_where_the_appspec_says(aws: World) -> None:
    aws.group()
    deployment = aws.start("2", "3")
    aws.advance(10)
    assert error_of(aws, deployment) == ("Failed", "INVALID_LAMBDA_CONFIGURATION")
    assert aws.info(deployment)["errorInformation"]["message"].endswith(
        "The Lambda function alias version does not match the current version in AppSpec file."
    )
    assert aws.deploy.list_deployment_targets(deploymentId=deployment)["targetIds"] == []
    assert aws.functions.moves == []


def test_the_version_is_live_already(aws: World) -> None:
    aws.group()
    deployment = aws.start("1", "1")
    aws.advance(10)
    assert error_of(aws, deployment) == ("Failed", "INVALID_LAMBDA_CONFIGURATION")
    assert aws.info(deployment)["errorInformation"]["message"].endswith("invalid configuration.")


def test_a_version_that_does_not_exist(aws: World) -> None:
    aws.group()
    deployment = aws.start("1", "9")
    aws.advance(10)
    assert error_of(aws, deployment) == ("Failed", "INVALID_LAMBDA_FUNCTION")
    assert aws.events(deployment) == ["Succeeded", "Failed", "Skipped"]
    assert rollback_of(aws, deployment)["status"] == "Succeeded"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ("{", "neither JSON nor YAML"),
        ("[]", "not a mapping"),
        ("version: 0.0", "exactly one element"),
        ('{"Resources": [{"F": {"Type": "AWS::ECS::Service"}}]}', "AWS::Lambda::Function"),
    ],
)
def test_an_appspec_that_is_none(aws: World, content: str, detail: str) -> None:
    aws.group()
    deployment = aws.start(content=content)
    aws.advance(10)
    assert error_of(aws, deployment) == ("Failed", "INVALID_LAMBDA_CONFIGURATION")
    assert detail in aws.info(deployment)["errorInformation"]["message"]


def test_an_appspec_in_yaml(aws: World) -> None:
    aws.group()
    aws.hook("check")
    content = """
        version: 0.0
        Resources:
          - F:
              Type: AWS::Lambda::Function
              Properties:
                Name: f
                Alias: prod
                CurrentVersion: 1
                TargetVersion: "2"
        Hooks:
          - BeforeAllowTraffic: check
    """
    deployment = aws.start(content=content)
    aws.advance(400)
    assert aws.info(deployment)["status"] == "Succeeded"
    assert [name for _, name, _ in aws.functions.invoked] == ["check"]


def test_the_alias_is_moved_behind_its_back(aws: World) -> None:
    """The deployment fails at its next shift, and its rollback keeps its hands off."""
    aws.group()
    deployment = aws.start()
    aws.advance(60)
    aws.functions.put("prod", "3")
    aws.advance(300)
    assert error_of(aws, deployment) == ("Failed", "INVALID_LAMBDA_CONFIGURATION")
    assert aws.events(deployment) == ["Succeeded", "Failed", "Skipped"]
    rollback = rollback_of(aws, deployment)
    assert rollback["status"] == "Failed"
    assert rollback["errorInformation"]["code"] == "INVALID_LAMBDA_CONFIGURATION"
    assert "rollbackDeploymentId" not in rollback["rollbackInfo"]
    assert aws.alias() == ("3", {})


def test_an_alias_that_was_put_back_by_hand_lets_the_rollback_succeed(aws: World) -> None:
    aws.group()
    deployment = aws.start()
    aws.advance(60)
    aws.functions.put("prod", "1")
    aws.advance(300)
    assert error_of(aws, deployment) == ("Failed", "INVALID_LAMBDA_CONFIGURATION")
    assert rollback_of(aws, deployment)["status"] == "Succeeded"
    assert aws.alias() == ("1", {})


def test_a_write_that_does_not_move_the_alias_does_no_harm(aws: World) -> None:
    aws.group()
    deployment = aws.start()
    aws.advance(60)
    aws.functions.put("prod", "1", {"2": 0.1})
    aws.advance(300)
    assert aws.info(deployment)["status"] == "Succeeded"


def test_a_service_role_that_may_not_move_the_alias(aws: World) -> None:
    aws.group()
    aws.service.denied.add("lambda:UpdateAlias")
    deployment = aws.start()
    aws.advance(20)
    assert error_of(aws, deployment) == ("Failed", "IAM_ROLE_PERMISSIONS")
    message = aws.info(deployment)["errorInformation"]["message"]
    assert message.startswith(f"The IAM role {ROLE} does not give you permission")
    assert aws.events(deployment) == ["Succeeded", "Failed", "Skipped"]
    assert rollback_of(aws, deployment)["status"] == "Failed"
    assert aws.alias() == ("1", {})


def test_a_service_role_that_may_not_invoke_the_hook(aws: World) -> None:
    aws.group()
    aws.hook("check")
    aws.service.denied.add("lambda:InvokeFunction")
    deployment = aws.start(before="check")
    aws.advance(20)
    assert error_of(aws, deployment) == ("Failed", "IAM_ROLE_PERMISSIONS")
    assert aws.events(deployment) == ["Failed", "Skipped", "Skipped"]


def test_lambda_throttles_for_long(aws: World) -> None:
    aws.group()
    aws.account.door.faults.add("lambda:UpdateAlias", throttled(), inside=True)
    deployment = aws.start()
    aws.advance(60)
    assert error_of(aws, deployment) == ("Failed", "THROTTLED")
    assert (
        "exceeded the request limit for AWSLambda"
        in (aws.info(deployment)["errorInformation"]["message"])
    )


def test_lambda_throttles_the_first_look_for_a_moment(aws: World) -> None:
    aws.group()
    aws.account.door.faults.add("lambda:GetAlias", throttled(), times=3, inside=True)
    deployment = aws.start()
    aws.advance(400)
    assert aws.info(deployment)["status"] == "Succeeded"


def test_lambda_throttles_for_a_moment(aws: World) -> None:
    aws.group()
    aws.account.door.faults.add("lambda:UpdateAlias", throttled(), times=2, inside=True)
    deployment = aws.start()
    aws.advance(400)
    assert aws.info(deployment)["status"] == "Succeeded"


@pytest.mark.parametrize(
    ("trouble", "code"),
    [(denied(), "IAM_ROLE_PERMISSIONS"), (failing(status=500), "INTERNAL_ERROR")],
)
def test_lambda_answers_with_an_error(aws: World, trouble: Any, code: str) -> None:
    aws.group()
    aws.account.door.faults.add("lambda:GetAlias", trouble, inside=True)
    deployment = aws.start()
    aws.advance(20)
    assert error_of(aws, deployment) == ("Failed", code)


def test_a_rollback_can_be_stopped_and_is_not_rolled_back(aws: World) -> None:
    aws.group()
    deployment = aws.start()
    aws.advance(60)
    aws.deploy.stop_deployment(deploymentId=deployment)
    aws.advance(1.5)
    rollback = aws.info(deployment)["rollbackInfo"]["rollbackDeploymentId"]
    aws.deploy.stop_deployment(deploymentId=rollback, autoRollbackEnabled=True)
    aws.advance(20)
    assert error_of(aws, rollback) == ("Stopped", "MANUAL_STOP")
    assert "rollbackDeploymentId" not in aws.info(rollback)["rollbackInfo"]
    assert aws.alias() == ("1", {"2": 0.1})


def test_one_deployment_at_a_time_in_a_group(aws: World) -> None:
    aws.group()
    deployment = aws.start()
    with pytest.raises(ClientError) as refusal:
        aws.start("1", "3")
    assert refusal.value.response["Error"] == {
        "Code": "DeploymentLimitExceededException",
        "Message": f"The Deployment Group 'group' already has an active Deployment '{deployment}'",
    }
    aws.advance(60)
    aws.deploy.stop_deployment(deploymentId=deployment)
    aws.advance(1.2)
    with pytest.raises(ClientError, match="DeploymentLimitExceededException"):
        aws.start("1", "3")
    aws.advance(20)
    aws.start("1", "3")


def test_a_deployment_that_goes_on_after_its_group_was_deleted(aws: World) -> None:
    aws.group()
    deployment = aws.start()
    aws.advance(10)
    aws.deploy.delete_deployment_group(applicationName="app", deploymentGroupName="group")
    aws.advance(400)
    assert aws.info(deployment)["status"] == "Succeeded"


def test_a_hundred_deployments_at_once_keep_their_clocks(aws: World) -> None:
    for number in range(100):
        aws.functions.put(f"a{number}", "1")
        aws.group(f"g{number}")
        content = json.dumps(appspec("1", "2")).replace('"prod"', f'"a{number}"')
        aws.start(deploymentGroupName=f"g{number}", content=content)
    aws.advance(310)
    assert sorted({moment - at(0).timestamp() for moment, _, _ in aws.functions.moves}) == [3, 303]
    assert len(aws.functions.moves) == 200

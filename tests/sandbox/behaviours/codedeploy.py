"""Section 2: CodeDeploy on the Lambda platform."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.behaviours import refused, row
from tests.sandbox.rollouts import World, appspec

CONFIGS = "CodeDeployDefault.Lambda"
NAMES = {
    "Canary10Percent5Minutes",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
    "Linear10PercentEvery10Minutes",
    "AllAtOnce",
}


def error(w: World, deployment: str) -> str:
    return str(w.info(deployment)["errorInformation"]["code"])


@row(
    "2.1",
    "I",
    "CurrentVersion is not what the alias has: INVALID_LAMBDA_CONFIGURATION",
    deploys=True,
)
def the_alias_is_elsewhere(w: World) -> None:
    w.group()
    deployment = w.start(current="3", target="2")
    w.advance(60)
    assert error(w, deployment) == "INVALID_LAMBDA_CONFIGURATION"


@row("2.1", "I", "CurrentVersion and TargetVersion are the same: it fails", deploys=True)
def nothing_to_shift(w: World) -> None:
    w.group()
    deployment = w.start(current="1", target="1")
    w.advance(60)
    assert (w.info(deployment)["status"], error(w, deployment)) == (
        "Failed",
        "INVALID_LAMBDA_CONFIGURATION",
    )


@row("2.1", "M", "GetDeployment shows the AppSpec's sha256, never its content", deploys=True)
def the_content_is_not_shown(w: World) -> None:
    w.group()
    shown = w.info(w.start())["revision"]["appSpecContent"]
    assert not shown.get("content")
    assert shown["sha256"]


@row("2.1", "M", "GetApplicationRevision gives the AppSpec back", deploys=True)
def the_content_is_asked_for(w: World) -> None:
    w.group()
    revision = w.info(w.start())["revision"]
    found = w.deploy.get_application_revision(applicationName="app", revision=revision)
    assert json.loads(found["revision"]["appSpecContent"]["content"]) == appspec("1", "2")


@row("2.1", "D", "Nine predefined configurations", deploys=True)
def predefined_configs(w: World) -> None:
    listed = w.deploy.list_deployment_configs()["deploymentConfigsList"]
    assert {n.removeprefix(CONFIGS) for n in listed if n.startswith(CONFIGS)} == NAMES


@row("2.1", "M", "A configuration tells its type, percentage and interval", deploys=True)
def configs_tell(w: World) -> None:
    ask = w.deploy.get_deployment_config
    linear = ask(deploymentConfigName=f"{CONFIGS}Linear10PercentEvery10Minutes")
    assert linear["deploymentConfigInfo"]["trafficRoutingConfig"] == {
        "type": "TimeBasedLinear",
        "timeBasedLinear": {"linearPercentage": 10, "linearInterval": 10},
    }


@row("2.1", "D", "Linear 10/10 takes 90 minutes: nine waits between ten steps", deploys=True)
def linear_takes_ninety_minutes(w: World) -> None:
    w.group(deploymentConfigName=f"{CONFIGS}Linear10PercentEvery10Minutes")
    w.start()
    w.advance(7200)
    assert w.moves()[-1][:2] == (5400.0, "2")


@row("2.1", "D", "At most 99 % an increment: InvalidDeploymentConfig...", deploys=True)
def increments_are_bounded(w: World) -> None:
    routing = {
        "type": "TimeBasedCanary",
        "timeBasedCanary": {"canaryPercentage": 100, "canaryInterval": 5},
    }
    status = refused(
        w.deploy.create_deployment_config,
        deploymentConfigName="all",
        computePlatform="Lambda",
        trafficRoutingConfig=routing,
    )[0]
    assert status == 400


@row("2.2", "M", "A target: status, lifecycle events, and both versions of the alias", deploys=True)
def targets_tell(w: World) -> None:
    w.group()
    deployment = w.start()
    w.advance(60)
    target = w.target(deployment)
    info = target["lambdaFunctionInfo"]
    assert (target["status"], info["currentVersion"], info["targetVersion"]) == (
        "InProgress",
        "1",
        "2",
    )


@row("2.2", "D", "BeforeAllowTraffic, AllowTraffic, AfterAllowTraffic, in this order", deploys=True)
def the_order_of_events(w: World) -> None:
    w.group()
    w.hook("before")
    w.hook("after")
    deployment = w.start(before="before", after="after")
    w.advance(1000)
    assert w.events(deployment) == ["Succeeded"] * 3
    assert [name for _, name, _ in w.functions.invoked] == ["before", "after"]


@row(
    "2.2",
    "C",
    "A hook gets DeploymentId and LifecycleEventHookExecutionId, and no more",
    deploys=True,
)
def what_a_hook_gets(w: World) -> None:
    w.group()
    w.hook("before")
    deployment = w.start(before="before")
    w.advance(10)
    (_, _, event) = w.functions.invoked[0]
    assert set(event) == {"DeploymentId", "LifecycleEventHookExecutionId"}
    assert event["DeploymentId"] == deployment


@row("2.2", "D", "A hook that says nothing for 3600 s has failed", deploys=True)
def hooks_time_out(w: World) -> None:
    w.group()
    w.hook("before", None)
    deployment = w.start(before="before")
    w.advance(3590)
    assert w.info(deployment)["status"] == "InProgress"
    w.advance(60)
    assert (w.info(deployment)["status"], error(w, deployment)) == (
        "Failed",
        "HOOK_EXECUTION_FAILURE",
    )


@row("2.2", "D", "A hook that reports Failed: HOOK_EXECUTION_FAILURE", deploys=True)
def hooks_fail(w: World) -> None:
    w.group()
    w.hook("before", "Failed")
    deployment = w.start(before="before")
    w.advance(60)
    assert error(w, deployment) == "HOOK_EXECUTION_FAILURE"


@row("2.2", "M", "A second report: LifecycleEventAlreadyCompletedException", deploys=True)
def hooks_report_once(w: World) -> None:
    w.group()
    w.hook("before")
    w.start(before="before")
    w.advance(60)
    (_, _, event) = w.functions.invoked[0]
    with pytest.raises(w.deploy.exceptions.LifecycleEventAlreadyCompletedException):
        w.report(event, "Succeeded")


@row("2.2", "M", "A hook reports Succeeded or Failed, nothing else: 400", deploys=True)
def hooks_report_two_words(w: World) -> None:
    w.group()
    w.hook("before", None)
    w.start(before="before")
    w.advance(10)
    (_, _, event) = w.functions.invoked[0]
    with pytest.raises(w.deploy.exceptions.InvalidLifecycleEventHookExecutionStatusException):
        w.report(event, "Skipped")


@row("2.2", "D", "One deployment in a group at a time", deploys=True)
def one_at_a_time(w: World) -> None:
    w.group()
    w.start()
    w.advance(10)
    with pytest.raises(w.deploy.exceptions.DeploymentLimitExceededException):
        w.start()


@row("2.2", "M", "BatchGetDeployments takes 25 ids", deploys=True)
def batches_of_25(w: World) -> None:
    call = w.deploy.batch_get_deployments
    code = refused(call, deploymentIds=["d-ABCDEFGHI"] * 26)[1]
    assert code == "BatchLimitExceededException"


@row(
    "2.3",
    "D",
    "Stopped without rollback the alias stays split, and the next one fails",
    deploys=True,
)
def a_stop_leaves_a_split(w: World) -> None:
    w.group(autoRollbackConfiguration={"enabled": False, "events": []})
    deployment = w.start()
    w.advance(60)
    w.deploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=False)
    w.advance(60)
    assert (w.info(deployment)["status"], w.alias()) == ("Stopped", ("1", {"2": 0.1}))
    again = w.start(target="3")
    w.advance(60)
    assert w.info(again)["status"] == "Failed"


@row("2.3", "D", "A rollback is a deployment of its own, joined by rollbackInfo", deploys=True)
def a_rollback_is_a_deployment(w: World) -> None:
    w.group()
    deployment = w.start()
    w.advance(60)
    w.deploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=True)
    w.advance(120)
    rollback = w.info(deployment)["rollbackInfo"]["rollbackDeploymentId"]
    found = w.info(rollback)
    assert (found["status"], found["creator"]) == ("Succeeded", "codeDeployRollback")
    assert found["rollbackInfo"]["rollbackTriggeringDeploymentId"] == deployment
    assert w.alias() == ("1", {})


@row(
    "2.3",
    "M",
    "StopDeployment of one that has ended: DeploymentAlreadyCompletedException",
    deploys=True,
)
def what_has_ended_is_not_stopped(w: World) -> None:
    w.group()
    deployment = w.start()
    w.advance(1000)
    expected = (400, "DeploymentAlreadyCompletedException")
    assert refused(w.deploy.stop_deployment, deploymentId=deployment) == expected


@row("2.3", "M", "There is no pause: UnsupportedActionForDeploymentTypeException", deploys=True)
def no_pause(w: World) -> None:
    w.group()
    deployment = w.start()
    w.advance(60)
    expected = (400, "UnsupportedActionForDeploymentTypeException")
    assert refused(w.deploy.continue_deployment, deploymentId=deployment) == expected


def watched(w: World, **more: Any) -> None:
    w.group(alarmConfiguration={"enabled": True, "alarms": [{"name": "red"}], **more})


@row(
    "2.3",
    "D",
    "An alarm that goes off stops the deployment: ALARM_ACTIVE, and it is rolled back",
    deploys=True,
)
def alarms_stop(w: World) -> None:
    w.alarm()
    watched(w)
    deployment = w.start()
    w.advance(60)
    w.set_alarm("red", "ALARM")
    w.advance(120)
    assert (w.info(deployment)["status"], error(w, deployment)) == ("Stopped", "ALARM_ACTIVE")
    assert w.alias() == ("1", {})


@row(
    "2.3", "D", "An alarm that is red at the start stops the next deployment at once", deploys=True
)
def alarms_stop_at_the_start(w: World) -> None:
    w.alarm(state="ALARM")
    watched(w)
    deployment = w.start()
    w.advance(30)
    assert error(w, deployment) == "ALARM_ACTIVE"
    assert w.alias() == ("1", {})


@row("2.3", "D", "INSUFFICIENT_DATA is not ALARM", deploys=True)
def no_data_does_not_stop(w: World) -> None:
    w.alarm(state="INSUFFICIENT_DATA")
    watched(w)
    deployment = w.start()
    w.advance(1000)
    assert w.info(deployment)["status"] == "Succeeded"


@row("2.2", "M", "ListDeployments finds a stack's by externalId", deploys=True)
def deployments_by_external_id(w: World) -> None:
    w.group()
    content = json.dumps(appspec("1", "2"))
    params = {
        "applicationName": "app",
        "deploymentGroupName": "group",
        "revision": {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
        "_creator": "CloudFormation",
        "_external_id": "stack/web",
    }
    made = w.account.call("codedeploy", "CreateDeployment", params)["deploymentId"]
    found = w.deploy.list_deployments(externalId="stack/web")["deployments"]
    assert (found, w.info(made)["creator"]) == ([made], "CloudFormation")


@row(
    "2.2",
    "M",
    "ListDeployments of a region: by status, and by when they were created",
    deploys=True,
)
def deployments_of_a_region(w: World) -> None:
    w.group()
    w.start()
    w.advance(1000)
    since = w.clock.utcnow()
    w.advance(10)
    running = w.start(current="2", target="3")
    w.advance(10)
    ended = {"includeOnlyStatuses": ["Succeeded", "Failed", "Stopped"]}
    assert w.deploy.list_deployments(createTimeRange={"start": since})["deployments"] == [running]
    found = w.deploy.list_deployments(createTimeRange={"start": since}, **ended)
    assert found["deployments"] == []

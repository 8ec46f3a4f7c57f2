"""Each named ending, reached by its scenario: alias, status, lifecycle events, error, rollback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from lambdactl.sandbox.account import ACCESS_KEY_ID
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.scenarios import SCENARIOS, Play, Stage

ROLE = "arn:aws:iam::000000000000:role/codedeploy"
BEGUN = ["Succeeded", "InProgress", "Pending"]
WAITING = ["InProgress", "Pending", "Pending"]
DONE = ["Succeeded", "Succeeded", "Succeeded"]
IN_HOOK = ["Failed", "Skipped", "Skipped"]
IN_TRAFFIC = ["Succeeded", "Failed", "Skipped"]
AFTER = ["Succeeded", "Succeeded", "Failed"]
NOT_BEGUN = ["Skipped", "Skipped", "Skipped"]
HOOKS_FAILED = (
    "The deployment failed because one or more of the lifecycle event validation functions failed."
)
INVALID = (
    "The deployment failed because the AppSpec file that specifies the AWS Lambda deployment "
    "configuration is missing or has an invalid configuration."
)
ELSEWHERE = (
    f"{INVALID} The Lambda function alias version does not match the current version in AppSpec "
    "file."
)
RED = (
    "One or more alarms have been activated according to the Amazon CloudWatch metrics you "
    "selected, and the affected deployments have been stopped. Activated alarms: <checkout-errors>"
)
DENIED = (
    f"The IAM role {ROLE} does not give you permission to perform operations in the following AWS "
    "service: AWSLambda. Contact your AWS administrator if you need help. If you are an AWS "
    "administrator, you can grant permissions to your users or groups by creating IAM policies."
)
THROTTLED = (
    f"The deployment failed because the number of requests by the IAM role {ROLE} exceeded the "
    "request limit for AWSLambda."
)
STOPPED = "The deployment was stopped by a user."
Error = tuple[str, str] | None


@dataclass(frozen=True)
class Ending:
    """What is left: the alias, and of the deployment its status, its lifecycle events (None where
    it has no target), its error and the status of the rollback (None where there is none)."""

    alias: tuple[str, dict[str, float]]
    status: str
    events: list[str] | None
    error: Error = None
    rollback: str | None = "Succeeded"


FIRST: tuple[str, dict[str, float]] = ("1", {})
SPLIT = ("1", {"2": 0.1})
HOOK_FAILED = ("HOOK_EXECUTION_FAILURE", HOOKS_FAILED)
MANUAL_STOP = ("MANUAL_STOP", STOPPED)
WRONG = "INVALID_LAMBDA_CONFIGURATION"
ENDINGS = {
    "succeeded": Ending(("2", {}), "Succeeded", DONE, rollback=None),
    "hook-failed": Ending(FIRST, "Failed", IN_HOOK, HOOK_FAILED),
    "hook-raised": Ending(FIRST, "Failed", IN_HOOK, HOOK_FAILED),
    "hook-timed-out": Ending(FIRST, "Failed", IN_HOOK, HOOK_FAILED),
    "hook-waiting": Ending(FIRST, "InProgress", WAITING, rollback=None),
    "post-hook-failed": Ending(FIRST, "Failed", AFTER, HOOK_FAILED),
    "stopped": Ending(FIRST, "Stopped", IN_TRAFFIC, MANUAL_STOP),
    "stopped-split": Ending(SPLIT, "Stopped", IN_TRAFFIC, MANUAL_STOP, None),
    "alarm": Ending(FIRST, "Stopped", IN_TRAFFIC, ("ALARM_ACTIVE", RED)),
    "alarm-red": Ending(FIRST, "Stopped", NOT_BEGUN, ("ALARM_ACTIVE", RED)),
    "conflict": Ending(SPLIT, "InProgress", BEGUN, rollback=None),
    "alias-moved": Ending(("1", {"2": 0.5}), "Failed", IN_TRAFFIC, (WRONG, ELSEWHERE), "Failed"),
    "same-version": Ending(FIRST, "Failed", None, (WRONG, INVALID), None),
    "role-denied": Ending(FIRST, "Failed", IN_TRAFFIC, ("IAM_ROLE_PERMISSIONS", DENIED), "Failed"),
    "throttled": Ending(FIRST, "Failed", IN_TRAFFIC, ("THROTTLED", THROTTLED)),
    "rollback-failed": Ending(SPLIT, "Stopped", IN_TRAFFIC, MANUAL_STOP, None),
}


@pytest.fixture
def place() -> Iterator[Sandbox]:
    with Sandbox(clock=ManualClock(), strict=True) as made:
        yield made
    assert made.door.breaches == []


def play(place: Sandbox, name: str) -> Stage:
    """Carry the scenario out; the account's time moves as it asks."""
    stage = Stage(place.account)
    for step in SCENARIOS[name].steps:
        assert isinstance(step, Play)
        passed(place, step.act(stage))
    return stage


def passed(place: Sandbox, process: Iterable[float]) -> None:
    """Let the time pass that ``process`` waits for."""
    clock = place.account.clock
    assert isinstance(clock, ManualClock)
    for seconds in process:
        clock.advance(seconds)


def deployments(place: Sandbox) -> list[dict[str, Any]]:
    """Oldest first."""
    deploy = place.client("codedeploy")
    ids = reversed(deploy.list_deployments()["deployments"])
    return [deploy.get_deployment(deploymentId=each)["deploymentInfo"] for each in ids]


def lifecycle(place: Sandbox, deployment_id: str) -> list[dict[str, Any]] | None:
    deploy = place.client("codedeploy")
    ids = deploy.list_deployment_targets(deploymentId=deployment_id)["targetIds"]
    if not ids:
        return None
    found = deploy.batch_get_deployment_targets(deploymentId=deployment_id, targetIds=ids)
    events: list[dict[str, Any]] = found["deploymentTargets"][0]["lambdaTarget"]["lifecycleEvents"]
    return events


@pytest.mark.parametrize("name", ENDINGS)
def test_an_ending_leaves_what_aws_leaves(place: Sandbox, name: str) -> None:
    wanted = ENDINGS[name]
    stage = play(place, name)
    assert stage.routing() == wanted.alias
    info, *later = deployments(place)
    assert info["status"] == wanted.status
    events = lifecycle(place, info["deploymentId"])
    statuses = None if events is None else [event["status"] for event in events]
    assert statuses == wanted.events
    error = info.get("errorInformation")
    assert (error and (error["code"], error["message"])) == wanted.error
    back = [each for each in later if each["creator"] == "codeDeployRollback"]
    assert [each["status"] for each in back] == ([wanted.rollback] if wanted.rollback else [])
    for rollback in back:
        assert_joined(info, rollback)


def assert_joined(info: dict[str, Any], rollback: dict[str, Any]) -> None:
    """Each names the other."""
    first, second = info["deploymentId"], rollback["deploymentId"]
    assert info["rollbackInfo"] == {
        "rollbackDeploymentId": second,
        "rollbackMessage": (
            f"Deployment {first} terminated. Automatic rollback is triggered with a DeploymentId "
            f"{second}."
        ),
    }
    assert rollback["rollbackInfo"] == {
        "rollbackTriggeringDeploymentId": first,
        "rollbackMessage": f"Deployment {second} is triggered to roll back deployment {first}.",
    }


def test_every_ending_has_a_row_here() -> None:
    played = {
        name for name, scenario in SCENARIOS.items()
        if any(isinstance(step, Play) for step in scenario.steps)
    }  # fmt: skip
    assert played - {"fleet"} == set(ENDINGS)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hook-failed", "reported that it failed"),
        ("hook-raised", "did not report within one hour"),
        ("hook-timed-out", "did not report within one hour"),
    ],
)
def test_the_lifecycle_event_says_what_the_hook_did(
    place: Sandbox, name: str, message: str
) -> None:
    play(place, name)
    events = lifecycle(place, deployments(place)[0]["deploymentId"])
    assert events is not None
    told = events[0]["diagnostics"]["message"]
    assert told == f"The BeforeAllowTraffic hook CodeDeployHook_checkout {message}."
    lasted = (events[0]["endTime"] - events[0]["startTime"]).total_seconds()
    assert (lasted >= 3600) is (name != "hook-failed")


@pytest.mark.parametrize(("name", "runs"), [("hook-raised", 3), ("hook-timed-out", 1)])
def test_a_hook_that_raises_is_run_again_and_one_that_is_silent_is_not(
    place: Sandbox, name: str, runs: int
) -> None:
    play(place, name)
    now = place.account.clock.utcnow()
    found = place.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[{"Name": "FunctionName", "Value": "CodeDeployHook_checkout"}],
        StartTime=now.timestamp() - 7200,
        EndTime=now.timestamp() + 60,
        Period=86_400,
        Statistics=["Sum"],
    )
    assert sum(point["Sum"] for point in found["Datapoints"]) == runs


def test_a_split_that_was_left_behind_fails_the_next_deployment(place: Sandbox) -> None:
    stage = play(place, "stopped-split")
    following = stage.started()
    passed(place, stage.ended(following))
    assert stage.info(following)["errorInformation"]["code"] == WRONG
    assert stage.routing() == SPLIT


def test_a_second_deployment_is_refused_by_name(place: Sandbox) -> None:
    stage = play(place, "conflict")
    (running,) = deployments(place)
    refusals = [e for e in place.door.journal if e.code == "DeploymentLimitExceededException"]
    assert [(e.operation, e.status) for e in refusals] == [("CreateDeployment", 400)]
    assert stage.info(running["deploymentId"])["deploymentConfigName"].endswith("Every10Minutes")


def test_a_stack_that_cannot_roll_back_names_its_alias_and_can_be_led_out(place: Sandbox) -> None:
    stage = play(place, "rollback-failed")
    cloudformation = place.client("cloudformation")
    stack = cloudformation.describe_stacks(StackName="checkout")["Stacks"][0]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert "CheckoutAliaslive" in stack["StackStatusReason"]
    place.client("lambda").update_alias(
        FunctionName="checkout",
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {}},
    )
    cloudformation.continue_update_rollback(StackName="checkout")
    passed(place, [600.0])
    stack = cloudformation.describe_stacks(StackName="checkout")["Stacks"][0]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stage.routing() == FIRST


def test_the_denied_role_is_whole_again_after_the_scenario(place: Sandbox) -> None:
    stage = play(place, "role-denied")
    following = stage.started()
    passed(place, stage.ended(following))
    assert stage.info(following)["status"] == "Succeeded"


def test_the_fleet_is_a_thousand_functions_to_prune(place: Sandbox) -> None:
    play(place, "fleet")
    listed = place.client("lambda").get_paginator("list_functions")
    names = [f["FunctionName"] for page in listed.paginate() for f in page["Functions"]]
    assert len(names) == 1_000
    settings = place.client("lambda").get_account_settings()
    assert settings["AccountUsage"]["TotalCodeSize"] > 10**9


def test_what_a_scenario_does_stands_in_the_journal_as_the_users_own(place: Sandbox) -> None:
    play(place, "stopped")
    own = [e.action for e in place.door.journal if e.caller == ACCESS_KEY_ID and e.writes]
    assert own[:2] == ["lambda:CreateFunction", "lambda:PublishVersion"]
    assert own[-2:] == ["codedeploy:CreateDeployment", "codedeploy:StopDeployment"]
    inside = [e.action for e in place.door.journal if e.caller is None and e.writes]
    assert set(inside) == {"lambda:UpdateAlias"}

"""Section 4, and 2.4: stacks, change sets, and the rollouts that they wait for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.behaviours import Place, refused, row, told
from tests.sandbox.cfn_world import IAM, Stacks, alarm, body, broken, role
from tests.sandbox.test_cfn_rollouts import ALIAS, begin, deploy, sam

WEB = {"StackName": "web"}
ERROR = "ValidationError"


def change_set(p: Place, template: str, kind: str = "CREATE", name: str = "c", **more: Any) -> None:
    given = {**WEB, "ChangeSetName": name, "ChangeSetType": kind, "TemplateBody": template}
    p.stacks.create_change_set(**given, **more)
    p.clock.advance(5.0)


def described(p: Place, name: str = "c") -> dict[str, Any]:
    found: dict[str, Any] = p.stacks.describe_change_set(**WEB, ChangeSetName=name)
    return found


def stack(p: Place) -> dict[str, Any]:
    found: dict[str, Any] = p.stacks.describe_stacks(**WEB)["Stacks"][0]
    return found


def settled(p: Place) -> str:
    for _ in range(2000):
        if not stack(p)["StackStatus"].endswith("IN_PROGRESS"):
            break
        p.clock.advance(5.0)
    return str(stack(p)["StackStatus"])


def released(p: Place, *codes: str) -> Stacks:
    """A stack with a rollout, released once for each of ``codes``."""
    from tests.sandbox import cfn_world

    cfn_world._current.append(p.account)
    stacks = Stacks(p.account, p.clock)
    for number, code in enumerate(codes):
        deploy(stacks, sam(code), "UPDATE" if number else "CREATE")
    return stacks


@row("4", "C", "A CREATE change set leaves its stack in REVIEW_IN_PROGRESS")
def a_stack_under_review(p: Place) -> None:
    change_set(p, body({"A": alarm()}))
    assert stack(p)["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert described(p)["Status"] == "CREATE_COMPLETE"


@row("4", "C", "No changes: the change set is FAILED, and says so")
def a_change_set_without_changes(p: Place) -> None:
    p.stacks.create_stack(**WEB, TemplateBody=body({"A": alarm()}))
    settled(p)
    change_set(p, body({"A": alarm()}), "UPDATE")
    found = described(p)
    assert found["Status"] == "FAILED"
    assert "didn't contain changes" in found["StatusReason"]
    call = p.stacks.execute_change_set
    assert refused(call, **WEB, ChangeSetName="c") == (400, "InvalidChangeSetStatus")


@row("4", "C", "UpdateStack without a change: 400, No updates are to be performed.")
def an_update_without_changes(p: Place) -> None:
    template = body({"A": alarm()})
    p.stacks.create_stack(**WEB, TemplateBody=template)
    settled(p)
    expected = (400, ERROR, "No updates are to be performed.")
    assert told(p.stacks.update_stack, **WEB, TemplateBody=template) == expected


@row("4", "M", "An IAM role needs CAPABILITY_IAM, a named one CAPABILITY_NAMED_IAM")
def capabilities(p: Place) -> None:
    code = "InsufficientCapabilitiesException"
    template, named = body({"R": role()}), body({"R": role(RoleName="r")})
    assert refused(p.stacks.create_stack, **WEB, TemplateBody=template) == (400, code)
    given = {**WEB, "TemplateBody": named, "Capabilities": IAM}
    assert refused(p.stacks.create_stack, **given) == (400, code)
    p.stacks.create_stack(**WEB, TemplateBody=named, Capabilities=["CAPABILITY_NAMED_IAM"])
    assert settled(p) == "CREATE_COMPLETE"


@row("4", "M", "CAPABILITY_AUTO_EXPAND does nothing to a change set")
def auto_expand_is_harmless(p: Place) -> None:
    change_set(p, sam("one"), Capabilities=[*IAM, "CAPABILITY_AUTO_EXPAND"])
    assert described(p)["Status"] == "CREATE_COMPLETE"


@row("4", "M", "A TemplateBody of more than 51,200 bytes is refused")
def templates_are_small(p: Place) -> None:
    template = body({"A": alarm(AlarmDescription="x" * 52_000)})
    assert refused(p.stacks.create_stack, **WEB, TemplateBody=template) == (400, ERROR)


@row("4", "M", "Events come newest first")
def newest_events_first(p: Place) -> None:
    p.stacks.create_stack(**WEB, TemplateBody=body({"A": alarm()}))
    settled(p)
    events = p.stacks.describe_stack_events(**WEB)["StackEvents"]
    assert (events[0]["ResourceStatus"], events[0]["LogicalResourceId"]) == (
        "CREATE_COMPLETE",
        "web",
    )
    times = [event["Timestamp"] for event in events]
    assert times == sorted(times, reverse=True)


@row("4", "M", "ClientRequestToken is on every event of its operation")
def tokens_are_on_events(p: Place) -> None:
    template = body({"A": alarm()})
    p.stacks.create_stack(**WEB, TemplateBody=template, ClientRequestToken="mine")
    settled(p)
    events = p.stacks.describe_stack_events(**WEB)["StackEvents"]
    assert {event["ClientRequestToken"] for event in events} == {"mine"}


@row("4", "M", "DescribeEvents: by operation, and the failed ones alone")
def events_by_operation(p: Place) -> None:
    p.stacks.create_stack(**WEB, TemplateBody=body({"A": broken()}))
    settled(p)
    given = {**WEB, "Filters": {"FailedEvents": True}}
    (failed,) = p.stacks.describe_events(**given)["OperationEvents"]
    assert (failed["OperationType"], failed["EventType"]) == ("CREATE_STACK", "PROVISIONING_ERROR")


@row("4", "M", "CancelUpdateStack is for UPDATE_IN_PROGRESS only")
def only_updates_are_cancelled(p: Place) -> None:
    p.stacks.create_stack(**WEB, TemplateBody=body({"A": alarm()}))
    settled(p)
    assert refused(p.stacks.cancel_update_stack, **WEB) == (400, ERROR)


@row("4", "M", "ContinueUpdateRollback is for UPDATE_ROLLBACK_FAILED only")
def only_failed_rollbacks_continue(p: Place) -> None:
    p.stacks.create_stack(**WEB, TemplateBody=body({"A": alarm()}))
    settled(p)
    assert refused(p.stacks.continue_update_rollback, **WEB) == (400, ERROR)


@row("4", "M", "With rollback off a failed update stays UPDATE_FAILED; RollbackStack leads back")
def updates_without_rollback(p: Place) -> None:
    p.stacks.create_stack(**WEB, TemplateBody=body({"A": alarm()}))
    settled(p)
    template = body({"A": alarm(), "B": broken()})
    p.stacks.update_stack(**WEB, TemplateBody=template, DisableRollback=True)
    assert settled(p) == "UPDATE_FAILED"
    p.stacks.rollback_stack(**WEB)
    assert settled(p) == "UPDATE_ROLLBACK_COMPLETE"


@row("4", "M", "A stack that is not there: ValidationError, with AWS's sentence")
def an_absent_stack(p: Place) -> None:
    expected = (400, ERROR, "Stack with id web does not exist")
    assert told(p.stacks.describe_stacks, **WEB) == expected


@row("4", "M", "A change set that is not there: 404")
def an_absent_change_set(p: Place) -> None:
    p.stacks.create_stack(**WEB, TemplateBody=body({"A": alarm()}))
    call = p.stacks.describe_change_set
    assert refused(call, **WEB, ChangeSetName="none") == (404, "ChangeSetNotFound")


@row("4", "D", "An unknown type of resource is refused before anything is made")
def unknown_types(p: Place) -> None:
    template = body({"A": alarm(), "B": {"Type": "AWS::No::Such"}})
    assert refused(p.stacks.create_stack, **WEB, TemplateBody=template) == (400, ERROR)
    with pytest.raises(p.stacks.exceptions.ClientError):
        stack(p)


@row("2.4", "D", "The first create makes no deployment and runs no hook")
def creation_shifts_nothing(p: Place) -> None:
    released(p, "one")
    assert p.account.call("codedeploy", "ListDeployments", {})["deployments"] == []


@row("2.4", "D", "An update that changes the version is a deployment by CloudFormation")
def updates_shift(p: Place) -> None:
    stacks = released(p, "one", "two")
    (deployment,) = stacks.client("codedeploy").list_deployments()["deployments"]
    info = stacks.client("codedeploy").get_deployment(deploymentId=deployment)["deploymentInfo"]
    assert (info["creator"], info["externalId"]) == ("CloudFormation", stack(p)["StackId"])


@row("2.4", "C", "SAM makes one application, a group for the function, and retains the version")
def what_sam_makes(p: Place) -> None:
    stacks = released(p, "one")
    processed = stacks.client().get_template(**WEB, TemplateStage="Processed")["TemplateBody"]
    template = processed if isinstance(processed, dict) else json.loads(processed)
    types = {name: each["Type"] for name, each in template["Resources"].items()}
    assert types["ServerlessDeploymentApplication"] == "AWS::CodeDeploy::Application"
    assert types["FnDeploymentGroup"] == "AWS::CodeDeploy::DeploymentGroup"
    assert types[ALIAS] == "AWS::Lambda::Alias"
    (version,) = (n for n, kind in types.items() if kind == "AWS::Lambda::Version")
    assert version.startswith("FnVersion")
    assert template["Resources"][version]["DeletionPolicy"] == "Retain"


@row("2.4", "C", "A Timeout alone publishes no version")
def timeouts_publish_nothing(p: Place) -> None:
    stacks = released(p, "one")
    deploy(stacks, sam("one", Timeout=9))
    name = stacks.physical("Fn")
    listed = p.lambda_.list_versions_by_function(FunctionName=name)["Versions"]
    assert [v["Version"] for v in listed] == ["$LATEST", "1"]


@row("4", "D", "The alias sits in UPDATE_IN_PROGRESS for the whole rollout")
def the_alias_waits(p: Place) -> None:
    stacks = released(p, "one")
    begin(stacks, sam("two"))
    p.clock.advance(200.0)
    found = p.stacks.describe_stack_resource(**WEB, LogicalResourceId=ALIAS)
    assert found["StackResourceDetail"]["ResourceStatus"] == "UPDATE_IN_PROGRESS"


@row("4", "I", "A failed deployment rolls the stack back, and the new version stays published")
def a_failed_rollout(p: Place) -> None:
    stacks = released(p, "one")
    deployment = begin(stacks, sam("two"))
    stop = stacks.client("codedeploy").stop_deployment
    stop(deploymentId=deployment, autoRollbackEnabled=True)
    assert settled(p) == "UPDATE_ROLLBACK_COMPLETE"
    name = stacks.physical("Fn")
    listed = p.lambda_.list_versions_by_function(FunctionName=name)["Versions"]
    assert "2" in [v["Version"] for v in listed]
    found = p.lambda_.get_alias(FunctionName=name, Name="live")
    assert (found["FunctionVersion"], "RoutingConfig" in found) == ("1", False)


@row("2.3", "I", "An alias moved by hand fails the next update: INVALID_LAMBDA_CONFIGURATION")
def drift_fails_the_next_update(p: Place) -> None:
    stacks = released(p, "one", "two")
    name = stacks.physical("Fn")
    p.lambda_.update_alias(FunctionName=name, Name="live", FunctionVersion="1")
    assert deploy(stacks, sam("three")).startswith("UPDATE_ROLLBACK")
    deployments = stacks.client("codedeploy")
    codes = {
        (info["deploymentInfo"].get("errorInformation") or {}).get("code")
        for info in (
            deployments.get_deployment(deploymentId=each)
            for each in deployments.list_deployments()["deployments"]
        )
    }
    assert "INVALID_LAMBDA_CONFIGURATION" in codes


@row("4", "M", "An alias moved by hand is drift: DRIFTED, with both values")
def drift_is_detected(p: Place) -> None:
    stacks = released(p, "one", "two")
    name = stacks.physical("Fn")
    p.lambda_.update_alias(FunctionName=name, Name="live", FunctionVersion="1")
    begun = p.stacks.detect_stack_drift(**WEB)["StackDriftDetectionId"]
    p.clock.advance(10.0)
    ended = p.stacks.describe_stack_drift_detection_status(StackDriftDetectionId=begun)
    assert ended["StackDriftStatus"] == "DRIFTED"

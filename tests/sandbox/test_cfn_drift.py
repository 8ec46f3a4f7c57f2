"""Drift of an alias that somebody moved, function URLs in a template, DescribeEvents, and several
functions that one stack releases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from lambdactl.sandbox.wire import Request
from tests.sandbox.cfn_world import IAM, Stacks, alarm, body, broken, open_stacks
from tests.sandbox.test_cfn_rollouts import ALIAS, deploy, function, sam

SAM = "AWS::Serverless-2016-10-31"


@pytest.fixture
def stacks() -> Iterator[Stacks]:
    with open_stacks() as opened:
        yield opened


def detected(stacks: Stacks) -> dict[str, Any]:
    """The end of a drift detection."""
    begun = stacks.client().detect_stack_drift(StackName="web")
    asked = {"StackDriftDetectionId": begun["StackDriftDetectionId"]}
    status = stacks.client().describe_stack_drift_detection_status(**asked)
    assert status["DetectionStatus"] == "DETECTION_IN_PROGRESS"
    stacks.clock.advance(10.0)
    ended: dict[str, Any] = stacks.client().describe_stack_drift_detection_status(**asked)
    assert ended["DetectionStatus"] == "DETECTION_COMPLETE"
    return ended


def move(stacks: Stacks, **params: Any) -> None:
    name = stacks.physical("Fn")
    stacks.client("lambda").update_alias(FunctionName=name, Name="live", **params)


def test_an_alias_moved_by_hand_has_drifted(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    assert detected(stacks)["StackDriftStatus"] == "IN_SYNC"
    deploy(stacks, sam("two"))
    assert detected(stacks)["StackDriftStatus"] == "IN_SYNC"
    move(stacks, FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}})
    ended = detected(stacks)
    assert (ended["StackDriftStatus"], ended["DriftedStackResourceCount"]) == ("DRIFTED", 1)
    (drift,) = stacks.client().describe_stack_resource_drifts(
        StackName="web", StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
    )["StackResourceDrifts"]
    assert (drift["LogicalResourceId"], drift["StackResourceDriftStatus"]) == (ALIAS, "MODIFIED")
    told = [
        (d["PropertyPath"], d["ExpectedValue"], d["ActualValue"], d["DifferenceType"])
        for d in drift["PropertyDifferences"]
    ]
    weights = '{"AdditionalVersionWeights": [{"FunctionVersion": "2", "FunctionWeight": 0.25}]}'
    assert told == [
        ("/FunctionVersion", "2", "1", "NOT_EQUAL"),
        ("/RoutingConfig", "null", weights, "ADD"),
    ]
    assert stacks.stack()["DriftInformation"]["StackDriftStatus"] == "DRIFTED"


def test_an_alias_deleted_by_hand_has_drifted(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    name = stacks.physical("Fn")
    stacks.client("lambda").delete_alias(FunctionName=name, Name="live")
    found = stacks.client().detect_stack_resource_drift(StackName="web", LogicalResourceId=ALIAS)
    assert found["StackResourceDrift"]["StackResourceDriftStatus"] == "DELETED"


def test_what_drift_detection_refuses(stacks: Stacks) -> None:
    stacks.create(body({"A": alarm()}))
    refused = stacks.refusal("detect_stack_resource_drift", StackName="web", LogicalResourceId="A")
    assert refused[0] == "ValidationError"
    assert stacks.refusal("detect_stack_drift", StackName="none")[0] == "ValidationError"
    unknown = stacks.refusal(
        "describe_stack_drift_detection_status", StackDriftDetectionId="no-such-detection"
    )
    assert unknown[0] == "ValidationError"
    stacks.client().update_stack(StackName="web", TemplateBody=body({"A": alarm(Threshold=2)}))
    assert "UPDATE_IN_PROGRESS" in stacks.refusal("detect_stack_drift", StackName="web")[1]


def test_events_are_told_by_operation(stacks: Stacks) -> None:
    """[M] DescribeEvents: the failed ones alone, and each with its operation."""
    stacks.create(body({"A": alarm()}))
    stacks.update(body({"A": alarm(), "B": broken()}))
    ask = stacks.client().describe_events
    failed = ask(StackName="web", Filters={"FailedEvents": True})["OperationEvents"]
    assert [(e["LogicalResourceId"], e["EventType"]) for e in failed] == [
        ("B", "PROVISIONING_ERROR")
    ]
    update = ask(OperationId=failed[0]["OperationId"])["OperationEvents"]
    assert {e["OperationType"] for e in update} == {"UPDATE_STACK"}
    assert update[0]["OperationStatus"] == "FAILED"
    first = ask(StackName="web")["OperationEvents"][-1]
    assert (first["OperationType"], first["OperationStatus"]) == ("CREATE_STACK", "IN_PROGRESS")


def test_a_sam_function_has_a_url_that_answers(stacks: Stacks) -> None:
    url = {"AuthType": "NONE"}
    deploy(stacks, sam("hello", FunctionUrlConfig=url), "CREATE")
    assert stacks.status() == "CREATE_COMPLETE", stacks.full_events()
    name = stacks.physical("Fn")
    (found,) = stacks.client("lambda").list_function_url_configs(FunctionName=name)[
        "FunctionUrlConfigs"
    ]
    assert found["FunctionArn"].endswith(":live")
    host = urlsplit(found["FunctionUrl"]).netloc
    answer = stacks.account.door.handle(Request("GET", "/", "", {"host": host}, b""))
    assert (answer.status, answer.body) == (200, b"hello")
    stacks.client().delete_stack(StackName="web")
    stacks.clock.advance(60.0)
    answer = stacks.account.door.handle(Request("GET", "/", "", {"host": host}, b""))
    assert answer.status == 404


def test_a_url_is_closed_without_permission_or_signature(stacks: Stacks) -> None:
    deploy(stacks, sam("hello"), "CREATE")
    name, client = stacks.physical("Fn"), stacks.client("lambda")
    made = client.create_function_url_config(FunctionName=name, AuthType="NONE")
    url_id = urlsplit(made["FunctionUrl"]).netloc.partition(".")[0]

    def status() -> int:
        request = Request("GET", f"/_aws/lambda-url/{url_id}/", "", {"host": "127.0.0.1"}, b"")
        return stacks.account.door.handle(request).status

    assert status() == 403
    client.add_permission(
        FunctionName=name,
        StatementId="everybody",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    assert status() == 200
    client.update_function_url_config(FunctionName=name, AuthType="AWS_IAM")
    assert status() == 403


def several(*codes: str) -> str:
    resources = {f"Fn{n}": function(code) for n, code in enumerate(codes, 1)}
    return body({**resources, "Errors": alarm(AlarmName="errors")}, Transform=SAM)


def test_several_functions_of_one_stack_are_released_at_once(stacks: Stacks) -> None:
    """[C] SAM gives them one application and a deployment group each."""
    deploy(stacks, several("a1", "b1", "c1"), "CREATE")
    stacks.change_set("c", several("a2", "b1", "c2"), Capabilities=IAM)
    assert stacks.execute("c") == "UPDATE_COMPLETE"
    applications = stacks.client("codedeploy").list_applications()["applications"]
    assert len(applications) == 1
    listed = stacks.client("codedeploy").list_deployments()["deployments"]
    moved = {
        n: stacks.client("lambda").get_alias(FunctionName=stacks.physical(f"Fn{n}"), Name="live")[
            "FunctionVersion"
        ]
        for n in (1, 2, 3)
    }
    assert (len(listed), moved) == (2, {1: "2", 2: "1", 3: "2"})


def test_one_function_that_fails_takes_the_others_back(stacks: Stacks) -> None:
    deploy(stacks, several("a1", "b1"), "CREATE")
    stacks.change_set("c", several("a2", "b2"), Capabilities=IAM)
    stacks.client().execute_change_set(StackName="web", ChangeSetName="c")
    watch = stacks.client("codedeploy")
    while len(watch.list_deployments()["deployments"]) < 2:
        stacks.clock.advance(1)
    stacks.clock.advance(30)
    watch.stop_deployment(
        deploymentId=watch.list_deployments()["deployments"][0], autoRollbackEnabled=True
    )
    assert stacks.settle() == "UPDATE_ROLLBACK_COMPLETE"
    for n in (1, 2):
        alias = stacks.client("lambda").get_alias(
            FunctionName=stacks.physical(f"Fn{n}"), Name="live"
        )
        assert (alias["FunctionVersion"], "RoutingConfig" in alias) == ("1", False)

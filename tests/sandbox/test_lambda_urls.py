"""Function URLs, durable executions and ``$LATEST.PUBLISHED``: what hangs on a version unseen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from lambdactl.sandbox.wire import Request
from tests.sandbox.lambda_world import ARN, World, open_world
from tests.sandbox.tiny import signed

CONFLICT, INVALID, MISSING = (
    "ResourceConflictException",
    "InvalidParameterValueException",
    "ResourceNotFoundException",
)
CAPACITY = {
    "LambdaManagedInstancesCapacityProviderConfig": {
        "CapacityProviderArn": "arn:aws:lambda:us-east-1:000000000000:capacity-provider:pool"
    }
}


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as made:
        made.create(DurableConfig={"ExecutionTimeout": 60, "RetentionPeriodInDays": 1})
        made.publish()
        made.publish()
        made.client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
        yield made


def test_a_url_lives_and_goes_with_its_alias(world: World) -> None:
    made = world.client.create_function_url_config(
        FunctionName="f", Qualifier="live", AuthType="NONE", Cors={"AllowOrigins": ["*"]}
    )
    assert made["FunctionArn"] == f"{ARN}:f:live"
    assert made["FunctionUrl"].startswith("https://")
    assert made["FunctionUrl"].endswith(".lambda-url.us-east-1.on.aws/")
    changed = world.client.update_function_url_config(
        FunctionName="f", Qualifier="live", AuthType="AWS_IAM"
    )
    assert (changed["AuthType"], changed["Cors"]) == ("AWS_IAM", {"AllowOrigins": ["*"]})
    (listed,) = world.client.list_function_url_configs(FunctionName="f")["FunctionUrlConfigs"]
    assert listed["FunctionUrl"] == made["FunctionUrl"]
    world.client.delete_alias(FunctionName="f", Name="live")
    assert world.client.list_function_url_configs(FunctionName="f")["FunctionUrlConfigs"] == []


def test_what_a_url_refuses(world: World) -> None:
    """[V] a version number is refused by its pattern; a second URL is 409."""
    status, code, message = world.refusal(
        "create_function_url_config", FunctionName="f", Qualifier="1", AuthType="NONE"
    )
    assert (status, code) == (400, "ValidationException")
    assert "failed to satisfy constraint" in message
    world.client.create_function_url_config(FunctionName="f", AuthType="NONE")
    again = world.refusal("create_function_url_config", FunctionName="f", AuthType="NONE")
    assert again[:2] == (409, CONFLICT)
    world.client.delete_function_url_config(FunctionName="f")
    assert world.refusal("get_function_url_config", FunctionName="f")[:2] == (404, MISSING)
    absent = world.refusal("create_function_url_config", FunctionName="none", AuthType="NONE")
    assert absent[:2] == (404, MISSING)


def test_durable_executions_are_seen_on_their_version(world: World) -> None:
    world.service.put_execution("f", "1", "order-1")
    world.service.put_execution("f", "2", "order-2", "SUCCEEDED")

    def names(**params: object) -> list[str]:
        answer = world.client.list_durable_executions_by_function(FunctionName="f", **params)
        return [each["DurableExecutionName"] for each in answer["DurableExecutions"]]

    assert names() == ["order-1", "order-2"]
    assert names(Qualifier="1", Statuses=["RUNNING", "PAUSING", "PAUSED"]) == ["order-1"]
    assert names(Qualifier="2", Statuses=["RUNNING", "PAUSING", "PAUSED"]) == []
    assert names(Qualifier="live") == ["order-1"]
    page = world.client.list_durable_executions_by_function(FunctionName="f", MaxItems=1)
    assert page["NextMarker"]
    assert names(MaxItems=1, Marker=page["NextMarker"]) == ["order-2"]


def test_a_durable_execution_is_stopped(world: World) -> None:
    world.service.put_execution("f", "1", "order-1")
    (listed,) = world.client.list_durable_executions_by_function(FunctionName="f")[
        "DurableExecutions"
    ]
    arn = listed["DurableExecutionArn"]
    assert arn.startswith(f"{ARN}:f:1/durable-execution/order-1/")
    world.client.stop_durable_execution(DurableExecutionArn=arn)
    found = world.client.get_durable_execution(DurableExecutionArn=arn)
    assert (found["Status"], found["Version"]) == ("STOPPED", "1")
    again = world.refusal("stop_durable_execution", DurableExecutionArn=arn)
    assert again[:2] == (400, INVALID)


def test_a_function_drains_its_durable_executions(world: World) -> None:
    """[M] Deleting, with DrainingDurableExecutions as the reason, and then it is gone."""
    world.service.put_execution("f", "1", "order-1")
    assert world.client.delete_function(FunctionName="f")["StatusCode"] == 202
    shown = world.client.get_function_configuration(FunctionName="f")
    assert (shown["State"], shown["StateReasonCode"]) == ("Deleting", "DrainingDurableExecutions")
    world.advance(60)
    assert world.refusal("get_function", FunctionName="f")[:2] == (404, MISSING)


def test_a_version_with_a_durable_execution_is_deleted_without_a_word(world: World) -> None:
    world.service.put_execution("f", "2", "order-2")
    world.client.delete_function(FunctionName="f", Qualifier="2")
    answer = world.client.list_durable_executions_by_function(FunctionName="f")
    assert answer["DurableExecutions"] == []


def test_a_function_that_is_not_durable_has_none(world: World) -> None:
    world.create("plain")
    with pytest.raises(Exception, match="no DurableConfig"):
        world.service.put_execution("plain", "$LATEST", "order-1")


def test_latest_published_is_listed_run_and_deleted_by_name(world: World) -> None:
    """[D] unqualified invocations run on it; [M] it is deleted asynchronously."""
    world.create("pool", CapacityProviderConfig=CAPACITY)
    world.publish("pool")
    made = world.client.publish_version(FunctionName="pool", PublishTo="LATEST_PUBLISHED")
    assert made["Version"] == "$LATEST.PUBLISHED"
    assert made["FunctionArn"].endswith(":pool:$LATEST.PUBLISHED")
    world.advance()
    assert world.versions("pool") == ["$LATEST", "$LATEST.PUBLISHED", "1"]
    assert world.invoke(name="pool")["version"] == "$LATEST.PUBLISHED"
    qualified = {"FunctionName": "pool", "Qualifier": "$LATEST.PUBLISHED"}
    assert world.client.delete_function(**qualified)["StatusCode"] == 202
    world.advance(60)
    assert world.versions("pool") == ["$LATEST", "1"]


def test_latest_published_is_not_for_every_function(world: World) -> None:
    refused = world.refusal("publish_version", FunctionName="f", PublishTo="LATEST_PUBLISHED")
    assert refused[:2] == (400, INVALID)


def test_a_url_for_iam_opens_to_a_signature_of_the_account(world: World) -> None:
    made = world.client.create_function_url_config(
        FunctionName="f", Qualifier="live", AuthType="AWS_IAM"
    )
    address = {"host": made["FunctionUrl"].removeprefix("https://").rstrip("/")}
    asked = Request("GET", "/orders", "page=2", address)
    good = signed("lambda", asked)
    forged = {**good.headers, "authorization": good.headers["authorization"][:-4] + "0000"}
    handle = world.account.door.handle
    assert handle(good).status == 200
    for refused in (asked, replace(good, query="page=3"), replace(good, headers=forged)):
        answer = handle(refused)
        assert (answer.status, json.loads(answer.body)) == (403, {"Message": "Forbidden"})

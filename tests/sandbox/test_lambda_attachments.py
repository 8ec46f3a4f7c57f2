"""What is kept by qualifier: policies, concurrency, event sources, retries. Grades: [M] botocore's
model, [V] measured on AWS, [D] documentation, [C] source of a named project, [I] a public issue.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.lambda_world import ARN, World, open_world, weights

INVALID, MISSING = "InvalidParameterValueException", "ResourceNotFoundException"


@pytest.fixture
def world() -> Iterator[World]:
    """``f`` with three versions, and ``live`` on the first."""
    with open_world() as made:
        made.create()
        for _ in range(3):
            made.publish()
        made.client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
        yield made


# -- policies ------------------------------------------------------------------------------------


def permit(world: World, sid: str = "api", **params: Any) -> dict[str, Any]:
    given = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    answer = world.client.add_permission(FunctionName="f", StatementId=sid, **(given | params))
    statement: dict[str, Any] = json.loads(answer["Statement"])
    return statement


def test_a_policy_belongs_to_one_qualifier(world: World) -> None:
    """[V] statements are per qualifier and do not spread to versions or from them."""
    arn = "arn:aws:execute-api:us-east-1:000000000000:abc/*/GET/version"
    statement = permit(world, Qualifier="live", SourceArn=arn)
    assert statement == {
        "Sid": "api",
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": f"{ARN}:f:live",
        "Condition": {"ArnLike": {"AWS:SourceArn": arn}},
    }
    policy = world.client.get_policy(FunctionName="f", Qualifier="live")["Policy"]
    assert json.loads(policy)["Statement"] == [statement]
    for qualifier in ({}, {"Qualifier": "1"}):
        status, code, message = world.refusal("get_policy", FunctionName="f", **qualifier)
        assert (status, code) == (404, MISSING)
        assert message == "The resource you requested does not exist."


def test_adding_and_removing_statements(world: World) -> None:
    permit(world, "a", Qualifier="1")
    permit(world, "b", Qualifier="1", Principal="000000000000")
    status, code, _ = world.refusal(
        "add_permission",
        FunctionName="f",
        Qualifier="1",
        StatementId="a",
        Action="lambda:InvokeFunction",
        Principal="*",
    )
    assert (status, code) == (409, "ResourceConflictException")
    world.client.remove_permission(FunctionName="f", Qualifier="1", StatementId="a")
    policy = json.loads(world.client.get_policy(FunctionName="f", Qualifier="1")["Policy"])
    assert [s["Principal"] for s in policy["Statement"]] == [
        {"AWS": "arn:aws:iam::000000000000:root"}
    ]
    world.client.remove_permission(FunctionName="f", Qualifier="1", StatementId="b")
    assert world.refusal("get_policy", FunctionName="f", Qualifier="1")[0] == 404


def revision(world: World) -> str:
    alias: dict[str, str] = world.client.get_alias(FunctionName="f", Name="live")
    return alias["RevisionId"]


def test_a_permission_rotates_the_revision_of_its_alias(world: World) -> None:
    """[C] AddPermission is a write like any other; $LATEST as a qualifier is refused [V]."""
    before = revision(world)
    permit(world, Qualifier="live")
    assert revision(world) != before
    status, code, message = world.refusal(
        "add_permission",
        FunctionName="f",
        Qualifier="$LATEST",
        StatementId="a",
        Action="lambda:InvokeFunction",
        Principal="*",
    )
    assert (status, code) == (400, INVALID)
    assert message == "We currently do not support adding policies for $LATEST."


# -- concurrency ---------------------------------------------------------------------------------


def provision(world: World, qualifier: str) -> dict[str, Any]:
    answer: dict[str, Any] = world.client.put_provisioned_concurrency_config(
        FunctionName="f", Qualifier=qualifier, ProvisionedConcurrentExecutions=2
    )
    return answer


def provision_refused(world: World, qualifier: str) -> tuple[int, str, str]:
    return world.refusal(
        "put_provisioned_concurrency_config",
        FunctionName="f",
        Qualifier=qualifier,
        ProvisionedConcurrentExecutions=2,
    )


def test_provisioned_concurrency_is_allocated_after_a_while(world: World) -> None:
    assert provision(world, "live")["Status"] == "IN_PROGRESS"
    world.advance(60)
    (listed,) = world.client.list_provisioned_concurrency_configs(FunctionName="f")[
        "ProvisionedConcurrencyConfigs"
    ]
    assert (listed["FunctionArn"], listed["Status"]) == (f"{ARN}:f:live", "READY")
    assert listed["AvailableProvisionedConcurrentExecutions"] == 2


def test_provisioned_concurrency_of_a_weighted_alias_cannot_be_managed(world: World) -> None:
    """[I] Alias with weights can not be used with Provisioned Concurrency."""
    world.client.update_alias(FunctionName="f", Name="live", RoutingConfig=weights(v2=0.1))
    expected = "Alias with weights can not be used with Provisioned Concurrency"
    assert provision_refused(world, "live") == (400, INVALID, expected)


def test_a_version_is_provisioned_once(world: World) -> None:
    """[V] by itself or by an alias, 409 for both; deleting the alias deletes its own."""
    provision(world, "live")
    assert provision_refused(world, "1")[:2] == (409, "ResourceConflictException")
    world.client.delete_alias(FunctionName="f", Name="live")
    provision(world, "1")
    world.client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    assert provision_refused(world, "live")[:2] == (409, "ResourceConflictException")
    assert provision_refused(world, "$LATEST")[:2] == (400, INVALID)


def test_reserved_concurrency(world: World) -> None:
    """[M] and [D] a hundred stay unreserved."""
    world.client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=30)
    limit = world.client.get_account_settings()["AccountLimit"]
    assert limit["UnreservedConcurrentExecutions"] == 970
    refused = world.refusal(
        "put_function_concurrency", FunctionName="f", ReservedConcurrentExecutions=901
    )
    assert refused[:2] == (400, INVALID)
    world.client.delete_function_concurrency(FunctionName="f")
    answer = world.client.get_function_concurrency(FunctionName="f")
    assert "ReservedConcurrentExecutions" not in answer


# -- triggers ------------------------------------------------------------------------------------


def test_event_source_mappings_keep_their_qualifier(world: World) -> None:
    """[M] FunctionArn carries the qualifier; a name without one finds them all."""
    queue = "arn:aws:sqs:us-east-1:000000000000:q"
    made = {}
    for name in ("f", "f:2", "f:live"):
        answer = world.client.create_event_source_mapping(FunctionName=name, EventSourceArn=queue)
        assert answer["State"] == "Creating"
        made[name] = answer["UUID"]
    world.advance()
    found = world.client.list_event_source_mappings(FunctionName="f")["EventSourceMappings"]
    assert {m["FunctionArn"] for m in found} == {f"{ARN}:f", f"{ARN}:f:2", f"{ARN}:f:live"}
    (one,) = world.client.list_event_source_mappings(FunctionName="f:2")["EventSourceMappings"]
    assert (one["UUID"], one["State"]) == (made["f:2"], "Enabled")
    moved = world.client.update_event_source_mapping(
        UUID=made["f:2"], FunctionName="f:3", Enabled=False
    )
    assert (moved["FunctionArn"], moved["State"]) == (f"{ARN}:f:3", "Disabled")
    world.client.delete_event_source_mapping(UUID=made["f:2"])
    assert world.refusal("get_event_source_mapping", UUID=made["f:2"])[:2] == (404, MISSING)


def test_event_invoke_configs(world: World) -> None:
    world.client.put_function_event_invoke_config(
        FunctionName="f", Qualifier="live", MaximumRetryAttempts=0
    )
    world.client.update_function_event_invoke_config(
        FunctionName="f", Qualifier="live", MaximumEventAgeInSeconds=60
    )
    (listed,) = world.client.list_function_event_invoke_configs(FunctionName="f")[
        "FunctionEventInvokeConfigs"
    ]
    assert (listed["FunctionArn"], listed["MaximumRetryAttempts"]) == (f"{ARN}:f:live", 0)
    assert listed["MaximumEventAgeInSeconds"] == 60
    status, code, message = world.refusal("get_function_event_invoke_config", FunctionName="f")
    assert (status, code) == (404, MISSING)
    assert message == f"The function {ARN}:f:$LATEST doesn't have an EventInvokeConfig"


def test_what_an_account_has_none_of(world: World) -> None:
    assert world.client.list_function_url_configs(FunctionName="f")["FunctionUrlConfigs"] == []
    answer = world.client.list_durable_executions_by_function(FunctionName="f", Qualifier="1")
    assert answer["DurableExecutions"] == []

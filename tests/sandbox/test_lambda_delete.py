"""DeleteFunction: what the service refuses, what it does not, and what goes with a version.

Grades: [M] botocore's model, [V] measured on AWS, [I] public issues, [?] not verified by anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.sandbox.lambda_world import ARN, World, open_world

ALL = ["$LATEST", "1", "2", "3"]
INVALID = "InvalidParameterValueException"


@pytest.fixture
def world() -> Iterator[World]:
    """``f`` with three versions; ``live`` routes to 1 and gives 2 a tenth."""
    with open_world() as made:
        made.create()
        for _ in range(3):
            made.publish()
        made.client.create_alias(
            FunctionName="f",
            Name="live",
            FunctionVersion="1",
            RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}},
        )
        yield made


class Refusal(NamedTuple):
    story: str
    params: dict[str, Any]
    status: int
    code: str
    message: str


REFUSALS = [
    Refusal(
        "[I] the version an alias points to",
        {"FunctionName": "f", "Qualifier": "1"},
        409,
        "ResourceConflictException",
        "Unable to delete version because the following aliases reference it: [live]",
    ),
    Refusal(
        "[?] the version an alias gives a weight to",
        {"FunctionName": "f", "Qualifier": "2"},
        409,
        "ResourceConflictException",
        "Unable to delete version because the following aliases reference it: [live]",
    ),
    Refusal(
        "[V] $LATEST",
        {"FunctionName": "f", "Qualifier": "$LATEST"},
        400,
        INVALID,
        "$LATEST version cannot be deleted without deleting the function.",
    ),
    Refusal(
        "[V] an alias",
        {"FunctionName": "f", "Qualifier": "live"},
        400,
        INVALID,
        "Deletion of aliases is not currently supported.",
    ),
    Refusal(
        "[V] two qualifiers",
        {"FunctionName": "f:3", "Qualifier": "2"},
        400,
        INVALID,
        "The derived qualifier from the function name does not match the specified qualifier.",
    ),
    Refusal(
        "[V] no such function",
        {"FunctionName": "g", "Qualifier": "1"},
        404,
        "ResourceNotFoundException",
        f"Function not found: {ARN}:g",
    ),
    Refusal(
        "[V] no such function at all",
        {"FunctionName": "g"},
        404,
        "ResourceNotFoundException",
        f"Function not found: {ARN}:g",
    ),
]


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.story)
def test_refused(world: World, row: Refusal) -> None:
    assert world.refusal("delete_function", **row.params) == (row.status, row.code, row.message)
    assert world.versions() == ALL


def test_every_alias_that_holds_a_version_is_named(world: World) -> None:
    for name in ("blue", "able"):
        world.client.create_alias(FunctionName="f", Name=name, FunctionVersion="1")
    message = world.refusal("delete_function", FunctionName="f", Qualifier="1")[2]
    assert message.endswith("reference it: [able, blue, live]")


class Delete(NamedTuple):
    story: str
    params: dict[str, Any]
    left: list[str]


DELETES = [
    Delete("[V] by Qualifier", {"FunctionName": "f", "Qualifier": "3"}, ALL[:3]),
    Delete("[V] by name", {"FunctionName": "f:3"}, ALL[:3]),
    Delete("[V] both, the same", {"FunctionName": "f:3", "Qualifier": "3"}, ALL[:3]),
    Delete("[V] one that is not there", {"FunctionName": "f", "Qualifier": "9"}, ALL),
]


@pytest.mark.parametrize("row", DELETES, ids=lambda row: row.story)
def test_deleted(world: World, row: Delete) -> None:
    for _ in range(2):
        answer = world.client.delete_function(**row.params)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert answer["StatusCode"] == 204
        assert world.versions() == row.left


def test_without_a_qualifier_everything_goes(world: World) -> None:
    """[M][V] all versions and all aliases, without a word."""
    world.client.delete_function(FunctionName="f")
    assert world.refusal("list_versions_by_function", FunctionName="f")[0] == 404
    assert world.client.list_functions(FunctionVersion="ALL")["Functions"] == []
    assert world.client.get_account_settings()["AccountUsage"]["TotalCodeSize"] == 0


def test_how_the_open_question_may_fall(world: World) -> None:
    """[?] set the other way, the canary's version is deleted under its alias, whose share of calls
    then finds nothing."""
    world.service.deletion.canary_is_held = False
    world.client.delete_function(FunctionName="f", Qualifier="2")
    assert world.versions() == ["$LATEST", "1", "3"]
    routing = world.client.get_alias(FunctionName="f", Name="live")["RoutingConfig"]
    assert routing == {"AdditionalVersionWeights": {"2": 0.1}}
    world.service.invocations.seed(1)
    outcomes = []
    for _ in range(40):
        try:
            outcomes.append(world.invoke(Qualifier="live")["version"])
        except world.client.exceptions.ResourceNotFoundException:
            outcomes.append("not found")
    assert set(outcomes) == {"1", "not found"}


def test_a_replicated_version_stays(world: World) -> None:
    """[I] Lambda@Edge."""
    version = world.service.registry.functions["f"].published["3"]
    version.replicated = True
    status, code, message = world.refusal("delete_function", FunctionName="f", Qualifier="3")
    assert (status, code) == (400, INVALID)
    assert message.startswith(f"Lambda was unable to delete {ARN}:f:3 because it is a replicated")
    assert world.versions() == ALL


def test_what_does_not_hold_a_version(world: World) -> None:
    """[M] mappings and provisioned concurrency do not; the mapping stays when the version went."""
    world.client.create_event_source_mapping(
        FunctionName="f:3", EventSourceArn="arn:aws:sqs:us-east-1:000000000000:q"
    )
    world.client.put_provisioned_concurrency_config(
        FunctionName="f", Qualifier="3", ProvisionedConcurrentExecutions=1
    )
    world.client.delete_function(FunctionName="f", Qualifier="3")
    configs = world.client.list_provisioned_concurrency_configs(FunctionName="f")
    assert configs["ProvisionedConcurrencyConfigs"] == []
    (mapping,) = world.client.list_event_source_mappings()["EventSourceMappings"]
    assert mapping["FunctionArn"] == f"{ARN}:f:3"


def test_on_a_capacity_provider_a_delete_takes_its_time(world: World) -> None:
    """[M] 202, Deleting for a while, then gone."""
    provider = "arn:aws:lambda:us-east-1:000000000000:capacity-provider:p"
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider}}
    world.create("g", CapacityProviderConfig=config)
    world.publish("g")
    answer = world.client.delete_function(FunctionName="g", Qualifier="1")
    assert answer["StatusCode"] == 202
    shown = world.client.get_function_configuration(FunctionName="g", Qualifier="1")
    assert shown["State"] == "Deleting"
    world.advance(60)
    assert world.versions("g") == ["$LATEST"]
    world.client.delete_function(FunctionName="g")
    assert world.refusal("invoke", FunctionName="g")[0] == 409
    world.advance(60)
    assert world.refusal("get_function", FunctionName="g")[0] == 404


def test_deleting_a_version_ends_its_workers(world: World) -> None:
    world.client.create_alias(FunctionName="f", Name="old", FunctionVersion="3")
    world.invoke(Qualifier="old")
    environments = world.service.invocations.environments
    assert environments.count(("f", "3")) == 1
    world.client.delete_alias(FunctionName="f", Name="old")
    world.client.delete_function(FunctionName="f", Qualifier="3")
    assert environments.count() == 0
    assert world.refusal("invoke", FunctionName="f", Qualifier="3")[:2] == (
        404,
        "ResourceNotFoundException",
    )

"""Aliases, and what is kept by alias, as AWS has them. The grade of each row's source is in its
story: [M] botocore's model, [V] measured on AWS, [D] documentation, [I] a public issue.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.sandbox.lambda_world import ARN, World, open_world, weights

STALE = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
)
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


def live(world: World) -> dict[str, Any]:
    alias: dict[str, Any] = world.client.get_alias(FunctionName="f", Name="live")
    del alias["ResponseMetadata"]
    return alias


class Refusal(NamedTuple):
    story: str
    params: dict[str, Any]
    status: int
    code: str
    message: str


ROUTING = [
    Refusal(
        "[V] two additional versions",
        {"FunctionVersion": "1", "RoutingConfig": weights(v2=0.1, v3=0.1)},
        400,
        INVALID,
        "Number of items in AdditionalVersionWeights cannot be greater than 1",
    ),
    Refusal(
        "[V] more than all",
        {"FunctionVersion": "1", "RoutingConfig": weights(v2=1.5)},
        400,
        "ValidationException",
        "1 validation error detected: Value '{2=1.5}' at "
        "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must "
        "satisfy constraint: [Member must have value less than or equal to 1",
    ),
    Refusal(
        "[V] the same version twice",
        {"FunctionVersion": "1", "RoutingConfig": weights(v1=0.5)},
        400,
        INVALID,
        "Invalid function version 1. Function version 1 is already included in routing "
        "configuration.",
    ),
    Refusal(
        "[V] $LATEST shares with nobody",
        {"FunctionVersion": "$LATEST", "RoutingConfig": weights(v1=0.5)},
        400,
        INVALID,
        "$LATEST is not supported for an alias pointing to more than 1 version",
    ),
    Refusal(
        "[V] $LATEST as the additional version",
        {
            "FunctionVersion": "1",
            "RoutingConfig": {"AdditionalVersionWeights": {"$LATEST": 0.5}},
        },
        400,
        "ValidationException",
        "1 validation error detected: Value '{$LATEST=0.5}' at "
        "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must "
        "satisfy constraint",
    ),
    Refusal(
        "[V] no such version",
        {"FunctionVersion": "10"},
        404,
        MISSING,
        f"Function not found: {ARN}:f:10",
    ),
    Refusal(
        "[V] no such additional version",
        {"FunctionVersion": "1", "RoutingConfig": weights(v10=0.5)},
        404,
        MISSING,
        f"Function not found: {ARN}:f:10",
    ),
]


@pytest.mark.parametrize("operation", ["create_alias", "update_alias"])
@pytest.mark.parametrize("row", ROUTING, ids=lambda row: row.story)
def test_routing_that_is_refused(world: World, row: Refusal, operation: str) -> None:
    before = live(world)
    name = "live" if operation == "update_alias" else "new"
    status, code, message = world.refusal(operation, FunctionName="f", Name=name, **row.params)
    assert (status, code) == (row.status, row.code)
    assert message.startswith(row.message)
    assert live(world) == before
    assert len(world.client.list_aliases(FunctionName="f")["Aliases"]) == 1


class Patch(NamedTuple):
    story: str
    before: dict[str, Any]
    params: dict[str, Any]
    version: str
    shares: dict[str, float] | None


PATCHES = [
    Patch(
        "[V] a canary",
        {},
        {"FunctionVersion": "1", "RoutingConfig": weights(v2=0.1)},
        "1",
        {"2": 0.1},
    ),
    Patch("[V] weights alone", {}, {"RoutingConfig": weights(v3=0.25)}, "1", {"3": 0.25}),
    Patch(
        "[V] version alone keeps the weights",
        {"RoutingConfig": weights(v2=0.1)},
        {"FunctionVersion": "3"},
        "3",
        {"2": 0.1},
    ),
    Patch(
        "[V] an empty map clears",
        {"RoutingConfig": weights(v2=0.1)},
        {"RoutingConfig": weights()},
        "1",
        None,
    ),
    Patch(
        "[V] an empty RoutingConfig clears",
        {"RoutingConfig": weights(v2=0.1)},
        {"RoutingConfig": {}},
        "1",
        None,
    ),
    Patch(
        "[D] promote",
        {"RoutingConfig": weights(v2=0.1)},
        {"FunctionVersion": "2", "RoutingConfig": weights()},
        "2",
        None,
    ),
    Patch(
        "[V] a description leaves the routing",
        {"RoutingConfig": weights(v2=0.1)},
        {"Description": "x"},
        "1",
        {"2": 0.1},
    ),
    Patch("[M] a weight of 0 is kept", {}, {"RoutingConfig": weights(v2=0.0)}, "1", {"2": 0.0}),
    Patch("[M] a weight of 1", {}, {"RoutingConfig": weights(v2=1.0)}, "1", {"2": 1.0}),
    Patch("[V] $LATEST alone", {}, {"FunctionVersion": "$LATEST"}, "$LATEST", None),
    Patch("[V] nothing at all", {}, {}, "1", None),
]


@pytest.mark.parametrize("row", PATCHES, ids=lambda row: row.story)
def test_update_is_a_patch_and_rotates_the_revision(world: World, row: Patch) -> None:
    if row.before:
        world.client.update_alias(FunctionName="f", Name="live", **row.before)
    old = live(world)["RevisionId"]
    answer = world.client.update_alias(FunctionName="f", Name="live", RevisionId=old, **row.params)
    alias = live(world)
    routing = {"AdditionalVersionWeights": row.shares} if row.shares is not None else None
    assert (alias["FunctionVersion"], alias.get("RoutingConfig")) == (row.version, routing)
    assert alias["RevisionId"] == answer["RevisionId"] != old
    assert alias["Description"] == row.params.get("Description", "")


def test_promoting_without_clearing_is_refused(world: World) -> None:
    """[V] the version alone, onto the one that has a weight: already included."""
    world.client.update_alias(FunctionName="f", Name="live", RoutingConfig=weights(v2=0.1))
    status, code, message = world.refusal(
        "update_alias", FunctionName="f", Name="live", FunctionVersion="2"
    )
    assert (status, code) == (400, INVALID)
    assert "already included in routing configuration" in message


def test_a_stale_revision_changes_nothing(world: World) -> None:
    """[V] 412, and the alias stays as the other one left it."""
    read = live(world)["RevisionId"]
    world.client.update_alias(FunctionName="f", Name="live", Description="somebody else")
    now = live(world)
    refused = world.refusal(
        "update_alias", FunctionName="f", Name="live", FunctionVersion="2", RevisionId=read
    )
    assert refused == (412, "PreconditionFailedException", STALE)
    assert live(world) == now


def test_aliases_do_not_touch_the_function(world: World) -> None:
    """[V] neither $LATEST's nor the version's RevisionId changes with an alias."""

    def revisions() -> list[str]:
        get = world.client.get_function_configuration
        return [get(FunctionName="f", Qualifier=q)["RevisionId"] for q in ("$LATEST", "2")]

    before = revisions()
    world.client.create_alias(FunctionName="f", Name="other", FunctionVersion="2")
    world.client.update_alias(FunctionName="f", Name="other", FunctionVersion="3")
    assert revisions() == before


ABSENT: list[tuple[str, str, dict[str, Any], str]] = [
    ("[V] get", "get_alias", {}, f"Cannot find alias arn: {ARN}:f:none"),
    ("[V] update", "update_alias", {}, "Alias not found"),
]


@pytest.mark.parametrize("row", ABSENT, ids=lambda row: row[0])
def test_an_alias_that_is_not_there(
    world: World, row: tuple[str, str, dict[str, Any], str]
) -> None:
    _, operation, params, expected = row
    status, code, message = world.refusal(operation, FunctionName="f", Name="none", **params)
    assert (status, code) == (404, MISSING)
    assert message.startswith(expected)


def test_delete(world: World) -> None:
    """[V] deleting an alias that is not there is 204 too."""
    for _ in range(2):
        answer = world.client.delete_alias(FunctionName="f", Name="live")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert world.client.list_aliases(FunctionName="f")["Aliases"] == []


def test_created_twice(world: World) -> None:
    status, code, message = world.refusal(
        "create_alias", FunctionName="f", Name="live", FunctionVersion="2"
    )
    assert (status, code) == (409, "ResourceConflictException")
    assert message == f"Alias already exists: {ARN}:f:live"


@pytest.mark.parametrize("name", ["12", "a b", "x" * 129])
def test_names_that_an_alias_cannot_have(world: World, name: str) -> None:
    """[M] ``(?!^[0-9]+$)[a-zA-Z0-9-_]+``, 128 at most."""
    status, code, _ = world.refusal(
        "create_alias", FunctionName="f", Name=name, FunctionVersion="1"
    )
    assert (status, code) == (400, "ValidationException")


def test_lists_are_paged_and_filter_by_the_primary_version(world: World) -> None:
    """[M] pages; whether the additional version would match is [?], so here it does not."""
    for number in range(5):
        world.client.create_alias(FunctionName="f", Name=f"a{number}", FunctionVersion="3")
    world.client.update_alias(FunctionName="f", Name="live", RoutingConfig=weights(v3=0.1))
    pages = world.client.get_paginator("list_aliases").paginate(
        FunctionName="f", PaginationConfig={"PageSize": 4}
    )
    names = [[alias["Name"] for alias in page["Aliases"]] for page in pages]
    assert names == [["a0", "a1", "a2", "a3"], ["a4", "live"]]
    found = world.client.list_aliases(FunctionName="f", FunctionVersion="3")["Aliases"]
    assert [alias["Name"] for alias in found] == ["a0", "a1", "a2", "a3", "a4"]


UNLIKE = [
    (
        "[I] another role",
        {"Role": "arn:aws:iam::000000000000:role/other"},
        "Specified versions must be associated with the same execution role",
    ),
    (
        "[D] another dead letter queue",
        {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:000000000000:q"}},
        "Specified versions must have the same dead letter queue configuration",
    ),
]


@pytest.mark.parametrize("row", UNLIKE, ids=lambda row: row[0])
def test_versions_that_cannot_share_an_alias(
    world: World, row: tuple[str, dict[str, Any], str]
) -> None:
    _, change, expected = row
    version = world.publish(**change)
    status, code, message = world.refusal(
        "update_alias",
        FunctionName="f",
        Name="live",
        RoutingConfig={"AdditionalVersionWeights": {version: 0.1}},
    )
    assert (status, code, message) == (400, INVALID, expected)


def test_the_configuration_of_an_alias_is_that_of_its_primary(world: World) -> None:
    """[V] the ARN names the alias, the Version is a number."""
    world.client.update_alias(FunctionName="f", Name="live", RoutingConfig=weights(v2=0.9))
    shown = world.client.get_function_configuration(FunctionName="f", Qualifier="live")
    assert (shown["FunctionArn"], shown["Version"]) == (f"{ARN}:f:live", "1")
    assert world.refusal("get_function", FunctionName="f", Qualifier="none") == (
        404,
        MISSING,
        f"Function not found: {ARN}:f:none",
    )

"""Functions and published versions as AWS has them. Each row names the grade of its source:
[M] botocore's model, [V] measured on AWS, [D] AWS's documentation, [C] source of a named project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.sandbox.lambda_world import ARN, ECHO, ROLE, World, open_world, zipped


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as made:
        yield made


# -- publishing ----------------------------------------------------------------------------------


class Publish(NamedTuple):
    story: str
    between: Callable[[World], object]
    second: str


def again(world: World) -> None:
    """Nothing happens in between."""


def new_memory(world: World) -> None:
    world.client.update_function_configuration(FunctionName="f", MemorySize=256)


def same_zip(world: World) -> None:
    world.client.update_function_code(FunctionName="f", ZipFile=zipped())


def dry_run(world: World) -> None:
    world.client.update_function_code(FunctionName="f", ZipFile=zipped("x = 1"), DryRun=True)


def deleted(world: World) -> None:
    world.client.delete_function(FunctionName="f", Qualifier="1")


PUBLISHES = [
    Publish("[V] nothing changed: the same version", again, "1"),
    Publish("[V] a setting changed: a new version", new_memory, "2"),
    Publish("[V] the same zip once more: a new version", same_zip, "2"),
    Publish("[M] a dry run changes nothing", dry_run, "1"),
    Publish("[C] the number of a deleted version does not come back", deleted, "2"),
]


@pytest.mark.parametrize("row", PUBLISHES, ids=lambda row: row.story)
def test_publishing_twice(world: World, row: Publish) -> None:
    world.create()
    first = world.client.publish_version(FunctionName="f", Description="first")
    world.advance()
    row.between(world)
    world.advance()
    second = world.client.publish_version(FunctionName="f", Description="second")
    assert (first["Version"], second["Version"]) == ("1", row.second)
    same = row.second == "1"
    assert second["Description"] == ("first" if same else "second")
    assert (second["RevisionId"] == first["RevisionId"]) is same


def test_numbers_only_grow(world: World) -> None:
    """[C] a prune leaves gaps, which no later publish fills."""
    world.create()
    for _ in range(3):
        world.publish()
    for gone in ("1", "3"):
        world.client.delete_function(FunctionName="f", Qualifier=gone)
    assert [world.publish(), world.publish()] == ["4", "5"]
    assert world.versions() == ["$LATEST", "2", "4", "5"]


def test_publish_rotates_latest_and_activation_leaves_the_version(world: World) -> None:
    """[V] PublishVersion rotates the RevisionId of $LATEST; the version keeps its own."""
    world.create()
    before = world.client.get_function_configuration(FunctionName="f")["RevisionId"]
    published = world.client.publish_version(FunctionName="f")
    assert published["State"] == "Pending"
    world.advance()
    active = world.client.get_function_configuration(FunctionName="f", Qualifier="1")
    assert (active["State"], active["LastUpdateStatus"]) == ("Active", "Successful")
    assert active["RevisionId"] == published["RevisionId"]
    assert world.client.get_function_configuration(FunctionName="f")["RevisionId"] != before


class Refusal(NamedTuple):
    story: str
    operation: str
    params: dict[str, Any]
    status: int
    code: str
    message: str


STALE = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
)
NEW = {"Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE}
REFUSALS = [
    Refusal(
        "[V] another RevisionId",
        "publish_version",
        {"FunctionName": "f", "RevisionId": "0"},
        412,
        "PreconditionFailedException",
        STALE,
    ),
    Refusal(
        "[M] another CodeSha256",
        "publish_version",
        {"FunctionName": "f", "CodeSha256": "abc"},
        400,
        "InvalidParameterValueException",
        "CodeSHA256 (abc) is different from current CodeSHA256 in $LATEST",
    ),
    Refusal(
        "[V] stale update",
        "update_function_configuration",
        {"FunctionName": "f", "RevisionId": "0", "Timeout": 9},
        412,
        "PreconditionFailedException",
        STALE,
    ),
    Refusal(
        "[V] no such function",
        "get_function",
        {"FunctionName": "g"},
        404,
        "ResourceNotFoundException",
        f"Function not found: {ARN}:g",
    ),
    Refusal(
        "[V] no such version",
        "get_function_configuration",
        {"FunctionName": "f", "Qualifier": "9"},
        404,
        "ResourceNotFoundException",
        f"Function not found: {ARN}:f:9",
    ),
    Refusal(
        "[V] created twice",
        "create_function",
        {"FunctionName": "f", "Code": {"ZipFile": zipped()}, **NEW},
        409,
        "ResourceConflictException",
        "Function already exist: f",
    ),
    Refusal(
        "[V] not a zip",
        "create_function",
        {"FunctionName": "g", "Code": {"ZipFile": b"no zip"}, **NEW},
        400,
        "InvalidParameterValueException",
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
    ),
    Refusal(
        "[V] no handler",
        "create_function",
        {"FunctionName": "g", "Role": ROLE, "Code": {"ZipFile": zipped()}},
        400,
        "InvalidParameterValueException",
        "Runtime and Handler are mandatory parameters for functions created with deployment",
    ),
    Refusal(
        "[V] a reserved variable",
        "update_function_configuration",
        {"FunctionName": "f", "Environment": {"Variables": {"AWS_REGION": "x"}}},
        400,
        "InvalidParameterValueException",
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided contains reserved keys",
    ),
    Refusal(
        "[V] too many variables",
        "update_function_configuration",
        {"FunctionName": "f", "Environment": {"Variables": {f"A{n}": "x" * 90 for n in range(50)}}},
        400,
        "InvalidParameterValueException",
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided exceeded the 4KB limit.",
    ),
    Refusal(
        "[V] a version cannot be changed",
        "update_function_configuration",
        {"FunctionName": "f:1", "Timeout": 9},
        400,
        "InvalidParameterValueException",
        "Current operation does not support versions other than $LATEST.",
    ),
    Refusal(
        "[V] tags are for functions",
        "tag_resource",
        {"Resource": f"{ARN}:f:1", "Tags": {"keep": "yes"}},
        400,
        "InvalidParameterValueException",
        "Tags on function aliases and versions are not supported.",
    ),
    Refusal(
        "[V] two qualifiers",
        "get_function",
        {"FunctionName": "f:1", "Qualifier": "2"},
        400,
        "InvalidParameterValueException",
        "The derived qualifier from the function name does not match the specified qualifier.",
    ),
]


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.story)
def test_refused(world: World, row: Refusal) -> None:
    world.create()
    world.publish()
    status, code, message = world.refusal(row.operation, **row.params)
    assert (status, code) == (row.status, row.code)
    assert message.startswith(row.message)
    assert world.client.get_account_settings()["AccountUsage"]["FunctionCount"] == 1


# -- states --------------------------------------------------------------------------------------


def test_a_new_function_is_pending_and_the_clock_makes_it_active(world: World) -> None:
    """[D] states of a function; [V] the create response, and no changes while it is Pending."""
    code = {"ZipFile": zipped()}
    made = world.client.create_function(FunctionName="f", Code=code, **NEW)
    assert (made["State"], made["StateReasonCode"]) == ("Pending", "Creating")
    assert "LastUpdateStatus" not in made
    status, error, message = world.refusal("publish_version", FunctionName="f")
    assert (status, error) == (409, "ResourceConflictException")
    assert message.endswith("The function is currently in the following state: Pending")
    assert world.refusal("invoke", FunctionName="f")[0] == 409
    world.advance()
    active = world.client.get_function_configuration(FunctionName="f")
    assert (active["State"], active["LastUpdateStatus"]) == ("Active", "Successful")
    assert world.invoke({"n": 1})["result"]["event"] == {"n": 1}


def test_an_update_is_in_progress_until_the_clock_ends_it(world: World) -> None:
    """[D] LastUpdateStatus; [V] a second change meanwhile is a conflict."""
    world.create()
    changed = world.client.update_function_configuration(FunctionName="f", Timeout=9)
    assert changed["LastUpdateStatus"] == "InProgress"
    status, code, message = world.refusal("publish_version", FunctionName="f")
    assert (status, code) == (409, "ResourceConflictException")
    assert message.endswith(f"An update is in progress for resource: {ARN}:f")
    world.advance()
    assert world.client.publish_version(FunctionName="f")["Timeout"] == 9


def test_publish_as_part_of_create_and_of_update(world: World) -> None:
    """[M] Publish=True answers with the version."""
    assert world.create(Publish=True)["Version"] == "1"
    answer = world.client.update_function_code(
        FunctionName="f", ZipFile=zipped("def handler(e, c): return 2"), Publish=True
    )
    assert (answer["Version"], answer["FunctionArn"]) == ("2", f"{ARN}:f:2")
    world.advance()
    assert world.invoke(Qualifier="2")["result"] == 2


def test_a_version_keeps_what_it_was_made_of(world: World) -> None:
    """[V] published versions are immutable."""
    world.create(Timeout=3, Environment={"Variables": {"KEY": "1"}})
    world.publish(Timeout=7)
    world.client.update_function_configuration(
        FunctionName="f", Timeout=20, Environment={"Variables": {}}
    )
    kept = world.client.get_function_configuration(FunctionName="f", Qualifier="1")
    assert (kept["Timeout"], kept["Environment"]["Variables"]) == (7, {"KEY": "1"})
    assert kept["FunctionArn"] == f"{ARN}:f:1"


# -- lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [None, 10, 1000])
def test_fifty_versions_a_page_whatever_is_asked(world: World, asked: int | None) -> None:
    """[M] 50 at most; [V] $LATEST first, then upwards."""
    world.create()
    for _ in range(52):
        world.publish()
    params = {"FunctionName": "f"} | ({"MaxItems": asked} if asked else {})
    first = world.client.list_versions_by_function(**params)
    assert len(first["Versions"]) == min(asked or 50, 50)
    assert world.versions() == ["$LATEST", *map(str, range(1, 53))]


def test_a_delete_between_two_pages_skips_nothing(world: World) -> None:
    world.create()
    for _ in range(4):
        world.publish()
    first = world.client.list_versions_by_function(FunctionName="f", MaxItems=3)
    world.client.delete_function(FunctionName="f", Qualifier="2")
    rest = world.client.list_versions_by_function(FunctionName="f", Marker=first["NextMarker"])
    assert [v["Version"] for v in rest["Versions"]] == ["3", "4"]
    assert "NextMarker" not in rest


def test_one_sweep_sees_every_version_of_every_function_once(world: World) -> None:
    """[M] ListFunctions with FunctionVersion=ALL."""
    expected = []
    for name in ("b", "a", "a-b", "c"):
        world.create(name)
        for _ in range(17):
            world.publish(name)
        expected += [f"{ARN}:{name}:$LATEST", *(f"{ARN}:{name}:{n}" for n in range(1, 18))]
    pages = list(world.client.get_paginator("list_functions").paginate(FunctionVersion="ALL"))
    assert [len(page["Functions"]) for page in pages] == [50, 22]
    assert sorted(f["FunctionArn"] for p in pages for f in p["Functions"]) == sorted(expected)
    only = world.client.list_functions()["Functions"]
    assert [f["FunctionArn"] for f in only] == [f"{ARN}:{n}" for n in ("a", "a-b", "b", "c")]


def test_lists_are_a_subset(world: World) -> None:
    """[M] no State, no LastUpdateStatus, no RuntimeVersionConfig in the lists."""
    world.create()
    listed = world.client.list_functions()["Functions"][0]
    whole = world.client.get_function_configuration(FunctionName="f")
    assert whole.keys() - listed.keys() - {"ResponseMetadata"} == {
        "State",
        "LastUpdateStatus",
        "RuntimeVersionConfig",
    }
    assert listed["LastModified"].endswith("+0000")


# -- names and tags --------------------------------------------------------------------------


def test_names(world: World) -> None:
    """[M] a function is named by its name, a partial ARN or its ARN, with or without qualifier."""
    world.create()
    world.publish()
    for name in ("f:1", "000000000000:function:f:1", f"{ARN}:f:1"):
        shown = world.client.get_function_configuration(FunctionName=name)
        assert shown["Version"] == "1"
    status, code, message = world.refusal(
        "get_function", FunctionName="arn:aws:lambda:eu-west-1:000000000000:function:f"
    )
    assert (status, code) == (404, "ResourceNotFoundException")
    assert message == ("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')")


def test_tags(world: World) -> None:
    arn = f"{ARN}:f"
    world.create(Tags={"team": "a"})
    world.client.tag_resource(Resource=arn, Tags={"cost": "1", "team": "b"})
    world.client.untag_resource(Resource=arn, TagKeys=["cost"])
    assert world.client.list_tags(Resource=arn)["Tags"] == {"team": "b"}
    assert world.client.get_function(FunctionName="f")["Tags"] == {"team": "b"}


def test_the_source_is_the_one_that_was_sent(world: World) -> None:
    """The fixture's own code runs, so that every other test stands on it."""
    world.create(source=ECHO)
    assert world.invoke([1, 2])["result"] == {"version": "$LATEST", "event": [1, 2]}

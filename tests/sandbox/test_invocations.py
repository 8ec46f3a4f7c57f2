"""Invocations: which version they reach, what is refused, what they leave behind, and how an event
is tried again. Grades: [M] botocore's model, [D] AWS's documentation.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lambdactl.sandbox.functions import Invocation
from tests.sandbox.lambda_world import ARN, ROLE, World, open_world, zipped


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as made:
        yield made


# -- routing and refusals ------------------------------------------------------------------------


def test_an_alias_is_routed_by_weight_and_a_seed_repeats_it(world: World) -> None:
    world.create()
    world.publish()
    world.publish()
    world.client.create_alias(
        FunctionName="f",
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}},
    )

    def run() -> list[str]:
        world.service.invocations.seed(7)
        return [world.service.run("f", "live", b"{}").version for _ in range(200)]

    first = run()
    assert 30 <= first.count("2") <= 70
    assert first.count("1") + first.count("2") == 200
    assert run() == first
    alias = {"FunctionName": "f", "Name": "live"}
    for weight, version in ((0.0, "1"), (1.0, "2")):
        world.client.update_alias(
            **alias, RoutingConfig={"AdditionalVersionWeights": {"2": weight}}
        )
        assert {world.service.run("f", "live", b"{}").version for _ in range(20)} == {version}


REFUSALS: list[tuple[str, dict[str, Any], int, str]] = [
    ("no function", {"FunctionName": "none"}, 404, "ResourceNotFoundException"),
    ("no alias", {"FunctionName": "f:none"}, 404, "ResourceNotFoundException"),
    ("no version", {"FunctionName": "f:9"}, 404, "ResourceNotFoundException"),
    ("not JSON", {"FunctionName": "f", "Payload": b"{"}, 400, "InvalidRequestContentException"),
    (
        "too large",
        {"FunctionName": "f", "Payload": b'"' + b"x" * 6_291_456 + b'"'},
        413,
        "RequestTooLargeException",
    ),
    (
        "too large for an event",
        {"FunctionName": "f", "Payload": b'"' + b"x" * 1_048_576 + b'"', "InvocationType": "Event"},
        413,
        "RequestTooLargeException",
    ),
    ("another runtime", {"FunctionName": "node"}, 501, "NotImplemented"),
    ("no room", {"FunctionName": "closed"}, 429, "TooManyRequestsException"),
]


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row[0])
def test_invocations_that_are_refused(
    world: World, row: tuple[str, dict[str, Any], int, str]
) -> None:
    world.create()
    world.create("node", Runtime="nodejs22.x")
    world.create("closed")
    world.client.put_function_concurrency(FunctionName="closed", ReservedConcurrentExecutions=0)
    _, params, status, code = row
    assert world.refusal("invoke", **params)[:2] == (status, code)
    assert world.recorder.sums("Invocations") == {}
    assert world.service.invocations.environments.count() == 0


def test_a_function_of_another_runtime_is_published_all_the_same(world: World) -> None:
    world.client.create_function(
        FunctionName="f",
        Runtime="nodejs22.x",
        Handler="index.handler",
        Role=ROLE,
        Code={"ZipFile": zipped("exports.handler = 1", "index.js")},
    )
    world.advance()
    assert world.publish() == "1"
    status, _, message = world.refusal("invoke", FunctionName="f", Qualifier="1")
    assert status == 501
    assert "nodejs22.x" in message


def test_a_dry_run_runs_nothing(world: World) -> None:
    world.create()
    assert world.invoke(InvocationType="DryRun")["status"] == 204
    assert world.service.invocations.environments.count() == 0


# -- what is left behind -------------------------------------------------------------------------


def test_metrics_in_their_four_sets(world: World) -> None:
    """ExecutedVersion is there for alias invocations only; Errors is recorded even when it is 0."""
    world.create(source="def handler(event, context): return 1 / event['by']")
    world.publish()
    world.client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    at = world.clock.now()
    for qualifier, by in (("live", 1), ("live", 0), ("1", 1), ("$LATEST", 0)):
        world.invoke({"by": by}, Qualifier=qualifier)
    recorder = world.recorder
    assert recorder.sums("Invocations") == {
        "": 4,
        "f": 4,
        "f/f:live": 2,
        "f/f:live/1": 2,
        "f/f:1": 1,
        "f/f:$LATEST": 1,
    }
    assert {key: n for key, n in recorder.sums("Errors").items() if n} == {
        "": 2,
        "f": 2,
        "f/f:live": 1,
        "f/f:live/1": 1,
        "f/f:$LATEST": 1,
    }
    assert {stamp for *_, stamp in recorder.points} == {at}
    assert {(name, unit) for name, _, _, unit, _ in recorder.points} == {
        ("Invocations", "Count"),
        ("Errors", "Count"),
        ("Throttles", "Count"),
        ("Duration", "Milliseconds"),
        ("ConcurrentExecutions", "Count"),
    }


def test_a_throttle_is_neither_an_invocation_nor_an_error(world: World) -> None:
    world.create()
    world.client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    assert world.refusal("invoke", FunctionName="f")[0] == 429
    assert {name for name, *_ in world.recorder.points} == {"Throttles"}
    assert world.recorder.sums("Throttles")["f"] == 1


def test_log_lines_reach_cloudwatch_logs(world: World) -> None:
    source = """
import logging, os
print("loading")
def handler(event, context):
    print("printed")
    logging.getLogger().error("logged")
    os.write(1, b"written\\n")
"""
    world.create(source=source, LoggingConfig={"LogGroup": "of-my-own"})
    for _ in range(2):
        world.invoke()
    world.service.invocations.logs.flush()
    logs = world.account.call
    (stream,) = logs("logs", "DescribeLogStreams", {"logGroupName": "of-my-own"})["logStreams"]
    # In a group that functions may share, a stream says whose it is.
    assert re.fullmatch(r"[0-9/]{10}/f\[\$LATEST\][0-9a-f]{32}", stream["logStreamName"])
    place = {"logGroupName": "of-my-own", "logStreamName": stream["logStreamName"]}
    events = logs("logs", "GetLogEvents", {**place, "startFromHead": True})["events"]
    kinds = [re.split(r"[ :\t]", event["message"])[0] for event in events]
    once = ["START", "printed", "[ERROR]", "written", "END", "REPORT"]
    assert kinds == ["INIT_START", "loading", *once, *once]
    assert {event["timestamp"] for event in events} == {int(world.clock.now() * 1000)}
    assert world.service.invocations.logs.lost == 0


# -- events --------------------------------------------------------------------------------------

FAILS_AT_FIRST = """
import pathlib
def handler(event, context):
    tries = pathlib.Path(event["note"])
    count = len(tries.read_text()) + 1 if tries.exists() else 1
    tries.write_text("x" * count)
    if count <= event["failures"]:
        raise ValueError(count)
    return context.aws_request_id
"""


class Retry(NamedTuple):
    story: str
    failures: int
    config: dict[str, int]
    runs_at: list[int]
    failed: bool


RETRIES = [
    Retry("good at once", 0, {}, [0], False),
    Retry("good at the second", 1, {}, [0, 60], False),
    Retry("good at the third", 2, {}, [0, 60, 180], False),
    Retry("given up after three", 9, {}, [0, 60, 180], True),
    Retry("no retries wanted", 9, {"MaximumRetryAttempts": 0}, [0], True),
    Retry("too old for the third", 9, {"MaximumEventAgeInSeconds": 100}, [0, 60], True),
]


@pytest.mark.parametrize("row", RETRIES, ids=lambda row: row.story)
def test_events_are_tried_again(world: World, tmp_path: Path, row: Retry) -> None:
    """[M] 202 at once; [D] two retries, after one and two minutes."""
    world.create(source=FAILS_AT_FIRST)
    if row.config:
        world.client.put_function_event_invoke_config(FunctionName="f", **row.config)
    began = world.clock.now()
    done: list[Invocation] = []
    event = json.dumps({"note": str(tmp_path / "tries"), "failures": row.failures})
    world.service.invoke_async(f"{ARN}:f", None, event.encode(), done.append)
    world.advance(1000)
    runs = [
        round(stamp - began)
        for name, dimensions, _, _, stamp in world.recorder.points
        if name == "Invocations" and not dimensions
    ]
    assert runs == row.runs_at
    assert [call.failed for call in done] == [row.failed]


def test_an_event_is_accepted_through_the_api(world: World) -> None:
    world.create()
    assert world.invoke(InvocationType="Event")["status"] == 202
    world.service.settle()
    assert world.recorder.sums("Invocations")["f"] == 1


def test_a_throttled_event_waits_for_room(world: World) -> None:
    world.create()
    world.client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    done: list[Invocation] = []
    world.service.invoke_async("f", None, b"{}", done.append)
    world.advance(5)
    assert done == []
    assert world.recorder.sums("Throttles")["f"] == 3
    world.client.delete_function_concurrency(FunctionName="f")
    world.advance(10)
    assert [call.failed for call in done] == [False]


def test_an_event_for_nobody_is_refused_at_once(world: World) -> None:
    with pytest.raises(Exception, match="Function not found"):
        world.service.invoke_async("none", None, b"{}")


def test_the_account_answers_while_a_function_runs(world: World, tmp_path: Path) -> None:
    """Code runs with no lock held: this one ends well only if a call is served meanwhile."""
    source = """
import pathlib, threading
def handler(event, context):
    pathlib.Path(event, "started").touch()
    while not pathlib.Path(event, "served").exists():
        threading.Event().wait(0.01)
"""
    world.create(source=source, Timeout=20)
    done: list[Invocation] = []
    world.service.invoke_async("f", None, json.dumps(str(tmp_path)).encode(), done.append)
    changes: list[str] = []

    def serve() -> None:
        while not (tmp_path / "started").exists():
            threading.Event().wait(0.01)
        answer = world.client.create_alias(FunctionName="f", Name="a", FunctionVersion="$LATEST")
        changes.append(answer["Name"])
        (tmp_path / "served").touch()

    server = threading.Thread(target=serve)
    server.start()
    server.join()
    world.service.settle()
    assert changes == ["a"]
    assert [call.failed for call in done] == [False]

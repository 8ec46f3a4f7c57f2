"""What AWS does not have: health and traffic, and who may ask for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.admin import streams
from lambdactl.sandbox.scenarios import SCENARIOS, Calls, Deploy, Pass, Play
from lambdactl.sandbox.wire import Request
from tests.sandbox.lambda_world import World, open_world

WANTED = {"function": "f", "alias": "live", "per_minute": 60}


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as made:
        made.create()
        made.publish()
        made.client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
        yield made
        streams(made.account).close()


def ask(account: Account, method: str, path: str, body: Any = b"", **headers: str) -> Any:
    sent = {"host": "127.0.0.1", "x-sandbox": "admin", **headers}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = account.door.handle(Request(method, f"/_sandbox/{path}", "", sent, raw))
    assert response.headers["Content-Type"] == "application/json"
    return response.status, json.loads(response.body)


def test_health_tells_the_accounts_own_time(world: World) -> None:
    status, told = ask(world.account, "GET", "health")
    assert status == 200
    assert told["account_id"] == "000000000000"
    assert told["now"] == world.clock.utcnow().isoformat()


def test_traffic_runs_changes_and_ends(world: World) -> None:
    assert ask(world.account, "POST", "traffic", WANTED) == (200, WANTED)
    world.advance(120)
    _, told = ask(world.account, "GET", "traffic")
    (stream,) = told["streams"]
    assert 80 <= stream["sent"] <= 160
    assert stream["answered"] == {"1": stream["sent"]}
    assert (stream["failed"], stream["refused"], stream["skipped"]) == ({}, {}, 0)
    ask(world.account, "POST", "traffic", {**WANTED, "per_minute": 0})
    world.advance(120)
    assert ask(world.account, "GET", "traffic")[1]["streams"][0]["sent"] == stream["sent"]
    ask(world.account, "POST", "traffic", WANTED)
    world.advance(120)
    assert ask(world.account, "GET", "traffic")[1]["streams"][0]["sent"] > stream["sent"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "the body is not JSON"),
        ([], "the body is not a JSON object"),
        ({**WANTED, "function": ""}, "function is missing"),
        ({"function": "f", "per_minute": 1}, "alias is missing"),
        ({**WANTED, "per_minute": "many"}, "per_minute is not a number"),
        ({**WANTED, "per_minute": True}, "per_minute is not a number"),
        ({**WANTED, "per_minute": -1}, "per_minute -1 is not within"),
        ({**WANTED, "per_minute": 1e9}, "per_minute 1e+09 is not within"),
        ({**WANTED, "seed": 0.5}, "seed is not a whole number"),
    ],
)
def test_a_mistake_is_named(world: World, body: Any, message: str) -> None:
    status, told = ask(world.account, "POST", "traffic", body)
    assert status == 400
    assert told["message"].startswith(message)
    assert ask(world.account, "GET", "traffic")[1]["streams"] == []


def test_only_an_alias_that_is_there_is_called(world: World) -> None:
    status, told = ask(world.account, "POST", "traffic", {**WANTED, "alias": "nope"})
    assert (status, told["error"]) == (404, "ResourceNotFoundException")


def test_a_web_page_is_not_let_in(world: World) -> None:
    status, _ = ask(world.account, "POST", "traffic", WANTED, **{"x-sandbox": ""})
    assert status == 403
    assert ask(world.account, "OPTIONS", "traffic")[0] == 404


def test_what_is_not_there_is_said(world: World) -> None:
    assert ask(world.account, "GET", "nothing")[0] == 404
    assert ask(world.account, "DELETE", "traffic")[0] == 404


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda s: s.name)
def test_a_scenario_deploys_before_it_calls(scenario: Any) -> None:
    assert scenario.summary
    deployed = False
    for step in scenario.steps:
        assert isinstance(step, Deploy | Calls | Pass | Play)
        assert deployed or isinstance(step, Deploy | Play)
        deployed = True


def test_a_durable_execution_is_set_from_outside(world: World) -> None:
    world.create("d", DurableConfig={"ExecutionTimeout": 60})
    world.publish("d")
    wanted = {"function": "d", "version": "1", "name": "order"}
    assert ask(world.account, "POST", "executions", wanted) == (
        200,
        {**wanted, "status": "RUNNING"},
    )
    answer = world.client.list_durable_executions_by_function(FunctionName="d", Qualifier="1")
    assert [e["Status"] for e in answer["DurableExecutions"]] == ["RUNNING"]
    status, told = ask(world.account, "POST", "executions", {**wanted, "status": "DONE"})
    assert (status, told["error"]) == (400, "InvalidParameterValueException")
    status, told = ask(world.account, "POST", "executions", {**wanted, "function": "f"})
    assert "no DurableConfig" in told["message"]


def test_replicas_of_a_version_are_set_from_outside(world: World) -> None:
    world.create("viewer")
    world.publish("viewer")
    wanted = {"function": "viewer", "version": "1"}
    assert ask(world.account, "POST", "replicas", wanted) == (200, {**wanted, "replicated": True})
    with pytest.raises(world.client.exceptions.InvalidParameterValueException, match="replicated"):
        world.client.delete_function(FunctionName="viewer", Qualifier="1")
    ask(world.account, "POST", "replicas", {**wanted, "replicated": False})
    assert world.client.delete_function(FunctionName="viewer", Qualifier="1")["StatusCode"] == 204
    assert ask(world.account, "POST", "replicas", wanted)[0] == 404
    assert ask(world.account, "POST", "replicas", {**wanted, "replicated": "no"})[0] == 400

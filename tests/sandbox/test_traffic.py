"""Traffic through an alias: at the rate asked for, seeded, never in the way of the clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdactl.sandbox.traffic import Traffic
from tests.sandbox.lambda_world import World, open_world

FAILS_IN_TWO = """
def handler(event, context):
    if context.function_version == "2":
        raise ValueError("bad canary")
    return event["rawPath"]
"""


@pytest.fixture
def world() -> Iterator[World]:
    """``live`` sends four fifths to version 1, which is good, and a fifth to version 2."""
    with open_world() as made:
        made.create(source=FAILS_IN_TWO)
        made.publish()
        made.publish()
        made.client.create_alias(
            FunctionName="f",
            Name="live",
            FunctionVersion="1",
            RoutingConfig={"AdditionalVersionWeights": {"2": 0.2}},
        )
        made.service.invocations.seed(1)
        yield made


@pytest.fixture
def traffic(world: World) -> Iterator[Traffic]:
    made = Traffic(world.account, "f", "live", per_minute=60, seed=3)
    yield made
    made.close()


def test_calls_come_at_the_rate_and_run_the_code(world: World, traffic: Traffic) -> None:
    traffic.start()
    world.advance(300)
    assert 230 <= traffic.sent <= 370
    assert traffic.answered.total() == traffic.sent
    assert traffic.failed == {"2": traffic.answered["2"]}
    assert 0.1 <= traffic.answered["2"] / traffic.sent <= 0.3
    recorder = world.recorder
    assert recorder.sums("Invocations")["f/f:live/1"] == traffic.answered["1"]
    assert recorder.sums("Errors")["f/f:live/2"] == traffic.answered["2"]
    assert (traffic.skipped, traffic.refused) == (0, {})


def test_a_seed_repeats_the_moments(world: World) -> None:
    def moments() -> list[float]:
        world.recorder.points.clear()
        traffic = Traffic(world.account, "f", "live", per_minute=60, seed=5)
        began = world.clock.now()
        traffic.start()
        world.advance(30)
        traffic.close()
        points = world.recorder.points
        return [round(at - began, 3) for n, d, _, _, at in points if n == "Errors" and not d]

    first = moments()
    assert len(first) > 10
    assert moments() == first


def test_the_rate_may_change_and_traffic_may_stop(world: World, traffic: Traffic) -> None:
    counts = []
    for rate in (60, 600, 0, 60):
        before = traffic.sent
        traffic.per_minute = rate
        if not traffic.running:
            traffic.start()
        world.advance(60)
        counts.append(traffic.sent - before)
    traffic.stop()
    before = traffic.sent
    world.advance(60)
    assert traffic.sent == before
    assert 40 <= counts[0] <= 80
    assert 500 <= counts[1] <= 700
    assert counts[2] == 0
    assert 40 <= counts[3] <= 80


def test_two_starts_do_not_double_it(world: World, traffic: Traffic) -> None:
    traffic.start()
    traffic.start()
    world.advance(60)
    assert traffic.sent <= 90


def test_slow_functions_do_not_hold_up_the_clock(world: World, tmp_path: Path) -> None:
    """A minute passes while no call is answered; what is too much is not made, and counted."""
    source = """
import pathlib, threading
def handler(event, context):
    while not pathlib.Path(event).exists():
        threading.Event().wait(0.01)
"""
    world.create("slow", source=source, Timeout=60)
    world.clock.settle = lambda: None
    gate = tmp_path / "gate"
    payload = json.dumps(str(gate)).encode()
    traffic = Traffic(world.account, "slow", "$LATEST", per_minute=600, payload=lambda at: payload)
    traffic.start()
    world.advance(60)
    traffic.stop()
    assert traffic.answered == {}
    assert traffic.sent == 256
    assert traffic.skipped > 200
    gate.touch()
    world.service.settle()
    assert traffic.answered == {"$LATEST": 256}
    traffic.close()


def test_calls_that_nobody_can_take_are_counted(world: World, traffic: Traffic) -> None:
    world.client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    traffic.start()
    world.advance(60)
    assert traffic.refused == {"TooManyRequestsException": traffic.sent}
    assert traffic.answered == {}
    world.client.delete_function(FunctionName="f")
    world.advance(10)
    assert traffic.refused["ResourceNotFoundException"] > 0

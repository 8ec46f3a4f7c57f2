"""How far a rollout has come: from its config, its times, and the alias's own weight."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lambdactl.model import DeploymentConfig, LifecycleEvent, Routing, Snapshot
from lambdactl.render.progress import measured, progress
from tests.cli.shop import measured as metrics
from tests.plan.samples import NOW, deployment, snapshot

CANARY = DeploymentConfig("c", "TimeBasedCanary", 10.0, 5)
LINEAR = DeploymentConfig("l", "TimeBasedLinear", 10.0, 1)


def running(config: DeploymentConfig | None, weight: float, since_s: float | None) -> Snapshot:
    started = None if since_s is None else NOW - timedelta(seconds=since_s)
    event = LifecycleEvent("AllowTraffic", "InProgress", started)
    routing = Routing(41, 42, weight) if 0 < weight < 100 else Routing(42 if weight else 41)
    return snapshot(routing, deployment=deployment("InProgress", events=(event,)), config=config)


@pytest.mark.parametrize(
    ("config", "weight", "since_s", "step", "steps", "next_weight", "left_s"),
    [
        (CANARY, 0.0, None, 0, 2, 10.0, None),
        (CANARY, 10.0, 60.0, 1, 2, 100.0, 240.0),
        (CANARY, 10.0, 400.0, 1, 2, 100.0, 0.0),
        (CANARY, 100.0, 301.0, 2, 2, None, None),
        (LINEAR, 30.0, 125.0, 3, 10, 40.0, 55.0),
    ],
)
def test_progress(
    config: DeploymentConfig,
    weight: float,
    since_s: float | None,
    step: int,
    steps: int,
    next_weight: float | None,
    left_s: float | None,
) -> None:
    now = progress(running(config, weight, since_s))
    assert now is not None
    assert (now.step, now.steps, now.next_weight, now.left_s) == (step, steps, next_weight, left_s)


def test_no_progress_without_a_config_and_in_a_rollback() -> None:
    assert progress(running(None, 10.0, 60.0)) is None
    back = deployment("InProgress", rolls_back="d-0")
    assert progress(snapshot(Routing(41, 42, 10.0), deployment=back, config=CANARY)) is None
    assert progress(snapshot()) is None


def test_measured_counts_from_the_first_whole_minute_with_these_weights() -> None:
    look = running(CANARY, 10.0, 200.0)
    counts = metrics(v41=((90, 0),) * 9, v42=((0, 0),) * 5 + ((10, 0),) * 4)
    seen = measured(replace(look, metrics=counts))
    assert seen is not None
    assert seen.since == NOW - timedelta(minutes=3)
    assert (seen.stable_calls, seen.canary_calls, seen.canary_share) == (270.0, 30.0, 10.0)


def test_a_split_by_hand_is_measured_from_the_canarys_first_call() -> None:
    counts = metrics(v41=((90, 0),) * 4, v42=((0, 0), (0, 0), (30, 0), (30, 0)))
    seen = measured(snapshot(Routing(41, 42, 25.0), metrics=counts))
    assert seen is not None
    assert seen.canary_share == 25.0


def test_without_calls_there_is_no_share() -> None:
    counts = metrics(v41=((0, 0),), v42=((0, 0),))
    assert measured(snapshot(Routing(41, 42, 10.0), metrics=counts)) is None
    assert measured(snapshot()) is None


def test_a_second_split_by_hand_is_measured_by_itself() -> None:
    once, off, again = ((90, 0),) * 4, ((100, 0),) * 5, ((90, 0),) * 3
    calls = metrics(v41=once + off + again, v42=((10, 0),) * 4 + ((0, 0),) * 5 + ((10, 0),) * 3)
    twice = snapshot(Routing(41, 42, 10.0), metrics=calls)
    seen = measured(twice)
    assert seen is not None
    assert (seen.since, seen.canary_share) == (NOW - timedelta(minutes=3), 10.0)
    known = measured(replace(twice, weight_since=NOW - timedelta(minutes=2, seconds=20)))
    assert known is not None and known.since == NOW - timedelta(minutes=2)
    before = measured(replace(twice, weight_since=NOW - timedelta(hours=2)))
    assert before is not None and before.since == NOW - timedelta(minutes=12)

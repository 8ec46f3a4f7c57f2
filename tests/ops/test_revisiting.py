"""A rollout that is over, put together again out of a whole account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from lambdactl.errors import NotFound, Refused
from lambdactl.model import DeploymentConfig, LifecycleEvent, Routing, Snapshot
from lambdactl.ops.comparing import compared, pair_to_compare
from lambdactl.ops.events import AlarmChanged, DeploymentEnded, DeploymentStarted, PartUnread
from lambdactl.ops.hook_log import HOOK_TIMEOUT, hook_log, hook_logs, left_s
from lambdactl.ops.log_errors import errors_since, version_to_hear, window_of_errors
from lambdactl.ops.revisiting import alarm_at, revisited, routing_after
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from lambdactl.verdict import Answer
from tests.ops.stage import TARGET
from tests.ops.test_looking_back import MINUTE_S, START, Past
from tests.tui import builders
from tests.tui.archive import undone


@pytest.fixture
def stage() -> Iterator[Past]:
    clock = ManualClock(START)
    with Sandbox(clock=clock, strict=True) as sandbox:
        made = Past(sandbox, clock)
        made.create()
        made.make_group()
        yield made
        made.aws.close()
    assert sandbox.door.breaches == []


def rolled_out(stage: Past) -> str:
    """A canary of five minutes that went well, and an hour since."""
    deployment_id = stage.deploy(1, 2)
    begun = stage.clock.now()
    stage.clock.advance(6 * MINUTE_S)
    stage.serve(1, begun - 10 * MINUTE_S, 16, 100, 0)
    stage.serve(2, begun, 6, 50, 0)
    stage.clock.advance(60 * MINUTE_S)
    return deployment_id


def test_a_rollout_is_as_it_was_when_it_had_ended(stage: Past) -> None:
    deployment_id = rolled_out(stage)
    found = revisited(stage.aws, TARGET, deployment_id)
    assert found.snapshot.taken == found.forward.completed
    assert found.snapshot.alias is not None
    assert found.snapshot.alias.routing == Routing(2)
    assert found.back is None and found.forward.id == deployment_id
    metrics = found.snapshot.metrics
    assert metrics is not None
    assert (metrics.series[1].calls(), metrics.series[2].calls()) == (1600.0, 300.0)
    assert found.hindsight.verdict.answer is not Answer.NOT_MEASURED
    kinds = [type(e) for e in found.events]
    assert DeploymentStarted in kinds and DeploymentEnded in kinds
    assert [e.at for e in found.events] == sorted(e.at for e in found.events)


def test_one_that_runs_is_not_over(stage: Past) -> None:
    deployment_id = stage.deploy(1, 2)
    stage.clock.advance(2 * MINUTE_S)
    with pytest.raises(Refused, match="is still running"):
        revisited(stage.aws, TARGET, deployment_id)


def test_one_that_was_taken_back_is_the_same_by_either_of_its_deployments(stage: Past) -> None:
    forward = stage.deploy(1, 2)
    stage.clock.advance(2 * MINUTE_S)
    stage.aws.stop_deployment(forward)
    stage.clock.advance(10 * MINUTE_S)
    found = revisited(stage.aws, TARGET, forward)
    assert found.back is not None and found.forward.id == forward
    again = revisited(stage.aws, TARGET, found.back.id)
    assert (again.forward.id, again.back and again.back.id) == (forward, found.back.id)
    assert again.snapshot.alias is not None and again.snapshot.alias.routing == Routing(1)


def test_what_is_gone_is_said(stage: Past) -> None:
    deployment_id = rolled_out(stage)
    stage.aws.delete_version(TARGET.function, 1)
    found = revisited(stage.aws, TARGET, deployment_id)
    assert [u.reason for u in found.snapshot.unread] == [
        "v1 has been deleted since: what it was is not known any more"
    ]
    assert isinstance(found.events[-1], PartUnread)


def test_metrics_that_cloudwatch_has_deleted_are_not_known(stage: Past) -> None:
    deployment_id = rolled_out(stage)
    stage.clock.advance(460 * 86_400)
    found = revisited(stage.aws, TARGET, deployment_id)
    assert found.snapshot.metrics is None
    unread = found.snapshot.unreadable("metrics")
    assert unread is not None and "none for longer than 455 days" in unread.reason
    assert found.hindsight.verdict.answer is Answer.NOT_MEASURED


def test_a_deployment_that_is_not_there(stage: Past) -> None:
    rolled_out(stage)
    with pytest.raises(NotFound):
        revisited(stage.aws, TARGET, "d-000000000")


CANARY = DeploymentConfig("x", "TimeBasedCanary", 10.0, 10)


@pytest.mark.parametrize(
    ("events", "config", "routing"),
    [
        ((), CANARY, Routing(41)),
        ((LifecycleEvent("AllowTraffic", "Skipped"),), CANARY, Routing(41)),
        (builders.lifecycle("Failed"), CANARY, Routing(41, 42, 10.0)),
        (builders.lifecycle("Succeeded"), CANARY, Routing(42)),
        (builders.lifecycle("Failed"), None, None),
    ],
)
def test_how_the_alias_was_left_by_a_deployment_that_nothing_undid(
    events: tuple[LifecycleEvent, ...], config: DeploymentConfig | None, routing: Routing | None
) -> None:
    stopped, _ = undone()
    assert routing_after(replace(stopped, events=events), None, config) == routing


def test_the_state_of_an_alarm_then_is_known_from_now_or_from_its_history() -> None:
    now = builders.RED[0]
    assert now.updated is not None
    later, earlier = now.updated + timedelta(hours=1), now.updated - timedelta(hours=1)
    assert alarm_at(now, (), later) == now
    assert alarm_at(now, (), earlier) is None
    changed = AlarmChanged(now.updated, "OK", now)
    then = alarm_at(now, (changed,), earlier)
    assert then is not None and (then.state, then.updated) == ("OK", None)


@pytest.mark.parametrize(
    ("snapshot", "pair", "heard"),
    [
        (builders.shifting(), (41, 42), 42),
        (builders.waiting_hook(), (41, 42), 42),
        (builders.rolled_back(), (41, 42), 42),
        (builders.stable(), (40, 41), 41),
        (builders.by_hand(), (41, 42), 42),
        (builders.first_version(), None, 1),
        (builders.no_alias(), (41, 42), None),
    ],
)
def test_which_versions_are_compared_and_which_is_heard(
    snapshot: Snapshot, pair: tuple[int, int] | None, heard: int | None
) -> None:
    assert (pair_to_compare(snapshot), version_to_hear(snapshot)) == (pair, heard)


def test_errors_are_those_since_the_version_got_traffic_but_not_of_days() -> None:
    snapshot = builders.shifting()
    quarter = snapshot.taken - timedelta(minutes=15)
    assert errors_since(snapshot, 42) == quarter
    long_ago = replace(snapshot, taken=snapshot.taken + timedelta(minutes=30))
    assert errors_since(long_ago, 42) == builders.SHIFTED
    days = replace(snapshot, taken=snapshot.taken + timedelta(days=3))
    assert errors_since(days, 42) == days.taken - timedelta(hours=1)


def test_a_rollout_without_traffic_has_no_errors() -> None:
    stopped, _ = undone()
    window = window_of_errors(stopped)
    assert window is not None and stopped.completed is not None
    assert window[1] == stopped.completed + timedelta(minutes=2)
    assert window_of_errors(replace(stopped, events=())) is None


def test_two_versions_of_an_account(stage: Past) -> None:
    found = compared(stage.aws, TARGET.function, 1, 2)
    assert found.pair == (1, 2) and found.unknown == ()
    with pytest.raises(NotFound, match="there is no version 9"):
        compared(stage.aws, TARGET.function, 1, 9)


def test_a_deployment_without_hooks_has_none(stage: Past) -> None:
    deployment = stage.aws.rollout(TARGET, rolled_out(stage))
    assert hook_logs(stage.aws, deployment) == ()
    found = hook_log(stage.aws, deployment, "BeforeAllowTraffic")
    assert (found.function, found.lines) == (None, ())
    with pytest.raises(NotFound, match="no lifecycle event Nothing"):
        hook_log(stage.aws, deployment, "Nothing")


def test_a_hook_is_waited_for_an_hour() -> None:
    began = builders.at("14:00:00")
    waiting = LifecycleEvent("BeforeAllowTraffic", "InProgress", began)
    assert left_s(waiting, began + timedelta(minutes=20)) == 2400.0
    assert left_s(waiting, began + 2 * HOOK_TIMEOUT) == 0.0
    assert left_s(replace(waiting, status="Succeeded"), began) is None

"""The steps of a rollout, what is done of them, and what time alone will bring."""

from __future__ import annotations

from dataclasses import replace

from lambdactl.model import DeploymentStatus, LifecycleEvent, Routing
from lambdactl.tui.drawing.steps import Next, current, next_of, shift_number, steps_of
from tests.tui import builders
from tests.tui.builders import AT_ONCE, at


def told(snapshot: object) -> list[tuple[str, str]]:
    return [(s.name, s.status) for s in steps_of(snapshot)]  # type: ignore[arg-type]


def test_a_canary_has_its_hooks_around_its_two_weights() -> None:
    assert told(builders.shifting()) == [
        ("BeforeAllowTraffic", "Succeeded"),
        ("10 %", "InProgress"),
        ("100 %", "Pending"),
        ("AfterAllowTraffic", "Pending"),
    ]


def test_the_next_shift_has_a_time_on_awss_clock() -> None:
    steps = steps_of(builders.shifting())
    assert next_of(steps) == Next("100 %", at("14:13:10"))
    running = current(steps)
    assert running is not None and running.passed_s(builders.NOW) == 252.0
    assert shift_number(steps) == (1, 2)


def test_what_is_reached_is_read_off_the_alias_and_not_off_the_clock() -> None:
    """The shift to 100 % is long due, but the alias is still at 10 %."""
    late = replace(builders.shifting(), taken=at("14:20:00"))
    assert told(late)[1:3] == [("10 %", "InProgress"), ("100 %", "Pending")]


def test_the_last_weight_waits_for_nothing() -> None:
    last = builders.snapshot(Routing(42))
    assert told(last)[1:3] == [("10 %", "Succeeded"), ("100 %", "InProgress")]
    assert next_of(steps_of(last)) is None


def test_a_hook_that_does_not_call_back_has_an_hour() -> None:
    assert next_of(steps_of(builders.waiting_hook())) == Next(
        "BeforeAllowTraffic times out", at("15:02:57")
    )


def test_a_linear_rollout_has_all_its_weights() -> None:
    steps = steps_of(builders.linear())
    assert [s.name for s in steps if s.weight is not None] == [f"{n}0 %" for n in range(1, 11)]
    assert shift_number(steps) == (3, 10)
    assert next_of(steps) == Next("40 %", at("14:08:10"))


def test_a_rolled_back_rollout_shows_where_it_failed_and_the_way_back() -> None:
    assert told(builders.rolled_back()) == [
        ("BeforeAllowTraffic", "Succeeded"),
        ("AllowTraffic", "Failed"),
        ("AfterAllowTraffic", "Skipped"),
        ("back to v41", "Succeeded"),
    ]


def test_a_deployment_that_failed_before_its_last_weight_shows_how_far_it_came() -> None:
    failed = builders.deployment(
        DeploymentStatus.Failed, events=builders.lifecycle("Failed", "Skipped")
    )
    assert told(builders.snapshot(Routing(41), deployment=failed))[1:3] == [
        ("10 %", "Failed"),
        ("100 %", "Skipped"),
    ]


def test_a_config_that_could_not_be_read_leaves_one_step() -> None:
    assert ("AllowTraffic", "InProgress") in told(builders.snapshot(config=None))


def test_all_at_once_is_one_step() -> None:
    events = (LifecycleEvent("AllowTraffic", "Pending"),)
    snapshot = builders.snapshot(
        Routing(41),
        config=AT_ONCE,
        deployment=builders.deployment(events=events, config_name=AT_ONCE.name),
    )
    assert told(snapshot) == [("100 %", "Pending")]


def test_without_a_deployment_there_are_no_steps() -> None:
    assert steps_of(builders.stable()) == ()

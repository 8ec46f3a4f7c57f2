"""The operator's limits: met, not met, and what nobody may call met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lambdactl.model import Alarm, Metrics, Minute, Routing, Series, Snapshot, Unread
from lambdactl.verdict.gate import Gate, Limits, exceeded, gates, unmet
from lambdactl.verdict.measuring import judge_snapshot
from tests.plan.samples import NOW, snapshot

MINUTES = 10


def side(number: int, calls: float, errors: float, p95: float | None) -> Series:
    start = NOW - timedelta(minutes=MINUTES + 2)
    rows = [Minute(start + timedelta(minutes=n), calls, errors, 0.0, p95) for n in range(MINUTES)]
    rows += [Minute(start + timedelta(minutes=MINUTES + n)) for n in range(2)]
    return Series(number, tuple(rows))


def look(
    canary: Sequence[float] = (20, 1), stable: Sequence[float] = (200, 2), **changes: Any
) -> Snapshot:
    """Calls and errors a minute of each side, for ten minutes; the p95 is 240 and 160 ms."""
    series = {
        41: side(41, stable[0], stable[1], 160.0),
        42: side(42, canary[0], canary[1], changes.pop("p95", 240.0)),
    }
    return replace(snapshot(Routing(41, 42, 10.0)), metrics=Metrics(NOW, 1800, series), **changes)


def found(seen: Snapshot, **limits: Any) -> tuple[Gate, ...]:
    return gates(Limits(**limits), seen, judge_snapshot(seen))


def one(seen: Snapshot, **limits: Any) -> Gate:
    (gate,) = found(seen, **limits)
    return gate


@pytest.mark.parametrize(
    ("limits", "value", "met", "detail"),
    [
        ({"max_error_rate_percent": 5.0}, 5.0, True, "5.00 % of 200 calls, limit 5 %"),
        ({"max_error_rate_percent": 4.9}, 5.0, False, "5.00 % of 200 calls, limit 4.9 %"),
        ({"max_error_ratio": 5}, 5.0, True, "5 times, limit 5 times"),
        ({"max_error_ratio": 3}, 5.0, False, "5 times, limit 3 times"),
        ({"max_p95_ratio": 1.5}, 1.5, True,
         "1.5 times (240 ms to 160 ms, 10 min), limit 1.5 times"),
        ({"max_p95_ratio": 1.2}, 1.5, False,
         "1.5 times (240 ms to 160 ms, 10 min), limit 1.2 times"),
        ({"min_calls": 200}, 200, True, "200 of 200 calls"),
        ({"min_calls": 1000}, 200, False, "200 of 1,000 calls"),
    ],
)  # fmt: skip
def test_a_limit_against_what_was_measured(
    limits: dict[str, Any], value: float, met: bool, detail: str
) -> None:
    gate = one(look(), **limits)
    assert (gate.value, gate.met, gate.detail) == (value, met, detail)


def test_below_the_minimum_of_calls_a_rate_is_shown_and_held_against_nobody() -> None:
    rate, calls = found(look(), max_error_rate_percent=1.0, min_calls=1000)
    assert (rate.value, rate.met) == (5.0, None)
    assert calls.met is False
    assert exceeded((rate, calls)) is None
    assert str(unmet((rate, calls))).startswith("gate max_error_rate_percent not known")


def test_errors_against_a_stable_version_without_any_are_over_every_ratio() -> None:
    gate = one(look(stable=(200, 0)), max_error_ratio=1000)
    assert (gate.met, gate.detail) == (False, "5.00 % against none, limit 1000 times")
    gate = one(look(canary=(20, 0), stable=(200, 0)), max_error_ratio=1)
    assert (gate.value, gate.met) == (0.0, True)


@pytest.mark.parametrize(
    "seen",
    [
        replace(look(), metrics=None),
        replace(look(), metrics=None, unread=(Unread("metrics", "no permission"),)),
        snapshot(),
        look(canary=(0, 0)),
    ],
)
def test_without_measurements_no_gate_is_met(seen: Snapshot) -> None:
    told = found(
        seen, max_error_rate_percent=1.0, max_error_ratio=3, max_p95_ratio=1.5, min_calls=100
    )
    assert [g.met for g in told if g.met] == []
    assert {g.met for g in told if g.name != "min_calls"} == {None}
    assert {g.value for g in told if g.name.startswith("max_")} == {None}


def test_a_p95_that_only_one_side_has_is_not_compared() -> None:
    gate = one(look(p95=None), max_p95_ratio=1.5)
    assert (gate.value, gate.met) == (None, None)


@pytest.mark.parametrize(
    ("state", "met"), [("OK", True), ("ALARM", False), ("INSUFFICIENT_DATA", None)]
)
def test_an_alarm_by_its_state(state: Any, met: bool | None) -> None:
    gate = one(look(alarms=(Alarm("errors", state),)), alarms=("errors",))
    assert (gate.name, gate.value, gate.met) == ("alarm errors", state, met)
    assert not gate.ends_the_rollout


def test_an_alarm_that_could_not_be_read_is_unknown_with_the_reason() -> None:
    unread = Unread("alarm errors", "no permission: cloudwatch:DescribeAlarms")
    gate = one(look(unread=(unread,)), alarms=("errors",))
    assert (gate.value, gate.met, gate.detail) == (None, None, unread.reason)


def test_no_limit_is_no_gate() -> None:
    assert found(look()) == ()
    assert unmet(()) is None

"""The stack's alarms against traffic: they stop a bad canary, and leave a good one alone.

The rules are read from the template, so an edit of a threshold has to pass here. Chances are exact:
the errors of a minute are binomial, and the last N minutes of an M-of-N alarm are a Markov chain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import comb
from typing import Any

import pytest

from tests.infra.translated import source

Measure = Callable[[int, int], float]
MEASURES: dict[str, Measure] = {
    "100 * errors / calls": lambda errors, calls: 100 * errors / calls,
    "errors": lambda errors, calls: errors,
}


@dataclass(frozen=True)
class Rule:
    """Breaching minutes, and how many of them out of how many make an alarm."""

    counts: Measure
    threshold: float
    above: bool
    minutes: int
    needed: int

    def breaches(self, errors: int, calls: int) -> bool:
        value = self.counts(errors, calls)
        return value > self.threshold if self.above else value >= self.threshold


def rules() -> list[Rule]:
    body = source()
    defaults = {name: p.get("Default") for name, p in body["Parameters"].items()}
    return [
        rule(body["Resources"][name]["Properties"], defaults)
        for name in ("ErrorRateAlarm", "LowVolumeErrorsAlarm")
    ]


def rule(alarm: dict[str, Any], defaults: dict[str, Any]) -> Rule:
    text = alarm["Metrics"][0]["Expression"]["Fn::Sub"]
    for name, value in defaults.items():
        text = text.replace(f"${{{name}}}", str(value))
    found = re.fullmatch(r"IF\(calls (>=|<) (\d+), (.+), 0\)", text)
    assert found is not None, text
    many, limit, measure = found.group(1) == ">=", int(found.group(2)), MEASURES[found.group(3)]

    def counts(errors: int, calls: int) -> float:
        return measure(errors, calls) if (calls >= limit) == many else 0.0

    return Rule(
        counts,
        float(defaults[alarm["Threshold"]["Ref"]]),
        alarm["ComparisonOperator"] == "GreaterThanThreshold",
        alarm["EvaluationPeriods"],
        alarm["DatapointsToAlarm"],
    )


def chance(rule: Rule, calls: int, failing: float, minutes: int) -> float:
    """The chance that ``rule`` is in ALARM at least once in ``minutes``."""
    bad = sum(
        comb(calls, k) * failing**k * (1 - failing) ** (calls - k)
        for k in range(calls + 1)
        if rule.breaches(k, calls)
    )
    states: dict[tuple[bool, ...], float] = {(): 1.0}
    rang = 0.0
    for _ in range(minutes):
        following: dict[tuple[bool, ...], float] = {}
        for state, weight in states.items():
            for breach, share in ((True, bad), (False, 1 - bad)):
                window = (*state, breach)[-rule.minutes :]
                if sum(window) >= rule.needed:
                    rang += weight * share
                else:
                    following[window] = following.get(window, 0.0) + weight * share
        states = following
    return rang


def stopped(calls: int, failing: float, minutes: int) -> float:
    """The chance that one alarm or the other stops a canary that gets ``calls`` a minute."""
    return max(chance(r, calls, failing, minutes) for r in rules())


@pytest.mark.parametrize("calls", [1, 2, 5, 10, 19, 20, 40, 100, 600])
def test_a_good_canary_is_left_alone(calls: int) -> None:
    """One call in ten thousand fails, for the longest of the canaries: half an hour."""
    assert stopped(calls, 0.0001, 30) < 0.001


@pytest.mark.parametrize("calls", [20, 60, 600])
def test_a_service_with_one_error_in_a_hundred_can_be_released(calls: int) -> None:
    assert stopped(calls, 0.01, 5) < 0.02


@pytest.mark.parametrize("calls", [3, 10, 19, 20, 100, 600])
def test_a_canary_that_fails_half_of_its_calls_is_stopped_within_three_minutes(calls: int) -> None:
    assert stopped(calls, 0.5, 3) > 0.95


@pytest.mark.parametrize("calls", [1, 10, 19, 20, 100, 600])
def test_a_canary_that_fails_every_call_is_stopped_within_two_minutes(calls: int) -> None:
    assert stopped(calls, 1.0, 2) == pytest.approx(1.0)


def test_one_failure_in_five_at_one_call_a_minute_is_found_within_an_hour() -> None:
    """Ten calls a minute, a tenth to the canary: ``Errors > 0`` twice in a row misses it."""
    assert stopped(1, 0.2, 60) > 0.9


def test_no_volume_is_between_the_two_alarms() -> None:
    """Whatever the number of calls, every one of them failing breaches one of the two."""
    assert all(any(r.breaches(n, n) for r in rules()) for n in range(1, 200))

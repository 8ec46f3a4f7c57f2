"""Forecasts: the rule of three, what is unknown, and the real judge's word on the numbers."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from lambdactl.model import DeploymentConfig
from lambdactl.model_history import Bucket, Traffic
from lambdactl.verdict import Answer, Counts, judge
from lambdactl.verdict.draws import binomial
from lambdactl.verdict.foretold import foretold
from lambdactl.verdict.power import HISTORY_MIN, PRESETS, RUNS, looks, outlook, share_seen, stages

BEGIN = datetime(2026, 11, 13, 14, tzinfo=UTC)
BY_NAME = {c.name.removeprefix("CodeDeployDefault.Lambda"): c for c in PRESETS}


def week(calls_per_minute: float, rate: float, *, hours: int = 168) -> Traffic:
    """``rate`` is per cent."""
    calls = calls_per_minute * 60.0
    buckets = (
        Bucket(BEGIN + timedelta(hours=n), calls, calls * rate / 100.0) for n in range(hours)
    )
    return Traffic(BEGIN, BEGIN + timedelta(days=7), 3600, tuple(buckets))


def preset(name: str) -> DeploymentConfig:
    return BY_NAME[name]


def simulated(config: DeploymentConfig, calls: int, rate: float, times: float, runs: int) -> float:
    """Per cent of rollouts that the judge itself, looking every minute, calls worse in time."""
    rng, hits = random.Random(7), 0
    for _ in range(runs):
        minutes = [Counts(0, 0, calls, binomial(rng, calls, rate)) for _ in range(HISTORY_MIN)]
        for length, weight in stages(config):
            for _ in range(round(length)):
                canary = binomial(rng, calls, weight / 100.0)
                failed = binomial(rng, canary, rate * times)
                stable = calls - canary
                minutes.append(Counts(canary, failed, stable, binomial(rng, stable, rate)))
        hits += judge(minutes[:-2]).answer is Answer.FAIL
    return 100.0 * hits / runs


@pytest.mark.parametrize(
    ("name", "calls", "rate", "times"),
    [
        ("Canary10Percent5Minutes", 600, 0.001, 10.0),
        ("Canary10Percent5Minutes", 600, 0.01, 3.0),
        ("Canary10Percent30Minutes", 60, 0.01, 5.0),
        ("Linear10PercentEvery3Minutes", 600, 0.001, 3.0),
        ("Linear10PercentEvery10Minutes", 60, 0.001, 10.0),
    ],
)
def test_the_forecast_is_what_the_judge_does(
    name: str, calls: int, rate: float, times: float
) -> None:
    config = preset(name)
    foreseen = share_seen(config, (float(calls),) * RUNS, 100.0 * rate, 100.0 * rate * times)
    real = simulated(config, calls, rate, times, runs=100)
    assert foreseen == pytest.approx(real, abs=13.0)


def test_where_many_calls_fail_anyway_it_promises_less_than_the_judge_keeps() -> None:
    config = preset("Canary10Percent30Minutes")
    foreseen = share_seen(config, (60.0,) * RUNS, 10.0, 20.0)
    assert 40.0 < foreseen <= simulated(config, 60, 0.1, 2.0, runs=80) + 5.0


def test_the_same_code_is_seldom_called_worse() -> None:
    pace = (600.0,) * RUNS
    for config in PRESETS:
        assert share_seen(config, pace, 1.0, 1.0) <= 5.0


@pytest.mark.parametrize(
    ("name", "calls", "bound"),
    [
        ("Canary10Percent5Minutes", 30.0, 10.0),
        ("Linear10PercentEvery10Minutes", 2700.0, 300.0 / 2700.0),
        ("AllAtOnce", 0.0, None),
    ],
)
def test_the_rule_of_three_at_sixty_calls_a_minute(
    name: str, calls: float, bound: float | None
) -> None:
    chosen = outlook(week(60, 0.1), preset(name)).chosen
    assert chosen is not None
    assert chosen.canary_calls == pytest.approx(calls)
    assert chosen.bound == (None if bound is None else pytest.approx(bound))


def test_a_short_preset_is_blind_and_a_long_one_is_not() -> None:
    found = outlook(week(600, 0.1), preset("Canary10Percent5Minutes"), times=3.0)
    assert found.chosen is not None and found.chosen.seen is not None
    assert found.chosen.seen < 15.0
    assert found.advised is not None
    assert found.advised.name == "Linear10PercentEvery10Minutes"
    first, second = foretold(found)
    assert first.startswith("x3 of 0.1 %: Canary10Percent5Minutes would see it ")
    assert "; Linear10PercentEvery10Minutes would see it 9" in first
    assert second == (
        "Canary10Percent5Minutes sends 300 calls to the canary before 100 %: with none of them"
        " failed it cannot exclude a 1 % error rate"
    )


def test_no_preset_sees_it_where_nobody_calls_enough() -> None:
    found = outlook(week(5, 0.1), preset("Canary10Percent5Minutes"))
    assert found.advised is None
    assert next(foretold(found)).endswith("no preset of CodeDeploy would see it 80 % of the time")


def test_the_smallest_rate_that_is_seen() -> None:
    chosen = outlook(week(600, 0.1), preset("Linear10PercentEvery10Minutes")).chosen
    assert chosen is not None
    assert chosen.smallest in (0.2, 0.5)


def test_all_at_once_sees_none() -> None:
    found = outlook(week(6000, 1.0), preset("AllAtOnce"), times=10.0)
    first, second = foretold(found)
    assert first.startswith("x10 of 1 %: AllAtOnce would see it none of the time")
    assert second.endswith("nothing can be seen in time")
    assert found.chosen is not None and found.chosen.smallest is None


def test_a_week_without_a_failed_call_foretells_nothing_of_a_multiple_of_it() -> None:
    found = outlook(week(600, 0.0), preset("Canary10Percent30Minutes"))
    assert found.rate is None
    assert found.chosen is not None and found.chosen.seen is None
    assert found.chosen.smallest is not None
    assert next(foretold(found)).startswith("no call failed in the past week")
    given = outlook(week(600, 0.0), preset("Canary10Percent30Minutes"), rate=0.1)
    assert given.chosen is not None and given.chosen.seen is not None


def test_without_calls_it_is_unknown_and_never_good_news() -> None:
    found = outlook(week(0, 0.0), preset("Linear10PercentEvery10Minutes"))
    assert found.chosen is None and found.advised is None
    assert list(foretold(found)) == [
        "what this rollout can see is unknown: no calls in the past week"
    ]


def test_a_quiet_night_counts() -> None:
    """Half of the rollouts begin when nobody calls: those see nothing."""
    busy, quiet = week(6000, 1.0, hours=84), week(0, 1.0, hours=84)
    both = Traffic(BEGIN, BEGIN, 3600, busy.buckets + quiet.buckets)
    chosen = outlook(both, preset("Linear10PercentEvery10Minutes")).chosen
    assert chosen is not None
    assert chosen.seen == pytest.approx(50.0, abs=2.0)


def test_the_last_minutes_before_the_shift_are_not_seen_in_time() -> None:
    assert sum(minutes for minutes, _ in looks(preset("Canary10Percent5Minutes"))) == 3.0
    assert looks(preset("AllAtOnce")) == []
    assert len(looks(preset("Linear10PercentEvery10Minutes"))) <= 40


def test_the_same_week_gives_the_same_answer() -> None:
    config = preset("Canary10Percent30Minutes")
    first = outlook(week(600, 0.1), config)
    share_seen.cache_clear()
    assert outlook(week(600, 0.1), config) == first

"""What a canary has cost, and what it goes on costing."""

from __future__ import annotations

import math

import pytest

from lambdactl.verdict import Counts, judge
from lambdactl.verdict.damage import Damage, damage


def of(*minutes: Counts) -> Damage | None:
    return damage(minutes, judge(minutes))


def told(*minutes: Counts) -> Damage:
    done = of(*minutes)
    assert done is not None
    return done


def test_failed_calls_above_the_stable_versions_rate() -> None:
    done = told(*[Counts(100, 11, 900, 9)] * 10)
    assert done.failed == pytest.approx(100.0)
    assert done.per_minute == pytest.approx(10.0)
    assert done.interval is not None
    low, high = done.interval
    assert 80.0 < low < 100.0 < high <= 110.0
    assert done.per_minute_interval == pytest.approx((low / 10, high / 10))
    assert (done.calls, done.uncompared) == (1000, 0)


def test_an_outage_of_both_costs_nothing() -> None:
    done = told(*[Counts(100, 1, 900, 9)] * 10, *[Counts(100, 50, 900, 450)] * 5)
    assert done.failed == pytest.approx(0.0)
    assert done.interval is not None and done.interval[0] < 0.0 < done.interval[1]


def test_all_failures_are_too_many_where_the_stable_version_has_none() -> None:
    done = told(Counts(10, 4, 100, 0), Counts(20, 11, 100, 0), Counts(31, 22, 300, 0))
    assert done.failed == 37.0
    assert done.interval is not None
    assert done.interval[0] <= 37.0 <= done.interval[1]
    assert not math.isnan(done.interval[1])


def test_a_canary_that_only_succeeds_has_saved_calls() -> None:
    done = told(*[Counts(100, 0, 900, 90)] * 3)
    assert done.failed == pytest.approx(-30.0)
    assert done.interval == pytest.approx((-30.0, 0.0))


def test_without_a_failed_call_nothing_is_known_of_the_interval() -> None:
    done = told(Counts(100, 0, 900, 0))
    assert (done.failed, done.interval, done.per_minute_interval) == (0.0, None, None)


def test_minutes_with_one_version_only_are_not_compared_but_told() -> None:
    done = told(Counts(0, 0, 1000, 10), Counts(100, 5, 900, 9), Counts(1000, 40, 0, 0))
    assert done.failed == pytest.approx(4.0)
    assert (done.calls, done.uncompared) == (100, 1000)
    assert done.per_minute == pytest.approx(0.04 * 550)


@pytest.mark.parametrize("minutes", [(), (Counts(0, 0, 9, 1),), (Counts(9, 1, 0, 0),)])
def test_unknown_where_the_two_never_served_together(minutes: tuple[Counts, ...]) -> None:
    assert of(*minutes) is None


def test_the_more_is_known_the_narrower_it_is() -> None:
    few, many = told(*[Counts(100, 6, 900, 9)] * 5), told(*[Counts(100, 6, 900, 9)] * 50)
    assert few.interval is not None and many.interval is not None
    assert (few.interval[1] - few.interval[0]) / 500 > (many.interval[1] - many.interval[0]) / 5000

"""A verdict on rollouts that are over, and every reason why there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lambdactl.model import Deployment, LifecycleEvent, Metrics, Minute, Series
from lambdactl.verdict import Answer
from lambdactl.verdict.hindsight import HISTORY, Hindsight, Window, judge_past, window_of
from tests.plan.samples import NOW, deployment

MINUTE = timedelta(minutes=1)


def past(age: timedelta, status: str = "Succeeded") -> Deployment:
    begun = NOW - age
    event = LifecycleEvent("AllowTraffic", "Succeeded", begun, begun + 5 * MINUTE)
    ended = begun + 6 * MINUTE
    return replace(deployment(status), completed=ended, events=(event,))


def measured(
    window: Window, canary: list[tuple[float | None, float | None]], *, taken: datetime = NOW
) -> Metrics:
    """The canary's minutes after the half hour in which the stable version was alone."""
    period = timedelta(seconds=window.period_s)
    lonely = round(HISTORY / period)
    old = [(900.0, 9.0)] * (lonely + len(canary))
    new = [(None, None)] * lonely + canary

    def series(version: int, rows: list[tuple[float | None, float | None]]) -> Series:
        minutes = (Minute(window.since + n * period, c, e) for n, (c, e) in enumerate(rows))
        return Series(version, tuple(minutes))

    by_version = {41: series(41, list(old)), 42: series(42, new)}
    return Metrics(taken, len(old) * window.period_s, by_version)


def window(found: Deployment) -> Window:
    told = window_of(found, NOW)
    assert isinstance(told, Window)
    return told


def judged(
    canary: list[tuple[float | None, float | None]],
    *,
    age: timedelta = timedelta(days=2),
    settles_s: float = 10.0,
    margin: float = 2.0,
    taken: datetime = NOW,
) -> Hindsight:
    found = past(age)
    seen = measured(window(found), canary, taken=taken)
    return judge_past(found, window(found), seen, settles_s=settles_s, margin=margin)


@pytest.mark.parametrize(
    ("age", "period_s"),
    [
        (timedelta(days=2), 60),
        (timedelta(days=14, hours=23), 60),
        (timedelta(days=15), 300),
        (timedelta(days=62), 300),
        (timedelta(days=100), 3600),
    ],
)
def test_the_finest_periods_that_are_kept(age: timedelta, period_s: int) -> None:
    found = window(past(age))
    assert found.period_s == period_s
    assert found.since.timestamp() % period_s == 0
    assert found.since <= NOW - age - HISTORY < found.since + timedelta(seconds=period_s)


def test_what_is_too_old_is_gone() -> None:
    told = window_of(past(timedelta(days=500)), NOW)
    assert told == "CloudWatch has deleted its data: it keeps none for longer than 455 days"


def test_what_never_shifted_traffic_cannot_be_judged() -> None:
    found = past(timedelta(days=1), "Failed")
    assert window_of(replace(found, events=()), NOW) == "no traffic was ever shifted"
    unborn = replace(found, current_version=None, target_version=None)
    assert window_of(unborn, NOW) == "it has not started, so its versions are not known"


def test_a_bad_canary_is_found_afterwards_with_its_damage() -> None:
    found = judged([(100.0, 30.0)] * 5)
    assert found.verdict.answer is Answer.FAIL
    assert found.damage is not None
    assert found.damage.failed == pytest.approx(145.0)
    assert found.note is None


def test_an_earlier_split_in_the_half_hour_before_is_no_evidence() -> None:
    found = past(timedelta(days=2))
    seen = measured(window(found), [(900.0, 9.0)] * 40)
    before = [replace(m, invocations=100.0, errors=50.0) for m in seen.series[42].minutes[:30]]
    again = Series(42, (*before, *seen.series[42].minutes[30:]))
    both = replace(seen, series={**seen.series, 42: again})
    told = judge_past(found, window(found), both, settles_s=10.0)
    assert (told.verdict.answer, told.verdict.canary_calls) == (Answer.PASS, 40 * 900)
    assert told.damage is not None and told.damage.failed == pytest.approx(0.0)


def test_a_margin_of_its_own() -> None:
    good: list[tuple[float | None, float | None]] = [(900.0, 9.0)] * 40
    assert judged(good).verdict.answer is Answer.PASS
    assert judged(good[:8], margin=1.5).verdict.answer is Answer.INCONCLUSIVE
    assert judged(good[:8], margin=5.0).verdict.answer is Answer.PASS


def test_coarse_periods_are_said() -> None:
    found = judged([(500.0, 150.0)], age=timedelta(days=20))
    assert found.verdict.answer is Answer.FAIL
    assert found.note is not None and found.note.startswith("judged by periods of 5 minutes")


def test_no_data_is_not_measured_and_never_a_pass() -> None:
    found = judged([(None, None)] * 5)
    assert found.verdict.answer is Answer.NOT_MEASURED
    assert found.damage is None
    assert found.note is not None and found.note.startswith(
        "CloudWatch holds no call of the canary"
    )


def test_calls_without_a_count_of_errors_are_not_measured() -> None:
    found = judged([(100.0, 0.0), (100.0, None)])
    assert found.verdict.answer is Answer.NOT_MEASURED
    assert found.note == "CloudWatch has calls without a count of their errors"


def test_minutes_that_still_settle_do_not_count() -> None:
    found = past(timedelta(days=2))
    early = window(found).since + HISTORY + 4 * MINUTE
    told = judged([(100.0, 30.0)] * 5, settles_s=0.0, taken=early)
    assert told.verdict.canary_calls == 300
    none = judged([(100.0, 30.0)] * 5, settles_s=3600.0, taken=early)
    assert none.verdict.answer is Answer.NOT_MEASURED
    assert none.note == "its minutes are still settling"


def test_a_version_that_was_not_read_is_not_measured() -> None:
    found = past(timedelta(days=2))
    alone = Metrics(NOW, 60, {41: Series(41, ())})
    told = judge_past(found, window(found), alone, settles_s=0.0)
    assert told.verdict.answer is Answer.NOT_MEASURED

"""AWS's clock: set by every answer, carried on between them, at the rate it really runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from lambdactl.aws.clock import AwsClock
from lambdactl.aws.limiter import Limiter

START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


class Time:
    """A monotonic clock that is moved by hand, and an AWS that runs ``speed`` times faster."""

    def __init__(self, speed: float = 1.0) -> None:
        self.at = 1_000.0
        self.speed = speed
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    @property
    def aws(self) -> datetime:
        return START + timedelta(seconds=(self.at - 1_000.0) * self.speed)

    @property
    def header(self) -> str:
        return format_datetime(self.aws.replace(microsecond=0), usegmt=True)


def test_before_any_answer_it_is_the_wall_clock() -> None:
    clock = AwsClock(monotonic=Time(), wall=lambda: START.timestamp())
    assert clock.now() == START


def test_an_answer_sets_it_and_time_passes_from_there() -> None:
    time = Time()
    clock = AwsClock(monotonic=time, wall=lambda: 0.0)
    clock.observe("Fri, 20 Nov 2026 14:00:00 GMT")
    time.at += 2.5
    assert clock.now() == START + timedelta(seconds=2.5)


def test_an_answer_without_a_date_changes_nothing() -> None:
    clock = AwsClock(monotonic=Time(), wall=lambda: START.timestamp())
    clock.observe(None)
    assert clock.now() == START


def test_a_header_cut_to_the_second_does_not_set_a_finer_prediction_back() -> None:
    time = Time()
    clock = AwsClock(monotonic=time)
    clock.observe(time.header)
    time.at += 0.9
    clock.observe(time.header)
    assert clock.now() == START + timedelta(seconds=0.9)


@pytest.mark.parametrize("speed", [5.0, 60.0, 600.0])
def test_an_accelerated_account_is_followed_between_answers(speed: float) -> None:
    time = Time(speed)
    clock = AwsClock(monotonic=time)
    for _ in range(4):
        clock.observe(time.header)
        time.at += 5.0
    assert abs((clock.now() - time.aws).total_seconds()) < 2.0


def test_an_ordinary_account_runs_at_our_rate() -> None:
    time = Time()
    clock = AwsClock(monotonic=time)
    for _ in range(40):
        clock.observe(time.header)
        time.at += 0.37
    assert clock.rate == 1.0


def test_a_laptop_that_slept_is_not_taken_for_an_accelerated_account() -> None:
    time = Time()
    clock = AwsClock(monotonic=time)
    for hours in (0, 0, 8, 8):
        clock.observe(format_datetime(time.aws + timedelta(hours=hours), usegmt=True))
        time.at += 5.0
    assert clock.rate == 1.0
    assert clock.now() - time.aws == timedelta(hours=8)


def test_the_limiter_spaces_calls_and_slows_down_when_told() -> None:
    time = Time()
    limiter = Limiter(5.0, sleep=time.sleep, monotonic=time)
    for _ in range(11):
        limiter.wait()
    assert time.at == pytest.approx(1_002.0)
    limiter.slow_down()
    before = time.at
    for _ in range(6):
        limiter.wait()
    assert time.at - before == pytest.approx(0.2 + 5 * 0.4)


def test_the_limiter_does_not_save_up_what_was_not_used() -> None:
    time = Time()
    limiter = Limiter(5.0, sleep=time.sleep, monotonic=time)
    limiter.wait()
    time.at += 60.0
    limiter.wait()
    limiter.wait()
    assert time.slept == [pytest.approx(0.2)]

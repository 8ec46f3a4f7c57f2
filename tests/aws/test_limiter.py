"""The limiter in front of AWS: what it lets pass, how it slows down, who shares it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lambdactl.aws.limiter import (
    FUNCTIONS_A_SECOND,
    FUNCTIONS_AT_ONCE,
    OTHERS_A_SECOND,
    POLICIES_A_SECOND,
    POLICIES_AT_ONCE,
    QUIET_S,
    READS_A_SECOND,
    READS_AT_ONCE,
    SAME_S,
    STEPS,
    Buckets,
    Limiter,
)
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.faults import throttled
from lambdactl.sandbox.open import Sandbox
from tests.aws.reaching import reach

QUOTA = 15.0


class Clock:
    """A clock that only a sleep moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_limiter_keeps_its_rate_to_the_call() -> None:
    clock = Clock()
    limiter = Limiter(4.5, sleep=clock.sleep, monotonic=clock)
    for _ in range(46):
        limiter.wait()
    assert clock.now - 100.0 == pytest.approx(10.0)


def test_a_burst_catches_up_on_what_was_due_and_no_more() -> None:
    clock = Clock()
    limiter = Limiter(1.0, burst=2, sleep=clock.sleep, monotonic=clock)
    limiter.wait()
    clock.now += 10.0
    at = clock.now
    for _ in range(3):
        limiter.wait()
    assert clock.now == at
    limiter.wait()
    assert clock.now == at + 1.0


def test_slowed_down_it_is_half_as_fast_and_never_stands_still() -> None:
    clock = Clock()
    slowed = Limiter(4.0, sleep=clock.sleep, monotonic=clock)
    for _ in range(9):
        slowed.slow_down()
        clock.now += SAME_S
    assert slowed.rate == 0.5


def test_refusals_of_one_moment_are_one() -> None:
    clock = Clock()
    slowed = Limiter(8.0, sleep=clock.sleep, monotonic=clock)
    for _ in range(4):
        slowed.slow_down()
    assert slowed.rate == 4.0


def test_what_was_slowed_down_recovers_step_by_step_while_it_is_quiet() -> None:
    clock = Clock()
    slowed = Limiter(8.0, sleep=clock.sleep, monotonic=clock)
    slowed.slow_down()
    rates = []
    for _ in range(STEPS):
        clock.now += QUIET_S
        slowed.wait()
        rates.append(slowed.rate)
    assert rates == [5.0, 6.0, 7.0, 8.0, 8.0, 8.0, 8.0, 8.0]
    assert not slowed.slowed
    slowed.slow_down()
    clock.now += QUIET_S - 1.0
    slowed.slow_down()
    clock.now += QUIET_S - 1.0
    slowed.wait()
    assert slowed.rate == 2.0


def test_a_refusal_ends_what_was_saved_up() -> None:
    clock = Clock()
    slowed = Limiter(2.0, burst=10, sleep=clock.sleep, monotonic=clock)
    slowed.wait()
    clock.now += 60.0
    slowed.slow_down()
    at = clock.now
    for _ in range(3):
        slowed.wait()
    assert clock.now - at == pytest.approx(2.0)


def test_each_quota_has_its_bucket() -> None:
    buckets = Buckets()
    buckets.set_pace(deletes=3.0, speed=10.0)
    assert buckets.deletes.rate == 30.0
    assert buckets.of("lambda", "GetAlias") is buckets.reads
    assert buckets.of("lambda", "UpdateAlias") is buckets.reads
    assert buckets.of("lambda", "GetFunction") is buckets.functions
    assert buckets.of("lambda", "GetPolicy") is buckets.policies
    assert buckets.of("lambda", "DeleteFunction") is buckets.deletes
    assert buckets.of("cloudwatch", "ListMetrics") is None
    with buckets.shared(), buckets.shared():
        assert buckets.of("lambda", "ListAliases") is buckets.deletes
    assert buckets.of("lambda", "ListAliases") is buckets.reads
    assert Buckets().deletes.rate < QUOTA / 3


def test_one_look_is_not_slowed() -> None:
    clock = Clock()
    reads = Limiter(READS_A_SECOND, burst=READS_AT_ONCE - 1, sleep=clock.sleep, monotonic=clock)
    for _ in range(READS_AT_ONCE):
        reads.wait()
    assert clock.now == 100.0


@pytest.mark.parametrize(
    ("rate", "at_once", "quota"),
    [
        (READS_A_SECOND, READS_AT_ONCE, 15.0),
        (POLICIES_A_SECOND, POLICIES_AT_ONCE, 15.0),
        (FUNCTIONS_A_SECOND, FUNCTIONS_AT_ONCE, 100.0),
    ],
)
def test_no_second_has_more_calls_than_the_quota(rate: float, at_once: int, quota: float) -> None:
    clock = Clock()
    some = Limiter(rate, burst=at_once - 1, sleep=clock.sleep, monotonic=clock)
    at = []
    for n in range(300):
        clock.now += 20.0 if n == 150 else 0.0
        some.wait()
        at.append(clock.now)
    assert max(sum(1 for b in at if a <= b < a + 1.0) for a in at) <= quota


def test_a_service_that_refused_is_asked_less_often_until_it_is_quiet() -> None:
    clock = Clock()
    buckets = Buckets(sleep=clock.sleep, monotonic=clock)
    buckets.slow_down("codedeploy", "ListDeployments")
    found = buckets.of("codedeploy", "GetDeployment")
    assert found is not None
    assert found.rate == OTHERS_A_SECOND / 2
    assert buckets.of("cloudwatch", "DescribeAlarms") is None
    clock.now += QUIET_S * STEPS
    assert buckets.of("codedeploy", "GetDeployment") is None


@pytest.fixture
def running() -> Iterator[Sandbox]:
    with Sandbox(clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[Limiter]:
    """Every turn that was asked for, and nobody waits for one."""
    taken: list[Limiter] = []
    monkeypatch.setattr(Limiter, "wait", lambda limiter: taken.append(limiter))
    return taken


def test_every_request_to_lambda_takes_its_turn_retries_included(
    running: Sandbox, turns: list[Limiter]
) -> None:
    aws = reach(running)
    running.door.faults.add("lambda:ListFunctions", throttled(), times=2)
    aws.functions()
    aws.storage()
    asked = [e for e in running.door.journal if e.caller and e.action.startswith("lambda:")]
    assert len(asked) == 4
    assert turns == [aws.buckets.reads] * 4
    assert aws.buckets.reads.slowed
    aws.close()


def test_connections_to_one_account_and_region_share_its_quota(running: Sandbox) -> None:
    one, two = reach(running), reach(running)
    elsewhere = reach(running, region="ap-south-1")
    for aws in (one, two, elsewhere):
        aws.place()
    assert one.buckets is two.buckets
    assert one.buckets is not elsewhere.buckets
    running.door.faults.add("cloudwatch:DescribeAlarms", throttled(), times=1)
    one.call("cloudwatch", "DescribeAlarms")
    assert two.buckets.of("cloudwatch", "DescribeAlarms") is not None
    for aws in (one, two, elsewhere):
        aws.close()

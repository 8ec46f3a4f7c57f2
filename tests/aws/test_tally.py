"""The count of what is asked of AWS, held to the journal of those who were asked."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from lambdactl.aws import Aws
from lambdactl.aws.tally import USD_PER_METRIC, Tally
from lambdactl.errors import LambdactlError
from lambdactl.model import Routing
from lambdactl.sandbox.faults import denied, throttled
from lambdactl.sandbox.open import Sandbox
from tests.aws.reaching import LIVE, grown, reach


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.25

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def account_of_one(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with grown(monkeypatch) as sandbox:
        yield sandbox


@pytest.fixture
def aws(account_of_one: Sandbox) -> Iterator[Aws]:
    made = reach(account_of_one)
    made.pause = lambda _: None
    yield made
    made.close()


def journal(sandbox: Sandbox) -> Counter[str]:
    return Counter(entry.action for entry in sandbox.door.journal if entry.caller)


def test_it_says_what_the_journal_says_retries_and_failures_included(
    account_of_one: Sandbox, aws: Aws
) -> None:
    account_of_one.door.faults.add("lambda:ListAliases", throttled(), times=1)
    account_of_one.door.faults.add("cloudwatch:GetMetricData", throttled(), times=1)
    account_of_one.door.faults.add("lambda:UpdateAlias", denied())
    for _ in range(3):
        seen = aws.snapshot(LIVE, checks=True, storage=True)
    assert seen.alias is not None
    with pytest.raises(LambdactlError):
        aws.update_alias(LIVE, Routing(11), seen.alias.revision_id)
    told = journal(account_of_one)
    assert told["lambda:ListAliases"] == 3 + 1
    assert aws.tally.by_call() == told
    assert aws.tally.total == told.total() == aws.tally.per_minute()


def test_only_metrics_that_are_asked_for_have_a_price(account_of_one: Sandbox, aws: Aws) -> None:
    aws.aliases(LIVE.function)
    aws.storage()
    assert aws.tally.usd_per_hour() == 0.0
    aws.snapshot(LIVE)
    one_look = 4 * USD_PER_METRIC * 60
    assert aws.tally.usd_per_hour() == pytest.approx(one_look)
    account_of_one.door.faults.add("cloudwatch:GetMetricData", throttled(), times=1)
    aws.snapshot(LIVE)
    assert aws.tally.usd_per_hour() == pytest.approx(3 * one_look)


def test_a_minute_is_the_last_one() -> None:
    clock = Clock()
    tally = Tally(monotonic=clock)
    for _ in range(90):
        tally.sent("lambda:GetAlias")
        clock.now += 1.0
    assert tally.per_minute() == 59
    assert tally.per_minute(clock.now + 30.0) == 29
    assert tally.per_minute(clock.now + 3_600.0) == 0
    assert tally.total == 90


def test_an_hour_costs_what_the_past_minutes_say() -> None:
    clock = Clock()
    tally = Tally(monotonic=clock)
    assert tally.usd_per_hour() == 0.0
    tally.sent("cloudwatch:GetMetricData", metrics=8)
    assert tally.usd_per_hour() == pytest.approx(8 * USD_PER_METRIC * 60)
    for _ in range(600):
        clock.now += 1.0
        tally.sent("cloudwatch:GetMetricData", metrics=8)
    assert tally.usd_per_hour() == pytest.approx(8 * USD_PER_METRIC * 3_600)
    assert len(tally._seconds) <= 301
    clock.now += 600.0
    assert tally.usd_per_hour() == 0.0


def test_threads_lose_no_call() -> None:
    tally = Tally()

    def send() -> None:
        for _ in range(500):
            tally.sent("lambda:GetAlias")

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.by_call() == {"lambda:GetAlias": 2_000}

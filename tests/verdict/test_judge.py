"""The judge against worked examples, brute force, and its own promise under repeated looks."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdactl.verdict import Answer, Counts, judge
from lambdactl.verdict.judge import clump_sizes
from lambdactl.verdict.likelihood import log_likelihood


def by_definition(minute: Counts, log_odds_ratio: float) -> float:
    """Fisher's noncentral hypergeometric, summed term by term with exact binomials."""
    errors = minute.canary_errors + minute.stable_errors

    def term(k: int) -> float:
        ways = math.comb(minute.canary_calls, k) * math.comb(minute.stable_calls, errors - k)
        return ways * math.exp(log_odds_ratio * k)

    low = max(0, errors - minute.stable_calls)
    high = min(errors, minute.canary_calls)
    return math.log(term(minute.canary_errors) / sum(term(k) for k in range(low, high + 1)))


@st.composite
def minutes(draw: st.DrawFn) -> Counts:
    canary = draw(st.integers(1, 60))
    stable = draw(st.integers(1, 120))
    return Counts(canary, draw(st.integers(0, canary)), stable, draw(st.integers(0, stable)))


@given(minutes(), st.floats(-5.0, 5.0))
def test_the_likelihood_is_the_definition(minute: Counts, log_odds_ratio: float) -> None:
    expected = by_definition(minute, log_odds_ratio)
    assert log_likelihood(minute, log_odds_ratio) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(
    ("canary_errors", "evidence", "answer"),
    [(7, 7535.0, Answer.FAIL), (4, 39.0, Answer.FAIL), (3, 8.9, Answer.INCONCLUSIVE)],
)
def test_worked_examples(canary_errors: int, evidence: float, answer: Answer) -> None:
    verdict = judge([Counts(312, canary_errors, 2801, 3)])
    assert verdict.evidence == pytest.approx(evidence, rel=0.01)
    assert verdict.answer is answer


def test_no_minute_is_no_answer() -> None:
    assert judge([]).answer is Answer.INCONCLUSIVE


@pytest.mark.parametrize(
    "minute",
    [Counts(0, 0, 500, 20), Counts(500, 20, 0, 0), Counts(500, 0, 4500, 0)],
    ids=["stable only", "canary only", "no error at all"],
)
def test_what_cannot_tell_the_versions_apart_decides_nothing(minute: Counts) -> None:
    verdict = judge([minute] * 60)
    assert (verdict.answer, verdict.evidence) == (Answer.INCONCLUSIVE, 1.0)


def test_a_failure_is_not_taken_back_by_later_good_minutes() -> None:
    bad, good = Counts(312, 7, 2801, 3), Counts(312, 0, 2801, 9)
    assert judge([bad, *[good] * 200]).answer is Answer.FAIL


def test_an_outage_that_both_versions_share_is_no_failure() -> None:
    calm, outage = Counts(60, 0, 540, 1), Counts(60, 31, 540, 279)
    assert judge([*[calm] * 10, outage, outage]).answer is not Answer.FAIL


def test_enough_calls_at_the_same_rate_pass() -> None:
    verdict = judge([Counts(1000, 10, 9000, 90)] * 10)
    assert verdict.answer is Answer.PASS
    assert verdict.odds_ratio is not None
    low, high = verdict.odds_ratio
    assert low < 1.0 < high < 2.0


def test_no_error_still_bounds_the_rate() -> None:
    bound = judge([Counts(300, 0, 2700, 0)]).canary_bound
    assert bound == pytest.approx(1.0, rel=0.01)  # the rule of three


def test_missing_calls_are_foretold_and_shrink() -> None:
    early = judge([Counts(100, 1, 900, 2)] * 2).more_calls
    later = judge([Counts(100, 1, 900, 2)] * 4).more_calls
    assert early is not None and later is not None and later < early


def test_clumped_errors_weigh_less() -> None:
    clumped = [Counts(0, 0, 1000, 10 * (i % 4 == 0)) for i in range(40)]
    canary = [Counts(100, 4, 900, 3)]
    alone = judge(canary)
    guarded = judge([*clumped, *canary])
    assert guarded.clump > 5.0
    assert guarded.evidence < alone.evidence


def test_the_guard_uses_earlier_minutes_only() -> None:
    history = [Counts(0, 0, 1000, 5), Counts(0, 0, 1000, 0)]
    assert (
        clump_sizes([*history, Counts(1, 1, 9, 9)])[-1]
        == clump_sizes([*history, Counts(1, 0, 9, 0)])[-1]
    )


def test_looking_every_minute_keeps_false_alarms_rare() -> None:
    """500 rollouts of identical code, a look a minute for half an hour: at most 5 % may FAIL."""
    rng = random.Random(7)
    failed = sum(
        judge([_minute(rng, 60, 540, 0.01) for _ in range(30)]).answer is Answer.FAIL
        for _ in range(500)
    )
    assert failed <= 25


def test_a_canary_ten_times_worse_is_found() -> None:
    rng = random.Random(11)
    runs = [
        [Counts(60, _failures(rng, 60, 0.1), 540, _failures(rng, 540, 0.01)) for _ in range(15)]
        for _ in range(50)
    ]
    assert all(judge(run).answer is Answer.FAIL for run in runs)


def _minute(rng: random.Random, canary: int, stable: int, rate: float) -> Counts:
    return Counts(canary, _failures(rng, canary, rate), stable, _failures(rng, stable, rate))


def _failures(rng: random.Random, calls: int, rate: float) -> int:
    return sum(rng.random() < rate for _ in range(calls))

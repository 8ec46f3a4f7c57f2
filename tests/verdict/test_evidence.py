"""What the judge adds to the test itself: interval, shares of alpha, averages, what is missing."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdactl.verdict import Answer, Counts, judge
from lambdactl.verdict.evidence import STEPS
from lambdactl.verdict.forecast import missing
from lambdactl.verdict.judge import Verdict, judge_functions, judge_metrics
from lambdactl.verdict.likelihood import log_likelihood
from lambdactl.verdict.sample_ratio import sample_ratio


def failures(rng: random.Random, calls: int, rate: float) -> int:
    return sum(rng.random() < rate for _ in range(calls))


def minute(rng: random.Random, rate: float, times: float = 1.0) -> Counts:
    return Counts(60, failures(rng, 60, rate * times), 540, failures(rng, 540, rate))


def exactly(table: Counts, odds: int) -> float:
    """The likelihood with whole numbers of any size, and one logarithm at the end."""
    errors = table.canary_errors + table.stable_errors
    ways = [
        math.comb(table.canary_calls, k) * math.comb(table.stable_calls, errors - k) * odds**k
        for k in range(errors + 1)
    ]
    return big_log(ways[table.canary_errors]) - big_log(sum(ways))


def big_log(value: int) -> float:
    spare = max(value.bit_length() - 900, 0)
    return math.log(value >> spare) + spare * math.log(2.0)


@pytest.mark.parametrize("odds", [1, 2, 30])
@pytest.mark.parametrize(
    "table",
    [
        Counts(100_000, 31, 900_000, 269),
        Counts(500_000, 120, 500_000, 180),
        Counts(3_000, 300, 3_000, 250),
    ],
)
def test_it_is_exact_at_a_million_calls_a_minute(table: Counts, odds: int) -> None:
    assert log_likelihood(table, math.log(odds)) == pytest.approx(exactly(table, odds), abs=1e-7)


def test_the_interval_holds_the_truth_at_every_look_of_300_rollouts() -> None:
    """Each is looked at after every one of 30 minutes: at most 5 % may ever miss, 15 of 300."""
    rng, missed = random.Random(5), 0
    truth = (0.06 / 0.94) / (0.02 / 0.98)
    for _ in range(300):
        run = [minute(rng, 0.02, 3.0) for _ in range(30)]
        looks = (judge(run[:n]).odds_ratio for n in range(1, 31))
        missed += any(known and not known[0] < truth < known[1] for known in looks)
    assert missed <= 15


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 540)), max_size=12))
def test_the_interval_only_ever_closes_in(errors: list[tuple[int, int]]) -> None:
    run = [Counts(60, c, 540, s) for c, s in errors]
    known = [i for n in range(len(run) + 1) if (i := judge(run[:n]).odds_ratio) is not None]
    for wide, narrow in itertools.pairwise(known):
        assert wide[0] <= narrow[0] < narrow[1] <= wide[1]


def test_the_interval_of_all_looks_lies_within_that_of_the_last() -> None:
    """What the last look alone rules out, by the definition over the whole grid, is out."""
    rng = random.Random(3)
    run = [minute(rng, 0.05) for _ in range(40)]
    verdict = judge(run)
    sizes = [w.clump for w in verdict.minutes]

    def support(ratio: float) -> float:
        d = math.log(ratio)
        return sum(log_likelihood(m, d) / c for m, c in zip(run, sizes, strict=True))

    grid = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0)
    mixture = math.log(sum(math.exp(support(r) - support(1.0)) for r in grid) / len(grid))
    inside = [r for r in STEPS if mixture + support(1.0) - support(r) < math.log(20.0)]
    assert verdict.odds_ratio is not None
    assert verdict.odds_ratio[0] >= inside[0] / 1.13 and verdict.odds_ratio[1] <= inside[-1] * 1.13


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 30)), max_size=20), st.data())
def test_going_on_from_what_was_remembered_changes_nothing(
    errors: list[tuple[int, int]], data: st.DataObject
) -> None:
    run = [Counts(60, c, 540, s) for c, s in errors]
    at_once = judge(run, margin=data.draw(st.sampled_from([1.7, 2.0])))
    for n in range(len(run)):
        judge(run[:n], margin=at_once.margin)
    assert judge(run, margin=at_once.margin) == at_once


def test_several_metrics_share_alpha() -> None:
    suspicious = [Counts(312, 4, 2801, 3)]
    assert judge(suspicious).answer is Answer.FAIL  # evidence 39
    answer, each = judge_metrics({"errors": suspicious, "throttles": [Counts(312, 0, 2801, 0)]})
    assert answer is Answer.INCONCLUSIVE
    assert each["errors"].fails_at == 40.0
    answer, _ = judge_metrics({"errors": [Counts(312, 7, 2801, 3)], "throttles": suspicious})
    assert answer is Answer.FAIL


def test_a_metric_that_was_not_counted_is_never_green() -> None:
    good = [Counts(1000, 10, 9000, 90)] * 10
    assert judge_metrics({"errors": good})[0] is Answer.PASS
    answer, each = judge_metrics({"errors": good, "throttles": []})
    assert answer is Answer.NOT_MEASURED
    assert each["throttles"].reason == "no throttles were counted"
    assert judge_metrics({})[0] is Answer.NOT_MEASURED


def test_several_functions_are_judged_by_the_average_of_their_evidence() -> None:
    bad, good = judge([Counts(312, 7, 2801, 3)]), judge([Counts(1000, 10, 9000, 90)] * 10)
    weak = judge([Counts(312, 4, 2801, 3)])
    assert judge_functions([bad, good])[0] is Answer.FAIL
    assert judge_functions([weak, good, good])[0] is Answer.INCONCLUSIVE  # 39 / 3
    assert judge_functions([good, good])[0] is Answer.PASS
    assert judge_functions([good, Verdict(Answer.NOT_MEASURED)])[0] is Answer.NOT_MEASURED
    assert judge_functions([])[0] is Answer.NOT_MEASURED


def test_ten_good_functions_fail_no_more_often_than_one() -> None:
    rng, failed = random.Random(9), 0
    for _ in range(60):
        fleet = [judge([minute(rng, 0.02) for _ in range(20)]) for _ in range(10)]
        failed += judge_functions(fleet)[0] is Answer.FAIL
    assert failed <= 3


def test_what_is_missing_is_said_in_minutes_at_both_weights() -> None:
    traffic = [Counts(60, 1, 540, 5)] * 20
    needed = missing(1_850, traffic, 10.0, 50.0)
    assert needed.text == "about 1,900 more canary calls: 31 min at 10 %, 7 min at 50 %"
    assert missing(1_850, traffic, 10.0, None).text.endswith("calls: 31 min at 10 %")
    assert missing(5, [Counts(0, 0, 0, 0)], 10.0, None).text == "about 5 more canary calls"


def test_a_share_as_it_was_set_raises_no_warning() -> None:
    rng, warned = random.Random(4), 0
    for _ in range(200):
        canary = [failures(rng, 600, 0.1) for _ in range(30)]
        run = [Counts(c, 0, 600 - c, 0) for c in canary]
        ratios = [sample_ratio(run[:n], 10.0) for n in range(1, 31)]
        warned += any(r is not None and r.warns for r in ratios)
    assert warned == 0


def test_callers_that_bypass_the_alias_show_as_a_wrong_share() -> None:
    ratio = sample_ratio([Counts(20, 0, 580, 0)] * 10, 10.0)
    assert ratio is not None and ratio.warns
    assert ratio.text.startswith("canary got 3.33 % of 6,000 calls, set 10 %: callers that bypass")


def test_a_weight_that_was_set_we_do_not_know_when_gets_the_benefit_of_the_doubt() -> None:
    just_shifted = [*[Counts(60, 0, 540, 0)] * 20, *[Counts(300, 0, 300, 0)] * 6]
    known = sample_ratio(just_shifted, 50.0)
    unknown = sample_ratio(just_shifted, 50.0, since_known=False)
    assert known is not None and known.warns
    assert unknown is not None and not unknown.warns
    wrong = sample_ratio([Counts(60, 0, 540, 0)] * 20, 50.0, since_known=False)
    assert wrong is not None and wrong.warns
    assert sample_ratio([], 10.0) is None and sample_ratio(just_shifted, 0.0) is None

"""The judge: counts in; PASS, FAIL, INCONCLUSIVE or NOT MEASURED out, with the numbers.

An exact sequential test on each minute's 2x2 table. Evidence that the canary is worse is the mean,
over a fixed grid of odds ratios, of the likelihood of all minutes against "equally good". By
Ville's inequality the chance that it ever reaches 1/alpha while both versions are equally good is
at most alpha, however often anybody looks. PASS is the same machine against "worse by the margin",
with a grid below it. What is neither is INCONCLUSIVE.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lambdactl.verdict.likelihood import Counts, log_likelihood

ALPHA = 0.05
BETA = 0.05
MARGIN = 2.0
"""The odds ratio that a PASS rules out."""
WORSE = (1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0)
BETTER = (0.1, 0.25, 0.5, 0.75, 1.0)
_STEPS = tuple(math.exp(x * 0.115) for x in range(-40, 61))
"""Odds ratios from 0.01 to 1,000 in steps of 12 %; an interval is rounded outward to them."""


class Answer(StrEnum):
    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_MEASURED = "NOT MEASURED"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``evidence`` is the e-value for "worse" (FAIL at 1/alpha), ``clearance`` the one for "not
    worse by the margin" (PASS at 1/beta). Rates are per cent, None without a call."""

    answer: Answer
    canary_calls: int = 0
    canary_errors: int = 0
    stable_calls: int = 0
    stable_errors: int = 0
    evidence: float = 1.0
    clearance: float = 1.0
    clump: float = 1.0
    """How many errors come at a time, by the stable version's minutes; 1 when they come alone."""
    odds_ratio: tuple[float, float] | None = None
    """95 % interval of the odds ratio, valid at any time; None without evidence either way."""
    more_calls: int | None = None
    """Canary calls still missing at the present rates; None where they cannot be foretold."""

    @property
    def canary_rate(self) -> float | None:
        return 100.0 * self.canary_errors / self.canary_calls if self.canary_calls else None

    @property
    def stable_rate(self) -> float | None:
        return 100.0 * self.stable_errors / self.stable_calls if self.stable_calls else None

    @property
    def canary_bound(self) -> float | None:
        """Per cent that a canary with no failed call stays below, with 95 % confidence."""
        if not self.canary_calls or self.canary_errors:
            return None
        return 100.0 * (1.0 - float(ALPHA ** (1.0 / self.canary_calls)))


def judge(minutes: Sequence[Counts], *, margin: float = MARGIN) -> Verdict:
    """Judge the settled minutes of a rollout, oldest first.

    Minutes before the canary had calls do not count as evidence, but they show how errors clump.
    """
    clumps = clump_sizes(minutes)
    shared = [
        (m, c) for m, c in zip(minutes, clumps, strict=True) if m.canary_calls and m.stable_calls
    ]
    evidence = _peak_evidence(shared)
    clearance = _mean_ratio(shared, BETTER, margin) if shared else 1.0
    canary_calls = sum(m.canary_calls for m in minutes)
    counted = [m for m in minutes if m.canary_calls]
    return Verdict(
        answer=_answer(evidence, clearance),
        canary_calls=canary_calls,
        canary_errors=sum(m.canary_errors for m in minutes),
        stable_calls=sum(m.stable_calls for m in counted),
        stable_errors=sum(m.stable_errors for m in counted),
        evidence=evidence,
        clearance=clearance,
        clump=max(clumps, default=1.0),
        odds_ratio=interval(shared),
        more_calls=_more_calls(shared, evidence, clearance, margin),
    )


def _answer(evidence: float, clearance: float) -> Answer:
    if evidence >= 1.0 / ALPHA:
        return Answer.FAIL
    return Answer.PASS if clearance >= 1.0 / BETA else Answer.INCONCLUSIVE


Weighted = tuple[Counts, float]
"""A minute and the clump size by which its evidence is divided."""


def _support(minutes: Sequence[Weighted], odds_ratio: float) -> float:
    d = math.log(odds_ratio)
    return sum(log_likelihood(m, d) / clump for m, clump in minutes)


def _mean_ratio(minutes: Sequence[Weighted], grid: Sequence[float], against: float) -> float:
    null = _support(minutes, against)
    return _mean_exp([_support(minutes, r) - null for r in grid])


def _mean_exp(logs: Sequence[float]) -> float:
    top = max(logs)
    if top > 700.0:
        return math.inf
    return math.exp(top) * sum(math.exp(x - top) for x in logs) / len(logs)


def _peak_evidence(minutes: Sequence[Weighted]) -> float:
    """The evidence after the last minute, or its first value over the bar: FAIL latches."""
    logs = [0.0] * len(WORSE)
    evidence = 1.0
    for m, clump in minutes:
        null = log_likelihood(m, 0.0)
        for i, ratio in enumerate(WORSE):
            logs[i] += (log_likelihood(m, math.log(ratio)) - null) / clump
        evidence = _mean_exp(logs)
        if evidence >= 1.0 / ALPHA:
            return evidence
    return evidence


def clump_sizes(minutes: Sequence[Counts]) -> list[float]:
    """For each minute, the errors' variance over their mean in the stable minutes before it.

    Only earlier minutes are used, so the guard never looks at the table it is about to weigh; until
    there are two of them, errors are taken to come alone.
    """
    return [_dispersion(minutes[:i]) for i in range(len(minutes))]


def _dispersion(minutes: Sequence[Counts]) -> float:
    """Pearson's chi-square per degree of freedom of the stable version's errors; at least 1."""
    seen = [m for m in minutes if m.stable_calls]
    calls = sum(m.stable_calls for m in seen)
    errors = sum(m.stable_errors for m in seen)
    if len(seen) < 2 or not 0 < errors < calls:
        return 1.0
    rate = errors / calls
    chi2 = sum(
        (m.stable_errors - rate * m.stable_calls) ** 2 / (rate * (1.0 - rate) * m.stable_calls)
        for m in seen
    )
    return max(1.0, chi2 / (len(seen) - 1))


def interval(minutes: Sequence[Weighted]) -> tuple[float, float] | None:
    """The odds ratios that the evidence has not ruled out at level alpha, rounded outward."""
    if not any(m.canary_errors + m.stable_errors for m, _ in minutes):
        return None
    grid = (*BETTER, *WORSE)
    supports = [_support(minutes, r) for r in grid]
    top = max(supports)
    mixture = top + math.log(sum(math.exp(s - top) for s in supports) / len(supports))
    bar = mixture - math.log(1.0 / ALPHA)
    # The support is concave in the log odds ratio: from any point inside, an edge is a bisection.
    peak = grid[supports.index(top)]
    inside = min(range(len(_STEPS)), key=lambda i: abs(math.log(_STEPS[i] / peak)))
    low = bisect.bisect_left(range(inside), True, key=lambda i: _support(minutes, _STEPS[i]) > bar)
    high = inside + bisect.bisect_left(
        range(inside, len(_STEPS)), True, key=lambda i: _support(minutes, _STEPS[i]) <= bar
    )
    return (
        _STEPS[low - 1] if low else 0.0,
        _STEPS[high] if high < len(_STEPS) else math.inf,
    )


def _more_calls(
    minutes: Sequence[Weighted], evidence: float, clearance: float, margin: float
) -> int | None:
    """Canary calls until the nearer of PASS and FAIL, if the rates stay as they are."""
    canary = sum(m.canary_calls for m, _ in minutes)
    stable = sum(m.stable_calls for m, _ in minutes)
    errors = sum(m.canary_errors + m.stable_errors for m, _ in minutes)
    if (
        not canary
        or not stable
        or not errors
        or _answer(evidence, clearance) != Answer.INCONCLUSIVE
    ):
        return None
    clump = max(c for _, c in minutes)
    share = (sum(m.canary_errors for m, _ in minutes) + 0.5) / (errors + 1.0)
    per_call = errors / canary / clump
    needs = []
    for value, grid, null, bar in (
        (evidence, WORSE, 1.0, 1.0 / ALPHA),
        (clearance, BETTER, margin, 1.0 / BETA),
    ):
        gain = max(_gain(share, canary, stable, r, null) for r in grid)
        if gain > 0.0:
            needs.append((math.log(bar) - math.log(max(value, 1e-300))) / (gain * per_call))
    return math.ceil(min(needs)) if needs else None


def _gain(share: float, canary: int, stable: int, ratio: float, null: float) -> float:
    """What one more error adds to the log evidence for ``ratio`` over ``null``, on average."""
    expected = canary * ratio / (canary * ratio + stable)
    under_null = canary * null / (canary * null + stable)
    return share * math.log(expected / under_null) + (1.0 - share) * math.log(
        (1.0 - expected) / (1.0 - under_null)
    )

"""The likelihood of one minute, given how many of its calls failed.

Of the K failed calls of a minute, e_c fell on the canary. With both versions equally good, e_c is
hypergeometric whatever the base rate of that minute was, so drifting rates, outages that both
versions share and weights that change all cancel out. With log odds ratio d it is Fisher's
noncentral hypergeometric: P(e_c = k) = C(n_c, k) C(n_s, K-k) exp(d k) / Z(d).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

NEGLIGIBLE = 1e-18
"""Terms smaller than this share of the largest are below a float's resolution of their sum."""


class Counts(NamedTuple):
    """Calls and failed calls of both versions in one minute."""

    canary_calls: int
    canary_errors: int
    stable_calls: int
    stable_errors: int


@lru_cache(maxsize=65536)
def log_likelihood(minute: Counts, log_odds_ratio: float) -> float:
    """log P(canary's errors | all errors of the minute), up to a constant of the minute.

    Zero for a minute that cannot tell the versions apart: no error, or calls on one side only.
    """
    errors = minute.canary_errors + minute.stable_errors
    low = max(0, errors - minute.stable_calls)
    high = min(errors, minute.canary_calls)
    if low == high:
        return 0.0
    # Everything is relative to the term at the observed count, whose logarithm is then zero.
    mode = _mode(minute, errors, log_odds_ratio, low, high)
    at_mode = _log_term(minute, errors, mode, log_odds_ratio)
    observed = _log_term(minute, errors, minute.canary_errors, log_odds_ratio)
    total = 1.0 + _above(minute, errors, mode, high, log_odds_ratio)
    total += _below(minute, errors, mode, low, log_odds_ratio)
    return observed - at_mode - math.log(total)


def _log_term(minute: Counts, errors: int, k: int, log_odds_ratio: float) -> float:
    return (
        _log_choose(minute.canary_calls, k)
        + _log_choose(minute.stable_calls, errors - k)
        + log_odds_ratio * k
    )


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _mode(minute: Counts, errors: int, log_odds_ratio: float, low: int, high: int) -> int:
    """The likeliest count, by the quadratic that the ratio of neighbouring terms gives."""
    odds = math.exp(log_odds_ratio)
    b = (minute.canary_calls + errors + 2) * odds + minute.stable_calls - errors
    c = (minute.canary_calls + 1) * (errors + 1) * odds
    # The root in the form that does not cancel when the odds ratio is near one.
    root = 2.0 * c / (b + math.sqrt(max(b * b - 4.0 * (odds - 1.0) * c, 0.0)))
    return min(max(int(root), low), high)


def _above(minute: Counts, errors: int, mode: int, high: int, log_odds_ratio: float) -> float:
    """Sum of the terms above the mode, relative to it. The loop is the judge's whole cost."""
    odds, total, term = math.exp(log_odds_ratio), 0.0, 1.0
    a, b, c, k = (
        minute.canary_calls - mode,
        errors - mode,
        minute.stable_calls - errors + mode,
        mode,
    )
    while k < high and term > NEGLIGIBLE:
        k += 1
        c += 1
        term *= odds * a * b / (k * c)
        total += term
        a -= 1
        b -= 1
    return total


def _below(minute: Counts, errors: int, mode: int, low: int, log_odds_ratio: float) -> float:
    """Sum of the terms below the mode, relative to it."""
    odds, total, term = math.exp(-log_odds_ratio), 0.0, 1.0
    a, b, c, k = (
        minute.canary_calls - mode,
        errors - mode,
        minute.stable_calls - errors + mode,
        mode,
    )
    while k > low and term > NEGLIGIBLE:
        a += 1
        b += 1
        term *= odds * k * c / (a * b)
        total += term
        k -= 1
        c -= 1
    return total

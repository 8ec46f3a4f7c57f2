"""The likelihood of one minute, given how many of its calls failed.

Of the K failed calls of a minute, e_c fell on the canary. With both versions equally good, e_c is
hypergeometric whatever the base rate of that minute was, so drifting rates, outages that both
versions share and weights that change all cancel out. With log odds ratio d it is Fisher's
noncentral hypergeometric: P(e_c = k) = C(n_c, k) C(n_s, K-k) exp(d k) / Z(d).

Z(d) has as many terms as errors, and at a million calls a minute these are too many. But e_c is a
sum of independent yes-or-no variables (Harkness 1965: the generating polynomial has real roots
only), so its characteristic function at angle t is at most exp(-2 s^2 sin^2(t/2)) for a standard
deviation s. Adding up every h-th term and multiplying by h is therefore wrong by less than
sum over j of exp(-2 s^2 sin^2(pi j/h)): below a float's resolution while h is below s/1.6.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

NEGLIGIBLE = 1e-18
"""Terms smaller than this share of the largest are below a float's resolution of their sum."""
FINE = 1.6
"""So many terms to a standard deviation make the sum of every h-th term as exact as all of them."""


class Counts(NamedTuple):
    """Calls and failed calls of both versions in one minute."""

    canary_calls: int
    canary_errors: int
    stable_calls: int
    stable_errors: int

    @property
    def tells(self) -> bool:
        """Whether it can tell the versions apart: calls on both sides, and some but not all failed.

        With every call failed, or none, there is one way to share the errors out only.
        """
        errors = self.canary_errors + self.stable_errors
        return max(0, errors - self.stable_calls) != min(errors, self.canary_calls)


@lru_cache(maxsize=65536)
def log_likelihood(minute: Counts, log_odds_ratio: float) -> float:
    """log P(canary's errors | all errors of the minute), up to a constant of the minute.

    Zero for a minute that cannot tell the versions apart: no error, or calls on one side only.
    """
    if not minute.tells:
        return 0.0
    errors = minute.canary_errors + minute.stable_errors
    low, high = max(0, errors - minute.stable_calls), min(errors, minute.canary_calls)
    # Everything is relative to the term at the mode, the largest one.
    mode = _mode(minute, errors, log_odds_ratio, low, high)
    at_mode = _log_term(minute, errors, mode, log_odds_ratio)
    observed = _log_term(minute, errors, minute.canary_errors, log_odds_ratio)
    stride = int(_deviation(minute, errors, mode) / FINE)
    if stride > 1:
        total = stride * _sampled(minute, errors, mode, stride, log_odds_ratio)
    else:
        total = 1.0 + _above(minute, errors, mode, high, log_odds_ratio)
        total += _below(minute, errors, mode, low, log_odds_ratio)
    return observed - at_mode - math.log(total)


def _deviation(minute: Counts, errors: int, mode: int) -> float:
    """The standard deviation of e_c, from the curvature of the terms at their mode."""
    cells = (mode, minute.canary_calls - mode, errors - mode, minute.stable_calls - errors + mode)
    return 1.0 / math.sqrt(sum(1.0 / (cell + 0.5) for cell in cells))


def _sampled(minute: Counts, errors: int, mode: int, stride: int, log_odds_ratio: float) -> float:
    """Every ``stride``-th term, relative to the mode's; terms end where no table can be."""
    low, high = max(0, errors - minute.stable_calls), min(errors, minute.canary_calls)
    at_mode = _log_term(minute, errors, mode, log_odds_ratio)
    total = 1.0
    for step in (stride, -stride):
        k = mode + step
        while low <= k <= high:
            term = math.exp(_log_term(minute, errors, k, log_odds_ratio) - at_mode)
            total += term
            if term < NEGLIGIBLE:
                break
            k += step
    return total


def _log_term(minute: Counts, errors: int, k: int, log_odds_ratio: float) -> float:
    """The logarithm of one term, without the factorials that all terms share."""
    lgamma = math.lgamma
    return log_odds_ratio * k - (
        lgamma(k + 1)
        + lgamma(minute.canary_calls - k + 1)
        + lgamma(errors - k + 1)
        + lgamma(minute.stable_calls - errors + k + 1)
    )


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

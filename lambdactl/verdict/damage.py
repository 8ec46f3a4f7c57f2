"""What a bad canary has cost: failed calls above the stable version's rate.

The estimate gives the canary's calls of each minute the stable version's rate of that minute, so an
outage that both shared costs nothing. Its interval is made from the verdict's interval of the odds
ratio, which is valid however often it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lambdactl.verdict.judge import Verdict
from lambdactl.verdict.likelihood import Counts

RECENT = 5
"""Minutes by which the canary's present traffic is told."""


@dataclass(frozen=True, slots=True)
class Damage:
    """``failed`` calls too many, ``interval`` around it; negative where the canary is better.

    ``per_minute`` is what each further minute costs at the canary's traffic of the last minutes,
    with its interval. An interval is None where there was no evidence either way.
    """

    failed: float
    interval: tuple[float, float] | None
    calls: int
    """Calls of the canary in minutes that had both versions: nothing is known of the others."""
    uncompared: int
    """Calls of the canary in minutes in which nobody called the stable version."""
    per_minute: float
    per_minute_interval: tuple[float, float] | None


def damage(minutes: Sequence[Counts], verdict: Verdict) -> Damage | None:
    """Of settled minutes, oldest first; None where the two versions never served together."""
    shared = [m for m in minutes if m.canary_calls and m.stable_calls]
    if not shared:
        return None
    calls = sum(m.canary_calls for m in shared)
    failed = excess(shared)
    served = [m for m in minutes if m.canary_calls][-RECENT:]
    pace = sum(m.canary_calls for m in served) / len(served)
    shares = excess_interval(shared, verdict.odds_ratio, failed / calls)
    return Damage(
        failed=failed,
        interval=scaled(shares, calls),
        calls=calls,
        uncompared=sum(m.canary_calls for m in minutes) - calls,
        per_minute=failed / calls * pace,
        per_minute_interval=scaled(shares, pace),
    )


def damage_of(verdict: Verdict) -> Damage | None:
    """Of the very minutes that were judged: for a rollout that goes on."""
    return damage([w.counts for w in verdict.minutes], verdict)


def excess(minutes: Sequence[Counts]) -> float:
    """Failed calls of the canary beyond those that the stable version's rates would have made."""
    return sum(m.canary_errors - m.canary_calls * m.stable_errors / m.stable_calls for m in minutes)


def excess_interval(
    minutes: Sequence[Counts], odds_ratio: tuple[float, float] | None, estimate: float
) -> tuple[float, float] | None:
    """Lowest and highest share of the canary's calls that failed and need not have.

    It always holds the estimate itself: few calls of the stable version can put that outside.
    """
    if odds_ratio is None:
        return None
    calls = sum(m.canary_calls for m in minutes)
    rate = sum(m.canary_errors for m in minutes) / calls
    if not rate:
        # Without a failed call of its own a canary can only have done better.
        stable = sum(m.stable_errors for m in minutes) / sum(m.stable_calls for m in minutes)
        return min(-stable, estimate), 0.0
    low, high = (rate - without(rate, ratio) for ratio in odds_ratio)
    return min(low, estimate), max(high, estimate)


def without(rate: float, odds_ratio: float) -> float:
    """The rate whose odds are ``odds_ratio`` times lower."""
    if odds_ratio == 0.0 or rate >= 1.0:
        return 1.0
    odds = rate / (1.0 - rate) / odds_ratio
    return odds / (1.0 + odds)


def scaled(shares: tuple[float, float] | None, by: float) -> tuple[float, float] | None:
    return None if shares is None else (shares[0] * by, shares[1] * by)

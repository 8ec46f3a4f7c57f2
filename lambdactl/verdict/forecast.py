"""What is missing: how many more calls of the canary, and how long they take.

A forecast, not a promise: it takes the rates so far for the rates to come, and the log evidence for
a straight line from here on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lambdactl.verdict.likelihood import Counts

RECENT = 10
"""So many of the newest minutes tell how much traffic there is."""

Bar = tuple[float, Sequence[float], float, float]
"""An e-value, its grid of odds ratios, the one it is against, and the value it must reach."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Weights are per cent. Minutes are None where the canary gets no calls at that weight."""

    calls: int
    weight: float
    minutes: float | None
    next_weight: float | None = None
    """The weight of the next step, where it is known what that is."""
    next_minutes: float | None = None

    @property
    def text(self) -> str:
        """``about 1,900 more canary calls: 32 min at 10 %, 6 min at 50 %``."""
        times = [
            f"{_minutes(minutes)} at {weight:g} %"
            for weight, minutes in (
                (self.weight, self.minutes),
                (self.next_weight or 0.0, self.next_minutes),
            )
            if minutes is not None
        ]
        when = f": {', '.join(times)}" if times else ""
        return f"about {rounded(self.calls):,} more canary calls{when}"


def missing(
    calls: int, minutes: Sequence[Counts], weight: float, next_weight: float | None
) -> Missing:
    """``calls`` in minutes of the traffic of the newest of ``minutes``."""
    lately = minutes[-RECENT:]
    traffic = sum(m.canary_calls + m.stable_calls for m in lately) / max(len(lately), 1)

    def takes(share: float | None) -> float | None:
        return calls / (traffic * share / 100.0) if share and traffic else None

    return Missing(calls, weight, takes(weight), next_weight, takes(next_weight))


def rounded(calls: int) -> int:
    """Upward to two figures: more would promise too much."""
    size: int = 10 ** max(len(str(calls)) - 2, 0)
    return math.ceil(calls / size) * size


def _minutes(minutes: float) -> str:
    if minutes < 100.0:
        return f"{math.ceil(minutes)} min"
    hours = minutes / 60.0
    return f"{hours:.0f} h" if hours < 100.0 else f"{hours / 24.0:,.0f} days"


def more_calls(told: Sequence[tuple[Counts, float]], bars: Sequence[Bar]) -> int | None:
    """Canary calls until the nearest of ``bars``, if the rates stay as they are.

    None without an error, or where the rates lead to none of them.
    """
    if not told:
        return None
    canary = sum(m.canary_calls for m, _ in told)
    stable = sum(m.stable_calls for m, _ in told)
    errors = sum(m.canary_errors + m.stable_errors for m, _ in told)
    share = (sum(m.canary_errors for m, _ in told) + 0.5) / (errors + 1.0)
    per_call = errors / canary / max(clump for _, clump in told)
    needs = []
    for value, grid, null, bar in bars:
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

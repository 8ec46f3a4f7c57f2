"""How errors clump: retries and poisoned batches fail many calls for one cause.

Ten errors with one cause are one piece of evidence. How many come at a time is told by the stable
version's own minutes: the variance of its errors over their mean, given its calls (Pearson's
chi-square per degree of freedom). The evidence of a minute is divided by that. Only earlier minutes
are asked, so the guard never looks at the table it is about to weigh, and the divided evidence
still keeps its promise: a power below one of an e-value is at most one on average, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lambdactl.verdict.likelihood import Counts


@dataclass(slots=True)
class Clumping:
    """Running sums over the stable version's minutes; ``size`` is at least 1."""

    minutes: int = 0
    calls: int = 0
    errors: int = 0
    squares: float = 0.0
    """Sum of errors squared over calls."""

    def see(self, minute: Counts) -> None:
        if minute.stable_calls:
            self.minutes += 1
            self.calls += minute.stable_calls
            self.errors += minute.stable_errors
            self.squares += minute.stable_errors**2 / minute.stable_calls

    @property
    def size(self) -> float:
        if self.minutes < 2 or not 0 < self.errors < self.calls:
            return 1.0
        rate = self.errors / self.calls
        spread = (self.squares - self.errors * rate) / (rate * (1.0 - rate))
        return max(1.0, spread / (self.minutes - 1))


def clump_sizes(minutes: Sequence[Counts]) -> list[float]:
    """For each minute, how errors clump in the stable version's minutes before it."""
    seen, sizes = Clumping(), []
    for minute in minutes:
        sizes.append(seen.size)
        seen.see(minute)
    return sizes

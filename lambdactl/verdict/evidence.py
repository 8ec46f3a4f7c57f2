"""The evidence, minute by minute: what is known of the odds ratio after each of them.

Three readings of the same likelihoods. ``worse`` is the e-value against "equally good", ``cleared``
the one against "worse by the margin", and ``interval`` holds the odds ratios that no look so far
has ruled out. The interval is a confidence sequence: a ratio leaves it when a mixture over the grid
is 1/alpha times likelier, at any minute, and never comes back, so the true ratio is in the
intervals of all minutes together with 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from lambdactl.verdict.clumping import Clumping
from lambdactl.verdict.likelihood import Counts, log_likelihood

WORSE = (1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0)
BETTER = (0.1, 0.25, 0.5, 0.75, 1.0)
GRID = (*BETTER, *WORSE)
STEPS = tuple(math.exp(x * 0.115) for x in range(-40, 61))
"""Odds ratios from 0.01 to 1,000 in steps of 12 %; an interval is rounded outward to them."""

Weighted = tuple[Counts, float]
"""A minute and the clump size by which its evidence is divided."""


def mean_exp(logs: Sequence[float]) -> float:
    """The mean of the exponentials; infinite where a float ends."""
    top = max(logs)
    if top > 700.0:
        return math.inf
    return math.exp(top) * sum(math.exp(x - top) for x in logs) / len(logs)


class Evidence:
    """Everything that the minutes seen so far say; each minute is weighed once."""

    def __init__(self, alpha: float, margin: float) -> None:
        self.margin = margin
        self.clumping = Clumping()
        self.clump = 1.0
        """The size by which the last minute was divided."""
        self.worse = self.peak = 1.0
        self.cleared = 1.0
        self.told: list[Weighted] = []
        """The minutes that could tell the versions apart."""
        self._support = dict.fromkeys((*GRID, margin), 0.0)
        self._edges = Edges(alpha, self.told)

    def see(self, minute: Counts) -> None:
        """Weigh one more settled minute."""
        self.clump = self.clumping.size
        self.clumping.see(minute)
        if not minute.tells:
            return
        self.told.append((minute, self.clump))
        for ratio in self._support:
            self._support[ratio] += log_likelihood(minute, math.log(ratio)) / self.clump
        self.worse = self._against(1.0, WORSE)
        self.peak = max(self.peak, self.worse)
        self.cleared = self._against(self.margin, [r for r in BETTER if r < self.margin])
        self._edges.close_in(self._bar())

    @property
    def interval(self) -> tuple[float, float] | None:
        """None while no minute could tell the versions apart."""
        return self._edges.interval if self.told else None

    def _against(self, null: float, grid: Sequence[float]) -> float:
        return mean_exp([self._support[r] - self._support[null] for r in grid])

    def _bar(self) -> float:
        """The logarithm of the mixture's likelihood: what a ratio is measured against."""
        supports = [self._support[r] for r in GRID]
        top = max(supports)
        return top + math.log(sum(math.exp(s - top) for s in supports) / len(supports))


class Edges:
    """Both ends of the interval, each an index into STEPS, moving inward only.

    The support is concave in the log odds ratio, so what is ruled out at a minute lies outside two
    points, and only the edges need to be looked at: two likelihoods a minute, and all minutes again
    for the few steps that an edge moves.
    """

    def __init__(self, alpha: float, told: Sequence[Weighted]) -> None:
        self._slack = math.log(1.0 / alpha)
        self._told = told
        self._low, self._high = 0, len(STEPS) - 1
        self._known: dict[int, tuple[float, int]] = {}
        """Step -> its support, and of how many minutes."""

    @property
    def interval(self) -> tuple[float, float]:
        return (
            STEPS[self._low - 1] if self._low else 0.0,
            STEPS[self._high + 1] if self._high + 1 < len(STEPS) else math.inf,
        )

    def close_in(self, mixture: float) -> None:
        bar = mixture - self._slack
        while self._low < self._high and self._is_out(self._low, +1, bar):
            self._low += 1
        while self._high > self._low and self._is_out(self._high, -1, bar):
            self._high -= 1

    def _is_out(self, step: int, inward: int, bar: float) -> bool:
        """Ruled out, and on the near side: where inward is uphill."""
        here = self._support(step)
        return here <= bar and self._support(step + inward) > here

    def _support(self, step: int) -> float:
        total, done = self._known.get(step, (0.0, 0))
        d = math.log(STEPS[step])
        for minute, clump in self._told[done:]:
            total += log_likelihood(minute, d) / clump
        self._known[step] = (total, len(self._told))
        return total

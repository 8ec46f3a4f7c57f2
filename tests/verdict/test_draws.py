"""Counts drawn exactly: their mean, their spread, and never more than there are."""

from __future__ import annotations

import random
from statistics import fmean, pvariance

import pytest

from lambdactl.verdict.draws import binomial, poisson


@pytest.mark.parametrize(("n", "p"), [(10, 0.3), (600, 0.1), (1000, 0.9), (100_000, 0.2)])
def test_binomial(n: int, p: float) -> None:
    rng = random.Random(1)
    drawn = [binomial(rng, n, p) for _ in range(3000)]
    assert all(0 <= k <= n for k in drawn)
    spread = (n * p * (1 - p)) ** 0.5
    assert fmean(drawn) == pytest.approx(n * p, abs=4 * spread / 3000**0.5)
    assert pvariance(drawn) == pytest.approx(spread**2, rel=0.15)


@pytest.mark.parametrize("mean", [0.05, 3.0, 40.0, 12_345.0])
def test_poisson(mean: float) -> None:
    rng = random.Random(1)
    drawn = [poisson(rng, mean) for _ in range(3000)]
    assert fmean(drawn) == pytest.approx(mean, abs=4 * (mean / 3000) ** 0.5)
    assert pvariance(drawn) == pytest.approx(mean, rel=0.2)


@pytest.mark.parametrize(("n", "p", "k"), [(0, 0.5, 0), (7, 0.0, 0), (7, 1.0, 7)])
def test_nothing_is_left_to_chance_at_the_ends(n: int, p: float, k: int) -> None:
    assert binomial(random.Random(1), n, p) == k

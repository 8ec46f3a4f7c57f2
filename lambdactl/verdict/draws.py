"""Exact draws of counts, from a seeded generator: for forecasts and replays.

Both split a large count by a beta or gamma variate until what is left is small (Devroye,
Non-Uniform Random Variate Generation, X.4.3), so a draw of a million takes some twenty steps.
"""

from __future__ import annotations

import math
import random

FEW = 20.0
"""Expected counts up to here are drawn one success after the other."""


def binomial(rng: random.Random, n: int, p: float) -> int:
    """How many of ``n`` calls fall on a share ``p``."""
    if p <= 0.0 or n <= 0:
        return 0
    if p >= 1.0:
        return n
    if p > 0.5:
        return n - binomial(rng, n, 1.0 - p)
    if n * p <= FEW:
        return _waiting(rng, n, p)
    middle = n // 2 + 1
    split = rng.betavariate(middle, n + 1 - middle)
    if split <= p:
        return middle + binomial(rng, n - middle, (p - split) / (1.0 - split))
    return binomial(rng, middle - 1, p / split)


def _waiting(rng: random.Random, n: int, p: float) -> int:
    """By the waiting times between successes."""
    scale, hits, position = math.log1p(-p), 0, 0
    while True:
        position += int(math.log(1.0 - rng.random()) / scale) + 1
        if position > n:
            return hits
        hits += 1


def poisson(rng: random.Random, mean: float) -> int:
    """How many events of this expected number happen."""
    if mean <= FEW:
        return _arrivals(rng, mean)
    first = int(mean * 7.0 / 8.0)
    at = rng.gammavariate(first, 1.0)
    if at <= mean:
        return first + poisson(rng, mean - at)
    return binomial(rng, first - 1, mean / at)


def _arrivals(rng: random.Random, mean: float) -> int:
    left, product, count = math.exp(-mean), rng.random(), 0
    while product > left:
        product *= rng.random()
        count += 1
    return count

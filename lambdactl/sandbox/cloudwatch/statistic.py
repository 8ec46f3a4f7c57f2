"""Statistics by the names CloudWatch gives them: ``Sum``, ``p99.9``, ``tm90``.

Percentiles (``p``), trimmed means (``tm``) and percentile ranks (``PR(:300)``) are here; the other
extended statistics of CloudWatch (``tc``, ``ts``, ``wm``, ``IQM``) are refused, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.cloudwatch.sketch import Bucket

Statistic = Callable[[Bucket], float | None]
"""None where the statistic cannot be known, as a percentile of a finished statistic set."""

SIMPLE: dict[str, Statistic] = {
    "SampleCount": lambda bucket: bucket.count,
    "Sum": lambda bucket: bucket.total,
    "Average": lambda bucket: bucket.total / bucket.count if bucket.count else None,
    "Minimum": lambda bucket: bucket.low,
    "Maximum": lambda bucket: bucket.high,
}
_PERCENTILE = re.compile(r"p(100|\d{1,2}(?:\.\d{1,10})?)")
_TRIMMED = re.compile(r"tm(\d{1,2}(?:\.\d{1,10})?)")
_RANK = re.compile(r"PR\((\d+(?:\.\d+)?)?:(\d+(?:\.\d+)?)?\)")


def statistic(name: str, parameter: str = "Stat") -> Statistic:
    """The statistic called ``name``; ValidationError if there is none."""
    if found := SIMPLE.get(name) or extended(name):
        return found
    raise ApiError(
        "ValidationError", f"The value {name} for parameter {parameter} is not supported."
    )


def extended(name: str) -> Statistic | None:
    if found := _PERCENTILE.fullmatch(name):
        percent = float(found[1])
        return lambda bucket: bucket.percentile(percent)
    if found := _TRIMMED.fullmatch(name):
        share = float(found[1]) / 100.0
        return lambda bucket: _trimmed_mean(bucket, share)
    if found := _RANK.fullmatch(name):
        low, high = float(found[1] or "-inf"), float(found[2] or "inf")
        return lambda bucket: _share_between(bucket, low, high)
    return None


def is_percentile(name: str) -> bool:
    return _PERCENTILE.fullmatch(name) is not None


def _trimmed_mean(bucket: Bucket, share: float) -> float | None:
    """The mean of the lowest ``share`` of the values."""
    if bucket.opaque or not bucket.count:
        return None
    left = kept = bucket.count * share
    total = 0.0
    for value, weight in sorted(bucket.weights()):
        taken = min(weight, left)
        total += value * taken
        left -= taken
    return total / kept if kept else bucket.low


def _share_between(bucket: Bucket, low: float, high: float) -> float | None:
    """Per cent of the values above ``low`` and up to ``high``."""
    if bucket.opaque or not bucket.count:
        return None
    inside = sum(weight for value, weight in bucket.weights() if low < value <= high)
    return 100.0 * inside / bucket.count

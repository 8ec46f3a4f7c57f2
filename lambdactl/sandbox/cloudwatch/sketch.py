"""What is kept of the values of one series in one minute.

Count, sum, minimum and maximum are exact. For percentiles the values themselves are kept, each with
its weight, while there are few different ones; beyond that they are rounded to a logarithmic grid
whose steps are 0.8 per cent apart, so that a percentile is off by 0.4 per cent at most. A minute
whose values are all alike (every ``Invocations`` is 1) keeps no list at all.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

DISTINCT = 256
"""How many different values are kept as they are."""
_GROWTH = 1.008
_LOG_GROWTH = math.log(_GROWTH)


def rounded(value: float) -> float:
    """The middle of the step of the grid that ``value`` falls into."""
    if value == 0.0:
        return 0.0
    step = math.ceil(math.log(abs(value)) / _LOG_GROWTH)
    return math.copysign(2.0 * _GROWTH**step / (_GROWTH + 1.0), value)


class Bucket:
    """A statistic set that can also answer for percentiles.

    ``values`` maps each value to its weight; it is None while all values are ``low``, and stays
    None where somebody reported a finished statistic set and the values behind it are unknown
    (``opaque``).
    """

    __slots__ = ("coarse", "count", "high", "low", "opaque", "total", "values")

    def __init__(self) -> None:
        self.count = 0.0
        self.total = 0.0
        self.low = math.inf
        self.high = -math.inf
        self.values: dict[float, float] | None = None
        self.coarse = False
        self.opaque = False

    def add(self, value: float, weight: float = 1.0) -> None:
        self._keep(value, weight)
        self.count += weight
        self.total += value * weight
        self.low = min(self.low, value)
        self.high = max(self.high, value)

    def add_set(self, count: float, total: float, low: float, high: float) -> None:
        """Add a statistic set that was made elsewhere: its percentiles are lost."""
        if low == high:
            self.add(low, count)
            return
        self.opaque, self.values = True, None
        self.count += count
        self.total += total
        self.low = min(self.low, low)
        self.high = max(self.high, high)

    def merge(self, other: Bucket) -> None:
        if other.opaque:
            self.add_set(other.count, other.total, other.low, other.high)
            return
        for value, weight in other.weights():
            self._keep(value, weight)
            self.count += weight
            self.low = min(self.low, value)
            self.high = max(self.high, value)
        self.total += other.total
        self.coarse = self.coarse or other.coarse
        self.low = min(self.low, other.low)
        self.high = max(self.high, other.high)

    def weights(self) -> Iterable[tuple[float, float]]:
        """Each value kept, with its weight."""
        if self.values is not None:
            return self.values.items()
        return ((self.low, self.count),) if self.count else ()

    def percentile(self, percent: float) -> float | None:
        """By linear interpolation between closest ranks; None where the values are unknown.

        Negative values have no percentiles in CloudWatch. [M GetMetricStatistics]
        """
        if self.opaque or not self.count or self.low < 0.0:
            return None
        if self.values is None:
            return self.low
        ordered = sorted(self.values)
        ends = list(accumulate(self.values[value] for value in ordered))
        rank = max(self.count - 1.0, 0.0) * percent / 100.0
        below = _at(ordered, ends, math.floor(rank))
        above = _at(ordered, ends, math.ceil(rank))
        found = below + (above - below) * (rank - math.floor(rank))
        return min(max(found, self.low), self.high)

    def _keep(self, value: float, weight: float) -> None:
        if self.opaque or (self.values is None and (not self.count or self.low == value)):
            return
        if self.values is None:
            self.values = {self.low: self.count}
        key = rounded(value) if self.coarse else value
        self.values[key] = self.values.get(key, 0.0) + weight
        if not self.coarse and len(self.values) > DISTINCT:
            self._coarsen(self.values)

    def _coarsen(self, exact: dict[float, float]) -> None:
        self.coarse, self.values = True, {}
        for value, weight in exact.items():
            key = rounded(value)
            self.values[key] = self.values.get(key, 0.0) + weight


def _at(ordered: list[float], ends: list[float], rank: float) -> float:
    """The value at ``rank`` (from 0) when every value is repeated by its weight."""
    return ordered[min(bisect_right(ends, rank), len(ordered) - 1)]

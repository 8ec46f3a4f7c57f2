"""The metrics of the account: every series of every minute, and which series there are.

A series is a namespace, a name and one exact set of dimensions; CloudWatch never adds up across
dimensions. A value belongs to the minute of its timestamp, however late it arrives; a metric of
high resolution keeps its seconds.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from lambdactl.sandbox.cloudwatch.modelled import NAMESPACE, Modelled
from lambdactl.sandbox.cloudwatch.sketch import Bucket

Dimensions = tuple[tuple[str, str], ...]
MINUTE = 60
HIGH_RESOLUTION_S = 3 * 3600
MINUTES_S = 15 * 86_400
COMPACTED_EVERY = 1440
"""New buckets of a series after which its old ones are merged."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Metric:
    """What identifies a series; ``dimensions`` are sorted by name."""

    namespace: str
    name: str
    dimensions: Dimensions

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Mapping[str, str]) -> Metric:
        return cls(namespace, name, tuple(sorted(dimensions.items())))


@dataclass(frozen=True, slots=True)
class Windows:
    """Periods of ``period`` seconds, side by side from ``start``; ``end`` may cut the last."""

    start: float
    end: float
    period: int

    def start_of(self, timestamp: float) -> float:
        """The start of the window that ``timestamp`` is in."""
        return self.start + (timestamp - self.start) // self.period * self.period

    def __iter__(self) -> Iterator[float]:
        """The start of each window."""
        count = math.ceil((self.end - self.start) / self.period)
        return (self.start + number * self.period for number in range(max(count, 0)))


@dataclass(slots=True)
class Series:
    """The buckets of one metric in one unit, by the second in which each of them starts."""

    minutes: dict[int, Bucket] = field(default_factory=dict)
    seconds: dict[int, Bucket] = field(default_factory=dict)

    def bucket(self, timestamp: float, *, fine: bool = False) -> Bucket:
        buckets = self.seconds if fine else self.minutes
        start = math.floor(timestamp) if fine else int(timestamp // MINUTE) * MINUTE
        found = buckets.get(start)
        if found is None:
            found = buckets[start] = Bucket()
            if len(buckets) % COMPACTED_EVERY == 0:
                self.compact(timestamp)
        return found

    def compact(self, now: float) -> None:
        """Keep what CloudWatch keeps: seconds for three hours, minutes for 15 days. [M]"""
        _merge_older(self.seconds, now - HIGH_RESOLUTION_S, self.minutes, MINUTE)
        _merge_older(self.minutes, now - MINUTES_S, self.minutes, 5 * MINUTE)

    def between(self, start: float, end: float) -> Iterator[tuple[int, Bucket]]:
        """The buckets that start in [start, end), in no order."""
        yield from _pick(self.minutes, start, end, MINUTE)
        if self.seconds:
            yield from _pick(self.seconds, start, end, 1)


def _merge_older(
    buckets: dict[int, Bucket], before: float, into: dict[int, Bucket], step: int
) -> None:
    """Merge every bucket that starts ``before`` into the coarser one of ``step`` seconds."""
    for at in [at for at in buckets if at < before and (at % step or buckets is not into)]:
        bucket = buckets.pop(at)
        start = at // step * step
        if start not in into:
            into[start] = Bucket()
        into[start].merge(bucket)


def _pick(
    buckets: dict[int, Bucket], start: float, end: float, step: int
) -> Iterator[tuple[int, Bucket]]:
    if (end - start) / step > len(buckets):
        yield from ((at, bucket) for at, bucket in buckets.items() if start <= at < end)
        return
    for at in range(math.ceil(start / step) * step, math.ceil(end), step):
        if found := buckets.get(at):
            yield at, found


class Store:
    """All series. Writers are many threads; the lock is the store's own and held briefly."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.modelled = Modelled(now)
        self._lock = threading.Lock()
        self._units: dict[Metric, dict[str, Series]] = {}
        self._newest: dict[Metric, float] = {}
        self.metrics: list[Metric] = []
        """Those that somebody wrote, in the order in which they first appeared."""

    def add(
        self, metric: Metric, value: float, unit: str, timestamp: float, *, fine: bool = False
    ) -> None:
        with self._lock:
            self._series(metric, unit, timestamp).bucket(timestamp, fine=fine).add(value)

    def add_weighted(
        self,
        metric: Metric,
        values: Sequence[tuple[float, float]],
        unit: str,
        timestamp: float,
        *,
        fine: bool = False,
    ) -> None:
        """Add values, each with how often it occurred."""
        with self._lock:
            bucket = self._series(metric, unit, timestamp).bucket(timestamp, fine=fine)
            for value, count in values:
                bucket.add(value, count)

    def add_set(
        self,
        metric: Metric,
        statistics: tuple[float, float, float, float],
        unit: str,
        timestamp: float,
        *,
        fine: bool = False,
    ) -> None:
        """Add (count, sum, minimum, maximum)."""
        with self._lock:
            bucket = self._series(metric, unit, timestamp).bucket(timestamp, fine=fine)
            bucket.add_set(*statistics)

    def _series(self, metric: Metric, unit: str, timestamp: float) -> Series:
        units = self._units.get(metric)
        if units is None:
            units = self._units[metric] = {}
            self.metrics.append(metric)
        if timestamp > self._newest.get(metric, -math.inf):
            self._newest[metric] = timestamp
        series = units.get(unit)
        if series is None:
            series = units[unit] = Series()
        return series

    def newest(self, metric: Metric) -> float:
        """The timestamp of the newest value."""
        return max(self._newest.get(metric, -math.inf), self.modelled.newest(metric))

    def units(self, metric: Metric) -> list[str]:
        modelled = self.modelled.unit(metric)
        return list(
            dict.fromkeys((*self._units.get(metric, ()), *((modelled,) if modelled else ())))
        )

    def listed(self) -> Iterator[Metric]:
        """Every metric: in the order in which they first appeared, then the modelled ones."""
        yield from list(self.metrics)
        for name, dimensions in self.modelled.metrics():
            metric = Metric.of(NAMESPACE, name, dimensions)
            if metric not in self._units:
                yield metric

    def timeline(
        self,
        metric: Metric,
        windows: Windows,
        read: Callable[[Bucket], T],
        unit: str | None = None,
    ) -> dict[float, T]:
        """What ``read`` makes of each window that has data, by the window's start."""
        with self._lock:
            merged = self._merged(metric, windows, unit)
            return {at: read(merged[at]) for at in sorted(merged)}

    def _merged(self, metric: Metric, windows: Windows, unit: str | None) -> dict[float, Bucket]:
        merged: dict[float, Bucket] = {}
        owned: set[float] = set()
        for name, series in self._units.get(metric, {}).items():
            if unit is not None and name != unit:
                continue
            for at, bucket in series.between(windows.start, windows.end):
                _join(merged, owned, windows.start_of(at), bucket)
        if unit in (None, self.modelled.unit(metric)):
            for at, bucket in self.modelled.between(metric, windows.start, windows.end):
                _join(merged, owned, windows.start_of(at), bucket)
        return merged


def _join(merged: dict[float, Bucket], owned: set[float], window: float, bucket: Bucket) -> None:
    """Put ``bucket`` into its window; a window with one bucket shares it instead of copying."""
    present = merged.get(window)
    if present is None:
        merged[window] = bucket
        return
    if window not in owned:
        owned.add(window)
        copy = Bucket()
        copy.merge(present)
        merged[window] = present = copy
    present.merge(bucket)

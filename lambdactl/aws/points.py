"""Datapoints that were read before: a look asks only for the minutes that may still change.

A rollout is judged from its first minute, and a console looks every few seconds. What is older than
any call can last is settled and kept; the rest is asked for again, so there is one GetMetricData
call to a look, and a short one. A sum that went down between two looks is no count of calls any
more, and is told as a doubt for as long as that minute is judged.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

OVERLAP = timedelta(minutes=20)
"""Lambda's longest timeout, a quarter of an hour, and what CloudWatch needs after it."""
SUMS = ("invocations", "errors")

Points = dict[str, dict[datetime, float]]
"""Query id -> start of the minute -> value."""


class KnownPoints:
    """Of one alias. ``lock`` is held from :meth:`first_unsettled` to :meth:`take`."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._points: Points = {}
        self._numbers: frozenset[int] = frozenset()
        self._since: datetime | None = None
        self._until: datetime | None = None
        self._doubts: dict[tuple[str, datetime], str] = {}

    def first_unsettled(self, numbers: Iterable[int], since: datetime) -> datetime:
        """From which minute on to ask: all of them where a version or the beginning is new."""
        covered = self._since is not None and self._since <= since
        if self._until is None or not covered or not self._numbers >= set(numbers):
            self._points, self._since, self._until = {}, since, None
            return since
        return max(since, self._until - OVERLAP)

    def take(
        self, told: Mapping[str, Mapping[datetime, float]], asked: datetime, until: datetime
    ) -> None:
        """What was told of the minutes from ``asked`` up to ``until`` replaces what was known."""
        for key in {*self._points, *told}:
            known, news = self._points.get(key, {}), told.get(key, {})
            if key.partition("_")[2] in SUMS:
                self._compare(key, {t: v for t, v in known.items() if t >= asked}, news)
            settled = {t: v for t, v in known.items() if t < asked}
            self._points[key] = {**settled, **news}
        self._until = until

    def keep(self, numbers: Iterable[int], since: datetime) -> Points:
        """The points from ``since`` on; older ones are let go."""
        self._numbers, self._since = frozenset(numbers), since
        mine = {
            key: {t: v for t, v in values.items() if t >= since}
            for key, values in self._points.items()
        }
        self._points = mine
        self._doubts = {k: text for k, text in self._doubts.items() if k[1] >= since}
        return mine

    @property
    def doubts(self) -> tuple[str, ...]:
        return tuple(self._doubts.values())

    def _compare(
        self, key: str, known: Mapping[datetime, float], news: Mapping[datetime, float]
    ) -> None:
        version, _, what = key.partition("_")
        for at, value in known.items():
            now = news.get(at, 0.0)
            if now < value:
                self._doubts[key, at] = (
                    f"{what} of {version} at {at.astimezone(UTC):%H:%M}"
                    f" went from {value:,g} to {now:,g}"
                )

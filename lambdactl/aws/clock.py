"""AWS's clock, told by the Date header of its own answers.

A laptop's clock may be wrong, and an endpoint may keep its own time (an accelerated one runs many
seconds to ours), so nothing is ever computed from the wall clock once AWS has answered. Every
answer sets the clock anew; between answers it is carried on by the monotonic clock.

A Date header is cut to the second: the true time is in ``[date, date + 1)``. A prediction inside
that second is kept, because it is finer than the header. The clock is taken to run faster than ours
only when two intervals in a row, each a second or longer, both show it beyond the header's
rounding: a laptop that slept shows one jump, an accelerated clock shows every one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

SPACING_S = 1.0
FASTER = 1.5


class AwsClock:
    """``observe`` every answer; ``now`` is AWS's time, or the wall clock's until the first."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._lock = threading.Lock()
        self._anchor: tuple[float, float] | None = None
        self._samples: list[tuple[float, float]] = []
        self.rate = 1.0

    def observe(self, date: str | None) -> None:
        """Take in one Date header; None (an answer without one) changes nothing."""
        if date is None:
            return
        stamp = parsedate_to_datetime(date).timestamp()
        with self._lock:
            at = self._monotonic()
            predicted = self._at(at)
            self._sample(at, stamp)
            if predicted is None or not stamp <= predicted < stamp + 1.0:
                self._anchor = (at, stamp)
            else:
                self._anchor = (at, predicted)

    def now(self) -> datetime:
        with self._lock:
            told = self._at(self._monotonic())
        return datetime.fromtimestamp(self._wall() if told is None else told, UTC)

    def _at(self, at: float) -> float | None:
        if self._anchor is None:
            return None
        return self._anchor[1] + (at - self._anchor[0]) * self.rate

    def _sample(self, at: float, stamp: float) -> None:
        if self._samples and at - self._samples[-1][0] < SPACING_S:
            return
        self._samples = [*self._samples[-2:], (at, stamp)]
        if len(self._samples) == 3:
            (at0, stamp0), middle, _ = self._samples
            faster = outruns((at0, stamp0), middle) and outruns(middle, (at, stamp))
            self.rate = (stamp - stamp0) / (at - at0) if faster else 1.0


def outruns(earlier: tuple[float, float], later: tuple[float, float]) -> bool:
    """Whether AWS's clock certainly ran faster than ours, the rounding of both ends allowed for."""
    return (later[1] - earlier[1] - 1.0) / (later[0] - earlier[0]) > FASTER

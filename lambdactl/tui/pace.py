"""What time it is on AWS's clock, between two looks.

A snapshot says what time AWS had when it was taken. That clock may be ahead of ours or, in a
sandbox with a speed, run faster. From the looks of the last minutes we learn how fast, and between
two looks we foretell: time left and ages run on, and every new look sets them right.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

NEAR_ONE = (0.7, 1.4)
"""The Date header has whole seconds: a pace in this range is AWS's clock running like ours."""
BASELINE_S = 3.0
"""Two looks less than this far apart say nothing about the pace."""


class Pace:
    """``saw`` each look's time beside our monotonic clock; ``now`` foretells AWS's time."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, datetime]] = deque(maxlen=12)

    def saw(self, taken: datetime, at: float) -> None:
        """A look at ``at`` (our seconds) found AWS's clock at ``taken``."""
        if self._looks and taken < self._looks[-1][1]:
            self._looks.clear()
        self._looks.append((at, taken))

    @property
    def speed(self) -> float | None:
        """AWS seconds per second of ours; None until two looks far enough apart have been seen."""
        if len(self._looks) < 2:
            return None
        (at0, taken0), (at1, taken1) = self._looks[0], self._looks[-1]
        if at1 - at0 < BASELINE_S:
            return None
        measured = (taken1 - taken0).total_seconds() / (at1 - at0)
        return 1.0 if NEAR_ONE[0] < measured < NEAR_ONE[1] else measured

    def now(self, at: float) -> datetime | None:
        """AWS's time at our ``at``; that of the last look while the speed is not known."""
        if not self._looks:
            return None
        last, taken = self._looks[-1]
        return taken + timedelta(seconds=(self.speed or 0.0) * max(0.0, at - last))

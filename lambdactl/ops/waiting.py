"""Waiting for AWS: how long, how often, and which failures pass by themselves.

Time is counted in the seconds that were slept, so a test that hands in its own ``sleep`` waits for
nothing and sees the same story.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lambdactl.errors import Throttled, Unreachable

T = TypeVar("T")
PATIENCE = 10
"""So many looks in a row may fail before the last failure is passed on."""
SLOWEST = 4.0


class Waiting:
    """``look`` tolerates what passes by itself; ``pause`` sleeps, longer while looks fail."""

    def __init__(
        self, sleep: Callable[[float], None], interval_s: float, wait_s: float | None
    ) -> None:
        self._sleep = sleep
        self._interval_s = interval_s
        self._wait_s = wait_s
        self._failures = 0
        self.waited_s = 0.0

    def look(self, read: Callable[[], T]) -> T | Throttled | Unreachable:
        """What ``read`` says, or the passing failure it ended in, as a value."""
        try:
            answer = read()
        except (Throttled, Unreachable) as error:
            self._failures += 1
            if self._failures >= PATIENCE:
                raise
            return error
        self._failures = 0
        return answer

    def pause(self) -> None:
        slower = min(2.0**self._failures, SLOWEST)
        self._sleep(self._interval_s * slower)
        self.waited_s += self._interval_s * slower

    @property
    def over(self) -> bool:
        return self._wait_s is not None and self.waited_s >= self._wait_s

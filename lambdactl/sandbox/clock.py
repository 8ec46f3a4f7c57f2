"""One clock for the whole account: it starts at the wall clock and runs ``speed`` times faster.

Everything that waits in the sandbox (bake times, hook time-outs, alarm periods, stack updates) is a
process: a generator that yields the account seconds it wants to sleep. One scheduler resumes them
in order of their due times, so a hundred rollouts keep their clocks on one thread, and a test that
moves a :class:`ManualClock` by hand sees exactly the same story.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime

Process = Generator[float, None, None]
CATCHES_UP_S = 0.5
"""Wall-clock seconds by which the processes of a running clock may be behind."""
log = logging.getLogger(__name__)


def moment(at: float) -> datetime:
    """A time of the account, in seconds, as botocore's members have it."""
    return datetime.fromtimestamp(at, UTC)


def stamp(at: float) -> str:
    """The same as Lambda and CloudWatch write it into text: ``2025-05-15T15:29:00.000+0000``."""
    when = moment(at)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}+0000"


class Clock:
    """Account time as a UNIX timestamp, and the processes that live by it."""

    def __init__(self) -> None:
        self._queue: list[tuple[float, int, Process]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()

    def now(self) -> float:
        raise TypeError("use RunningClock or ManualClock")

    def utcnow(self) -> datetime:
        return moment(self.now())

    def spawn(self, process: Process, delay: float = 0.0) -> None:
        """Start ``process`` in ``delay`` account seconds."""
        with self._wake:
            heapq.heappush(self._queue, (self.now() + delay, next(self._order), process))
            self._wake.notify()

    def call_later(self, delay: float, function: Callable[[], None]) -> None:
        """Call ``function`` once, ``delay`` account seconds from now."""

        def once() -> Process:
            function()
            yield from ()

        self.spawn(once(), delay)

    def _resume(self, due: float, process: Process) -> None:
        try:
            wait = next(process)
        except StopIteration:
            return
        except Exception:
            log.exception("a process of the sandbox died")
            return
        with self._wake:
            again = self._next_due(due, max(wait, 0.0))
            heapq.heappush(self._queue, (again, next(self._order), process))

    def _next_due(self, due: float, wait: float) -> float:
        """Counted from when it was due, not from when its turn came: so it keeps its pace."""
        return due + wait

    def close(self) -> None:
        """Stop: no process is resumed after this."""


class RunningClock(Clock):
    """Account time that flows by itself, ``speed`` account seconds to a wall second."""

    def __init__(self, speed: float = 1.0) -> None:
        super().__init__()
        self.speed = speed
        self._wall0 = time.time()
        self._monotonic0 = time.monotonic()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="sandbox-clock", daemon=True)
        self._thread.start()

    def now(self) -> float:
        return self._wall0 + (time.monotonic() - self._monotonic0) * self.speed

    def _next_due(self, due: float, wait: float) -> float:
        """What stood still for longer than :data:`CATCHES_UP_S` is not made up for: a process that
        looks every second would look a thousand times at once, and be throttled for it."""
        return max(due + wait, self.now() - CATCHES_UP_S * self.speed)

    def _run(self) -> None:
        while (item := self._next()) is not None:
            self._resume(*item)

    def _next(self) -> tuple[float, Process] | None:
        with self._wake:
            while not self._closed:
                wait = (self._queue[0][0] - self.now()) / self.speed if self._queue else None
                if wait is not None and wait <= 0:
                    due, _, process = heapq.heappop(self._queue)
                    return due, process
                self._wake.wait(wait)
        return None

    def close(self) -> None:
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join()


class ManualClock(Clock):
    """Account time that stands still until :meth:`advance` moves it.

    ``settle`` is called before every step: it returns when no real code (a function in a worker) is
    still running, so that what it reports has arrived before time goes on.
    """

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        super().__init__()
        self._now = start
        self.settle: Callable[[], None] = lambda: None

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Move ``seconds`` on, resuming each process when its time has come."""
        end = self._now + seconds
        self.settle()
        while self._queue and self._queue[0][0] <= end:
            due, _, process = heapq.heappop(self._queue)
            self._now = max(self._now, due)
            self._resume(due, process)
            self.settle()
        self._now = end

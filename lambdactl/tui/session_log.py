"""What this session has met and asked: every failure with its call, and how often AWS was read.

Threads tell it while the screens read it. What goes on failing is one row with a count, so that a
night without a network is a few rows and not some thousands, and no session grows without end.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lambdactl.aws.door import READS
from lambdactl.errors import LambdactlError

KEPT = 300
"""So many rows of failures: the newest."""


@dataclass(frozen=True, slots=True)
class Met:
    """A failure, and how often it came one after the other; ``at`` is the last time, ``since`` the
    first, both by this machine's clock in UTC: AWS may not have answered to tell its own."""

    number: int
    error: LambdactlError
    place: str
    at: datetime
    since: datetime
    count: int = 1


@dataclass(frozen=True, slots=True)
class Change:
    """One change of this session as the audit log has it; times are on AWS's clock."""

    key: str
    began: datetime
    verb: str
    target: str
    place: str
    calls: tuple[str, ...]
    before: str
    after: str
    outcome: str
    """``done``, ``started`` while it goes on, else how it ended badly."""
    command: str
    aws_code: str = ""


class SessionLog:
    """Safe to use from several threads; every method returns at once."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._met: deque[Met] = deque(maxlen=KEPT)
        self._number = 0
        self._seen = 0
        self._told: deque[LambdactlError] = deque(maxlen=16)
        self._counters: list[Callable[[], Mapping[str, int]]] = []

    def met(self, error: LambdactlError, place: str = "") -> None:
        """A failure. The same object told twice, by the call and by the screen, is one."""
        with self._lock:
            if any(error is told for told in self._told):
                return
            self._told.append(error)
            self._number += 1
            error = bare(error)
            at = self._now()
            newest = self._met[-1] if self._met else None
            if newest is not None and alike(newest, error, place):
                self._met[-1] = replace(
                    newest, number=self._number, error=error, at=at, count=newest.count + 1
                )
            else:
                self._met.append(Met(self._number, error, place, at, at))

    def count_with(self, calls: Callable[[], Mapping[str, int]]) -> None:
        """One more connection: ``calls`` says how often it asked each ``service:Operation``."""
        with self._lock:
            self._counters.append(calls)

    @property
    def errors(self) -> tuple[Met, ...]:
        """The newest first."""
        with self._lock:
            return tuple(reversed(self._met))

    @property
    def news(self) -> int:
        """How many rows of failures nobody has looked at yet; one that goes on is one."""
        with self._lock:
            return sum(met.number > self._seen for met in self._met)

    def looked(self) -> None:
        """Somebody has seen the list."""
        with self._lock:
            self._seen = self._number

    @property
    def calls(self) -> Counter[str]:
        """Requests of this session by ``service:Operation``, wherever it has been."""
        with self._lock:
            counters = tuple(self._counters)
        told: Counter[str] = Counter()
        for each in counters:
            told.update(each())
        return told

    @property
    def reads(self) -> int:
        return sum(n for call, n in self.calls.items() if is_read(call))


def bare(error: LambdactlError) -> LambdactlError:
    """The same without what raised it: a list of failures keeps no frames, no answers of AWS."""
    told = type(error).__new__(type(error), *error.args)
    vars(told).update(vars(error))
    return told


def is_read(call: str) -> bool:
    return call.partition(":")[2].startswith(READS)


def alike(met: Met, error: LambdactlError, place: str) -> bool:
    """Whether it is the same failure once more."""
    known = met.error
    return (met.place, known.call, str(known), known.aws_code) == (
        place,
        error.call,
        str(error),
        error.aws_code,
    )

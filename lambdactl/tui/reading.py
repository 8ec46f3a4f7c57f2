"""One thing that a page reads by itself: the last good answer, what failed since, and when.

Like a watch it draws nothing, waits for nothing, and keeps what it had when a look fails. What was
asked before the operator turned to something else comes back to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from lambdactl.errors import LambdactlError
from lambdactl.tui.view import Failure

T = TypeVar("T")
RETRY_S = 30.0
"""After so long a look that failed is tried again, where none is due by itself."""


@dataclass(eq=False)
class Reading(Generic[T]):
    """``about`` is what it is of; times are seconds of ours. ``every_s`` None: read once."""

    every_s: float | None = None
    about: object = None
    value: T | None = None
    failure: Failure | None = None
    read_at: float | None = None
    due_at: float = 0.0
    looking: bool = False

    @property
    def error(self) -> LambdactlError | None:
        return self.failure.error if self.failure else None

    def turn_to(self, about: object) -> None:
        """Something else is to be read: nothing is known of it yet, and it is due."""
        if about != self.about:
            self.about = about
            self.value, self.failure, self.read_at = None, None, None
            self.due_at, self.looking = 0.0, False

    def is_due(self, at: float, times: float = 1.0) -> bool:
        """``times`` is how much slower than usual looks are while nobody sees them."""
        if self.looking:
            return False
        if self.read_at is None and self.failure is None:
            return True
        every_s = self.every_s or RETRY_S
        again = self.every_s is not None or self.failure is not None
        return again and at >= self.due_at + (times - 1.0) * every_s

    def took(self, about: object, value: T, at: float) -> None:
        if about == self.about:
            self.looking, self.failure = False, None
            self.value, self.read_at = value, at
            self.due_at = at + (self.every_s or 0.0)

    def failed(self, about: object, error: LambdactlError, at: float) -> None:
        if about == self.about:
            self.looking = False
            count = self.failure.count + 1 if self.failure else 1
            self.failure = Failure(error, count, at)
            self.due_at = at + (self.every_s or RETRY_S) * min(8.0, 2.0 ** (count - 1))

    def age_s(self, at: float) -> float | None:
        return None if self.read_at is None else at - self.read_at

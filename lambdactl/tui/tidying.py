"""Memory is tidied while nobody types.

Python looks for garbage when it has made enough objects, in whatever thread made the last of them.
A look through all of a fleet takes a tenth of a second and more: in the thread that draws, that is
a key without an answer. So the long look waits for a pause in the typing; the short ones go on as
ever. What is there at the first pause (modules, AWS's service models) stays for good and is not
looked through again.
"""

from __future__ import annotations

import gc

PAUSE_S = 2.0
"""Nobody types: no key for so long."""
EVERY_S = 120.0
MOST_S = 900.0
"""Whoever never pauses waits for one long look in a quarter of an hour."""
NEVER = 1_000_000


class Tidying:
    """Times are seconds of a monotonic clock, given by the caller. Does nothing until ``begin``."""

    def __init__(self) -> None:
        self._before = gc.get_threshold()
        self._typed_at = 0.0
        self._looked_at = float("inf")
        self._frozen = False

    def begin(self, at: float) -> None:
        """From now on the long look comes from :meth:`tick` only."""
        self._typed_at, self._looked_at = at, at - EVERY_S
        gc.set_threshold(*self._before[:2], NEVER)

    def end(self) -> None:
        gc.set_threshold(*self._before)

    def typed(self, at: float) -> None:
        self._typed_at = at

    def tick(self, at: float) -> bool:
        """Tidy, if it is time to; whether it was."""
        since, pause = at - self._looked_at, at - self._typed_at
        if since < EVERY_S or (pause < PAUSE_S and since < MOST_S):
            return False
        gc.collect()
        if not self._frozen:
            gc.freeze()
        self._looked_at, self._frozen = at, True
        return True

"""The journal: every call that came through the door, who made it, and whether it was a write.

A test that wants to know what its program really did asks this and not the program::

    writes = [entry.action for entry in door.journal if entry.writes and entry.caller]
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

KEPT = 20_000
"""Entries; the oldest give way."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal. ``at`` is account time, ``caller`` the access key id, ``None`` for a
    call between services; ``status`` is 0 where the connection was dropped. ``number`` counts the
    entries of the account from 1 on."""

    at: float
    service: str
    operation: str
    caller: str | None
    writes: bool
    status: int
    code: str | None = None
    number: int = 0

    @property
    def action(self) -> str:
        """As a policy names it: ``lambda:UpdateAlias``."""
        return f"{self.service}:{self.operation}"


class Journal:
    """The last :data:`KEPT` entries, oldest first."""

    def __init__(self, kept: int = KEPT) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._lock = threading.Lock()
        self._written = 0

    def append(self, entry: Entry) -> None:
        with self._lock:
            self._written += 1
            self._entries.append(replace(entry, number=self._written))

    def since(self, number: int) -> list[Entry]:
        """The entries after the one of this number, as far as they are still kept."""
        with self._lock:
            wanted = min(self._written - number, len(self._entries))
            if wanted <= 0:
                return []
            return [self._entries[index] for index in range(-wanted, 0)]

    def clear(self) -> None:
        """Forget what was, so that a test sees its own calls alone. The numbers go on."""
        with self._lock:
            self._entries.clear()

    def __iter__(self) -> Iterator[Entry]:
        with self._lock:
            return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

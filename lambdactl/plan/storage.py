"""Code storage of an account: what holds it, what it grows by, and when it is full. Pure.

``$LATEST``, every published version and every layer version count their zip in full, equal zips
too; images and code that Lambda does not copy count nothing. The limit is what the account says: it
differs between accounts. The pace is what was published in the last thirty days and is still there,
so it is the least that was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PACE_DAYS = 30
CACHE_USD_PER_GB_S = 0.0000015046
"""List price of SnapStart's cache in us-east-1; other regions differ by a few per cent."""
MONTH_S = 30 * 86_400.0
UNBILLED_RUNTIMES = ("java",)
"""SnapStart is free of charge for Java."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What one function (``$LATEST`` included) or one layer holds; bytes."""

    name: str
    size: int
    versions: int


@dataclass(frozen=True, slots=True)
class Cached:
    """Versions whose SnapStart snapshots are billed for as long as they exist."""

    versions: int = 0
    memory_mb: int = 0

    @property
    def usd_a_month(self) -> float:
        """At the list price of us-east-1."""
        return self.memory_mb / 1024 * MONTH_S * CACHE_USD_PER_GB_S


@dataclass(frozen=True, slots=True)
class Outlook:
    """How full code storage is and when it will be full; bytes. None is not known."""

    taken: datetime
    used: int
    limit: int
    published: int | None
    """In the last thirty days, by functions and layers."""
    prunable: int | None
    """What a prune would free, at most."""

    @property
    def free(self) -> int:
        return max(self.limit - self.used, 0)

    @property
    def share(self) -> float | None:
        """Per cent of the limit."""
        return 100.0 * self.used / self.limit if self.limit else None

    @property
    def pace(self) -> float | None:
        """Bytes a day."""
        return None if self.published is None else self.published / PACE_DAYS

    @property
    def full_at(self) -> datetime | None:
        """When the limit is reached at this pace; None where nothing was published, or the pace is
        not known."""
        return self.full_after(self.free)

    @property
    def full_at_if_pruned(self) -> datetime | None:
        return None if self.prunable is None else self.full_after(self.free + self.prunable)

    def full_after(self, free: int) -> datetime | None:
        if not self.pace or self.pace < 0:
            return None
        days = free / self.pace
        # Beyond a lifetime a day on the calendar says nothing.
        return self.taken + timedelta(days=days) if days < 36_500 else None


@dataclass(frozen=True, slots=True)
class StorageReport(Outlook):
    """Who holds code storage, and what a prune would free of it; all of it was read."""

    published: int
    prunable: int
    prunable_versions: int
    functions: tuple[Holding, ...]
    """Largest first."""
    layers: tuple[Holding, ...]
    cached: Cached
    prunable_cached: Cached = Cached()
    skipped: tuple[tuple[str, str], ...] = ()
    """Functions of which that could not be told, or ``layers``, and why."""

    @property
    def pace(self) -> float:
        return self.published / PACE_DAYS


def is_billed(runtime: str | None) -> bool:
    """Whether the cache of a SnapStart version of this runtime costs anything."""
    return not (runtime or "").startswith(UNBILLED_RUNTIMES)

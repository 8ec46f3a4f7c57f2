"""Silence where calls were due: a feed that has stopped, or a version that gets none any more.

Told from the pace before it. What is no longer than usual, or may be chance, is no silence.
"""

from __future__ import annotations

from collections.abc import Sequence

DUE = 7.0
"""So many calls that are due and not there are no chance: it is below one in a thousand."""
SILENT = 3
"""Shorter silences are a metric that is late."""
PACE = 10
"""Minutes before a silence that tell how many calls were due in it."""


def missing(calls: Sequence[float]) -> tuple[int, float] | None:
    """(minutes of silence at the end, calls that were due in them); None for no more than usual."""
    quiet = quiet_at_end(calls)
    if quiet < SILENT:
        return None
    spoken = calls[: len(calls) - quiet]
    lately = spoken[-PACE:]
    due = quiet * sum(lately) / len(lately) if lately else 0.0
    return (quiet, due) if due >= DUE and quiet > _usual(spoken) else None


def newest_stretch(calls: Sequence[float]) -> int | None:
    """Where the calls begin that no such silence has interrupted since; None without a call."""
    first = None
    for index, n in enumerate(calls):
        if n and (first is None or missing(calls[first:index]) is not None):
            first = index
    return first


def quiet_at_end(calls: Sequence[float]) -> int:
    quiet = 0
    for n in reversed(calls):
        if n:
            break
        quiet += 1
    return quiet


def _usual(calls: Sequence[float]) -> int:
    """The longest silence between two calls."""
    usual, run = 0, 0
    first = next((i for i, n in enumerate(calls) if n), 0)
    for n in calls[first:]:
        run = 0 if n else run + 1
        usual = max(usual, run)
    return usual

"""The journal of a prune: what is about to be deleted, and what came of it, each flushed to disk.

A line before each delete and one after it, so that after a crash at any point it is known which
deletes were done and which one is in doubt. A delete in doubt is simply done again: a version that
is gone answers 204. The journal carries the id of its plan, and a run of the same plan skips what
is done.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from lambdactl.errors import Refused
from lambdactl.state_home import state_dir

Key = tuple[str, int]


class Journal:
    """``begin`` before a delete, ``end`` after it; both return when the line is on disk."""

    def __init__(self, file: TextIO, done: frozenset[Key], last: datetime | None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self.done = done
        """What an earlier run of this plan has deleted."""
        self.last = last
        """When the last line of an earlier run was written; None for the first run."""

    def begin(self, function: str, version: int, at: datetime) -> None:
        self._write(at, "deleting", function, version)

    def end(self, function: str, version: int, at: datetime, outcome: str) -> None:
        """``outcome``: deleted, accepted, or why it was kept."""
        self._write(at, outcome, function, version)

    def _write(self, at: datetime, event: str, function: str, version: int) -> None:
        row = {
            "at": at.astimezone(UTC).isoformat(),
            "event": event,
            "function": function,
            "version": version,
        }
        try:
            with self._lock:
                self._file.write(f"{json.dumps(row)}\n")
                self._file.flush()
            # Outside the lock: what several threads flush at once the disk does at once.
            os.fsync(self._file.fileno())
        except OSError as error:
            raise unwritable(self._file.name, error) from error


def journal_path(plan_id: str, directory: Path | None = None) -> Path:
    return (directory or state_dir() / "prune") / f"{plan_id}.journal.jsonl"


@contextmanager
def opened(plan_id: str, directory: Path | None = None) -> Iterator[Journal]:
    """The journal of a plan, with what earlier runs have done. Refused if it cannot be kept."""
    path = journal_path(plan_id, directory)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        done, last = read(path)
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise unwritable(str(path), error) from error
    with file:
        yield Journal(file, done, last)


def unwritable(path: str, error: OSError) -> Refused:
    return Refused(
        f"the journal {path} cannot be written, and nothing is deleted without it",
        why=str(error),
        hint="set XDG_STATE_HOME to a directory that can be written",
    )


def read(path: Path) -> tuple[frozenset[Key], datetime | None]:
    """What was deleted, and when the last line was written. A last line cut off is no line."""
    done: set[Key] = set()
    last: datetime | None = None
    for row in rows(path):
        last = datetime.fromisoformat(row["at"])
        if row["event"] in ("deleted", "accepted"):
            done.add((row["function"], row["version"]))
    return frozenset(done), last


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a journal. A kill in the middle of a write leaves half a line at its end,
    which is ended here, so that the next line stands by itself."""
    if not path.exists():
        return
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        with path.open("a", encoding="utf-8") as file:
            file.write("\n")
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            row = {}
        if {"at", "event", "function", "version"} <= row.keys():
            yield row

"""The accounts that credentials led to in earlier runs, in a file that may be lost at any time.

It holds an account and a partition under a hash of the access key id and the endpoint: no key, no
secret, no name. What is in it decides nothing (see :mod:`lambdactl.aws.caller`), so a file that is
damaged is as good as none, and of two processes that write at once one may lose what it learnt.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from lambdactl.state_home import replace_private

MOST = 64
LONGEST_S = 30 * 86_400.0
"""Temporary credentials end after 36 hours at most; others are asked for again once a month."""


class Known(NamedTuple):
    account_id: str
    partition: str


def key_of(access_key_id: str, endpoint: str | None) -> str:
    """What an entry is found by. Credentials that AWS does not know may lead anywhere, so what is
    not AWS is told apart by its address."""
    told = json.dumps([access_key_id, endpoint])
    return hashlib.sha256(told.encode()).hexdigest()


class KnownAccounts:
    """``tell`` gets a line when the file cannot be written."""

    def __init__(
        self,
        path: Path,
        *,
        tell: Callable[[str], None],
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._path = path
        self._wall = wall
        self._tell = tell

    def of(self, key: str) -> Known | None:
        entry = self._entries().get(key)
        return entry[1] if entry else None

    def learn(self, key: str, known: Known) -> None:
        """Keep it for a month, or until as many newer ones have come as are kept."""
        entries = {**self._entries(), key: (self._wall(), known)}
        newest = sorted(entries.items(), key=lambda item: item[1][0])[-MOST:]
        self._write(dict(newest))

    def forget(self, key: str) -> None:
        entries = self._entries()
        if entries.pop(key, None) is not None:
            self._write(entries)

    def _entries(self) -> dict[str, tuple[float, Known]]:
        """Those that can be read and are not too old."""
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
            rows = [(str(k), entry_of(row)) for k, row in told.items()]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}
        now = self._wall()
        return {k: entry for k, entry in rows if now - LONGEST_S < entry[0] <= now}

    def _write(self, entries: dict[str, tuple[float, Known]]) -> None:
        rows = {
            k: {"at": at, "account_id": known.account_id, "partition": known.partition}
            for k, (at, known) in entries.items()
        }
        try:
            replace_private(self._path, json.dumps(rows))
        except OSError as error:
            self._tell(f"accounts are not remembered: {self._path}: {error.strerror}")


def entry_of(row: dict[str, object]) -> tuple[float, Known]:
    """Raises ValueError, KeyError or TypeError for what this program has not written."""
    account_id, partition = str(row["account_id"]), str(row["partition"])
    if len(account_id) != 12 or not account_id.isdecimal() or not partition.startswith("aws"):
        raise ValueError("not an account")
    return float(str(row["at"])), Known(account_id, partition)

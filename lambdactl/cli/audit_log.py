"""``audit.jsonl``: who changed what, from what to what, and how it ended. Shown by ``audit``.

Each change leaves two lines with one id (see :mod:`lambdactl.cli.auditing`). Lines are appended
whole, and of those with one id the last says how the change stands.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from lambdactl.cli.session import Session
from lambdactl.errors import UsageError
from lambdactl.state_home import state_dir

Entry = dict[str, Any]
SESSION = secrets.token_hex(6)
"""What the changes of one run of the program have in common: a console makes many."""
STARTED = "started"
"""The outcome of a change that is under way, or whose process did not live to tell its end."""


def path() -> Path:
    return state_dir() / "audit.jsonl"


def append(session: Session, entry: Entry) -> None:
    """One line, whole. A log that cannot be written does not keep an operator from an abort, but
    is said."""
    line = f"{json.dumps(entry, ensure_ascii=True)}\n".encode()
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)
    except OSError as error:
        session.terminal.insist(f"the audit log {path()} cannot be written: {error.strerror}")


def entries() -> list[Entry]:
    """Every change, newest first, each with what it came to. Raises UsageError."""
    try:
        lines = path().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{path()} cannot be read", why=error.strerror) from error
    found: dict[str, Entry] = {}
    for number, line in enumerate(lines, start=1):
        entry = _parsed(line, number)
        known = found.pop(entry["id"], None)
        found[entry["id"]] = {**entry, "began": known["began"] if known else entry["at"]}
    return list(found.values())[::-1]


def _parsed(line: str, number: int) -> Entry:
    try:
        entry: Entry = json.loads(line)
        if "id" in entry and "at" in entry:
            return entry
    except ValueError as error:
        raise _spoilt(number, str(error)) from error
    raise _spoilt(number, "it has no id or no time")


def _spoilt(number: int, why: str) -> UsageError:
    return UsageError(f"line {number} of {path()} is not of the audit log", why=why)

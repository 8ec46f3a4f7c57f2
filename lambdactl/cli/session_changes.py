"""What this run of the program has changed, from the audit log: for the console to show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lambdactl.cli.audit_log import SESSION, Entry, entries
from lambdactl.cli.audit_view import state_text
from lambdactl.tui import Change


def changes() -> tuple[Change, ...]:
    """Every change of this session, the newest first. Raises UsageError for a spoilt log."""
    return tuple(_change(entry) for entry in entries() if entry.get("session") == SESSION)


def _change(entry: Entry) -> Change:
    place = (entry.get("account_id"), entry.get("region"))
    return Change(
        key=str(entry["id"]),
        began=datetime.fromisoformat(entry["began"]),
        verb=_text(entry.get("verb")),
        target=_text(entry.get("target")),
        place=" ".join(str(part) for part in place if part),
        calls=tuple(str(call) for call in entry.get("actions", ())),
        before=state_text(entry.get("before")),
        after=state_text(entry.get("reached", entry.get("after")), entry.get("deleted", ())),
        outcome=_text(entry.get("outcome")),
        command=_text(entry.get("command")),
        aws_code=_text(entry.get("aws_code")),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)

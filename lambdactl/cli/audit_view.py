"""The audit log as rows, and the part of it that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdactl.cli.audit_log import STARTED, Entry
from lambdactl.render.numbers import UNKNOWN, short, stamp
from lambdactl.render.numbers import weight as per_cent
from lambdactl.render.spans import Span
from lambdactl.render.tables import Cell, Column, Table
from lambdactl.render.visible import visible


def picked(entries: Iterable[Entry], function: str | None, since_s: float | None) -> list[Entry]:
    """Of one function (or one alias of it), and no older than ``since_s`` by this machine's clock,
    for AWS is not asked what time it is."""
    found = list(entries)
    if function is not None:
        found = [e for e in found if _is_of(str(e.get("target", "")), function)]
    if since_s is not None:
        earliest = datetime.now(UTC) - timedelta(seconds=since_s)
        found = [e for e in found if datetime.fromisoformat(e["at"]) >= earliest]
    return found


def _is_of(target: str, function: str) -> bool:
    return target == function or target.split(":")[0] == function


def audit_table(entries: Sequence[Entry]) -> Table:
    header = (
        Column("TIME (UTC)"),
        Column("WHO"),
        Column("TARGET"),
        Column("BEFORE"),
        Column("AFTER"),
        Column("OUTCOME"),
        Column("REVISIONS", wide=True),
        Column("ACCOUNT", wide=True),
        Column("REGION", wide=True),
        Column("COMMAND"),
    )
    return Table(header, tuple(_row(e) for e in entries), tuple(str(e["id"]) for e in entries))


def _row(entry: Entry) -> tuple[Cell, ...]:
    outcome = str(entry.get("outcome", UNKNOWN))
    unknown = outcome == STARTED
    style = "" if outcome == "done" else "yellow" if unknown else "red"
    caller = str(entry.get("caller", UNKNOWN))
    return (
        stamp(datetime.fromisoformat(entry["at"])),
        visible(caller.rpartition("/")[2] or caller),
        visible(_about(entry)),
        visible(state_text(entry.get("before"))),
        visible(state_text(entry.get("reached", entry.get("after")), entry.get("deleted", ()))),
        Span("not known: it did not end" if unknown else visible(outcome), style),
        visible(" ".join(short(r) for r in entry.get("revision_ids", ()))) or UNKNOWN,
        visible(str(entry.get("account_id", UNKNOWN))),
        visible(str(entry.get("region", UNKNOWN))),
        visible(str(entry.get("command", ""))),
    )


def _about(entry: Entry) -> str:
    """The target; of what has none, what was done."""
    told = entry.get("target") or ", ".join(entry.get("actions", ()))
    return str(told) or UNKNOWN


def state_text(told: Any, deleted: Sequence[str] = ()) -> str:
    """A routing as ``v41 90 %  v42 10 %``, a stack's status as it is."""
    if deleted:
        return f"{len(deleted)} deleted"
    if not isinstance(told, Mapping):
        return UNKNOWN if told is None else str(told)
    stable = f"{_label(told['stable'])} {per_cent(told['stable_weight_percent'])}"
    if told.get("canary") is None:
        return stable
    return f"{stable}  {_label(told['canary'])} {per_cent(told['canary_weight_percent'])}"


def _label(version: object) -> str:
    return f"v{version}" if isinstance(version, int) else str(version)

"""Since when an alias routes as it does, from the audit log of this machine.

A shift by hand leaves no time behind in AWS. But it leaves a revision id, and where that is one of
ours the log says when it was made: so that a first look, too, knows which calls came after it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from lambdactl.cli.audit_log import Entry, entries
from lambdactl.errors import UsageError
from lambdactl.model import Snapshot, Unread


def with_our_move(snapshot: Snapshot) -> Snapshot:
    """``snapshot`` with the times of the last change of its split, where that was made here.

    What its own looks have seen is kept: they saw changes from elsewhere, too.
    """
    alias = snapshot.alias
    if alias is None or not alias.routing.split or snapshot.split_since is not None:
        return snapshot
    try:
        moves = {e["revision_ids"][-1]: e for e in entries() if _moved(e)}
    except UsageError as error:
        unread = Unread("audit log", str(error), error.hint)
        return replace(snapshot, unread=(*snapshot.unread, unread))
    last = moves.get(alias.revision_id)
    if last is None:
        return snapshot
    first = _beginning(last, moves)
    return replace(
        snapshot,
        weight_since=snapshot.weight_since or _at(last),
        split_since=_at(first) if first else None,
        unsplit_at=datetime.fromisoformat(first["began"]) if first else None,
    )


def _moved(entry: Entry) -> bool:
    """Its alias was seen to be where it was moved to, and its last revision id is that one."""
    return isinstance(entry.get("reached"), dict) and bool(entry.get("revision_ids"))


def _beginning(last: Entry, moves: dict[str, Entry]) -> Entry | None:
    """The change that began the split: back over those of the weights alone; None where one of
    them was not made here."""
    move, seen = last, {last["id"]}
    while _sharing(move["before"]) == _sharing(move["reached"]):
        earlier = moves.get(move["revision_ids"][0])
        if earlier is None or earlier["id"] in seen:
            return None
        move = earlier
        seen.add(move["id"])
    return move


def _sharing(routing: dict[str, Any] | None) -> set[object]:
    """The versions that get calls."""
    told = routing or {}
    shares = {told.get("stable")}
    return shares | {told.get("canary")} if told.get("canary_weight_percent") else shares


def _at(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry["at"])

"""What was changed of one alias from this machine, from its audit log.

CodeDeploy tells of its own deployments only: of a shift by hand AWS keeps CloudTrail's line alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lambdactl.cli.audit_log import STARTED, Entry, entries, path
from lambdactl.errors import UsageError
from lambdactl.model import Place, Routing, Target
from lambdactl.model_history import AliasChange

VERBS = ("shift", "promote", "abort", "rollback")
"""What moves an alias; a step of a walk is a shift, and so is what takes it back."""


def alias_changes(place: Place, target: Target) -> tuple[AliasChange, ...]:
    """Those of this alias in this account and region, by any session here, newest first. Raises
    UsageError for a log that is spoilt or cannot be read."""
    return tuple(_read(entry) for entry in entries() if _is_of(entry, place, target))


def _is_of(entry: Entry, place: Place, target: Target) -> bool:
    told = [entry.get(part) for part in ("account_id", "region", "endpoint", "target")]
    here = [place.account_id, place.region, place.endpoint, str(target)]
    return entry.get("verb") in VERBS and told == here


def _read(entry: Entry) -> AliasChange:
    try:
        return _change(entry)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"entry {entry['id']} of {path()} cannot be understood",
            why=f"{type(error).__name__}: {error}",
            hint="lambdactl audit -o json   shows it as it is",
        ) from error


def _change(entry: Entry) -> AliasChange:
    ended = entry["at"] if entry["outcome"] != STARTED else None
    return AliasChange(
        id=str(entry["id"]),
        verb=entry["verb"],
        target=entry["target"],
        began=datetime.fromisoformat(entry["began"]),
        ended=datetime.fromisoformat(ended) if ended else None,
        caller=_text(entry.get("caller")),
        host=_text(entry.get("host")),
        before=_routing(entry.get("before")),
        asked=_routing(entry.get("after")),
        reached=_routing(entry.get("reached")),
        outcome=entry["outcome"],
        aws_code=_text(entry.get("aws_code")),
        command=_command(_text(entry.get("command"))),
        reason=_text(entry.get("reason") or entry.get("evidence")),
        calls=tuple(str(call) for call in entry.get("actions", ())),
        revision_ids=tuple(str(one) for one in entry.get("revision_ids", ())),
    )


def _routing(told: Any) -> Routing | None:
    if not isinstance(told, Mapping):
        return None
    stable = told["stable"]
    weight = told.get("canary_weight_percent")
    return Routing(stable if isinstance(stable, int) else None, told.get("canary"), weight or 0.0)


def _command(words: str) -> str:
    """With the program's name: a command line that was typed is logged without it."""
    return f"lambdactl {words}" if words and not words.startswith("lambdactl ") else words


def _text(value: Any) -> str:
    return "" if value is None else str(value)

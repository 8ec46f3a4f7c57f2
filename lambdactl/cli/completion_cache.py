"""What a shell may complete, kept on disk for a minute by the commands that have just read it.

One file for each place (context, profile, region, endpoint) under ``$XDG_CACHE_HOME/lambdactl``.
Completion only reads: it never asks AWS, for a key press must not wait for a network. A file that
cannot be read or written is as good as none, here and only here: nothing is decided by it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdactl.cli.target import Wanted
from lambdactl.state_home import cache_dir, replace_private

if TYPE_CHECKING:
    from lambdactl.cli.session import Session
    from lambdactl.model import Alias, Snapshot

FRESH_S = 60.0
PLACE = ("context", "profile", "region", "endpoint_url")


def file_of(meant: Wanted) -> Path:
    """The cache of the place that is meant, as far as files, flags and environment say."""
    told = json.dumps([meant.get(key) for key in PLACE])
    return cache_dir() / f"{hashlib.sha256(told.encode()).hexdigest()[:16]}.json"


def learn(session: Session, snapshot: Snapshot) -> None:
    """Keep the versions and aliases of a function that was just looked at."""
    versions = [
        {
            "version": v.number,
            "published": v.published.timestamp() if v.published else None,
            "description": v.description,
        }
        for v in reversed(snapshot.versions)
    ]
    known = {"versions": versions, "aliases": [a.name for a in snapshot.aliases]}
    _store(session, {f"of {snapshot.target.function}": known})


def learn_fleet(session: Session, functions: Sequence[str]) -> None:
    _store(session, {"functions": list(functions)})


def learn_aliases(session: Session, function: str, aliases: Sequence[Alias]) -> None:
    _store(session, {f"aliases {function}": [a.name for a in aliases]})


def functions(meant: Wanted) -> list[str]:
    """Every function there was a moment ago, or those that were looked at."""
    known = fresh(meant)
    seen = (key.partition(" ")[2] for key in known if key.startswith(("of ", "aliases ")))
    return sorted({*known.get("functions", ()), *seen})


def aliases(meant: Wanted, function: str) -> list[str]:
    known = fresh(meant)
    looked = known.get(f"of {function}", {}).get("aliases", [])
    return sorted({*looked, *known.get(f"aliases {function}", ())})


def versions(meant: Wanted, function: str) -> list[dict[str, Any]]:
    """Newest first, each with when it was published (a time stamp or None) and its description."""
    found: list[dict[str, Any]] = fresh(meant).get(f"of {function}", {}).get("versions", [])
    return found


def fresh(meant: Wanted) -> dict[str, Any]:
    """What was learnt in the last minute; empty where nothing was."""
    return {key: told["what"] for key, told in _kept(meant).items()}


def _kept(meant: Wanted) -> dict[str, Any]:
    try:
        known = json.loads(file_of(meant).read_text(encoding="utf-8"))
        earliest = time.time() - FRESH_S
        return {k: t for k, t in known.items() if t["at"] >= earliest and "what" in t}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _store(session: Session, learnt: Mapping[str, Any]) -> None:
    path, now = file_of(session.wanted), time.time()
    entries = {key: {"at": now, "what": what} for key, what in learnt.items()}
    kept = _kept(session.wanted)
    try:
        replace_private(path, json.dumps({**kept, **entries}))
    except OSError as error:
        if session.asked.debug:
            session.terminal.say(f"completion learns nothing: {path}: {error.strerror}")

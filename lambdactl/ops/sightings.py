"""Which versions aliases were last seen on: the memory behind the grace of rule 5.

AWS keeps no history of an alias. Each time a prune reads the aliases of a function it notes here
what they route to and when, so that the next one knows what an alias has left since. One small file
for each account and region; what was seen longer ago than any grace is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lambdactl.errors import UsageError
from lambdactl.model import Alias, Place
from lambdactl.state_home import replace_private, state_dir

REMEMBERED = timedelta(days=30)


class Sightings:
    """What is known of one place. UsageError where its file cannot be read: it may protect."""

    def __init__(self, place: Place, directory: Path | None = None) -> None:
        name = f"seen-{place.account_id}-{place.region}.json"
        self._path = (directory or state_dir() / "prune") / name
        self._seen: dict[str, dict[str, str]] = {}
        try:
            told: Any = json.loads(self._path.read_text(encoding="utf-8"))
            self._seen = {f: dict(versions) for f, versions in dict(told).items()}
        except FileNotFoundError:
            self._seen = {}
        except (OSError, ValueError, TypeError) as error:
            raise UsageError(
                f"{self._path} cannot be read, and it says what aliases have left lately",
                why=str(error),
                hint=f"rm {self._path}   and wait for the grace before you prune",
            ) from error

    def left(self, function: str, aliases: Iterable[Alias]) -> dict[int, datetime]:
        """Version -> when an alias was last seen on it, of those that none is on now."""
        now = {n for alias in aliases for n in alias.routing.versions}
        seen = self._seen.get(function, {})
        return {int(n): datetime.fromisoformat(at) for n, at in seen.items() if int(n) not in now}

    def see(self, function: str, aliases: Iterable[Alias], at: datetime) -> None:
        """Note what ``aliases`` route to at ``at``."""
        told = {str(n): at.isoformat() for a in aliases for n in a.routing.versions}
        oldest = at - REMEMBERED
        known = self._seen.get(function, {})
        recent = {n: t for n, t in known.items() if datetime.fromisoformat(t) >= oldest}
        self._seen[function] = {**recent, **told}

    def save(self) -> None:
        """Write the file whole, so that a reader never sees half of it."""
        replace_private(self._path, json.dumps(self._seen))

"""What an operator has pinned: rule 16 of pruning. Tags on versions do not exist at AWS.

A version is pinned by its Description, by a line of a local file (``checkout:7``, or ``checkout:*``
for all of a function; globs are allowed), or by an alias that points at it, which is rule 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from lambdactl.errors import UsageError
from lambdactl.model import Version, VersionUse

DESCRIPTION = r"\[keep\]"
"""Versions published with ``[keep]`` in their Description are pinned unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Pins:
    """``lines`` are (glob of the function, glob of the version)."""

    description: str = DESCRIPTION
    lines: tuple[tuple[str, str], ...] = ()
    origin: str = ""

    def uses(self, function: str, versions: Iterable[Version]) -> tuple[VersionUse, ...]:
        """The versions of ``function`` that are pinned."""
        return tuple(self._found(function, versions))

    def _found(self, function: str, versions: Iterable[Version]) -> Iterator[VersionUse]:
        mine = [version for name, version in self.lines if fnmatchcase(function, name)]
        for version in versions:
            if any(fnmatchcase(str(version.number), glob) for glob in mine):
                yield VersionUse(version.number, f"pinned in {self.origin}", 16)
            elif re.search(self.description, version.description):
                yield VersionUse(version.number, "pinned by its description", 16)


def read_pins(path: Path | None, description: str | None) -> Pins:
    """The pins of a file and of a pattern. UsageError for what cannot be read as that."""
    pattern = description or DESCRIPTION
    try:
        re.compile(pattern)
    except re.error as error:
        raise UsageError(
            f"{pattern!r} is not a pattern", why=str(error), hint=r"--pin-description '\[keep\]'"
        ) from error
    if path is None:
        return Pins(pattern)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the pins of {path} cannot be read", why=str(error)) from error
    return Pins(pattern, tuple(pin_lines(path, text)), str(path))


def pin_lines(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for n, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].strip()
        if not words:
            continue
        function, colon, version = words.rpartition(":")
        if not colon or not function or not re.fullmatch(r"[0-9*?\[\]-]+", version):
            raise UsageError(
                f"{path}:{n}: {words!r} is no pin", hint="write FUNCTION:VERSION, as checkout:7"
            )
        yield function, version

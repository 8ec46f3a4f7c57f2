"""The files an operator writes: ``lambdactl.toml`` of the project, ``config.toml`` of the person.

Both are optional and written only where somebody says so: ``config set``, ``config init``,
``context add`` and ``remove``. An unknown key is an error that names the nearest known one: a
setting that is silently ignored is worse than one that is missing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lambdactl.cli import schema
from lambdactl.cli.state import config_file
from lambdactl.errors import UsageError

TARGET_KEYS = frozenset(schema.TARGET)


@dataclass(frozen=True, slots=True)
class File:
    """One file, or an empty one where there is none."""

    path: Path
    content: Mapping[str, Any] = field(default_factory=dict)

    def text(self, key: str) -> str | None:
        value = self.content.get(key)
        return None if value is None else str(value)


def project_file() -> File | None:
    """The nearest ``lambdactl.toml`` (or ``[tool.lambdactl]``), up to the root of the git tree."""
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        found = _project_in(folder)
        if found is not None:
            return found
        if (folder / ".git").exists():
            return None
    return None


def _project_in(folder: Path) -> File | None:
    own = folder / "lambdactl.toml"
    if own.is_file():
        return _checked(own, read(own), schema.PROJECT)
    python = folder / "pyproject.toml"
    if python.is_file():
        table = read(python).get("tool", {}).get("lambdactl")
        if table is not None:
            return _checked(python, table, schema.PROJECT)
    return None


def user_file() -> File:
    path = config_file()
    if not path.is_file():
        return File(path)
    return _checked(path, read(path), schema.USER)


def _checked(path: Path, table: Mapping[str, Any], known: schema.Shape) -> File:
    schema.check(shown(path), table, known)
    return File(path, table)


def ui(file: File) -> Mapping[str, Any]:
    """How the operator wants things shown."""
    found: Mapping[str, Any] = file.content.get("ui", {})
    return found


def contexts(file: File) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = file.content.get("contexts", {})
    return found


def read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{shown(path)} cannot be read", why=str(error), hint="lambdactl config schema"
        ) from error


def shown(path: Path) -> str:
    """``./lambdactl.toml`` below the working directory, ``~/...`` below home, else as it is."""
    for root, name in ((Path.cwd(), "."), (Path.home(), "~")):
        if path.is_relative_to(root):
            return f"{name}/{path.relative_to(root)}"
    return str(path)

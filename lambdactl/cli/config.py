"""The files an operator writes: ``lambdactl.toml`` of the project, ``config.toml`` of the person.

Both are optional and never written by the program. An unknown key is an error that names the
nearest known one: a setting that is silently ignored is worse than one that is missing.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lambdactl.cli.state import config_file
from lambdactl.errors import UsageError

TARGET_KEYS = frozenset(
    {"function", "alias", "profile", "region", "endpoint_url", "account_id", "env", "stack"}
)
PROJECT_KEYS = TARGET_KEYS | {"context", "template", "gate", "prune", "read_only"}
CONTEXT_KEYS = TARGET_KEYS | {"theme", "read_only"}
USER_KEYS = frozenset({"current_context", "contexts", "ui", "keys"})
NOT_TEXT = frozenset({"gate", "prune", "contexts", "ui", "keys", "read_only"})


@dataclass(frozen=True, slots=True)
class File:
    """One file, or an empty one where there is none."""

    path: Path
    content: Mapping[str, Any] = field(default_factory=dict)

    def text(self, key: str) -> str | None:
        value = self.content.get(key)
        return None if value is None else str(value)


def project_file(start: Path | None = None) -> File | None:
    """The nearest ``lambdactl.toml`` (or ``[tool.lambdactl]``), up to the root of the git tree."""
    here = (start or Path.cwd()).resolve()
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
        return File(own, checked(own, read(own), PROJECT_KEYS))
    python = folder / "pyproject.toml"
    if python.is_file():
        table = read(python).get("tool", {}).get("lambdactl")
        if table is not None:
            return File(python, checked(python, table, PROJECT_KEYS))
    return None


def user_file() -> File:
    path = config_file()
    if not path.is_file():
        return File(path)
    content = checked(path, read(path), USER_KEYS)
    for name, table in content.get("contexts", {}).items():
        checked(path, table, CONTEXT_KEYS, f"contexts.{name}")
    return File(path, content)


def contexts(file: File) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = file.content.get("contexts", {})
    return found


def read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown(path)} cannot be read", why=str(error)) from error


def checked(path: Path, table: object, known: frozenset[str], where: str = "") -> dict[str, Any]:
    """``table`` if it has only known keys of the right kind. Raises UsageError."""
    prefix = f"{where}." if where else ""
    if not isinstance(table, dict):
        raise UsageError(f"{shown(path)}: {where or 'it'} is not a table")
    for key, value in table.items():
        if key not in known:
            raise _unknown(path, prefix, key, known)
        if key == "read_only" and not isinstance(value, bool):
            raise UsageError(
                f"{shown(path)}: {prefix}{key} is neither true nor false", hint=f"{key} = true"
            )
        if key not in NOT_TEXT and not isinstance(value, str):
            raise UsageError(
                f"{shown(path)}: {prefix}{key} is not a text", hint=f'{key} = "{value}"'
            )
    return table


def _unknown(path: Path, prefix: str, key: str, known: frozenset[str]) -> UsageError:
    near = difflib.get_close_matches(key, sorted(known), n=1)
    return UsageError(
        f"{shown(path)}: unknown key {prefix}{key}",
        hint=f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}",
    )


def shown(path: Path) -> str:
    """``./lambdactl.toml`` below the working directory, ``~/...`` below home, else as it is."""
    for root, name in ((Path.cwd(), "."), (Path.home(), "~")):
        if path.is_relative_to(root):
            return f"{name}/{path.relative_to(root)}"
    return str(path)

"""Changing one value or one table in the text of a TOML file, all else left as it was written.

The text is changed line by line, comments and order kept. A line that only looks like a header (in
a text of several lines, say) could be mistaken for one; so what comes out is parsed and compared
with what was wanted, and a change that would do anything else is refused.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

from lambdactl.errors import UsageError

Path = tuple[str, ...]
Scalar = str | bool | int | float
BARE = re.compile(r"[A-Za-z0-9_-]+")


def with_value(text: str, path: Path, value: Scalar) -> str:
    """``text`` with the key at ``path`` set, in its table, which is made where there is none."""

    def edit(lines: list[str]) -> None:
        table, name = path[:-1], path[-1]
        start, end = _section(lines, table)
        if start is None:
            _append(lines, table, {name: value})
            return
        at = _line_of(lines, start, end, name)
        if at is not None:
            before, comment = _halves(lines[at])
            lines[at] = f"{before}= {scalar_text(value)}{comment}"
        else:
            at = _last_filled(lines, start, end)
            gap = [""] if at < len(lines) and at == end else []
            lines[at:at] = [_set(name, value), *gap]

    def wanted(content: dict[str, Any]) -> None:
        for name in path[:-1]:
            content = content.setdefault(name, {})
        content[path[-1]] = value

    return _changed(text, edit, wanted)


def with_table(text: str, path: Path, values: dict[str, Scalar]) -> str:
    """``text`` with one more table at its end."""

    def wanted(content: dict[str, Any]) -> None:
        for name in path[:-1]:
            content = content.setdefault(name, {})
        content[path[-1]] = dict(values)

    return _changed(text, lambda lines: _append(lines, path, values), wanted)


def without_table(text: str, path: Path) -> str:
    """``text`` without a table; what stands above the next table's header belongs to that one."""

    def edit(lines: list[str]) -> None:
        start, end = _section(lines, path)
        if start is None:
            raise _by_hand(path, "it is not written as a table of its own")
        while end < len(lines) and end > start and lines[end - 1].lstrip().startswith("#"):
            end -= 1
        del lines[start - 1 : end]

    def wanted(content: dict[str, Any]) -> None:
        for name in path[:-1]:
            content = content[name]
        del content[path[-1]]

    return _changed(text, edit, wanted)


def line_of(text: str, path: Path) -> int | None:
    """The line, from 1, where the key at ``path`` is set; None where that cannot be told."""
    lines = _lines(text)
    start, end = _section(lines, path[:-1])
    if start is None:
        return None
    at = _line_of(lines, start, end, path[-1])
    return None if at is None else at + 1


def scalar_text(value: Scalar) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else repr(value)


def key_text(name: str) -> str:
    return name if BARE.fullmatch(name) else scalar_text(name)


def _set(name: str, value: Scalar) -> str:
    return f"{key_text(name)} = {scalar_text(value)}"


def _changed(
    text: str, edit: Callable[[list[str]], None], wanted: Callable[[dict[str, Any]], None]
) -> str:
    """The edited text, if it says exactly what is wanted. Raises UsageError."""
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = _lines(text)
    meant = copy.deepcopy(tomllib.loads(text))
    edit(lines)
    wanted(meant)
    new = "".join(f"{line}{ending}" for line in lines)
    if _pruned(_parsed(new)) != _pruned(meant):
        raise _by_hand((), "the way it is written cannot be changed safely")
    return new


def _lines(text: str) -> list[str]:
    """By TOML's line endings only: a text may hold other characters that end a line elsewhere."""
    lines = re.split(r"\r?\n", text)
    return lines if lines[-1] else lines[:-1]


def _pruned(content: dict[str, Any] | None) -> dict[str, Any] | None:
    """Without empty tables, which a removed table may leave or take along."""
    if content is None:
        return None
    kept = {k: _pruned(v) if isinstance(v, dict) else v for k, v in content.items()}
    return {k: v for k, v in kept.items() if v != {}}


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _section(lines: Sequence[str], path: Path) -> tuple[int | None, int]:
    """The lines within a table: after its header, up to the next; all before the first header for
    the root. None where it has no header."""
    headers = [(n, found) for n, line in enumerate(lines) if (found := _header(line)) is not None]
    if not path:
        return 0, headers[0][0] if headers else len(lines)
    at = next((i for i, (_, found) in enumerate(headers) if found == path), None)
    if at is None:
        return None, 0
    return headers[at][0] + 1, headers[at + 1][0] if at + 1 < len(headers) else len(lines)


def _header(line: str) -> Path | None:
    if not line.lstrip().startswith("["):
        return None
    table = _parsed(line)
    if not table:
        return None
    found: list[str] = []
    while isinstance(table, dict) and table:
        ((name, table),) = table.items()
        found.append(name)
    return tuple(found)


def _line_of(lines: Sequence[str], start: int, end: int, name: str) -> int | None:
    for n in range(start, end):
        said = _parsed(lines[n])
        if said and list(said) == [name] and not isinstance(said[name], dict):
            return n
    return None


def _halves(line: str) -> tuple[str, str]:
    """What stands before the ``=`` and, with two blanks, the comment after the value."""
    said = _parsed(line)
    for n, character in enumerate(line):
        if character == "#" and _parsed(line[:n]) == said:
            return line[: line.index("=")], f"  {line[n:].rstrip()}"
    return line[: line.index("=")], ""


def _last_filled(lines: Sequence[str], start: int, end: int) -> int:
    """Where a new line of a section goes: after its last one that says something."""
    filled = (n + 1 for n in range(end - 1, start - 1, -1) if _parsed(lines[n]))
    return next(filled, start)


def _append(lines: list[str], path: Path, values: dict[str, Scalar]) -> None:
    if lines and lines[-1].strip():
        lines.append("")
    if path:
        lines.append(f"[{'.'.join(key_text(name) for name in path)}]")
    lines += [_set(name, value) for name, value in values.items()]


def _by_hand(path: Path, why: str) -> UsageError:
    what = f"[{'.'.join(path)}]" if path else "the file"
    return UsageError(f"{what} is not changed: {why}", hint="change it in an editor")

"""Lines made of styled pieces, written plain or with the terminal's own colours.

A style is made of the words ``bold``, ``dim`` and a colour of the terminal's sixteen; ``""`` is as
the terminal is set. rich and textual read the same words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

_SGR = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


class Span(NamedTuple):
    text: str
    style: str = ""


Line = tuple[Span, ...]


def spans(*parts: Span | str) -> Line:
    """A line of styled and plain pieces."""
    return tuple(Span(p) if isinstance(p, str) else p for p in parts)


def labelled(width: int, name: str, *parts: Span | str) -> Line:
    """A line that begins with its dim name, ``width`` columns wide."""
    return spans(Span(f"{name:<{width}}", "dim"), *parts)


def plain(line: Iterable[Span]) -> str:
    return "".join(span.text for span in line).rstrip()


def ansi(line: Iterable[Span]) -> str:
    return "".join(_coloured(span) for span in line).rstrip()


def _coloured(span: Span) -> str:
    if not span.style or not span.text.strip():
        return span.text
    codes = ";".join(_SGR[word] for word in span.style.split())
    return f"\x1b[{codes}m{span.text}\x1b[0m"


def cells(text: str) -> int:
    """How many columns of a terminal ``text`` takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_cell(character) for character in text)


def _cell(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

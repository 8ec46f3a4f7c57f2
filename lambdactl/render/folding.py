"""A line that is longer than the terminal is wide, in several that break between words.

What follows the first line stands under its text, past the label or the time that it begins with. A
command is never broken: whoever copies it would paste a half. Between two of them are wide gaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdactl.render.spans import Line, Span, cells

COMMAND = re.compile(r"\b(?:lambdactl|aws|sam|pip) [a-z-]")
ANY = re.compile(r"(?<=\S) +(?!%)(?=\S)")
WIDE = re.compile(r"(?<=\S) {3,}(?=\S)")
INDENT = re.compile(
    r"""
      [ ]*\w{1,12}:[ ]+  # error:, why:
    | [ ]{8,}           # a line under one that has the label
    | .{1,22}?[ ]{2,}   # anything in a column
    """,
    re.VERBOSE,
)
DEEPEST = 2
"""No more than half of the line is left free."""


def fold(line: Line, width: int) -> list[Line]:
    """``line`` as it is where it fits or is several lines already; a longer word stays whole."""
    text = "".join(span.text for span in line).rstrip()
    if cells(text) <= width or "\n" in text:
        return [line]
    hang = hanging(line, text, width)
    first, *rest = pieces(text, width, hang)
    indent = Span(" " * hang)
    return [taken(line, *first), *((indent, *taken(line, *piece)) for piece in rest)]


def hanging(line: Line, text: str, width: int) -> int:
    """The column under which the rest of ``text`` stands."""
    if line[0].style == "dim" and line[0].text.endswith(" "):
        column = cells(line[0].text)
    else:
        indent = INDENT.match(text)
        column = cells(indent[0]) if indent else 0
    return column if column <= width // DEEPEST else 0


def pieces(text: str, width: int, hang: int) -> Iterator[tuple[int, int]]:
    """(from, to) of each line's part of ``text``; the blanks between them are nobody's."""
    start, room, least = 0, width, hang
    while cells(text[start:]) > room:
        breaks = [i for i in blanks(text) if i > start + least]
        fitting = [i for i in breaks if cells(text[start:i]) <= room]
        end = fitting[-1] if fitting else next(iter(breaks), None)
        if end is None:
            break
        yield start, end
        start = end + len(text[end:]) - len(text[end:].lstrip())
        room, least = width - hang, 0
    yield start, len(text)


def blanks(text: str) -> Iterator[int]:
    """Where a line may end: not within a command, nor between a number and its per cent."""
    command = COMMAND.search(text)
    prose = command.start() if command else len(text)
    yield from (gap.start() for gap in ANY.finditer(text) if gap.end() <= prose)
    yield from (gap.start() for gap in WIDE.finditer(text) if gap.end() > prose)


def taken(line: Line, start: int, end: int) -> Line:
    """The characters from ``start`` to ``end``, each in its style."""
    found, at = [], 0
    for span in line:
        text = span.text[max(start - at, 0) : max(end - at, 0)]
        at += len(span.text)
        if text:
            found.append(Span(text, span.style))
    return tuple(found)

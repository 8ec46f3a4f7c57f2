"""Lines that ``render`` has worded for the terminal, as the console's own."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from lambdactl.render.spans import Line
from lambdactl.tui.drawing.pen import Pen, themed
from lambdactl.tui.drawing.text import folded


def content(line: Line, pen: Pen) -> Content:
    """Its text is harmless already; in ASCII our typography is spelled out."""
    parts = (Content.styled(pen.spelled(span.text), themed(span.style)) for span in line)
    return Content("").join(parts)


def wrapped(lines: Iterable[Content], width: int, indent: int = 0) -> list[Content]:
    """Each in as many lines as it takes, the further ones set in; an empty one stays one."""
    return [part for line in lines for part in _wrapped(line, width, indent)]


def _wrapped(line: Content, width: int, indent: int) -> list[Content]:
    if line.cell_length <= width:
        return [line]
    first, *_ = folded(line, width)
    rest = line[len(first.plain) :]
    told = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
    further = folded(told, width - indent, 8)
    return [first, *(Content(" " * indent) + part for part in further)]

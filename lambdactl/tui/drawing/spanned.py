"""Lines that ``render`` has worded for the terminal, as the console's own."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from lambdactl.render.spans import Line
from lambdactl.tui.drawing.pen import Pen, themed


def content(line: Line, pen: Pen) -> Content:
    """Its text is harmless already; in ASCII our typography is spelled out."""
    parts = (Content.styled(pen.spelled(span.text), themed(span.style)) for span in line)
    return Content("").join(parts)


def wrapped(lines: Iterable[Content], width: int) -> list[Content]:
    """Each in as many lines as it takes; an empty one stays one."""
    return [part for line in lines for part in (line.wrap(width) or [Content("")])]

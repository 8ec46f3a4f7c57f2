"""Lines that fit: names shortened, left and right parts set apart, times left counted down.

Widths are counted in terminal cells, so double-width letters do not break a row. Content is never
parsed for markup: a function named ``[red]`` is drawn as ``[red]``.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from textual.content import Content


def middle(text: str, width: int, ellipsis: str = "…") -> str:
    """``text`` in at most ``width`` cells, shortened in the middle: both ends tell names apart."""
    if cell_len(text) <= width:
        return text
    room = width - cell_len(ellipsis)
    if room <= 0:
        return set_cell_size(text, max(width, 0))
    head = (room + 1) // 2
    end = text[len(text) - (room - head) :] if room > head else ""
    while cell_len(end) > room - head:
        end = end[1:]
    return set_cell_size(text, head).rstrip() + ellipsis + end


def fitted(line: Content, width: int) -> Content:
    """``line`` in exactly ``width`` cells: cut with an ellipsis, or padded."""
    return line.truncate(max(width, 0), ellipsis=True, pad=True)


def spread(left: Content, right: Content, width: int, fill: str = " ") -> Content:
    """``left`` and ``right`` at the two ends of ``width`` cells; ``left`` gives way."""
    room = width - right.cell_length
    if room <= 1:
        return fitted(left, width)
    if left.cell_length > room - 1:
        left = left.truncate(room - 1, ellipsis=True)
    return left + Content.styled(fill * (room - left.cell_length), "dim") + right


def folded(line: Content, width: int, least: int = 1) -> list[Content]:
    """``line`` in as many lines as it takes; where there is no room, ``least`` cells wide."""
    return line.wrap(max(least, width))


def joined(parts: Iterable[Content], between: str = "  ") -> Content:
    """The parts that are not empty."""
    return Content(between).join([p for p in parts if p.plain])


def age(seconds: float) -> str:
    """``3s``, ``4m``, ``2h``, ``6d``: the largest unit, rounded down."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{int(seconds // size)}{unit}"
    return f"{max(0, int(seconds))}s"

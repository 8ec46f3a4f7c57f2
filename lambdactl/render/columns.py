"""Rows as aligned columns: two spaces between, no box, the last column as long as it likes."""

from __future__ import annotations

from collections.abc import Sequence

from lambdactl.render.spans import Line, Span, cells

Row = Sequence[Span | str]
GAP = "  "


def columns(
    rows: Sequence[Row],
    *,
    header: Sequence[str] = (),
    right: frozenset[int] = frozenset(),
    indent: int = 0,
) -> list[Line]:
    """``rows`` under ``header``; the columns in ``right`` are set flush right (numbers)."""
    table = [[_span(cell) for cell in row] for row in rows]
    if header:
        table.insert(0, [Span(name, "dim") for name in header])
    widths = [max(cells(c.text) for c in column) for column in zip(*table, strict=True)]
    return [_line(row, widths, right, indent) for row in table]


def folded(parts: Row, width: int | None, gap: str = GAP) -> list[Line]:
    """``parts`` beside one another, on as many lines as ``width`` columns need; None: on one.

    A part is never broken: one that is wider than a line has a line of its own.
    """
    lines: list[list[Span]] = []
    for part in map(_span, parts):
        taken = cells("".join(s.text for s in lines[-1])) if lines else 0
        if lines and (width is None or taken + len(gap) + cells(part.text) <= width):
            lines[-1] += [Span(gap), part]
        else:
            lines.append([part])
    return [tuple(line) for line in lines]


def _span(cell: Span | str) -> Span:
    return Span(cell) if isinstance(cell, str) else cell


def _line(row: list[Span], widths: list[int], right: frozenset[int], indent: int) -> Line:
    line = [Span(" " * indent)] if indent else []
    for n, (cell, width) in enumerate(zip(row, widths, strict=True)):
        gap = " " * (width - cells(cell.text))
        if n:
            line.append(Span(GAP))
        line += [Span(gap), cell] if n in right else [cell, Span(gap)]
    return tuple(line)

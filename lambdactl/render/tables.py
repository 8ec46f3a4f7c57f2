"""Rows that are told as a table, as a wide table, or one record a line; the names of the rows.

The same rows are drawn for a person and cut for ``--plain``; what a machine reads comes from
:mod:`lambdactl.render.document` instead, for a table rounds and shortens.
"""

from __future__ import annotations

from dataclasses import dataclass

from lambdactl.render.columns import columns
from lambdactl.render.spans import Line, Span, cells

Cell = Span | str
LEAST = 3
"""So many columns of a cell say something."""


@dataclass(frozen=True, slots=True)
class Column:
    """``right`` sets numbers flush right; ``wide`` shows the column with ``-o wide`` only;
    ``spare`` lets the last one be cut where the terminal ends, for ``-o wide`` has it whole."""

    header: str
    right: bool = False
    wide: bool = False
    spare: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Every row has a cell for every column, the wide ones too; ``names`` are what ``-o name``
    prints, one for each row that has one."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    names: tuple[str, ...]

    def lines(self, *, wide: bool = False, width: int | None = None) -> list[Line]:
        """Aligned under a header; ``width`` is that of the terminal, None where it is none."""
        shown = [n for n, column in enumerate(self.columns) if wide or not column.wide]
        right = frozenset(i for i, n in enumerate(shown) if self.columns[n].right)
        rows = [[row[n] for n in shown] for row in self.rows]
        drawn = columns(rows, header=[self.columns[n].header for n in shown], right=right)
        if wide or width is None or not self.columns[shown[-1]].spare:
            return drawn
        return [cut(line, width) for line in drawn]

    def records(self, *, wide: bool = False) -> list[Line]:
        """One row a line, a tab between its cells, no header: for ``cut`` and ``while read``."""
        shown = [n for n, column in enumerate(self.columns) if wide or not column.wide]
        return [(Span("\t".join(_text(row[n]) for n in shown)),) for row in self.rows]


def cut(line: Line, width: int) -> Line:
    """``line`` with its last cell cut to fit; whole where that cell has no room to say anything."""
    *before, last, _padding = line
    room = width - sum(cells(part.text) for part in before)
    if cells(last.text) <= room or room < LEAST:
        return line
    text = last.text
    while cells(text) > room - 1:
        text = text[:-1]
    return (*before, Span(f"{text}…", last.style))


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.text

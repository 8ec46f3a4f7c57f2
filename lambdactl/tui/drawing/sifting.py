"""What is left of a pane's rows where only some are wanted, and what the others are.

What is taken away is counted, and what is red of it is said: nobody takes a part for all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.content import Content

from lambdactl.render import glyphs
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen

RED, YELLOW = "$text-error", "$text-warning"
Keeps = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Sifted:
    """``kept`` of ``of`` rows, and how many red ones are not among them."""

    rows: list[Row]
    kept: int = 0
    of: int = 0
    red: int = 0

    def note(self, pen: Pen) -> Content:
        """``3 of 14, ✖2 hidden``; empty where every row is there."""
        if self.kept == self.of:
            return Content("")
        told = pen.say(f"{self.kept} of {self.of}", "bold $text-accent")
        if not self.red:
            return told
        hidden = pen.say(f"{self.red} hidden", f"bold {RED}")
        return told + ", " + pen.sign(glyphs.of_alarm("ALARM")) + hidden


def sifted(rows: Sequence[Row], keeps: Keeps, pen: Pen) -> Sifted:
    """A row that says what is not known, or that there is nothing, is no row to be taken away."""
    wanted = [row for row in rows if is_note(row) or keeps(row)]
    gone = [row for row in rows if not is_note(row) and not keeps(row)]
    notes = sum(is_note(row) for row in rows)
    if gone and len(wanted) == notes:
        wanted.append(Row("none", pen.say(" none of the rows is wanted", "dim"), ""))
    kept = len(rows) - len(gone) - notes
    return Sifted(wanted, kept, len(rows) - notes, sum(coloured(row, RED) for row in gone))


def is_note(row: Row) -> bool:
    return not row.copied or row.key.startswith("unread ")


def went_wrong(row: Row) -> bool:
    """Red or yellow: it failed, was taken back, needs a look, or is not known."""
    return coloured(row, RED, YELLOW)


def coloured(row: Row, *colours: str) -> bool:
    return any(colour in str(span.style) for span in row.line.spans for colour in colours)

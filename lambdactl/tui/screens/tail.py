"""Everything that one version logs, as it comes, newest below.

It follows while the cursor is on the last row; a step up stops that, ``G`` goes on. What is kept is
bounded: the oldest lines go, and are counted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from lambdactl.errors import NotFound
from lambdactl.model import label
from lambdactl.model_configuration import LogLine
from lambdactl.ops.log_lines import is_error
from lambdactl.ops.log_tail import Looked
from lambdactl.render.numbers import clock, counted
from lambdactl.tui import commands
from lambdactl.tui.drawing import logs
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.keys import TAIL
from lambdactl.tui.messages import PartRead
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.list_page import ListPage
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import View
from lambdactl.tui.widgets.filtering import FilterLine

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

EVERY_S = 5.0
KEPT = 2_000
GAP = "gap "


class TailScreen(ListPage):
    BINDINGS: ClassVar[list[BindingType]] = [*TAIL]
    crumb = "Logs"
    waiting = "reading the last minutes of its log ..."

    def __init__(self, console: Console, subject: Subject, version: int) -> None:
        super().__init__(console, subject)
        self.version = version
        self.main: Reading[Looked] = Reading(max(EVERY_S, subject.watch.interval_s), about=version)
        self.lines: deque[tuple[Row, LogLine]] = deque(maxlen=KEPT)
        self.dropped = 0
        self.paused = False
        self.errors_only = False
        self._look: Callable[[], Looked] | None = None
        self._drawn: tuple[object, ...] = ()
        self._told = 0

    @property
    def command(self) -> str:
        errors = " --errors" if self.errors_only else ""
        options = f"--version {self.version} -F{errors}"
        return commands.line("logs", self.subject.target, options, self.connection.flags)

    def begin(self) -> None:
        if self._look is None:
            self._look = self.subject.operations.evidence.tail(self.version)
        self.read(self.main, self._look)

    def tick(self) -> None:
        if not self.paused:
            super().tick()

    def on_part_read(self, message: PartRead) -> None:
        if message.about == self.main.about and isinstance(message.value, Looked):
            self._take(message.value)
        super().on_part_read(message)

    def _take(self, found: Looked) -> None:
        told = [(logs.line_row(line, self.pen), line) for line in found.lines]
        if found.cut_at is not None and told:
            told.append((self._gap(found), told[-1][1]))
        self._told += len(told)
        self.dropped += max(0, len(self.lines) + len(told) - KEPT)
        self.lines.extend(told)

    def _gap(self, found: Looked) -> Row:
        assert found.cut_at is not None
        text = f"left out: {clock(found.cut_at)} to {clock(found.until)}, more lines than are read"
        return Row(f"{GAP}{found.until}", self.pen.say(f" ! {text}", "$text-warning"), text)

    def show(self, view: View) -> None:
        """The rows are made anew only where there are others: a thousand of them a second cost."""
        drawn = (self._told, self.errors_only, self.query_one(FilterLine).filter, self.size.width,
                 self.main.value is None, self.main.error, bool(self.lines))  # fmt: skip
        following = self.following
        if drawn == self._drawn:
            super(ListPage, self).show(view)
        else:
            self._drawn = drawn
            super().show(view)
        if following:
            self.listing.action_move(KEPT * 2)

    @property
    def following(self) -> bool:
        """Whether the newest line is to be seen as it comes."""
        return self.listing.cursor >= len(self.listing.rows) - 1

    def rows(self, _view: View, _width: int) -> list[Row]:
        all_told = not self.errors_only
        found = [r for r, line in self.lines if all_told or is_error(line) or is_gap(r)]
        return found or [self._nothing()]

    def _nothing(self) -> Row:
        missing = self.missing
        if missing is not None:
            return Row(
                "missing", self.pen.say(f" ? {missing}", "$text-warning"), missing.hint or ""
            )
        what = "no error" if self.errors_only else "nothing"
        since = clock(self.main.value.since) if self.main.value else ""
        text = f"{label(self.version)} has logged {what} since {since}"
        return Row("none", self.pen.say(f" {text}", "dim"), text)

    @property
    def missing(self) -> NotFound | None:
        return self.main.value.missing if self.main.value else None

    def titles(self, _view: View) -> tuple[str, str]:
        how = "paused, p goes on" if self.paused else "following"
        if not self.paused and self.is_mounted and not self.following:
            how = "not following, G goes on"
        told = [counted(len(self.lines), "line")]
        if self.dropped:
            told.append(f"{self.dropped:,} older dropped")
        if self.errors_only:
            told.append("errors only")
        return f"Log of {label(self.version)}", f"{how} · {' · '.join(told)}"

    def heading(self, _view: View, _width: int) -> list[Content]:
        return [self.pen.say(f" {'TIME':<9}{'WORKER':<7}LINE", "dim bold")]

    def detail(self, row: Row, width: int) -> list[Content]:
        if self.missing is not None and not self.lines:
            return logs.missing_detail(self.missing, width, self.pen)
        found = next((line for r, line in self.lines if r.key == row.key), None)
        return logs.line_detail(found, width, self.pen) if found else []

    def action_pause(self) -> None:
        self.paused = not self.paused
        self.tick()
        self.console.show()

    def action_errors_only(self) -> None:
        self.errors_only = not self.errors_only
        self.console.show()


def is_gap(row: Row) -> bool:
    """Whether it says what was not read: that is told whatever else is left out."""
    return row.key.startswith(GAP)

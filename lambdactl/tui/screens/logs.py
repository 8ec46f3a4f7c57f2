"""Errors of one version, those that say the same in one row, with their count and a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from lambdactl.model import Snapshot, label
from lambdactl.ops.log_errors import Errors, errors_since, version_to_hear
from lambdactl.render.numbers import clock, counted
from lambdactl.tui import commands
from lambdactl.tui.drawing import logs
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.keys import LOGS
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.list_page import ListPage
from lambdactl.tui.screens.tail import TailScreen
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import View

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

EVERY_S = 30.0
MINUTE = timedelta(minutes=1)
WIDE = 110
"""From so many cells on the log group is named beside whose errors they are."""


class LogsScreen(ListPage):
    BINDINGS: ClassVar[list[BindingType]] = [*LOGS]
    crumb = "Errors"
    waiting = "reading what it logged ..."

    def __init__(self, console: Console, subject: Subject, version: int | None = None) -> None:
        super().__init__(console, subject)
        self.version = version
        self.main: Reading[Errors] = Reading(EVERY_S)
        self._look: Callable[[], Errors] | None = None
        self._choose_version()

    def _choose_version(self) -> None:
        """The one to begin with, as soon as the alias has been read."""
        snapshot = self.subject.watch.snapshot
        if self.version is None and snapshot is not None:
            self.version = version_to_hear(snapshot)
        self.main.turn_to(self.version)

    @property
    def command(self) -> str:
        of = f"--version {self.version} " if self.version else ""
        options = f"{of}--errors --since {self._minutes()}m"
        return commands.line("logs", self.subject.target, options, self.connection.flags)

    def _minutes(self) -> int:
        now = self.subject.watch.pace.now(self.console.clock())
        found = self.main.value
        return ceil((now - found.since) / MINUTE) if found and now else 15

    def begin(self) -> None:
        self._choose_version()
        snapshot = self.subject.watch.snapshot
        if self.version is None or snapshot is None:
            return
        if self._look is None:
            self._look = self.look_at(self.version, snapshot)
        self.read(self.main, self._look)

    def look_at(self, version: int, snapshot: Snapshot) -> Callable[[], Errors]:
        since = errors_since(snapshot, version)
        return self.subject.operations.evidence.errors(version, since)

    def titles(self, _view: View) -> tuple[str, str]:
        found = self.main.value
        name = f"Errors of {label(self.version)}" if self.version else "Errors"
        if found is None or found.missing is not None:
            return name, ""
        told = f"{counted(found.count, 'error')} in {counted(found.read, 'line')}"
        where = f" · {found.group}" if self.size.width >= WIDE else ""
        return f"{name} since {clock(found.since)}", f"{told}{where}"

    def heading(self, _view: View, width: int) -> list[Content]:
        return [logs.heading(width, self.pen)]

    def rows(self, _view: View, width: int) -> list[Row]:
        return logs.error_rows(self.main.value, width, self.pen) if self.main.value else []

    def detail(self, row: Row, width: int) -> list[Content]:
        found = self.main.value
        if found is None:
            return []
        if found.missing is not None:
            return logs.missing_detail(found.missing, width, self.pen)
        group = next((g for g in found.groups if g.pattern == row.key), None)
        return logs.group_detail(group, width, self.pen) if group else []

    def _unread(self) -> list[Row]:
        if self.version is None and not self.unseen:
            told = "the alias routes to $LATEST, whose logs are not of one version"
            return [Row("none", self.pen.say(f" {told}", "dim"), "")]
        return super()._unread()

    def action_version(self, by: int) -> None:
        """The errors of an older or a newer version."""
        chosen = neighbour(self.subject, self.version, by)
        if chosen is not None and chosen != self.version:
            self.version, self._look = chosen, None
            self.main.turn_to(chosen)
            self.begin()
            self.console.show()

    def action_tail(self) -> None:
        if self.version is not None:
            self.app.push_screen(TailScreen(self.console, self.subject, self.version))


def neighbour(subject: Subject, version: int | None, by: int) -> int | None:
    """The version before or after; the same at either end."""
    snapshot = subject.watch.snapshot
    numbers = [v.number for v in snapshot.versions] if snapshot else []
    if not numbers:
        return version
    at = min(range(len(numbers)), key=lambda i: abs(numbers[i] - (version or 0)))
    return numbers[max(0, min(len(numbers) - 1, at + by))]


class PastLogsScreen(LogsScreen):
    """Of a rollout that is over: read once, of its own time."""

    def __init__(
        self, console: Console, subject: Subject, version: int, since: datetime, until: datetime
    ) -> None:
        super().__init__(console, subject, version)
        self.main.every_s = None
        self._window = since, until

    def look_at(self, version: int, _snapshot: Snapshot) -> Callable[[], Errors]:
        since, until = self._window
        return lambda: self.subject.operations.evidence.errors_then(version, since, until)

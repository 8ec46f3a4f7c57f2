"""What differs between two versions: code, configuration, layers, environment names."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from lambdactl.model import label
from lambdactl.ops.comparing import Compared, pair_to_compare
from lambdactl.tui import commands
from lambdactl.tui.drawing import differences
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.keys import DIFF
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.list_page import ListPage
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import View

if TYPE_CHECKING:
    from lambdactl.tui.app import Console


class DiffScreen(ListPage):
    """Of ``pair``, or of stable and canary; the versions to choose from are those of the watch."""

    BINDINGS: ClassVar[list[BindingType]] = [*DIFF]
    crumb = "Diff"
    waiting = "reading both versions ..."

    def __init__(
        self, console: Console, subject: Subject, pair: tuple[int, int] | None = None
    ) -> None:
        super().__init__(console, subject)
        self.pair = pair
        self.main: Reading[Compared] = Reading(about=self.pair)
        self._choose_pair()

    def _choose_pair(self) -> None:
        """The two to begin with, as soon as the alias has been read."""
        snapshot = self.subject.watch.snapshot
        if self.pair is None and snapshot is not None:
            self.pair = pair_to_compare(snapshot)

    @property
    def numbers(self) -> list[int]:
        """The versions to choose from, as far as they have been read."""
        snapshot = self.subject.watch.snapshot
        return [v.number for v in snapshot.versions] if snapshot else []

    @property
    def command(self) -> str:
        before, after = self.pair or (0, 0)
        options = f"{before} {after}" if self.pair else ""
        return commands.line("diff", self.subject.target, options, self.connection.flags)

    def begin(self) -> None:
        self._choose_pair()
        if self.pair is not None:
            before, after = self.pair
            self.main.turn_to(self.pair)
            self.read(self.main, lambda: self.subject.operations.evidence.compare(before, after))

    def titles(self, _view: View) -> tuple[str, str]:
        if self.unseen:
            return self.crumb, ""
        return differences.title(self.pair, self.main.value)

    def heading(self, _view: View, width: int) -> list[Content]:
        before, after = (label(n) for n in self.pair) if self.pair else ("", "")
        return [differences.heading(width, before, after, self.pen)]

    def rows(self, _view: View, width: int) -> list[Row]:
        found = self.main.value
        return differences.rows(found, width, self.pen) if found else []

    def _unread(self) -> list[Row]:
        if self.pair is None and not self.unseen:
            told = "only one version is published: there is nothing to compare it with"
            return [Row("none", self.pen.say(f" {told}", "dim"), "")]
        return super()._unread()

    def detail(self, row: Row, width: int) -> list[Content]:
        found = self.main.value
        if found is None:
            return []
        lines = differences.detail(found, None, width, self.pen)
        chosen = differences.of_key(found, row.key)
        if chosen is None:
            return lines
        return [*lines, Content(""), *differences.detail(found, chosen, width, self.pen)]

    def action_choose(self, which: int, by: int) -> None:
        """Another version, older or newer, at one side; never the same at both."""
        if self.pair is None:
            return
        chosen, other = self.pair[which], self.pair[1 - which]
        there = [n for n in self.numbers if n != other]
        if not there:
            return
        at = min(range(len(there)), key=lambda i: abs(there[i] - chosen))
        chosen = there[max(0, min(len(there) - 1, at + by))]
        self.pair = (chosen, other) if which == 0 else (other, chosen)
        self.begin()
        self.console.show()

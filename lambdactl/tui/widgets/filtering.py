"""The line in which a filter is typed: it works with every letter, and stays while it keeps any
row away, so that nobody takes a part of a list for all of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label

from lambdactl.tui.matching import Filter, filter_of

HOLDER = "words, -word, "


class FilterLine(Horizontal):
    """Posts :class:`Changed` as one types. Enter keeps the filter and goes back to the list,
    escape clears it; up and down move in the list without leaving the line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "clear", show=False),
        Binding("down", "step('down')", "down", show=False),
        Binding("up", "step('up')", "up", show=False),
    ]

    class Changed(Message):
        def __init__(self, filter: Filter) -> None:
            super().__init__()
            self.filter = filter

    def __init__(self, of: str, columns: Collection[str] = ()) -> None:
        """``of`` is the id of the list; ``columns`` are those that a word may be about."""
        super().__init__(id="filter")
        self.of = of
        self._columns = tuple(columns)

    def compose(self) -> ComposeResult:
        yield Label("/", id="filter_of")
        told = " ".join(f"{column}:..." for column in self._columns)
        yield Input(placeholder=f"{HOLDER}{told}".rstrip(", "), compact=True)
        yield Label("enter keeps, esc clears", classes="hint")

    @property
    def filter(self) -> Filter:
        return filter_of(self._input.value, self._columns)

    def open_on(self, of: str) -> None:
        """Filter another list than before, whose filter is taken away; the line names it."""
        if of != self.of:
            self.of = of
            self._input.value = ""
        self.query_one("#filter_of", Label).update(f"{of} /")
        self.open()

    def open(self) -> None:
        self.add_class("-open")
        self._input.focus()

    def clear(self) -> bool:
        """Take the filter away; False where there was none to take."""
        if not self.has_class("-open"):
            return False
        self._input.value = ""
        self._leave()
        return True

    def action_clear(self) -> None:
        self.clear()

    async def action_step(self, way: str) -> None:
        await self._list.run_action(f"move({1 if way == 'down' else -1})")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self.filter))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._leave()

    def _leave(self) -> None:
        typing = self._input.has_focus
        self.set_class(bool(self._input.value.strip()), "-open")
        if typing:
            self._list.focus()

    @property
    def _input(self) -> Input:
        return self.query_one(Input)

    @property
    def _list(self) -> Widget:
        return self.screen.query_one(f"#{self.of}")

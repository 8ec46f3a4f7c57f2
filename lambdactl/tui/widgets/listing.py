"""Rows with a cursor. They come and go by key; cursor and scroll stay with what they were on.

Only the rows that are visible are rendered, so a list costs what its screen shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.keys import LIST
from lambdactl.tui.widgets.drawn import plainer


class Listing(ScrollView, can_focus=True):
    """``show`` the rows; ``row`` is the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [*LIST]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"listing--cursor"}

    cursor: reactive[int] = reactive(0)

    class Opened(Message):
        """A row was clicked twice: what enter does is meant."""

    class TitleClicked(Message):
        """The title in the upper border was clicked, ``at`` cells from its left."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(
        self, pen: Pen, *, id: str, head: Content | None = None, lit: bool = False
    ) -> None:
        """``lit``: the cursor is seen without the focus, too."""
        super().__init__(id=id)
        self._lit = lit
        self._pen = pen
        self._rows: Sequence[Row] = ()
        self._head = head

    @property
    def row(self) -> Row | None:
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    def show(self, rows: Sequence[Row]) -> None:
        """Draw ``rows``; the cursor stays on its row, and at the top it stays at the top."""
        if [row.key for row in rows] == [row.key for row in self._rows]:
            self._reword(rows)
            return
        key = self.row.key if self.row and self.cursor else None
        above = self.cursor - round(self.scroll_y)
        self._rows = rows
        at = next((i for i, r in enumerate(rows) if r.key == key), None)
        moved_by = 0 if at is None else at - self.cursor
        self.cursor = min(self.cursor, max(0, len(rows) - 1)) if at is None else at
        self.virtual_size = Size(self.size.width, len(rows))
        if moved_by:
            self.scroll_to(y=max(0, self.cursor - above), animate=False)
        self.refresh()

    def _reword(self, rows: Sequence[Row]) -> None:
        """The same rows: only those are drawn anew that say something else."""
        before, self._rows = self._rows, rows
        for index, (old, new) in enumerate(zip(before, rows, strict=True)):
            if not new.line.is_same(old.line):
                self.refresh_line(index)

    def action_move(self, by: int) -> None:
        if not self._rows:
            return
        self.cursor = max(0, min(len(self._rows) - 1, self.cursor + by))
        self._follow()

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self.size.height - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        self.refresh_lines(before)
        self.refresh_lines(now)

    def on_resize(self, event: events.Resize) -> None:
        self.virtual_size = Size(event.size.width, len(self._rows))
        self._follow()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None and event.y == 0:
            self.post_message(self.TitleClicked(event.x))
        index = round(self.scroll_y) + at.y if at is not None else len(self._rows)
        if index < len(self._rows):
            self.cursor = index
            if event.chain > 1:
                self.post_message(self.Opened())

    def _follow(self) -> None:
        top, height = round(self.scroll_y), self.size.height
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)

    def render_line(self, y: int) -> Strip:
        index = y + round(self.scroll_y)
        width = self.scrollable_content_region.width
        if index >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        on_cursor = (self.has_focus or self._lit) and index == self.cursor
        style = self.visual_style
        if on_cursor:
            style = style + self.get_visual_style("listing--cursor")
        line = plainer(self._rows[index].line.truncate(width, ellipsis=True), self._pen)
        strips = Visual.to_strips(self, line, width, 1, style, pad=True)
        return strips[0] if strips else Strip.blank(width, self.rich_style)

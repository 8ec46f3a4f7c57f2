"""A list of any length: a row is drawn when it comes into sight, and again only if it has changed.

The cursor is on a name, not on a line: once somebody has moved it, it stays with what it is on
while rows come, go and change places around it. Until then it is on the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import overload

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.widgets.listing import Listing


class Lazily(Sequence[Row]):
    """Rows by their keys, each made by ``draw`` when it is asked for."""

    def __init__(self, keys: Sequence[str], draw: Callable[[str], Row]) -> None:
        self.keys = keys
        self._draw = draw

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self._draw(key) for key in self.keys[index]]
        return self._draw(self.keys[index])


class LongListing(Listing):
    """``on_screen`` are the keys in sight; posts :class:`Moved` when these or the cursor change."""

    class Moved(Message):
        pass

    held = False
    """Whether somebody has moved the cursor."""

    def __init__(self, pen: Pen, *, id: str) -> None:
        super().__init__(pen, id=id)
        self._painted: dict[int, Content] = {}
        self._strips: dict[tuple[str, bool], tuple[Content, int, Strip]] = {}
        """What each row came to on the screen, so that scrolling by one line renders one."""

    def show_lazily(self, rows: Lazily, renamed: Mapping[str, str]) -> None:
        """Draw ``rows``; ``renamed`` says what a key that is gone has become."""
        key, before = self.key if self.held else None, self._keys
        above = self.cursor - round(self.scroll_y)
        self._rows = rows
        if rows.keys is not before:
            # Before the cursor is found again: it may be further down than the list went so far.
            self.virtual_size = Size(self.size.width, len(rows))
            self._find(key, rows.keys, renamed, above)
        self._repaint()
        if rows.keys is not before:
            self.post_message(self.Moved())

    def _find(
        self, key: str | None, keys: Sequence[str], renamed: Mapping[str, str], above: int
    ) -> None:
        """The cursor on its key again, as far below the top of the screen as it was."""
        at = place_of(key, keys, renamed)
        if at is None:
            self.cursor = min(self.cursor, max(0, len(keys) - 1)) if self.held else 0
        elif at != self.cursor:
            self.cursor = at
            self.scroll_to(y=max(0, at - above), animate=False)

    @property
    def key(self) -> str | None:
        """The key of the row under the cursor."""
        return self._keys[self.cursor] if self.cursor < len(self._keys) else None

    @property
    def on_screen(self) -> Sequence[str]:
        top = round(self.scroll_y)
        return self._keys[top : top + self.size.height]

    @property
    def _keys(self) -> Sequence[str]:
        return self._rows.keys if isinstance(self._rows, Lazily) else ()

    def action_move(self, by: int) -> None:
        self.hold()
        super().action_move(by)

    def on_click(self, _event: events.Click) -> None:
        self.hold()

    def hold(self) -> None:
        self.held = True

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Moved())

    def watch_cursor(self, before: int, now: int) -> None:
        super().watch_cursor(before, now)
        self.post_message(self.Moved())

    def on_resize(self, _event: events.Resize) -> None:
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        index = y + round(self.scroll_y)
        if index >= len(self._rows):
            return super().render_line(y)
        row, width = self._rows[index], self.scrollable_content_region.width
        self._painted[index] = row.line
        look = (row.key, self.has_focus and index == self.cursor)
        known = self._strips.get(look)
        if known is not None and known[0] is row.line and known[1] == width:
            return known[2]
        strip = super().render_line(y)
        self._strips[look] = (row.line, width, strip)
        return strip

    def notify_style_update(self) -> None:
        """Another theme, or what is known has become old: nothing looks as it did."""
        self._strips.clear()
        super().notify_style_update()

    def _repaint(self) -> None:
        """Only the lines that say something else than they did."""
        top = round(self.scroll_y)
        lines = range(top, top + self.size.height)
        for index in lines:
            now = self._rows[index].line if index < len(self._rows) else None
            if now is not self._painted.get(index):
                self._painted.pop(index, None)
                self.refresh_lines(index)
        for index in [i for i in self._painted if i not in lines]:
            del self._painted[index]


def place_of(key: str | None, keys: Sequence[str], renamed: Mapping[str, str]) -> int | None:
    for name in (key, renamed.get(key or "")):
        if name is not None and name in keys:
            return keys.index(name)
    return None

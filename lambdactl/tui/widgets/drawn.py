"""A part of a screen that is a function of the view, of its own size, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual
from textual.widget import Widget

from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import spread
from lambdactl.tui.errand import unexpected
from lambdactl.tui.messages import ErrorMet
from lambdactl.tui.view import View

AGES_S = 5.0
"""So old may an age be that is drawn, where nothing else counts seconds."""
Draw = Callable[[View, int, int, Pen], list[Content]]
"""(view, width, height, pen) -> lines."""
Title = Callable[[View, Pen], tuple[str | Content, str]]
"""(view, pen) -> what stands at the left and at the right of the frame."""


def titled(widget: Widget, left: str | Content, right: str, pen: Pen) -> None:
    """Both parts of a title in the widget's upper border. A box keeps three cells at each end, a
    mere rule one."""
    boxed = bool(widget.styles.border_left[0])
    room = widget.outer_size.width - (6 if boxed else 2)
    if room <= 0:
        return
    blank = "" if boxed else " "
    name = left if isinstance(left, Content) else pen.say(left, "bold")
    name = blank + name + " " if name.plain else name
    if boxed and not right:
        title = plainer(name.rstrip().truncate(room, ellipsis=True), pen)
    else:
        told = pen.say(f" {right}{blank}" if right else "")
        title = plainer(spread(name, told, room, pen.rule), pen)
    if title.markup != widget.border_title:
        # Setting it, even to the same, draws the widget anew.
        widget.border_title = title


def plainer(content: Content, pen: Pen) -> Content:
    """Without the ellipsis that cutting leaves, where only ASCII can be drawn."""
    if not pen.ascii or content.plain.isascii():
        return content
    return Content(content.plain.replace("…", "~"), list(content.spans))


def unhurried(view: View) -> tuple[View, int]:
    """What of a view is news to what counts no seconds."""
    steps = int((view.age_s or 0.0) // AGES_S)
    return replace(view, now=None, age_s=None, retry_s=None, looking=False), steps


class Drawn(Widget):
    """Draws itself when it is shown a view or changes its size, and only if that changes it."""

    def __init__(
        self, draw: Draw, pen: Pen, *, title: Title | None = None, id: str, calm: bool = False
    ) -> None:
        """``calm`` is for what counts no seconds: it is drawn when something is new, and every few
        seconds for the ages in it."""
        super().__init__(id=id)
        self._calm = calm
        self._draw = draw
        self._title = title
        self._pen = pen
        self._view = View()
        self._lines: list[Content] = []
        self._drawn_at = Size(0, 0)
        self._strips: dict[int, tuple[Content, tuple[int, Style], Strip]] = {}

    def show(self, view: View) -> None:
        before, self._view = self._view, view
        if not self._calm or unhurried(before) != unhurried(view):
            self._redraw()

    def render(self) -> Content:
        return Content("\n").join(self._lines)

    def render_line(self, y: int) -> Strip:
        """Only a line that says something else is made anew; all of them while some is marked."""
        if self.text_selection is not None or y >= len(self._lines):
            return super().render_line(y)
        line, look = self._lines[y], (self.size.width, self.visual_style)
        known = self._strips.get(y)
        if known is not None and known[0] is line and known[1] == look:
            return known[2]
        made = Visual.to_strips(self, line, look[0], 1, look[1])
        strip = made[0] if made else Strip.blank(look[0], look[1].rich_style)
        self._strips[y] = (line, look, strip)
        return strip

    def notify_style_update(self) -> None:
        """A theme may colour the same line another way."""
        self._strips.clear()
        super().notify_style_update()

    def on_resize(self, _event: events.Resize) -> None:
        self._redraw()

    def _redraw(self) -> None:
        width, height = self.content_size
        if width <= 0 or height <= 0:
            return
        try:
            drawn = self._draw(self._view, width, height, self._pen)[:height]
            if self._title is not None:
                titled(self, *self._title(self._view, self._pen), self._pen)
        except Exception as error:  # noqa: BLE001
            # One part that cannot be drawn must not cost an operator the others.
            drawn = [self._undrawn(error)]
        self._replace([plainer(line.truncate(width, ellipsis=True), self._pen) for line in drawn])

    def _undrawn(self, error: Exception) -> Content:
        """What is there instead: what was drawn before may not be true any more."""
        self.app.post_message(ErrorMet(unexpected(error)))
        whole = self._pen.key("session_errors")
        return self._pen.say(f" ? this part cannot be drawn; {whole}: why", "$text-warning")

    def _replace(self, lines: list[Content]) -> None:
        """A countdown in one line does not draw the chart above it anew."""
        before, same_size = self._lines, self._drawn_at == self.content_size
        same = [line.is_same(known) for line, known in zip(lines, before, strict=False)]
        self._lines = [k if s else n for n, k, s in zip(lines, before, same, strict=False)]
        self._lines += lines[len(before) :]
        self._drawn_at = self.content_size
        longest = max(len(lines), len(before))
        changed = [y for y in range(longest) if y >= len(same) or not same[y]]
        if changed and same_size:
            self.refresh(*(Region(0, y, self.content_size.width, 1) for y in changed))
        elif changed:
            self.refresh()

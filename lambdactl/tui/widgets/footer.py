"""One line of keys, the most important first, ``? help`` at the right whatever else is cut."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.binding import ActiveBinding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.keys import FOOTER
from lambdactl.tui.widgets.drawn import plainer


class KeyLine(Widget):
    """``why_not`` says, for a binding's id, why it cannot be used now; None where it can."""

    def __init__(
        self,
        pen: Pen,
        why_not: Callable[[str], str | None],
        idle: Callable[[str], str | None],
        news: Callable[[], int],
        label: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """``idle`` says why a key would change nothing now: it gives its place to the others.
        ``label`` is what a key is called now, where that is not what its binding says.
        ``news`` is how many failures nobody has looked at: their key then comes first."""
        super().__init__(id="keys")
        self._pen = pen
        self._why_not = why_not
        self._idle = idle
        self._news = news
        self._label = label
        self._places: list[tuple[int, int, str]] = []
        self._content = Content("")

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.redraw())

    def on_resize(self, _event: events.Resize) -> None:
        self.redraw()

    def render(self) -> Content:
        return self._content

    def redraw(self) -> None:
        """Drawn anew only where a key has come, gone, or been dimmed."""
        content = self._line()
        if not content.is_same(self._content):
            self._content = content
            self.refresh()

    def _line(self) -> Content:
        """The keys that fit, and where each of them is, for the mouse."""
        active = {b.binding.id: b for b in self.screen.active_bindings.values()}
        last = self._told(active.get("help"))
        room = self.content_size.width - last.cell_length - 1
        line, self._places = Content(" "), []
        news = self._news()
        useful = sorted(FOOTER, key=lambda name: self._idle(name) is not None)
        for name in (*(("session_errors",) * bool(news)), *useful):
            if news and name == "session_errors" and line.cell_length > 1:
                continue
            told = self._told(active.get(name))
            if not told or line.cell_length + told.cell_length + 2 > room:
                continue
            start = line.cell_length
            line = line + told + "  "
            self._places.append((start, line.cell_length - 2, active[name].binding.action))
        end = self.content_size.width - last.cell_length - 1
        self._places.append((end, self.content_size.width, "app.help"))
        return plainer(line + " " * (end - line.cell_length) + last, self._pen)

    def on_click(self, event: events.Click) -> None:
        for start, end, action in self._places:
            if start <= event.x < end:
                self.app.call_later(self.screen.run_action, action)

    def _told(self, active: ActiveBinding | None) -> Content:
        if active is None or active.binding.id is None:
            return Content("")
        shown = self.app.get_key_display(active.binding)
        if len(shown) == 1 and isinstance(self.app.focused, Input):
            # It is a letter of what is being typed.
            return Content("")
        name = self._label(active.binding.id) or active.binding.description
        text = self._pen.spelled(name)
        if active.binding.id == "session_errors" and self._news():
            return Content.styled(f"{shown} {self._news()} new", "bold $text-error")
        if self._why_not(active.binding.id) or self._idle(active.binding.id):
            return Content.styled(f"{shown} {text}", "dim")
        return Content.assemble((shown, "bold $text-accent"), f" {text}")

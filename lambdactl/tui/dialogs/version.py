"""One version in full, as it was when the versions were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdactl.model import Snapshot, label
from lambdactl.plan import Plan
from lambdactl.render.spans import plain
from lambdactl.tui.drawing.spanned import content, wrapped
from lambdactl.tui.drawing.version_details import LABEL, details

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

WIDTH, FRAME = 66, 7


class VersionDialog(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss(None)", "close", key_display="esc"),
        Binding("y", "copy_details", "copy", id="version_copy"),
    ]

    def __init__(
        self, console: Console, snapshot: Snapshot, plan: Plan | None, number: int
    ) -> None:
        super().__init__()
        self.console = console
        self.pen = console.pen
        self.number = number
        self.told = details(snapshot, plan, number)

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", id="version") as box:
            box.border_title = self.pen.say(f"Version {label(self.number)}")
            box.border_subtitle = self.pen.say("y copies, esc closes")
            yield Static(self._said(), id="version_lines")

    def on_mount(self) -> None:
        self.query_one("#version").focus()

    def on_resize(self) -> None:
        self.query_one("#version_lines", Static).update(self._said())

    def _said(self) -> Content:
        width = min(WIDTH, self.app.size.width) - FRAME
        lines = wrapped((content(line, self.pen) for line in self.told), width, LABEL)
        return Content("\n").join(lines)

    def action_copy_details(self) -> None:
        self.console.copy("\n".join(plain(line) for line in self.told))

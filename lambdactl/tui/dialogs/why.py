"""Why this verdict: every number it rests on, kept up to date while it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdactl.tui.drawing import why
from lambdactl.tui.subject import Subject

if TYPE_CHECKING:
    from lambdactl.tui.app import Console


class WhyDialog(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,W,q", "dismiss(None)", "close", key_display="esc")
    ]

    def __init__(self, console: Console, subject: Subject) -> None:
        super().__init__()
        self.console = console
        self.subject = subject

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog") as box:
            box.border_title = self.console.pen.say("Why this verdict")
            box.border_subtitle = self.console.pen.say("esc closes")
            yield Static(self._said(), id="why_lines")

    def draw(self) -> None:
        self.query_one("#why_lines", Static).update(self._said())

    def _said(self) -> Content:
        view = self.console.view_of(self.subject)
        return Content("\n").join(why.why(view, self.console.pen))

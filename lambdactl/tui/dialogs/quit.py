"""Leaving while something ends with the console: the one thing that quitting asks about."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class QuitDialog(ModalScreen[bool]):
    """True where leaving is meant."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(False)", "stay")]
    AUTO_FOCUS = "#stay"

    def __init__(self, going_on: tuple[str, ...]) -> None:
        """``going_on`` says what ends, or goes on unseen, in sentences."""
        super().__init__()
        self._going_on = going_on

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "Quit"
            yield Static("\n".join(self._going_on), markup=False)
            with Horizontal(classes="buttons"):
                yield Button(Content("[ Stay ]"), id="stay", compact=True)
                yield Button(Content("[ Quit ]"), id="leave", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "leave")

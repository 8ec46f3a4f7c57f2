"""Leaving while an action of this session is being applied: the one thing that quitting asks."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class QuitDialog(ModalScreen[bool]):
    """True where leaving is meant."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(False)", "stay")]
    AUTO_FOCUS = "#stay"

    def __init__(self, verb: str) -> None:
        super().__init__()
        self._verb = verb

    def compose(self) -> ComposeResult:
        told = (
            f"{self._verb} is being applied. What AWS has accepted goes on without this console;"
            " what has not been sent yet is not sent."
        )
        with Vertical(classes="dialog") as box:
            box.border_title = "Quit"
            yield Static(told, markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Stay", id="stay", compact=True)
                yield Button("Quit", id="leave", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "leave")

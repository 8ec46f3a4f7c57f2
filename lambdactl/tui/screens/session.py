"""The session: what failed in it, what it changed, and how much it asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from lambdactl.errors import LambdactlError
from lambdactl.tui.connection import Connection, Places
from lambdactl.tui.drawing import session
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.way_out import hinted, in_line
from lambdactl.tui.errand import send
from lambdactl.tui.keys import SESSION
from lambdactl.tui.messages import ChangesRead, ReadFailed
from lambdactl.tui.screens.page import Page
from lambdactl.tui.session_log import Change
from lambdactl.tui.view import View
from lambdactl.tui.widgets.drawn import Drawn
from lambdactl.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

OURS = View(ours=True)
"""What this session has met is known in the moment that it is met."""


class SessionPage(Page):
    """A list of what this console has met or done, wherever it has been."""

    BINDINGS: ClassVar[list[BindingType]] = [*SESSION]
    AUTO_FOCUS = "#list"

    @property
    def name_in_header(self) -> str:
        return "Session"

    @property
    def file_name(self) -> str:
        return f"session-{self.crumb.lower()}"

    def compose(self) -> ComposeResult:
        yield self.header()
        yield Drawn(self._note, self.pen, id="said_of_session")
        yield Listing(self.pen, id="list")
        yield self.key_line()

    def on_mount(self) -> None:
        self.look()

    def tick(self) -> None:
        """Nothing is read from AWS here; the screen is drawn anew every second anyway."""

    def action_back(self) -> None:
        self.app.pop_screen()

    def _note(self, _view: View, _width: int, _height: int, pen: Pen) -> list[Content]:
        return [session.asked(self.console.session, pen)]


class ErrorsScreen(SessionPage):
    """Every failure, with its call, AWS's code and request id, and the way out."""

    crumb = "Errors"

    @property
    def command(self) -> str:
        return "lambdactl doctor"

    def look(self) -> None:
        self.console.session.looked()
        self.console.show()

    def draw(self) -> None:
        self.show(OURS)
        self.query_one("#list", Listing).show(session.errors(self.console.session.errors, self.pen))
        self.console.session.looked()


class ChangesScreen(SessionPage):
    """Every change of this session, from the audit log."""

    crumb = "Changes"

    def __init__(self, console: Console, connection: Connection) -> None:
        super().__init__(console, connection)
        self.changes: tuple[Change, ...] | None = None
        self.error: LambdactlError | None = None
        self.reading = False

    @property
    def command(self) -> str:
        return "lambdactl audit"

    def look(self) -> None:
        places = self.console.places
        if self.reading or places is None:
            return
        self.reading = True

        def read(places: Places = places) -> Iterator[Message]:
            yield ChangesRead(places.changes())

        send(self, read, ReadFailed)

    def tick(self) -> None:
        """While something is being applied the log grows."""
        if self.console.running is not None or self.going_on:
            self.look()

    @property
    def going_on(self) -> bool:
        return any(one.outcome == "started" for one in self.changes or ())

    def on_changes_read(self, message: ChangesRead) -> None:
        self.reading, self.error, self.changes = False, None, message.changes
        self.console.show()

    def on_read_failed(self, message: ReadFailed) -> None:
        self.reading, self.error = False, message.error
        self.console.show()

    def draw(self) -> None:
        self.show(OURS)
        rows = session.changes(self.changes or (), self.pen)
        if self.changes is None and self.error is None and self.reading:
            rows = []
        self.query_one("#list", Listing).show(rows)

    def _note(self, view: View, width: int, height: int, pen: Pen) -> list[Content]:
        note = super()._note(view, width, height, pen)
        if self.error is not None:
            told = pen.say(f"the audit log: {self.error}", "$text-warning")
            line = in_line(told, hinted(self.error.hint, pen), width - 2, pen)
            return [*note, Content(" ") + line]
        return [*note, pen.say(" all changes of this machine: lambdactl audit", "dim")]

"""The fleet: which functions need me now? The worst first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from lambdactl.errors import LambdactlError
from lambdactl.ops.fleet import Fleet
from lambdactl.render.addressed import addressed
from lambdactl.tui.connection import Connection
from lambdactl.tui.drawing import fleet
from lambdactl.tui.drawing import plan as plan_drawing
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.errand import send
from lambdactl.tui.keys import FLEET
from lambdactl.tui.messages import FleetFailed, FleetRead
from lambdactl.tui.screens.page import Page
from lambdactl.tui.view import View
from lambdactl.tui.widgets.drawn import Drawn
from lambdactl.tui.widgets.filtering import FilterLine
from lambdactl.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

EVERY_S = 60.0


class FleetScreen(Page):
    BINDINGS: ClassVar[list[BindingType]] = [*FLEET]
    AUTO_FOCUS = "#list"

    def __init__(self, console: Console, connection: Connection) -> None:
        super().__init__(console, connection)
        self.fleet: Fleet | None = None
        self.error: LambdactlError | None = None
        self.looking = False
        self.due_at = 0.0

    @property
    def name_in_header(self) -> str:
        return "Fleet"

    @property
    def file_name(self) -> str:
        return "fleet"

    @property
    def command(self) -> str:
        return addressed("lambdactl list", self.connection.flags)

    def compose(self) -> ComposeResult:
        yield self.header()
        yield Drawn(self._note, self.pen, id="verdict")
        yield FilterLine("list", fleet.COLUMNS)
        yield Listing(self.pen, id="list")
        yield self.key_line()

    def on_mount(self) -> None:
        self.look()

    def tick(self) -> None:
        if self.console.clock() >= self.due_at:
            self.look()

    def look(self) -> None:
        if not self.looking:
            self.looking = True
            send(self, self._looking, FleetFailed)

    def _looking(self) -> Iterator[Message]:
        yield FleetRead(self.connection.fleet(lambda _done, _of: None))

    def on_fleet_read(self, message: FleetRead) -> None:
        self.looking, self.error, self.fleet = False, None, message.fleet
        self.due_at = self.console.clock() + EVERY_S
        self.console.show()

    def on_fleet_failed(self, message: FleetFailed) -> None:
        self.looking, self.error = False, message.error
        self.due_at = self.console.clock() + EVERY_S
        self.console.show()

    def draw(self) -> None:
        self.show(View())
        if self.fleet is not None:
            kept = self.query_one(FilterLine).filter
            self.query_one("#list", Listing).show(fleet.rows(self.fleet, self.pen, kept))

    def on_filter_line_changed(self, _message: FilterLine.Changed) -> None:
        self.draw()

    def _note(self, _view: View, _width: int, _height: int, pen: Pen) -> list[Content]:
        if self.error is not None:
            return plan_drawing.refused(self.error, pen)
        return [pen.say(" reading the fleet ...", "dim")] if self.fleet is None else []

    def action_open(self) -> None:
        row = self.query_one("#list", Listing).row
        member = (
            next((m for m in self.fleet.members if row and m.name == row.key), None)
            if (self.fleet)
            else None
        )
        if member is not None and member.alias is not None:
            self.console.open(member.target)

"""Past rollouts: how each ended and why. Enter opens one as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from lambdactl.model import Deployment, Place
from lambdactl.render import console_page
from lambdactl.tui import commands
from lambdactl.tui.drawing import deployments
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.keys import DEPLOYMENTS
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.list_page import ListPage
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import View

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

MOST = 25
Revisit = Callable[[Deployment], None]


class DeploymentsScreen(ListPage):
    """``revisit`` opens one that is over; one that runs is on the rollout screen below."""

    BINDINGS: ClassVar[list[BindingType]] = [*DEPLOYMENTS]
    crumb = "Deployments"
    waiting = "reading what CodeDeploy still holds ..."

    def __init__(self, console: Console, subject: Subject, revisit: Revisit) -> None:
        super().__init__(console, subject)
        self.main: Reading[tuple[Deployment, ...]] = Reading()
        self._revisit = revisit

    @property
    def command(self) -> str:
        return commands.line("deployments", self.subject.target, "", self.connection.flags)

    def begin(self) -> None:
        self.read(self.main, self.subject.operations.evidence.rollouts)

    def titles(self, _view: View) -> tuple[str, str]:
        return deployments.title(self.main.value, MOST)

    def heading(self, _view: View, width: int) -> list[Content]:
        return [deployments.heading(width, self.pen)]

    def rows(self, view: View, width: int) -> list[Row]:
        found = self.main.value or ()
        if not found:
            told = f"no deployment of {self.subject.target} is held by CodeDeploy"
            return [
                Row("none", self.pen.say(f" {told}", "dim"), ""),
                Row("hand", self.pen.say(f" {deployments.HELD}", "dim"), ""),
            ]
        return deployments.rows(found, view.now, width, self.pen)

    def detail(self, row: Row, width: int) -> list[Content]:
        return deployments.detail(self._of(row), width, self.pen)

    def _of(self, row: Row | None) -> Deployment | None:
        found = self.main.value or ()
        return next((d for d in found if row is not None and d.id == row.key), None)

    def aws_page(self, place: Place) -> str | None:
        chosen = self._of(self.listing.row)
        return console_page.deployment_page(place, chosen.id) if chosen else super().aws_page(place)

    def action_open(self) -> None:
        chosen = self._of(self.listing.row)
        if chosen is None:
            return
        if chosen.active:
            self.console.say(f"{chosen.id} is running: here it is")
            self.action_back()
        else:
            self._revisit(chosen)

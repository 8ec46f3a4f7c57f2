"""Past rollouts: how each ended and why. Enter opens one as it was.

CodeDeploy tells of its own deployments only, so what was shifted by hand from this machine is read
from its audit log and stands among them. One that cannot be read does not hide the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType
from textual.content import Content

from lambdactl.model import Deployment, Place
from lambdactl.model_history import AliasChange
from lambdactl.ops.passages import Passed, history
from lambdactl.render import console_page
from lambdactl.tui import commands
from lambdactl.tui.drawing import deployments
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.keys import DEPLOYMENTS
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.evidence_panes import unread
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
        self.by_hand: Reading[tuple[AliasChange, ...]] = Reading()
        self._revisit = revisit

    @property
    def readings(self) -> tuple[Reading[Any], ...]:
        return self.main, self.by_hand

    @property
    def command(self) -> str:
        return commands.line("deployments", self.subject.target, "", self.connection.flags)

    def begin(self) -> None:
        evidence = self.subject.operations.evidence
        self.read(self.main, evidence.rollouts)
        self.read(self.by_hand, evidence.changes)

    @property
    def passed(self) -> tuple[Passed, ...]:
        """Deployments and changes, as far as they could be read."""
        return history(self.main.value or (), self.by_hand.value or (), MOST)

    def titles(self, _view: View) -> tuple[str, str]:
        return deployments.title(self.main.value, self.by_hand.value, MOST)

    def heading(self, _view: View, width: int) -> list[Content]:
        return [deployments.heading(width, self.pen)]

    def rows(self, view: View, width: int) -> list[Row]:
        found = self.passed
        told = deployments.rows(found, view.now, width, self.pen) if found else self._none()
        return [*self._not_known(), *told]

    def _none(self) -> list[Row]:
        told = f"no deployment of {self.subject.target} is held by CodeDeploy"
        rows = [Row("none", self.pen.say(f" {told}", "dim"), "")]
        if self.by_hand.value is not None:
            rows.append(Row("hand", self.pen.say(f" {deployments.HELD}", "dim"), ""))
        return rows

    def _not_known(self) -> list[Row]:
        """What was changed by hand, where the log cannot be read."""
        error = self.by_hand.error
        if error is None:
            return []
        return unread("changes by hand", error, self.size.width, self.pen)

    def _unread(self) -> list[Row]:
        """What was changed by hand is told although CodeDeploy cannot be asked."""
        now = self.console.view_of(self.subject).now
        told = deployments.rows(self.passed, now, self.size.width, self.pen)
        return [*super()._unread(), *told]

    def detail(self, row: Row, width: int) -> list[Content]:
        return deployments.detail(self._at(row), width, self.pen)

    def _detail(self, view: View, width: int, height: int, pen: Pen) -> list[Content]:
        one = self._at(self.listing.row)
        if self.main.value is None and one is not None:
            return deployments.detail(one, width, pen)
        return super()._detail(view, width, height, pen)

    def _at(self, row: Row | None) -> Passed | None:
        return next((one for one in self.passed if row is not None and one.id == row.key), None)

    def aws_page(self, place: Place) -> str | None:
        chosen = self._at(self.listing.row)
        if isinstance(chosen, Deployment):
            return console_page.deployment_page(place, chosen.id)
        return super().aws_page(place)

    def action_open(self) -> None:
        match self._at(self.listing.row):
            case Deployment() as chosen:
                self._open(chosen)
            case AliasChange() as change:
                self._open_change(change)

    def _open(self, chosen: Deployment) -> None:
        if chosen.active:
            self.console.say(f"{chosen.id} is running: here it is")
            self.action_back()
        else:
            self._revisit(chosen)

    def _open_change(self, change: AliasChange) -> None:
        """The deployment that it stopped; CodeDeploy holds nothing of any other."""
        found = (d for d in self.main.value or () if d.id == change.stopped)
        stopped = next(found, None)
        if stopped is not None:
            self._open(stopped)
            return
        more = f"lambdactl audit -f {self.subject.target}"
        self.console.say(f"CodeDeploy holds nothing of a {change.verb} by hand; {more} tells more")

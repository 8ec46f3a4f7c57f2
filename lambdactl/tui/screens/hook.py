"""One hook of a deployment: what its function logged, how long CodeDeploy still waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from lambdactl.model import Deployment
from lambdactl.ops.hook_log import HookLog
from lambdactl.tui import commands
from lambdactl.tui.drawing import logs
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.keys import HOOK
from lambdactl.tui.messages import PartRead
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.list_page import ListPage
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import View

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

EVERY_S = 15.0
"""While it is waited for; the log of one that has called back is read once."""


class HookScreen(ListPage):
    BINDINGS: ClassVar[list[BindingType]] = [*HOOK]
    waiting = "looking for its function and its log ..."

    def __init__(
        self, console: Console, subject: Subject, deployment: Deployment, name: str
    ) -> None:
        super().__init__(console, subject)
        self.deployment = deployment
        self.name_of_event = name
        self.main: Reading[HookLog] = Reading(EVERY_S)

    @property
    def crumb(self) -> str:  # type: ignore[override]
        return self.name_of_event

    @property
    def command(self) -> str:
        options = f"{self.deployment.id} --hooks"
        return commands.line(
            "deployments show", self.subject.target, options, self.connection.flags
        )

    def begin(self) -> None:
        evidence = self.subject.operations.evidence
        self.read(self.main, lambda: evidence.hook_log(self.deployment, self.name_of_event))

    def on_part_read(self, message: PartRead) -> None:
        found = message.value
        if isinstance(found, HookLog):
            self.main.every_s = EVERY_S if found.event.status == "InProgress" else None
        super().on_part_read(message)

    def titles(self, _view: View) -> tuple[str, str]:
        return f"Hook of {self.deployment.id}", self.main.value.group if self.main.value else ""

    def heading(self, view: View, _width: int) -> list[Content]:
        found = self.main.value
        return logs.hook_heading(found, view.now, self.pen) if found else []

    def rows(self, _view: View, _width: int) -> list[Row]:
        return logs.hook_rows(self.main.value, self.pen) if self.main.value else []

    def detail(self, row: Row, width: int) -> list[Content]:
        found = self.main.value
        if found is None:
            return []
        if found.missing is not None:
            return logs.missing_detail(found.missing, width, self.pen)
        line = next((x for x in found.lines if x.id == row.key), None)
        if line is not None:
            return logs.line_detail(line, width, self.pen)
        said = [found.event.message] if found.event.message else []
        return [self.pen.say(f" {text}") for text in said]

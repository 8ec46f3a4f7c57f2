"""The dialog of a rollback: back to the last version that carried all traffic and was not taken
back, as CodeDeploy and CloudWatch tell of it; ``[`` and ``]`` go through the others that did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label

from lambdactl.errors import Refused
from lambdactl.model import Snapshot, label
from lambdactl.model_history import Carried, Past
from lambdactl.plan import Plan, plan_rollback
from lambdactl.tui import commands
from lambdactl.tui.dialogs.learning import LearningDialog
from lambdactl.tui.dialogs.plan import Proposal, Stage
from lambdactl.tui.subject import Subject

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

SHOWN = 4
"""So many versions that carried the alias are listed."""


class RollbackDialog(LearningDialog[Past]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "choose(1)", "newer version", show=False),
        Binding("left_square_bracket", "choose(-1)", "older version", show=False),
    ]
    learns = "reading which versions carried this alias before ..."

    def __init__(self, console: Console, subject: Subject, snapshot: Snapshot) -> None:
        self._to = ""
        super().__init__(console, subject, snapshot, Proposal("rollback", self._make))

    def form(self) -> Iterator[Widget]:
        with Horizontal(id="form"):
            yield Label("to version v")
            yield Input(id="to", compact=True, restrict=r"\d*")
            yield Label("[ ] others; empty: the last good one", classes="hint", markup=False)

    def learn(self) -> Callable[[], Past]:
        return self.subject.operations.past

    def _make(self, snapshot: Snapshot) -> Plan:
        if self.known is None:
            raise Refused("what carried the alias before is not known yet")
        return plan_rollback(snapshot, self.known, int(self._to) if self._to else None)

    @property
    def carried(self) -> tuple[Carried, ...]:
        """What can be gone back to, the newest first."""
        published = {v.number for v in self.snapshot.versions}
        carried = self.known.carried if self.known else ()
        return tuple(c for c in carried if c.version in published)

    def told(self) -> list[Content]:
        lines = super().told()
        if self.known is None or self.applying is not None or self.stage is Stage.CHANGED:
            return lines
        return [*lines, Content(""), self.pen.say("Carried all traffic", "dim"), *self._past()]

    def _past(self) -> Iterator[Content]:
        assert self.known is not None
        for one in self.carried[:SHOWN]:
            back = self.known.rolled_back.get(one.version)
            fate = f", taken back by {back}" if back else ""
            yield self.pen.say(f"  {label(one.version):<5} {one.source}{fate}")
        if not self.carried:
            yield self.pen.say("  no version that is still published, as far as AWS tells")

    @property
    def command(self) -> str:
        if self.plan is None or self.plan.after is None:
            return ""
        options = f"--to {self._to}" if self._to else ""
        flags = self.subject.connection.flags
        return commands.line("rollback", self.plan.target, options, flags)

    def chosen(self) -> None:
        typed = self.query_one("#to", Input).value
        if typed != self._to:
            self._to = typed
            self.replan()

    def action_choose(self, by: int) -> None:
        """To the next older or newer version that carried all traffic."""
        now = self.snapshot.alias.routing.stable if self.snapshot.alias else None
        after = self.plan.after if self.plan else None
        at = int(self._to or 0) or (after.stable if after else now) or 0
        found = sorted({c.version for c in self.carried} - {now})
        further = [n for n in found[::by] if (n - at) * by > 0]
        if further:
            self.query_one("#to", Input).value = str(further[0])

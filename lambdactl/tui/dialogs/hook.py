"""The dialog that answers for a waiting hook: approve or fail, with the id that its log tells.

Nothing but the hook is told the id of its execution. It is looked for in the hook's own log; where
that does not tell it, it is pasted into the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label

from lambdactl.model import Snapshot
from lambdactl.plan import Plan, plan_hook
from lambdactl.plan.hook import Answer, Execution, require_waiting
from lambdactl.tui import commands
from lambdactl.tui.dialogs.learning import LearningDialog
from lambdactl.tui.dialogs.plan import Proposal, Stage
from lambdactl.tui.messages import Learned
from lambdactl.tui.subject import Subject

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

TYPED = "given by the operator"


class HookDialog(LearningDialog[Execution]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign,minus,up,down", "other", "approve or fail", show=False),
    ]
    learns = "looking for the id of its execution in the hook's log ..."

    def __init__(
        self, console: Console, subject: Subject, snapshot: Snapshot, answer: Answer
    ) -> None:
        self.answer: Answer = answer
        self._execution = ""
        super().__init__(console, subject, snapshot, Proposal(answer, self._make))

    def form(self) -> Iterator[Widget]:
        with Horizontal(id="form"):
            yield Label("execution id")
            yield Input(id="execution", compact=True, placeholder="paste it here")
            yield Label("+ - approve or fail", classes="hint")

    def learn(self) -> Callable[[], Execution]:
        return partial(self.subject.operations.execution, self.snapshot, self.answer)

    def on_learned(self, message: Learned) -> None:
        self._execution = message.known.id
        super().on_learned(message)
        self.query_one("#execution", Input).value = self._execution

    def _focus(self) -> None:
        """Where the log does not tell the id there is one thing left to do: to paste it."""
        if self.stage is Stage.REFUSED and self.known is None and not self._execution:
            self.query_one("#execution", Input).focus()
        else:
            super()._focus()

    def _make(self, snapshot: Snapshot) -> Plan:
        known = self.known
        if known is not None and known.id == self._execution:
            return plan_hook(snapshot, known, self.answer)
        running, event = require_waiting(snapshot, self.answer)
        pasted = Execution(running.id, event.name, self._execution, TYPED)
        return plan_hook(snapshot, pasted, self.answer)

    @property
    def command(self) -> str:
        if self.plan is None:
            return ""
        found = self.known is not None and self.known.id == self._execution
        options = "" if found else f"--execution-id {self._execution}"
        flags = self.subject.connection.flags
        return commands.line(f"hook {self.answer}", self.plan.target, options, flags)

    def chosen(self) -> None:
        typed = self.query_one("#execution", Input).value
        if typed != self._execution:
            self._execution = typed
            self.replan()

    def action_other(self) -> None:
        """The other answer, for the same execution."""
        if self.stage is not Stage.PLANNED:
            return
        self.answer = "fail" if self.answer == "approve" else "approve"
        self.proposal = Proposal(self.answer, self._make)
        self.query_one("#plan").border_title = self.title_of()
        self.replan()

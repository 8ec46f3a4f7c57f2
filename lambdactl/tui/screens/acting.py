"""What an operator may do about an alias: each key opens the dialog of a plan.

Every page about one alias can have these actions; whether a key leads to them is the page's own
list of bindings.
"""

from __future__ import annotations

from lambdactl.plan import plan_abort, plan_promote
from lambdactl.tui.dialogs.hook import HookDialog
from lambdactl.tui.dialogs.rollback import RollbackDialog
from lambdactl.tui.dialogs.shift import ShiftDialog
from lambdactl.tui.screens.page import AliasPage


class ActingPage(AliasPage):
    def action_abort(self) -> None:
        self.propose("abort", plan_abort)

    def action_promote(self) -> None:
        self.propose("promote", plan_promote)

    def action_shift(self) -> None:
        snapshot = self.ready("shift")
        if snapshot is not None:
            self.app.push_screen(ShiftDialog(self.console, self.subject, snapshot))

    def action_rollback(self) -> None:
        snapshot = self.ready("rollback")
        if snapshot is not None:
            self.app.push_screen(RollbackDialog(self.console, self.subject, snapshot))

    def action_answer_hook(self) -> None:
        """Approve is proposed; the dialog turns to fail."""
        snapshot = self.ready("answer_hook")
        if snapshot is not None:
            self.app.push_screen(HookDialog(self.console, self.subject, snapshot, "approve"))

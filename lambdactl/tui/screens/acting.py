"""What an operator may do about an alias: each key opens the dialog of a plan.

Every page about one alias can have these actions; whether a key leads to them is the page's own
list of bindings.
"""

from __future__ import annotations

from lambdactl.errors import NotFound, Refused
from lambdactl.plan import plan_abort, plan_promote
from lambdactl.plan.guard import require_canary
from lambdactl.tui.dialogs.guard import GuardDialog
from lambdactl.tui.dialogs.hook import HookDialog
from lambdactl.tui.dialogs.rollback import RollbackDialog
from lambdactl.tui.dialogs.shift import ShiftDialog
from lambdactl.tui.guard import Guard, Stage
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

    def why_not(self, name: str) -> str | None:
        """A guard can be stopped whatever else may not be done."""
        stops = name == "guard" and self.console.guard_of(self.subject) is not None
        return None if stops else super().why_not(name)

    def label(self, name: str) -> str | None:
        stops = name == "guard" and self.console.guard_of(self.subject) is not None
        return "stop guard" if stops else super().label(name)

    def action_guard(self) -> None:
        """Agree to a guard; where there is one, stop it, at once."""
        guard = self.console.guard_of(self.subject)
        if guard is not None:
            self._stop(guard)
            return
        if any(g.stage is Stage.ANNOUNCED for g in self.console.guards):
            self.console.action_stop_guard()
            return
        snapshot = self.ready("guard")
        if snapshot is None:
            return
        try:
            canary = require_canary(snapshot)
        except (NotFound, Refused) as refused:
            self.console.say(
                f"{refused}: {refused.why}" if refused.why else f"{refused}", "warning"
            )
            return
        self.app.push_screen(GuardDialog(self.console, self.subject, snapshot, canary))

    def _stop(self, guard: Guard) -> None:
        if guard.stage is Stage.ACTING:
            self.console.say("the guard's abort is being applied already", "warning")
        else:
            self.console.stop_guard(guard, "it was stopped here")

    def action_answer_hook(self) -> None:
        """Approve is proposed; the dialog turns to fail."""
        snapshot = self.ready("answer_hook")
        if snapshot is not None:
            self.app.push_screen(HookDialog(self.console, self.subject, snapshot, "approve"))

"""The console as one that applies plans: the operator's one at a time, a guard's beside it.

What is applied is what was confirmed and re-checked; each thread tells its events, and the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.message import Message

from lambdactl.errors import Throttled, Unreachable
from lambdactl.model import label
from lambdactl.plan import Plan
from lambdactl.tui.applying import Applying
from lambdactl.tui.dialogs.plan import PlanDialog
from lambdactl.tui.errand import send
from lambdactl.tui.guard import guards_told
from lambdactl.tui.guarding import Guarding
from lambdactl.tui.messages import ActionEnded, ActionTold
from lambdactl.tui.subject import Subject, is_same


class Doing(Guarding):
    applying: Applying | None

    @property
    def running(self) -> str | None:
        """The verb of the action that is being applied, wherever the console has gone since."""
        return self.applying.plan.verb if self.applying and not self.applying.ended else None

    @property
    def under_way(self) -> list[Applying]:
        """What is being applied: by the operator, one at a time, and by guards."""
        found = [self.applying, *(g.applying for g in self.guards)]
        return [applying for applying in found if applying is not None and not applying.ended]

    def applying_of(self, of: Subject) -> Applying | None:
        """What is being applied to this alias, by whomever."""
        return next((a for a in self.under_way if is_same(a.subject, of)), None)

    def apply(self, of: Subject, plan: Plan, *, guards: int | None = None) -> Applying | None:
        """Apply a plan that was confirmed and re-checked; ``guards`` is the canary to be guarded
        after it. None, and nothing is done, where something is being applied already."""
        if self.running is not None or self.applying_of(of) is not None:
            return None
        self.applying = Applying(of, plan, guards)
        return self.start(self.applying)

    def start(self, applying: Applying, because: str | None = None) -> Applying:
        """In a thread; ``because`` is a guard's reason."""
        plan = applying.plan

        def acting() -> Iterator[Message]:
            for event in applying.subject.operations.act(plan, because):
                yield ActionTold(applying, event)
            yield ActionEnded(applying)

        send(self, acting, partial(ActionEnded, applying))
        self.show()
        return applying

    def on_action_told(self, message: ActionTold) -> None:
        message.applying.events.append(message.event)
        message.applying.subject.watch.add_events((message.event,))
        self._show_applying(message.applying)

    def on_action_ended(self, message: ActionEnded) -> None:
        applying = message.applying
        applying.ended, applying.error = True, message.error
        self._show_applying(applying)
        dialogs = (s for s in self.screen_stack if isinstance(s, PlanDialog))
        if not any(dialog.mine is applying for dialog in dialogs):
            self._say_ended(applying)
        self.guard_acted(applying)
        if applying.guards is not None:
            self._guard_after(applying, applying.guards)
        self.itself.look(applying.subject, anew=True)

    def _guard_after(self, applying: Applying, canary: int) -> None:
        """Where nobody knows whether the shift was done its guard begins all the same: it is over
        as soon as it is seen that there is no such canary."""
        if applying.error is None or isinstance(applying.error, Unreachable | Throttled):
            self.begin_guard(applying.subject, canary)
        else:
            self.say(f"{label(canary)} is not guarded: the shift was not done", "warning")

    def _show_applying(self, applying: Applying) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, PlanDialog):
                screen.show_applying(applying)
        self.show()

    def _say_ended(self, applying: Applying) -> None:
        verb, undo = applying.told(self.connection), applying.undo
        if applying.error is not None:
            self.say(f"{verb}: {applying.error}", "error")
        else:
            self.say(f"{verb} is done{f'; undo: {undo}' if undo else ''}")

    @property
    def going_on(self) -> tuple[str, ...]:
        """What ends with this console, in sentences."""
        found = [
            f"{applying.plan.verb} is being applied. What AWS has accepted goes on without this"
            " console; what has not been sent yet is not sent."
            for applying in self.under_way
        ]
        if self.guards:
            told = guards_told(self.guards)
            found.append(f"{told[0].upper()}{told[1:]} ends with this console.")
        return tuple(found)

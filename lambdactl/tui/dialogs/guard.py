"""The dialog of a guard: what it heeds, how that stands now, and that it ends with the console.

Agreeing writes nothing. What it is agreed to is frozen: one canary, which must still be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from lambdactl.model import Snapshot, label
from lambdactl.ops.acting import reason_to_go_back
from lambdactl.plan.guard import why_over
from lambdactl.render import glyphs
from lambdactl.tui import commands
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import View
from lambdactl.verdict.gate import NO_LIMITS, words

if TYPE_CHECKING:
    from lambdactl.tui.app import Console


class GuardDialog(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "close", key_display="esc"),
        Binding("left", "app.focus_previous", "previous", show=False),
        Binding("right", "app.focus_next", "next", show=False),
        Binding("Y", "copy_command", "copy as CLI"),
    ]
    AUTO_FOCUS = "#cancel"

    def __init__(self, console: Console, subject: Subject, snapshot: Snapshot, canary: int) -> None:
        super().__init__()
        self.console = console
        self.subject = subject
        self.snapshot = snapshot
        self.canary = canary

    def compose(self) -> ComposeResult:
        pen = self.console.pen
        with Vertical(classes="dialog") as box:
            box.border_title = pen.say(f"guard · {self.snapshot.target}")
            yield Static(Content("\n").join(self.told(pen)))
            with Horizontal(classes="buttons"):
                yield Button(pen.say("[ Cancel ]"), id="cancel", compact=True)
                yield Button(pen.say(f"[ Guard {label(self.canary)} ]"), id="ok", compact=True)

    def told(self, pen: Pen) -> Iterator[Content]:
        here, place = self.subject.connection, self.snapshot.place
        badge = f"{here.badge} " if here.badge else ""
        yield pen.say(f"{badge}{place.account_id} {place.region}", "bold")
        yield Content("")
        now = at_once(self.console.view_of(self.subject))
        if now is not None:
            mark = pen.sign(glyphs.ATTENTION)
            yield mark + pen.say(f" It would take {label(self.canary)} back at once: {now}", "bold")
            yield Content("")
        yield pen.say(f"All traffic of {label(self.canary)} goes back by itself as soon as")
        for heeded in self.heeds():
            yield pen.say(f"{pen.dot} {heeded}")
        yield Content("")
        key = pen.key("guard")
        ends = "It ends with this canary and with this console: nobody guards it then."
        yield pen.say(f"It is announced before; {key} stops it. {ends}")
        yield Content("")
        yield pen.say(f"CLI   {self.command}", "dim")

    def heeds(self) -> Iterator[str]:
        yield "the verdict is FAIL"
        named = ", ".join(alarm.name for alarm in self.snapshot.alarms)
        unread = self.snapshot.unreadable("alarms") or self.snapshot.unreadable("group")
        if unread is not None:
            yield f"an alarm is in ALARM; none can be read: {unread.reason}"
        else:
            yield f"an alarm is in ALARM: {named or 'the group has none'}"
        limits = self.subject.operations.limits
        told = ", ".join(words(limits)) if limits != NO_LIMITS else "[gate] sets none"
        yield f"a limit is exceeded: {told}"

    @property
    def command(self) -> str:
        return commands.guard(self.snapshot.target, self.subject.connection.flags)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss()
        if event.button.id == "ok":
            self._begin()

    def _begin(self) -> None:
        newest = self.subject.watch.snapshot
        over = why_over(newest, self.canary) if newest is not None else "nothing is known of it"
        if over is not None:
            self.console.say(f"{label(self.canary)} is not guarded: {over}", "warning")
        elif self.console.may("guard"):
            self.console.begin_guard(self.subject, self.canary)

    def action_copy_command(self) -> None:
        self.console.copy(self.command)


def at_once(view: View) -> str | None:
    """Why a guard that begins now would act; None where nothing speaks for it."""
    snapshot, assessment = view.snapshot, view.assessment
    if snapshot is None or assessment is None:
        return None
    return reason_to_go_back(snapshot, assessment.verdict, view.gates)

"""The dialog of every deed: the plan, its confirmation, and what came of it.

::

    learning --> planned -- confirmed --> checking -- the same --> applying --> done
                                             |
                                             +------- another ---> changed   (nothing is written)

The snapshot it was opened on is frozen in it: nothing that is looked at meanwhile can change what
it is about. On the confirmation AWS is read once more and the plan is made anew; only if its
actions are the very same, revision id included, is it applied. Where it changed, r plans again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from lambdactl.errors import LambdactlError, NotFound, Refused, UsageError
from lambdactl.model import Snapshot, label
from lambdactl.ops.limiting import held_to, newly_unmet
from lambdactl.plan import Plan
from lambdactl.render import glyphs
from lambdactl.render.numbers import weight
from lambdactl.render.words import words
from lambdactl.tui import commands
from lambdactl.tui.applying import Applying
from lambdactl.tui.dialogs.friction import CANCEL, ENTER, FORWARD, TYPED, Friction, friction
from lambdactl.tui.drawing import lists
from lambdactl.tui.drawing import plan as drawing
from lambdactl.tui.errand import send
from lambdactl.tui.messages import Rechecked, RecheckFailed
from lambdactl.tui.subject import Subject

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

WIDTH = 66
FRAME, TYPING, FORM = 6, 3, 2
"""Lines that are always seen: border, place and buttons; what is typed; what can be chosen."""

FIXED = {"abort": "Abort now", "approve": "Approve the hook", "fail": "Fail the hook"}
"""What OK says where the plan does not: its deed is its verb."""


BUSY = Refused(
    "something else is being applied: nothing was done",
    hint="wait until it has ended, and confirm again",
)


class Stage(Enum):
    LEARNING = "learning"
    """What the plan rests on beside the snapshot is being read."""
    PLANNED = "planned"
    REFUSED = "refused"
    CHECKING = "checking"
    CHANGED = "changed"
    APPLYING = "applying"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Proposal:
    """``make`` plans from a snapshot: the one that is shown, and the one it is checked against."""

    verb: str
    make: Callable[[Snapshot], Plan]
    keep: int | None = None


class PlanDialog(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", id="dialog_close"),
        Binding("left", "app.focus_previous", "previous", show=False),
        Binding("right", "app.focus_next", "next", show=False),
        Binding("pagedown", "scroll(1)", "scroll down", show=False),
        Binding("pageup", "scroll(-1)", "scroll up", show=False),
        Binding("r", "again", "plan again", id="dialog_again"),
        Binding("Y", "copy_command", "copy as CLI", id="dialog_copy"),
        Binding("y", "copy_undo", "copy the undo", id="dialog_undo"),
    ]

    def __init__(
        self, console: Console, subject: Subject, snapshot: Snapshot, proposal: Proposal
    ) -> None:
        super().__init__()
        self.console = console
        self.subject = subject
        self.pen = console.pen
        self.snapshot = snapshot
        self.proposal = proposal
        self.stage = Stage.PLANNED
        self.plan: Plan | None = None
        self.error: LambdactlError | None = None
        self.friction = Friction(CANCEL)
        self.applying: Applying | None = None
        self.mine: Applying | None = None
        """What was confirmed here, once it is being applied."""
        self._fresh: tuple[Snapshot, Plan] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog", id="plan") as box:
            box.border_title = self.title_of()
            yield Static(self._place(), id="place")
            yield from self.form()
            with VerticalScroll(id="said", can_focus=False):
                yield Static(id="lines")
            yield Static("Type the function's name to confirm:", id="ask", markup=False)
            yield Input(id="typed", compact=True)
            with Horizontal(classes="buttons"):
                buttons = [
                    Button("Cancel", id="cancel", compact=True),
                    Button("OK", id="ok", compact=True),
                ]
                for button in buttons:
                    # A press that comes while the last one still glows would be lost.
                    button.active_effect_duration = 0.0
                yield from buttons[::-1] if self.proposal.verb == "abort" else buttons

    def title_of(self) -> Content:
        return self.pen.say(f"{self.proposal.verb} · {self.snapshot.target}")

    def form(self) -> Iterator[Widget]:
        """What can be chosen; most plans leave no choice."""
        yield from ()

    @property
    def choosing(self) -> bool:
        """Whether the form may be changed: before the confirmation only."""
        return self.stage in (Stage.PLANNED, Stage.REFUSED)

    def chosen(self) -> None:
        """A field of the form holds another text."""

    def on_mount(self) -> None:
        self.replan()
        self.call_after_refresh(self._focus)

    def replan(self) -> None:
        """Make the plan from the frozen snapshot."""
        self.plan, self.error, self.stage = None, None, Stage.PLANNED
        try:
            self.plan = self.planned(self.snapshot)
        except LambdactlError as error:
            self.error, self.stage = error, Stage.REFUSED
        if self.plan is not None:
            view = self.console.view_of(self.subject)
            production = self.subject.connection.production
            self.friction = friction(self.plan, view, production=production)
        self.redraw()

    def planned(self, snapshot: Snapshot) -> Plan:
        """The plan, with the operator's gates among its checks where ``promote`` has them too."""
        plan = self.proposal.make(snapshot)
        if self.proposal.verb not in FORWARD:
            return plan
        return held_to(plan, snapshot, self.subject.operations.limits)

    @property
    def guards(self) -> int | None:
        """The canary that is guarded once the plan is done."""
        return None

    def also(self) -> list[Content]:
        """What is agreed to beside the plan."""
        return []

    learns = ""
    """What is said while that is read which the plan rests on."""

    @property
    def learning(self) -> bool:
        return self.stage is Stage.LEARNING

    @property
    def typed_right(self) -> bool:
        if self.friction.level < TYPED:
            return True
        return self.query_one("#typed", Input).value == self.snapshot.target.function

    @property
    def ready(self) -> bool:
        """Whether OK would do something."""
        return (
            self.stage is Stage.PLANNED
            and self.plan is not None
            and bool(self.plan.actions)
            and self.typed_right
            and self.console.why_not(self.proposal.verb) is None
        )

    def redraw(self) -> None:
        self.query_one("#lines", Static).update(Content("\n").join(self.told()))
        typed = self.query_one("#typed", Input)
        typed.display = (
            self.stage in (Stage.PLANNED, Stage.CHECKING)
            and self.friction.level >= TYPED
            and bool(self.plan and self.plan.actions)
        )
        self.query_one("#ask").display = typed.display
        always = FRAME + TYPING * bool(typed.display) + FORM * len(self.query("#form"))
        self.query_one("#said").styles.max_height = max(3, self.app.size.height - always)
        ok, cancel = self.query_one("#ok", Button), self.query_one("#cancel", Button)
        ok.label = self.pen.say(f"[ {self._ok_label()} ]")
        ok.disabled = not self.ready
        waits = self.stage in (Stage.PLANNED, Stage.CHECKING, Stage.CHANGED)
        ok.display = waits and not self._is_empty
        cancel.label = self.pen.say(f"[ {self._cancel_label()} ]")
        for button in (ok, cancel):
            button.refresh(layout=True)
        for form in self.query("#form"):
            form.disabled = not self.choosing

    @property
    def _is_empty(self) -> bool:
        """There is nothing to be done, and nothing to choose that would change it."""
        return self.plan is not None and not self.plan.actions and not self.query("#form")

    def _focus(self) -> None:
        """Where enter leads: only an abort is done by it."""
        typed = self.query_one("#typed", Input)
        if typed.display:
            typed.focus()
        elif self.friction.level == ENTER and self.ready:
            self.query_one("#ok", Button).focus()
        else:
            self.query_one("#cancel", Button).focus()

    def _place(self) -> Content:
        here, place = self.subject.connection, self.snapshot.place
        badge = f"{here.badge} " if here.badge else ""
        told = self.pen.say(f"{badge}{place.account_id} {place.region}", "bold")
        return told + (self.pen.say(f"  {here.origin}", "dim") if here.origin else "")

    def told(self) -> list[Content]:
        """What the dialog says, a line for each thing, not wrapped."""
        width = min(WIDTH, self.app.size.width) - 6
        if self.applying is not None:
            return self._applied(self.applying)
        if self.stage is Stage.CHANGED and self.plan is not None and self._fresh is not None:
            return drawing.changed(self.plan, self._fresh[1], self.pen)
        flags = self.subject.connection.flags
        lines = drawing.refused(self.error, self.pen, flags) if self.error is not None else []
        if self.plan is None:
            return lines + ([self.pen.say(self.learns, "bold")] if self.learning else [])
        mark = self.pen.sign(glyphs.ATTENTION)
        said = (*self.friction.cautions, *((self.friction.remark,) if self.plan.actions else ()))
        lines += [mark + self.pen.say(f" {told}", "bold") for told in said if told]
        if lines:
            lines.append(Content(""))
        lines += drawing.plan(self.plan, width, self.pen, flags, self.also())
        lines.append(self.pen.say(f"CLI   {self.command}", "dim"))
        if self.stage is Stage.CHECKING:
            lines += [Content(""), self.pen.say("reading AWS again before the write ...", "bold")]
        return lines

    def _applied(self, applying: Applying) -> list[Content]:
        flags = self.subject.connection.flags
        lines = [lists.happened(event.at, *words(event), self.pen) for event in applying.events]
        if not applying.ended:
            return [*lines, self.pen.say(f"{applying.plan.verb} is being applied ...", "bold")]
        if applying.error is not None:
            return [*lines, Content(""), *drawing.refused(applying.error, self.pen, flags)]
        done = self.pen.sign(glyphs.CHECKS[True]) + self.pen.say(
            f" {applying.plan.verb} is done", "bold"
        )
        undo = applying.undo
        if undo is None:
            return [*lines, Content(""), done]
        told = self.pen.say("Undo  ", "dim") + self.pen.say(undo) + self.pen.say("  (y)", "dim")
        return [*lines, Content(""), done, told]

    @property
    def command(self) -> str:
        if self.plan is None:
            return ""
        return commands.of_plan(self.plan, self.subject.connection.flags, keep=self.proposal.keep)

    def _ok_label(self) -> str:
        plan = self.plan
        if self.proposal.verb in FIXED:
            return FIXED[self.proposal.verb]
        if plan is None or plan.after is None:
            return f"Delete {len(plan.actions)}" if plan else "OK"
        if self.proposal.verb == "promote" or not plan.after.split:
            return f"All traffic to {label(plan.after.stable)}"
        return f"Shift to {weight(plan.after.weight)}"

    def _cancel_label(self) -> str:
        if self.stage is Stage.APPLYING:
            return "Hide"
        if self.stage in (Stage.DONE, Stage.REFUSED) or (self.plan and not self.plan.actions):
            return "Close"
        return "Keep going" if self.proposal.verb == "abort" else "Cancel"

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "ok":
            self.confirm()
        else:
            self.dismiss()

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id == "typed":
            self.redraw()
        elif self.choosing:
            self.chosen()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field of the form is no confirmation: it leads to the buttons."""
        if event.input.id == "typed" and not self.typed_right:
            self.console.say(f"that is not its name: {self.snapshot.target.function}", "warning")
        elif event.input.id == "typed":
            self.confirm()
        else:
            self._focus()

    def confirm(self) -> None:
        """Confirmed: read AWS again before anything is written."""
        if not self.ready:
            return
        assert self.plan is not None
        self.stage, self.error = Stage.CHECKING, None
        self.redraw()
        send(self, partial(self._checking, self.plan), RecheckFailed)

    def _checking(self, plan: Plan) -> Iterator[Message]:
        snapshot = self.subject.operations.recheck(plan)
        yield Rechecked(snapshot, self.planned(snapshot))

    def on_rechecked(self, message: Rechecked) -> None:
        plan, fresh = self.plan, message.plan
        same_place = (fresh.place, fresh.target) == (self.snapshot.place, self.snapshot.target)
        the_same = plan is not None and fresh.actions == plan.actions
        if plan is not None and same_place and the_same and not newly_unmet(plan, fresh):
            self.mine = self.console.apply(self.subject, plan, guards=self.guards)
            self.stage = Stage.APPLYING if self.mine else Stage.PLANNED
            self.error = None if self.mine else BUSY
        else:
            self._fresh = (message.snapshot, fresh)
            self.stage = Stage.CHANGED
        self.redraw()
        self._focus()

    def on_recheck_failed(self, message: RecheckFailed) -> None:
        """Nothing was written. What AWS refuses now it refuses; what did not answer may later."""
        self.error = message.error
        final = isinstance(message.error, Refused | NotFound | UsageError)
        self.stage = Stage.REFUSED if final else Stage.PLANNED
        self.redraw()
        self._focus()

    def show_applying(self, applying: Applying) -> None:
        if applying is not self.mine:
            return
        self.applying = applying
        self.stage = Stage.DONE if applying.ended else Stage.APPLYING
        self.redraw()
        said = self.query_one("#said", VerticalScroll)
        self.call_after_refresh(said.scroll_end, animate=False)
        if applying.ended:
            self._focus()

    def action_again(self) -> None:
        """After a change: plan from what is there now, to be confirmed anew."""
        if self.stage is not Stage.CHANGED or self._fresh is None:
            return
        self.snapshot, self._fresh = self._fresh[0], None
        self.replan()
        self._focus()

    def action_scroll(self, pages: int) -> None:
        said = self.query_one("#said", VerticalScroll)
        said.scroll_relative(y=pages * max(1, said.size.height - 1), animate=False)

    def action_close(self) -> None:
        self.dismiss()

    def action_copy_command(self) -> None:
        if self.command:
            self.console.copy(self.command)

    def action_copy_undo(self) -> None:
        undo = self.applying.undo if self.applying is not None else None
        if undo:
            self.console.copy(undo)

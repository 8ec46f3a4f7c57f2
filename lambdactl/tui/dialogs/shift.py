"""The dialog of a shift: which version, and how much; the plan below follows as one chooses.

``+`` and ``-`` go through the usual weights, ``[`` and ``]`` through the versions, from anywhere
but the fields; in the fields the numbers are typed. ``g`` says whether the console guards the split
that comes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label

from lambdactl.errors import LambdactlError, UsageError
from lambdactl.model import Routing, Snapshot
from lambdactl.plan import Plan, plan_shift
from lambdactl.plan.routing import percent
from lambdactl.tui.dialogs.guard import at_once
from lambdactl.tui.dialogs.plan import PlanDialog, Proposal
from lambdactl.tui.subject import Subject

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

WEIGHTS = (0.0, 1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0)
FIRST = 10.0
"""What is proposed to a version that gets nothing yet."""


class ShiftDialog(PlanDialog):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign,up", "weigh(1)", "more", show=False),
        Binding("minus,down", "weigh(-1)", "less", show=False),
        Binding("right_square_bracket", "choose(1)", "newer version", show=False),
        Binding("left_square_bracket", "choose(-1)", "older version", show=False),
        Binding("g", "toggle_guard", "guard it, or not", show=False),
    ]

    def __init__(self, console: Console, subject: Subject, snapshot: Snapshot) -> None:
        self._to, self._weight = proposed(snapshot)
        # Where it would take back at once what is meant now, a guard has to be asked for.
        self._guarded = at_once(console.view_of(subject)) is None
        super().__init__(console, subject, snapshot, Proposal("shift", self._make))

    def form(self) -> Iterator[Widget]:
        with Horizontal(id="form"):
            yield Label("to version v")
            yield Input(self._to, id="to", compact=True, restrict=r"\d*")
            yield Label("weight, per cent")
            yield Input(self._weight, id="weight", compact=True, restrict=r"[\d.]*%?")
            yield Label("+ - [ ]", classes="hint")

    def _make(self, snapshot: Snapshot) -> Plan:
        if not self._to:
            raise UsageError("no version is chosen", hint="type the number of a version")
        return plan_shift(snapshot, int(self._to), weight_of(self._weight))

    @property
    def guards(self) -> int | None:
        after = self.plan.after if self.plan else None
        return after.canary if after is not None and after.split and self._guarded else None

    def also(self) -> list[Content]:
        after = self.plan.after if self.plan else None
        if after is None or not after.split:
            return []
        box = "[x]" if self._guarded else "[ ]"
        told = f"{box} back on FAIL, an alarm or a limit  (g)"
        return [self.pen.say("Guard ", "dim") + self.pen.say(told)]

    @property
    def command(self) -> str:
        options = " --guard" if self.guards is not None else ""
        return f"{super().command}{options}" if super().command else ""

    def action_toggle_guard(self) -> None:
        if self.choosing:
            self._guarded = not self._guarded
            self.redraw()

    def chosen(self) -> None:
        to, weight = self.query_one("#to", Input).value, self.query_one("#weight", Input).value
        if (to, weight) != (self._to, self._weight):
            self._to, self._weight = to, weight
            self.replan()

    def action_weigh(self, by: int) -> None:
        try:
            now = weight_of(self._weight)
        except LambdactlError:
            now = FIRST - by
        further = [w for w in WEIGHTS[::by] if (w - now) * by > 0]
        if further:
            self.query_one("#weight", Input).value = percent(further[0])

    def action_choose(self, by: int) -> None:
        now = int(self._to or 0)
        further = [v.number for v in self.snapshot.versions[::by] if (v.number - now) * by > 0]
        if further:
            self.query_one("#to", Input).value = str(further[0])


def proposed(snapshot: Snapshot) -> tuple[str, str]:
    """The canary and its next weight; else the newest version, or the one before the stable one."""
    routing = snapshot.alias.routing if snapshot.alias else Routing(None)
    if routing.canary is not None:
        following = next((w for w in WEIGHTS if w > routing.weight), 100.0)
        return str(routing.canary), percent(following)
    others = [v.number for v in snapshot.versions if v.number != routing.stable]
    return (str(others[-1]) if others else "", percent(FIRST))


def weight_of(text: str) -> float:
    """Per cent from ``10``, ``10%`` or ``0.1%``; UsageError where it can be read two ways."""
    number = text.removesuffix("%")
    try:
        weight = float(number)
    except ValueError:
        raise UsageError(
            f"weight {text!r} is not a number", hint="give it in per cent: 10"
        ) from None
    if 0.0 < weight < 1.0 and not text.endswith("%"):
        raise UsageError(
            f"weight {text} can be read two ways",
            why=f"as {weight * 100:.10g} per cent, in Lambda's own 0 to 1, or as"
            f" {weight:.10g} per cent",
            hint=f"{weight * 100:.10g}   or   {weight:.10g}%",
        )
    return weight

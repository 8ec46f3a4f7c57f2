"""The rollout: is the new version safe, what happens next, what should I do.

The verdict comes first, then the evidence, then the panes with what happened. More room adds
evidence and never another meaning: on a wide screen the two versions stand side by side with tall
charts, on a wider one the reasons stand beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content

from lambdactl.plan import plan_abort, plan_promote
from lambdactl.tui import commands
from lambdactl.tui.dialogs.shift import ShiftDialog
from lambdactl.tui.dialogs.why import WhyDialog
from lambdactl.tui.drawing import card, lists, rates, traffic, verdict, why
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import joined
from lambdactl.tui.keys import ROLLOUT
from lambdactl.tui.screens.page import AliasPage
from lambdactl.tui.screens.versions import VersionsScreen
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import View
from lambdactl.tui.widgets.drawn import Drawn, titled
from lambdactl.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

PANES = {"events": lists.events, "alarms": lists.alarms, "hooks": lists.hooks}


class RolloutScreen(AliasPage):
    BINDINGS: ClassVar[list[BindingType]] = [*ROLLOUT]
    AUTO_FOCUS = "#events"

    def __init__(self, console: Console, subject: Subject) -> None:
        super().__init__(console, subject)
        self.pane = "events"

    @property
    def command(self) -> str:
        return commands.status(self.subject.target, self.connection.flags)

    def compose(self) -> ComposeResult:
        yield self.header()
        yield Drawn(lambda v, w, _, p: verdict.verdict(v, w, p), self.pen, id="verdict")
        with Vertical(id="flow", classes="evidence"):
            yield Drawn(traffic.lines, self.pen, title=self._traffic_title, id="traffic")
            yield Drawn(traffic.step_lines, self.pen, title=self._steps_title, id="steps")
        with Horizontal(id="versions", classes="evidence"):
            yield Drawn(lambda v, w, _, p: rates.rows(v, w, p), self.pen, title=rates.title,
                        id="rates")  # fmt: skip
            yield Drawn(card_of(0), self.pen, title=card_title_of(0), id="stable")
            yield Drawn(card_of(1), self.pen, title=card_title_of(1), id="canary")
            yield Drawn(why_wrapped, self.pen, title=lambda _v, _p: ("Why", "W"), id="why")
        with Container(id="panes", classes="evidence"):
            for name in PANES:
                yield Listing(self.pen, id=name)
        yield self.key_line()

    def on_mount(self) -> None:
        self._activate("events")
        self.look()

    def show(self, view: View) -> None:
        super().show(view)
        for name, rows in PANES.items():
            self.query_one(f"#{name}", Listing).show(rows(view, self.pen))
        self.query_one("#versions").set_class(len(rates.sides(view)) < 2, "-alone")
        self._title_panes(view)

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self.console.show)

    @property
    def tabbed(self) -> bool:
        """Whether there is room for one pane only."""
        return self.size.width < 110

    def _traffic_title(self, view: View, pen: Pen) -> tuple[str, str]:
        shares = traffic.since(view.snapshot) if view.snapshot else ""
        if self.size.width < 110:
            return "TRAFFIC", pen.spelled(shares)
        return "", ""

    def _steps_title(self, view: View, pen: Pen) -> tuple[str, str]:
        return "STEPS", traffic.title(view, pen)

    def _title_panes(self, view: View) -> None:
        flow = self.query_one("#flow", Vertical)
        if not self.tabbed:
            titled(flow, "Traffic and steps", traffic.title(view, self.pen), self.pen)
        for number, name in enumerate(PANES, 1):
            told = lists.tab(name, number, view, self.pen, chosen=False)
            if self.tabbed:
                told = self._tabs(view, name)
            titled(self.query_one(f"#{name}", Listing), told, "", self.pen)

    def _tabs(self, view: View, chosen: str) -> Content:
        between = f" {self.pen.rule}{self.pen.rule} "
        return joined(
            [
                lists.tab(name, number, view, self.pen, chosen=name == chosen)
                for number, name in enumerate(PANES, 1)
            ],
            between,
        )

    def _activate(self, name: str) -> None:
        self.pane = name
        for one in PANES:
            self.query_one(f"#{one}", Listing).set_class(one == name, "-active")

    def action_pane(self, name: str) -> None:
        self._activate(name)
        self.query_one(f"#{name}", Listing).focus()
        self.call_after_refresh(self.console.show)

    def action_why(self) -> None:
        self.app.push_screen(WhyDialog(self.console, self.subject))

    def action_versions(self) -> None:
        self.app.push_screen(VersionsScreen(self.console, self.subject))

    def action_prune(self) -> None:
        if self.console.may("prune"):
            self.app.push_screen(VersionsScreen(self.console, self.subject, prune=True))

    def action_abort(self) -> None:
        self.propose("abort", plan_abort)

    def action_promote(self) -> None:
        self.propose("promote", plan_promote)

    def action_shift(self) -> None:
        snapshot = self.ready("shift")
        if snapshot is not None:
            self.app.push_screen(ShiftDialog(self.console, self.subject, snapshot))


def why_wrapped(view: View, width: int, _height: int, pen: Pen) -> list[Content]:
    return [part for line in why.why(view, pen) for part in line.wrap(width)]


def card_of(index: int) -> Callable[[View, int, int, Pen], list[Content]]:
    """The drawing of the first or the second version; empty where there is only one."""

    def draw(view: View, width: int, height: int, pen: Pen) -> list[Content]:
        both = rates.sides(view)
        if index >= len(both):
            return []
        return card.card(both[index], both, view, width, height, pen)

    return draw


def card_title_of(index: int) -> Callable[[View, Pen], tuple[str, str]]:
    def title(view: View, pen: Pen) -> tuple[str, str]:
        both = rates.sides(view)
        return card.card_title(both[index], both, pen) if index < len(both) else ("", "")

    return title

"""The rollout: is the new version safe, what happens next, what should I do.

The verdict comes first, then the evidence, then the panes with what happened. More room adds
evidence and never another meaning: on a wide screen the two versions stand side by side with tall
charts, on a wider one the reasons stand beside them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content

from lambdactl.model import Deployment
from lambdactl.ops.log_errors import version_to_hear
from lambdactl.render import document
from lambdactl.tui import commands
from lambdactl.tui.dialogs.why import WhyDialog
from lambdactl.tui.drawing import card, lists, rates, traffic, verdict, why
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.sifting import Keeps, Sifted, sifted, went_wrong
from lambdactl.tui.drawing.text import folded, joined
from lambdactl.tui.idle import idle
from lambdactl.tui.keys import ROLLOUT
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.acting import ActingPage
from lambdactl.tui.screens.charts_page import ChartsPage
from lambdactl.tui.screens.deployments import DeploymentsScreen
from lambdactl.tui.screens.diff import DiffScreen
from lambdactl.tui.screens.evidence_panes import NAMES, EvidencePanes
from lambdactl.tui.screens.hook import HookScreen
from lambdactl.tui.screens.logs import LogsScreen
from lambdactl.tui.screens.tail import TailScreen
from lambdactl.tui.screens.versions import VersionsScreen
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import View
from lambdactl.tui.widgets.drawn import Drawn, titled
from lambdactl.tui.widgets.filtering import FilterLine
from lambdactl.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

DRAWN: Mapping[str, Callable[[View, Pen, int], list[Row]]] = {
    "events": lists.events,
    "alarms": lambda view, pen, _width: lists.alarms(view, pen),
    "hooks": lambda view, pen, _width: lists.hooks(view, pen),
}
PANES = (*DRAWN, *NAMES)
TABS_AT, BETWEEN_TABS = 2, 4
"""Cells before the first tab, and from one to the next."""
PLACED = ("events", "alarms", "diff", "logs", "hooks")
"""From left to right and down, where there is room for more than one."""


class RolloutScreen(ActingPage, ChartsPage):
    BINDINGS: ClassVar[list[BindingType]] = [*ROLLOUT]
    AUTO_FOCUS = "#events"

    def __init__(self, console: Console, subject: Subject) -> None:
        super().__init__(console, subject)
        self.pane = "events"
        self.then: str | None = None
        """The action to go on with as soon as the alias has been read."""
        self.wrong_only = False
        """Of the events only what went wrong is shown."""
        self.sifts: dict[str, Sifted] = {}
        """By pane, what is not shown of it."""
        self.evidence = EvidencePanes(self)

    @property
    def readings(self) -> tuple[Reading[Any], ...]:
        return *self.evidence.readings, self.history

    @property
    def command(self) -> str:
        return commands.status(self.subject.target, self.connection.flags)

    @property
    def copies(self) -> tuple[tuple[str, str], ...]:
        """With what ``status -o json`` prints, of the look that is shown."""
        view = self.console.view_of(self.subject)
        if view.snapshot is None or view.assessment is None:
            return super().copies
        data = document.rollout(view.snapshot, view.assessment, gates=view.gates, now=view.now)
        place, target = view.snapshot.place, self.subject.target
        told = document.envelope("Rollout", data, place=place, target=target)
        return (*super().copies, ("its JSON", json.dumps(told, indent=2)))

    def idle(self, name: str) -> str | None:
        if name == "guard" and self.console.guard_of(self.subject) is not None:
            return None
        return idle(name, self.subject.watch.snapshot)

    def compose(self) -> ComposeResult:
        yield self.header()
        yield Drawn(lambda v, w, _, p: self.verdict_lines(v, w, p), self.pen, id="verdict")
        with Vertical(id="flow", classes="evidence"):
            yield Drawn(traffic.lines, self.pen, title=self._traffic_title, id="traffic", calm=True)
            yield Drawn(traffic.step_lines, self.pen, title=self._steps_title, id="steps")
        with Horizontal(id="versions", classes="evidence"):
            yield Drawn(lambda v, w, _, p: rates.rows(v, w, p), self.pen, title=rates.title,
                        id="rates", calm=True)  # fmt: skip
            yield Drawn(card_of(0), self.pen, title=card_title_of(0), id="stable", calm=True)
            yield Drawn(card_of(1), self.pen, title=card_title_of(1), id="canary", calm=True)
            yield Drawn(why_wrapped, self.pen, title=lambda _v, p: ("Why", p.key("why")), id="why",
                        calm=True)  # fmt: skip
        yield FilterLine("events")
        with Container(id="panes", classes="evidence"):
            for name in PLACED:
                yield Listing(self.pen, id=name)
        yield self.key_line()

    def on_mount(self) -> None:
        self._activate("events")
        self.look()

    def verdict_lines(self, view: View, width: int, pen: Pen) -> list[Content]:
        return verdict.verdict(view, width, pen)

    def draw(self) -> None:
        super().draw()
        if self.is_current:
            self._read_panes()

    def renew(self) -> None:
        super().renew()
        self.evidence.renew()
        self._read_panes()

    def _read_panes(self) -> None:
        """What the panes show that is read for them alone, where they are seen."""
        self.read_history()
        listed = ((name, self.query_one(f"#{name}", Listing)) for name in NAMES)
        seen = frozenset(name for name, pane in listed if pane.display and pane.size.height)
        self.evidence.tick(self.subject.watch.snapshot, seen)

    def show(self, view: View) -> None:
        view = self.as_chosen(view)
        super().show(view)
        self._do_then(view)
        for name, rows in DRAWN.items():
            pane = self.query_one(f"#{name}", Listing)
            if pane.display or self._keeps(name):
                width = pane.scrollable_content_region.width
                pane.show(self._sifted(name, rows(view, self.pen, width)))
            else:
                self.sifts.pop(name, None)
        for name in NAMES:
            pane = self.query_one(f"#{name}", Listing)
            told = self.evidence.rows(name, view, pane.size.width, self.pen)
            pane.show(self._sifted(name, told))
        self.query_one("#versions").set_class(len(rates.sides(view)) < 2, "-alone")
        self._title_panes(view)

    def _sifted(self, name: str, rows: list[Row]) -> list[Row]:
        """The rows that are wanted of a pane; what the others are stands in its title."""
        keeps = self._keeps(name)
        if keeps is None:
            self.sifts.pop(name, None)
            return rows
        self.sifts[name] = sifted(rows, keeps, self.pen)
        return self.sifts[name].rows

    def _keeps(self, name: str) -> Keeps | None:
        """What is wanted of a pane; None where all of it is."""
        line = self.query_one(FilterLine)
        words = line.filter if line.of == name else None
        wrong = self.wrong_only and name == "events"
        if not words:
            return went_wrong if wrong else None
        return lambda row: (
            words.keeps(f"{row.line.plain} {row.copied}") and (not wrong or went_wrong(row))
        )

    def on_filter_line_changed(self, _message: FilterLine.Changed) -> None:
        self.draw()

    def action_filter(self) -> None:
        """Of the pane that has the focus."""
        focused = self.focused.id if self.focused else None
        self.query_one(FilterLine).open_on(focused if focused in PANES else self.pane)

    def action_wrong_only(self) -> None:
        self.wrong_only = not self.wrong_only
        self.action_pane("events")
        self.console.show()

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self.console.show)

    @property
    def tabbed(self) -> bool:
        """Whether there is room for one pane only."""
        return self.size.width < 110 or self.zoomed

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
            told = self._tabs(view, name) if self.tabbed else self._tab(name, number, view)
            right = "" if self.tabbed else self._at_right(name, view)
            titled(self.query_one(f"#{name}", Listing), told, right, self.pen)

    def _at_right(self, name: str, view: View) -> str:
        """What a pane is of; of the events, where there is room, what can be left out of them."""
        if name != "events":
            return self.evidence.title(name, view)
        keys = (self.pen.key("filter_pane"), self.pen.key("wrong_only"))
        roomy = self.has_class("-xwide") and name not in self.sifts
        return self.pen.spelled(f"{keys[0]} filter · {keys[1]} errors only") if roomy else ""

    def _tab(self, name: str, number: int, view: View, *, chosen: bool = False) -> Content:
        sift = self.sifts.get(name)
        note = sift.note(self.pen) if sift else lists.NO_NOTE
        return lists.tab(name, number, view, self.pen, chosen=chosen, note=note)

    def _tabs(self, view: View, chosen: str) -> Content:
        between = f" {self.pen.rule}{self.pen.rule} "
        return joined(
            [
                self._tab(name, number, view, chosen=name == chosen)
                for number, name in enumerate(PANES, 1)
            ],
            between,
        )

    def on_listing_title_clicked(self, message: Listing.TitleClicked) -> None:
        """A tab, where there is room for one pane only."""
        if not self.tabbed:
            return
        view, end = self.console.view_of(self.subject), TABS_AT
        for number, name in enumerate(PANES, 1):
            told = self._tab(name, number, view, chosen=name == self.pane)
            start, end = end, end + told.cell_length
            if start <= message.at < end:
                self.app.call_later(self.run_action, f"pane('{name}')")
                return
            end += BETWEEN_TABS

    def _activate(self, name: str) -> None:
        self.pane = name
        for one in PANES:
            self.query_one(f"#{one}", Listing).set_class(one == name, "-active")
        self.query_one("#panes").set_class(name == "diff", "-diff")

    def action_pane(self, name: str) -> None:
        self._activate(name)
        self.query_one(f"#{name}", Listing).focus()
        self.call_after_refresh(self._shown)

    def _shown(self) -> None:
        """A pane has come into sight."""
        self._read_panes()
        self.console.show()

    def action_open_row(self) -> None:
        """What the row under the cursor is about: a hook's log, the whole diff, the errors."""
        pane = self.focused
        if pane is None or not isinstance(pane, Listing):
            return
        if pane.id == "diff":
            self.action_diff()
        elif pane.id == "logs":
            self.action_logs()
        elif pane.id == "hooks" and pane.row is not None:
            self._open_hook(pane.row.key)

    def _open_hook(self, key: str) -> None:
        """``key`` is of a row of a lifecycle event: ``d-7K2QXB1 BeforeAllowTraffic``."""
        snapshot = self.subject.watch.snapshot
        for deployment in (snapshot.deployment, snapshot.previous) if snapshot else ():
            names = [e.name for e in deployment.events] if deployment else []
            name = next((n for n in names if deployment and key == f"{deployment.id} {n}"), None)
            if deployment is not None and name is not None:
                self._push_hook(deployment, name)

    def _push_hook(self, deployment: Deployment, name: str) -> None:
        if name == "AllowTraffic":
            self.console.say("AllowTraffic is no hook: CodeDeploy shifts the traffic itself")
        else:
            self.app.push_screen(HookScreen(self.console, self.subject, deployment, name))

    def action_deployments(self) -> None:
        self.app.push_screen(DeploymentsScreen(self.console, self.subject, self._revisit_page))

    def _revisit_page(self, deployment: Deployment) -> None:
        from lambdactl.tui.screens.past import PastScreen

        self.app.push_screen(PastScreen(self.console, self.subject, deployment))

    def action_diff(self) -> None:
        snapshot = self.subject.watch.snapshot
        pair = self.evidence.pair(snapshot) if snapshot else None
        self.app.push_screen(DiffScreen(self.console, self.subject, pair))

    def action_logs(self) -> None:
        self.app.push_screen(LogsScreen(self.console, self.subject))

    def action_tail(self) -> None:
        snapshot = self.subject.watch.snapshot
        version = version_to_hear(snapshot) if snapshot else None
        if version is None:
            self.console.say("there is no version yet whose log could be followed", "warning")
        else:
            self.app.push_screen(TailScreen(self.console, self.subject, version))

    def action_why(self) -> None:
        self.app.push_screen(WhyDialog(self.console, self.subject))

    def action_versions(self) -> None:
        self.app.push_screen(VersionsScreen(self.console, self.subject))

    def action_prune(self) -> None:
        if self.console.may("prune"):
            self.app.push_screen(VersionsScreen(self.console, self.subject, prune=True))

    def _do_then(self, view: View) -> None:
        """Open what somebody has asked for from the fleet, once it can be: not where they have
        gone elsewhere since."""
        then = self.then
        if then is None or view.snapshot is None:
            return
        self.then = None
        if self.is_current:
            getattr(self, f"action_{then}")()

    def on_key(self, _event: events.Key) -> None:
        """Whoever types something else meanwhile does not wait for it any more."""
        self.then = None


def why_wrapped(view: View, width: int, _height: int, pen: Pen) -> list[Content]:
    return [part for line in why.why(view, pen) for part in folded(line, width)]


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
        return card.card_title(both[index], both, view, pen) if index < len(both) else ("", "")

    return title

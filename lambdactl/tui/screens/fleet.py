"""The fleet: which functions need me now? The worst first, whatever has been read by now.

Rows appear as they are listed and are filled in as they are read: what runs and what is red first,
then what is on the screen, then the rest. The screen draws only what is seen of them, a few times a
second at most, so that a key is answered at once while a thousand of them are being read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from lambdactl.errors import LambdactlError
from lambdactl.model import Target
from lambdactl.ops.fleet import Around, Asking, Fleet
from lambdactl.render.addressed import addressed
from lambdactl.tui import commands
from lambdactl.tui.connection import Connection
from lambdactl.tui.drawing import fleet, fleet_parts
from lambdactl.tui.drawing.advice import Advice
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.errand import Work, send
from lambdactl.tui.fleet_pace import FleetPace
from lambdactl.tui.fleet_reads import (
    Failed,
    FunctionRead,
    LaneEnded,
    Measurement,
    Named,
    News,
    StorageTold,
)
from lambdactl.tui.fleet_row import FleetRow
from lambdactl.tui.fleet_watch import FleetWatch
from lambdactl.tui.keys import FLEET
from lambdactl.tui.messages import FleetRead
from lambdactl.tui.screens.page import Page
from lambdactl.tui.screens.versions import VersionsScreen
from lambdactl.tui.subject import subject
from lambdactl.tui.view import View
from lambdactl.tui.widgets.drawn import Drawn
from lambdactl.tui.widgets.filtering import FilterLine
from lambdactl.tui.widgets.long_listing import Lazily, LongListing

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

BETWEEN_S = 0.2
"""From one drawing of news to the next."""
BASE_S = 5.0
"""The interval of a rollout at which the fleet's own intervals are as they are written."""
LEAST = 0.3
"""So much of them at least where the account's clock runs fast: reading takes its time anyhow."""


class FleetTold(Message):
    """What one thread has found out."""

    def __init__(self, news: News) -> None:
        super().__init__()
        self.news = news


class FleetScreen(Page):
    BINDINGS: ClassVar[list[BindingType]] = [*FLEET]
    AUTO_FOCUS = "#list"

    def __init__(self, console: Console, connection: Connection) -> None:
        super().__init__(console, connection)
        self.reads = connection.fleet
        self.watch_ = FleetWatch(FleetPace())
        self._drawing = False
        self._told: set[str] = set()
        self._top: float | None = None
        self._drawn_at = -BETWEEN_S
        self._drawn: dict[str, tuple[FleetRow, object, Row]] = {}

    @property
    def name_in_header(self) -> str:
        return "Fleet"

    @property
    def file_name(self) -> str:
        return "fleet"

    @property
    def looking(self) -> bool:
        """Whether anything is still to come back, or to be drawn."""
        return self.watch_.pace.busy or self._drawing

    @property
    def command(self) -> str:
        flags, marked = self.connection.flags, self.watch_.marked
        if not marked:
            return addressed("lambdactl list", flags)
        keep = self.connection.keep
        return "\n".join(commands.versions(row.target, keep, flags) for row in marked)

    @property
    def copied(self) -> str | None:
        marked = self.watch_.marked
        return "\n".join(row.name for row in marked) if marked else super().copied

    def compose(self) -> ComposeResult:
        yield self.header()
        yield Drawn(self._summary, self.pen, id="fleet-summary")
        yield FilterLine("list", fleet.FILTERED)
        yield Drawn(self._heading, self.pen, id="fleet-heading")
        yield LongListing(self.pen, id="list")
        yield Drawn(self._preview, self.pen, id="preview")
        yield Drawn(self._storage, self.pen, id="fleet-storage")
        yield Drawn(self._happened, self.pen, id="fleet-lines")
        yield self.key_line()

    def on_mount(self) -> None:
        self.feed()

    def tick(self) -> None:
        self.feed()

    def look(self) -> None:
        self.watch_.renew()
        self.feed()
        self._redraw_soon()

    def feed(self) -> None:
        """Begin what is due and not under way."""
        at, watch = self.console.clock(), self.watch_
        fast = max(self.connection.interval_s / BASE_S, LEAST)
        watch.pace.times = fast * self.console.times
        for what, begin in self._questions.items():
            if (what != "pace" or self._is_pace_wanted) and watch.pace.begin(what, at):
                begin()
        while lane := watch.next_functions(at):
            self._ask_members(lane)
        if targets := watch.to_measure(at):
            self._ask_measures(targets)

    @property
    def _questions(self) -> dict[str, Callable[[], None]]:
        return {
            "around": partial(self._ask, self._around, "around"),
            "names": partial(self._ask, self._names, "names"),
            "storage": partial(self._ask_storage, self._storage_told, of_pace=False),
            "pace": partial(self._ask_storage, self._pace_told, of_pace=True),
        }

    @property
    def _is_pace_wanted(self) -> bool:
        """The last of all: every version has to be read for it."""
        watch = self.watch_
        unknown = watch.outlook is not None and watch.outlook.published is None
        return unknown and watch.listed_all and not watch.to_read and watch.failure is None

    def _ask(self, work: Work, what: str) -> None:
        send(self, work, lambda error: FleetTold(Failed(what, error)))

    def _around(self) -> Iterator[Message]:
        yield FleetTold(self.reads.around())

    def _names(self) -> Iterator[Message]:
        for page in self.reads.names():
            yield FleetTold(Named(page))
        yield FleetTold(Named((), last=True))

    def _ask_members(self, functions: tuple[str, ...]) -> None:
        assert self.watch_.around is not None
        asking = self.watch_.asking(self.reads.alias)
        work = partial(self._members, functions, self.watch_.around, asking)
        send(self, work, lambda error: FleetTold(Failed("members", error, functions)))

    def _members(
        self, functions: tuple[str, ...], around: Around, asking: Asking
    ) -> Iterator[Message]:
        for function in functions:
            members = tuple(self.reads.members(function, around, asking))
            yield FleetTold(FunctionRead(function, members))
        yield FleetTold(LaneEnded(functions))

    def _ask_measures(self, targets: tuple[Target, ...]) -> None:
        with_p95 = "P95" in fleet.sortable(self.size.width, self.pen.ascii)

        def work() -> Iterator[Message]:
            found = self.reads.measure(targets, with_p95)
            yield FleetTold(Measurement(targets, found))

        send(self, work, lambda error: FleetTold(Measurement(targets, {}, error)))

    def _ask_storage(self, work: Work, *, of_pace: bool) -> None:
        def failed(error: LambdactlError) -> Message:
            return FleetTold(StorageTold(None, error, of_pace=of_pace))

        send(self, work, failed)

    def _storage_told(self) -> Iterator[Message]:
        yield FleetTold(StorageTold(self.reads.storage()))

    def _pace_told(self) -> Iterator[Message]:
        """Given up where the screen is left: there is no hurry, and a thousand calls."""
        for found in self.reads.pace():
            if not self.is_attached:
                return
            if found is not None:
                yield FleetTold(StorageTold(found, of_pace=True))

    def on_fleet_told(self, message: FleetTold) -> None:
        self.watch_.take(message.news, self.console.clock())
        self.feed()
        self._redraw_soon()

    def _redraw_soon(self, *, at_once: bool = False) -> None:
        """Once for all the news of a moment, or for all the letters that came together."""
        if self._drawing and not at_once:
            return
        self._drawing = True
        since = self.console.clock() - self._drawn_at
        if self.console.ticking and since < BETWEEN_S and not at_once:
            self.set_timer(BETWEEN_S - since, self._redraw)
        else:
            self.call_later(self._redraw)

    def _redraw(self) -> None:
        if not self._drawing:
            return
        self._drawing = False
        self._drawn_at = self.console.clock()
        self.draw()
        self.feed()
        self._tell_of_all()

    def _tell_of_all(self) -> None:
        """Once all functions have been read, and whenever there are others."""
        watch = self.watch_
        if watch.to_read or self._told == watch.rows.keys():
            return
        self._told = set(watch.rows)
        members = tuple(row.member for row in watch.rows.values() if row.member)
        self.post_message(FleetRead(Fleet(members, len(watch.functions), watch.unread)))

    def draw(self) -> None:
        """Nothing where another page covers it: there is nobody who sees it."""
        if self.console.page is not self or not self.is_attached:
            return
        watch, view = self.watch_, self._view()
        listing = self.query_one(LongListing)
        self.set_class(
            bool(fleet_parts.troubles(watch, view, self.size.width, self.pen)), "-troubled"
        )
        look = self._look()
        # What is drawn is of this moment, though a line may be drawn later, when it is scrolled to.
        draw = partial(self._row, dict(watch.rows), look)
        listing.show_lazily(Lazily(watch.order, draw), watch.renamed)
        watch.see(listing.on_screen, self.console.clock())
        self._top = look.top if watch.measured else None
        self.show(view)

    def _view(self) -> View:
        return self.watch_.view(self.console.clock(), self.console.times)

    def _look(self) -> fleet.Look:
        watch, width = self.watch_, self.size.width
        rows = [watch.rows[n] for n in watch.seen if n in watch.rows]
        top = fleet.scale(rows, max(1, fleet.chart_width(width)))
        now = watch.clock.now(self.console.clock())
        return fleet.Look(width, top, now, watch.measure_error is not None)

    def _row(self, rows: Mapping[str, FleetRow], look: fleet.Look, name: str) -> Row:
        """A row is drawn anew where it has changed, or what it is drawn with."""
        one, marked = rows[name], name in self.watch_.marks
        key = (look._replace(now=None), marked, fleet.age_of(one, look))
        known = self._drawn.get(name)
        if known is not None and known[0] is one and known[1] == key:
            return known[2]
        row = fleet.row(one, look, marked=marked, pen=self.pen)
        self._drawn[name] = (one, key, row)
        return row

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        self.watch_.narrow(message.filter)
        self._redraw_soon(at_once=True)

    def on_long_listing_moved(self, _message: LongListing.Moved) -> None:
        """The cursor or what is in sight: the rest of the screen follows when the key is served."""
        if not self.is_attached:
            return
        self.query_one("#preview", Drawn).show(self._view())
        seen = self.query_one(LongListing).on_screen
        if tuple(seen) != self.watch_.seen:
            self.watch_.see(seen, self.console.clock())
            self.feed()
            self._redraw_soon()

    def on_resize(self, _event: events.Resize) -> None:
        self._drawn.clear()
        self.call_after_refresh(self.draw)

    @property
    def row(self) -> FleetRow | None:
        """What the cursor is on."""
        name = self.query_one(LongListing).key
        return self.watch_.rows.get(name) if name else None

    def _summary(self, view: View, width: int, _: int, pen: Pen) -> list[Content]:
        return fleet_parts.summary(self.watch_, view, width, pen)

    def _heading(self, _view: View, width: int, _height: int, pen: Pen) -> list[Content]:
        return [fleet.heading(self.watch_.sorting, self._top, width, pen)]

    def advice(self, view: View) -> Advice | None:
        return fleet_parts.advice(self.watch_, view, self.connection)

    def _preview(self, view: View, width: int, height: int, pen: Pen) -> list[Content]:
        return fleet_parts.preview(self.watch_, self.row, view, (width, height), pen)

    def _storage(self, _view: View, width: int, _height: int, pen: Pen) -> list[Content]:
        error = self.watch_.storage_error
        return [fleet_parts.storage(self.watch_.outlook, str(error) if error else None, width, pen)]

    def _happened(self, view: View, width: int, _height: int, pen: Pen) -> list[Content]:
        return [fleet_parts.happened(view, width, pen)]

    def action_back(self) -> None:
        self.unfilter()

    def action_sort(self, by: int) -> None:
        names = fleet.sortable(self.size.width, self.pen.ascii)
        self.watch_.sort(self.watch_.sorting.moved(by, names))
        self._redraw_soon(at_once=True)

    def action_reverse(self) -> None:
        self.watch_.sort(self.watch_.sorting.reversed())
        self._redraw_soon(at_once=True)

    def action_mark(self) -> None:
        one = self.row
        if one is not None:
            self.watch_.mark(one.name)
            self._redraw_soon(at_once=True)
            self.query_one(LongListing).action_move(1)

    def action_pause(self) -> None:
        self.watch_.pace.paused = not self.watch_.pace.paused
        self.feed()
        self._redraw_soon(at_once=True)

    def action_open(self) -> None:
        one = self._openable()
        if one is not None:
            self.console.open(one.target)

    def action_do(self, verb: str) -> None:
        """The dialog of a change to this row: on its rollout screen, once that has been read."""
        one = self._openable() if self.console.may(verb) else None
        if one is not None:
            self.console.open(one.target, then=verb)

    def action_versions(self) -> None:
        self._open_versions(prune=False)

    def action_prune(self) -> None:
        if self.console.may("prune"):
            self._open_versions(prune=True)

    def _open_versions(self, *, prune: bool) -> None:
        one = self._readable()
        if one is not None:
            of = subject(self.connection, one.target)
            self.app.push_screen(VersionsScreen(self.console, of, prune=prune))

    def _readable(self) -> FleetRow | None:
        """The row under the cursor, which stays there: somebody means it."""
        self.query_one(LongListing).hold()
        one = self.row
        if one is not None and one.member is None:
            self.console.say(f"{one.name}: its aliases have not been read yet", "warning")
            return None
        return one

    def _openable(self) -> FleetRow | None:
        one = self._readable()
        if one is None or one.openable:
            return one
        member = one.member
        why = member.unread if member and member.unread else "no alias, so no rollout: v, versions"
        self.console.say(f"{one.name}: {why}", "warning")
        return None

    def neighbour(self, of: Target, by: int) -> Target | None:
        """The alias ``by`` rows from ``of`` in the order of this screen; None at its end."""
        watch = self.watch_
        openable = [n for n in watch.order if watch.rows[n].openable]
        at = openable.index(str(of)) + by if str(of) in openable else 0
        return watch.rows[openable[at]].target if 0 <= at < len(openable) else None

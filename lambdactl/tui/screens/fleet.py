"""The fleet: which functions need me now? The worst first, whatever has been read by now.

Rows appear as they are listed and are filled in as they are read: what runs and what is red first,
then what is on the screen, then the rest. The screen draws only what is seen of them, a few times a
second at most, so that a key is answered at once while a thousand of them are being read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from lambdactl.model import Target
from lambdactl.ops.fleet import Fleet
from lambdactl.render.addressed import addressed
from lambdactl.tui import commands
from lambdactl.tui.connection import Connection
from lambdactl.tui.drawing import fleet, fleet_parts
from lambdactl.tui.drawing.advice import Advice
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.fleet_row import FleetRow
from lambdactl.tui.idle import OF_A_ROW, idle_on
from lambdactl.tui.keys import FLEET
from lambdactl.tui.messages import FleetRead
from lambdactl.tui.screens.fleet_asking import FleetAskingPage
from lambdactl.tui.screens.versions import VersionsScreen
from lambdactl.tui.subject import subject
from lambdactl.tui.view import View
from lambdactl.tui.widgets.drawn import Drawn
from lambdactl.tui.widgets.filtering import FilterLine
from lambdactl.tui.widgets.footer import KeyLine
from lambdactl.tui.widgets.long_listing import Lazily, LongListing

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

BETWEEN_S = 0.2
"""From one drawing of news to the next."""


class FleetScreen(FleetAskingPage):
    BINDINGS: ClassVar[list[BindingType]] = [*FLEET]
    AUTO_FOCUS = "#list"
    name_above = "Fleet"

    def __init__(self, console: Console, connection: Connection) -> None:
        super().__init__(console, connection)
        self._drawing = False
        self._told: set[str] = set()
        self._top: float | None = None
        self._drawn_at = -BETWEEN_S
        self._drawn: dict[str, tuple[FleetRow, object, Row]] = {}
        self._idle: frozenset[str] = frozenset()
        """Of the row for which the line of keys was drawn."""

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
        self.redraw_soon()

    def redraw_soon(self, *, at_once: bool = False) -> None:
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
        self._idle = self._idle_now()
        self.show(view)

    def _view(self) -> View:
        return self.watch_.view(self.console.clock(), self.console.times)

    def _look(self) -> fleet.Look:
        watch, width = self.watch_, self.size.width
        rows = [watch.rows[n] for n in watch.seen if n in watch.rows]
        top = fleet.scale(rows, max(1, fleet.chart_width(width)))
        now = watch.clock.now(self.console.clock())
        failed, untagged = watch.measure_error is not None, watch.tags.error is not None
        return fleet.Look(width, top, now, failed, untagged)

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
        self.redraw_soon(at_once=True)

    def on_long_listing_moved(self, _message: LongListing.Moved) -> None:
        """The cursor or what is in sight: the rest of the screen follows when the key is served."""
        if not self.is_attached:
            return
        self.query_one("#preview", Drawn).show(self._view())
        before, self._idle = self._idle, self._idle_now()
        if before != self._idle:
            self.query_one(KeyLine).redraw()
        seen = self.query_one(LongListing).on_screen
        if tuple(seen) != self.watch_.seen:
            self.watch_.see(seen, self.console.clock())
            self.feed()
            self.redraw_soon()

    def on_resize(self, _event: events.Resize) -> None:
        self._drawn.clear()
        self.call_after_refresh(self.draw)

    @property
    def row(self) -> FleetRow | None:
        """What the cursor is on."""
        name = self.query_one(LongListing).key
        return self.watch_.rows.get(name) if name else None

    def idle(self, name: str) -> str | None:
        return idle_on(name, self.row) if name in OF_A_ROW else None

    def _idle_now(self) -> frozenset[str]:
        one = self.row
        return frozenset(name for name in OF_A_ROW if idle_on(name, one))

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
        self.redraw_soon(at_once=True)

    def action_reverse(self) -> None:
        self.watch_.sort(self.watch_.sorting.reversed())
        self.redraw_soon(at_once=True)

    def action_mark(self) -> None:
        one = self.row
        if one is not None:
            self.watch_.mark(one.name)
            self.redraw_soon(at_once=True)
            self.query_one(LongListing).action_move(1)

    def action_pause(self) -> None:
        self.watch_.pace.paused = not self.watch_.pace.paused
        self.feed()
        self.redraw_soon(at_once=True)

    def action_open(self) -> None:
        one = self._openable()
        if one is not None:
            self.console.open(one.target)

    def action_do(self, name: str) -> None:
        """What the key leads to on the rollout screen of this row, once that has been read."""
        one = self._openable() if self.console.may(name) else None
        if one is not None:
            self.console.open(one.target, then=name)

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
        self.console.say(f"{one.name}: {idle_on('open', one)}", "warning")
        return None

    def neighbour(self, of: Target, by: int) -> Target | None:
        """The alias ``by`` rows from ``of`` in the order of this screen; None at its end."""
        watch = self.watch_
        openable = [n for n in watch.order if watch.rows[n].openable]
        at = openable.index(str(of)) + by if str(of) in openable else 0
        return watch.rows[openable[at]].target if 0 <= at < len(openable) else None

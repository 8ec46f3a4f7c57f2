"""The fleet's screen as one that asks: each question in a thread of its own, when it is due.

What is asked of single functions goes in lanes of a few, so that what is urgent need not wait for
all the others; what comes back is a message, and is put into the watch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from lambdactl.errors import LambdactlError
from lambdactl.model import Target
from lambdactl.ops.fleet import Around, Asking
from lambdactl.tui.connection import Connection
from lambdactl.tui.drawing import fleet
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
    Tagged,
)
from lambdactl.tui.fleet_tags import COLUMNS, FleetTags
from lambdactl.tui.fleet_watch import FleetWatch
from lambdactl.tui.screens.page import Page

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

BASE_S = 5.0
"""The interval of a rollout at which the fleet's own intervals are as they are written."""
LEAST = 0.3
"""So much of them at least where the account's clock runs fast: reading takes its time anyhow."""


class FleetTold(Message):
    """What one thread has found out."""

    def __init__(self, news: News) -> None:
        super().__init__()
        self.news = news


class FleetAskingPage(Page):
    def __init__(self, console: Console, connection: Connection) -> None:
        super().__init__(console, connection)
        self.reads = connection.fleet
        tags = FleetTags(console.settings.owner_tags)
        self.watch_ = FleetWatch(FleetPace(), tags=tags)

    def redraw_soon(self, *, at_once: bool = False) -> None:
        """There are news to be drawn."""
        raise NotImplementedError

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
        if self._are_tags_wanted and (functions := watch.to_tag(at)):
            self._ask_tags(functions)

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

    @property
    def _are_tags_wanted(self) -> bool:
        """Where there is room for their columns, or somebody looks for them."""
        drawn = fleet.sortable(self.size.width, self.pen.ascii)
        return self.watch_.is_by_tags or not set(drawn).isdisjoint(COLUMNS)

    def _ask_tags(self, functions: tuple[str, ...]) -> None:
        def work() -> Iterator[Message]:
            yield FleetTold(Tagged({function: self.reads.tags(function) for function in functions}))

        send(self, work, lambda error: FleetTold(Tagged({}, error)))

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
        self.redraw_soon()

"""What the console knows of a fleet, and what it should ask next. Nothing here draws or asks AWS.

Rows are known by identity, so that cursor and marks stay with what they were on while rows come, go
and change places. What moves often is read often: what runs and what is red before everything else,
then the rows on the screen, then the rest at leisure; each with its own age. A read that fails
leaves what was known in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from lambdactl.errors import LambdactlError, PermissionDenied
from lambdactl.model import Alias, Target, Unread
from lambdactl.model_configuration import Listed
from lambdactl.ops.fleet import Around, Asking, Member
from lambdactl.ops.fleet_measuring import Measured
from lambdactl.plan.storage import Outlook
from lambdactl.render import glyphs
from lambdactl.tui.fleet_order import Sorting
from lambdactl.tui.fleet_pace import WHOLE, FleetPace
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
from lambdactl.tui.fleet_row import FleetRow
from lambdactl.tui.fleet_tags import COLUMNS, FleetTags
from lambdactl.tui.matching import Filter
from lambdactl.tui.pace import Pace
from lambdactl.tui.view import Failure, Line, View
from lambdactl.verdict import Assessment

LINES_KEPT = 50


@dataclass
class FleetWatch:
    """One account in one region; times are seconds of a monotonic clock, given by the caller."""

    pace: FleetPace = field(default_factory=FleetPace)
    clock: Pace = field(default_factory=Pace)
    functions: dict[str, Listed] = field(default_factory=dict)
    rows: dict[str, FleetRow] = field(default_factory=dict)
    around: Around | None = None
    outlook: Outlook | None = None
    storage_error: LambdactlError | None = None
    failure: Failure | None = None
    names_error: LambdactlError | None = None
    measure_error: LambdactlError | None = None
    measured: dict[Target, Measured] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)
    sorting: Sorting = field(default_factory=Sorting)
    filter: Filter = field(default_factory=Filter)
    tags: FleetTags = field(default_factory=FleetTags)
    seen: tuple[str, ...] = ()
    """The rows on the screen, by name."""
    listed_all: bool = False
    lines: tuple[Line, ...] = ()
    renamed: dict[str, str] = field(default_factory=dict)
    """Names that a cursor may still be on -> the names that they have become."""
    _members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _page: list[Listed] = field(default_factory=list)
    _order: tuple[str, ...] | None = None
    _told: int = 0

    def take(self, news: News, at: float) -> None:
        """What came back from a thread at ``at``."""
        self._order = None
        match news:
            case Named():
                self._named(news, at)
            case Around():
                self._looked_around(news, at)
            case FunctionRead():
                self._read(news, at)
            case LaneEnded():
                self.pace.lane_ended(news.functions)
            case Measurement():
                self._measured(news, at)
            case StorageTold():
                self._storage(news, at)
            case Tagged():
                self._tagged(news, at)
            case Failed():
                self._failed(news, at)

    @property
    def order(self) -> tuple[str, ...]:
        """The names of the rows that the filter keeps, in the order that is chosen."""
        if self._order is None:
            kept = self.rows.values()
            if self.filter:
                kept = [r for r in kept if self.filter.keeps(r.told, r.columns)]  # type: ignore[assignment]
            self._order = tuple(row.name for row in self.sorting.sorted(kept))
        return self._order

    def sort(self, sorting: Sorting) -> None:
        self.sorting, self._order = sorting, None

    def narrow(self, filter: Filter) -> None:
        self.filter, self._order = filter, None

    def mark(self, name: str) -> None:
        """Mark a row, or take the mark away."""
        self.marks ^= {name}

    @property
    def marked(self) -> tuple[FleetRow, ...]:
        """The marked rows that the filter keeps or not: a mark is not lost by looking elsewhere."""
        return tuple(self.rows[name] for name in sorted(self.marks) if name in self.rows)

    def asking(self, alias: str | None) -> Asking:
        """How a function is to be asked now: closely where a deployment moves it, an alarm is red,
        or its split, or the rollout that has just ended, is on the screen."""
        seen, around = frozenset(self.seen), self.around or Around()

        def closely(one: Alias, target: Target, moving: bool) -> bool:
            on_screen = str(target) in seen or target.function in seen
            if one.routing.split:
                return moving or on_screen or target.function in around.functions
            return moving or (on_screen and around.ending_of(target) is not None)

        return Asking(
            alias=alias, everything=True, closely=closely, before=self._assessments(), ends=WHOLE
        )

    def _assessments(self) -> dict[str, Assessment]:
        members = ((n, r.member) for n, r in self.rows.items())
        return {n: m.assessment for n, m in members if m and m.snapshot and m.assessment}

    def next_functions(self, at: float) -> tuple[str, ...]:
        """The functions that the next free lane is to ask; none while nothing is due."""
        if self.around is None or self.failure is not None:
            return ()
        if not self.pace.has_free_lane:
            return ()
        seen = self._seen_functions
        return self.pace.take_lane(self.functions, self.around.functions, seen, at)

    def to_measure(self, at: float) -> tuple[Target, ...]:
        """The rows on the screen that are to be measured now; none while none is due."""
        wanted = [
            row.target
            for row in (self.rows[n] for n in self.seen if n in self.rows)
            if row.member is not None and row.member.unread is None and not row.close
        ]
        return self.pace.to_measure(wanted, at, reading=self._is_reading)

    @property
    def _is_reading(self) -> bool:
        """Whether aliases of rows on the screen are still to be read."""
        return any(n not in self.rows or self.rows[n].member is None for n in self.seen)

    @property
    def is_by_tags(self) -> bool:
        """Somebody sorts or filters by them: then those that are not seen are asked for, too."""
        return self.sorting.column in COLUMNS or self.filter.is_about(COLUMNS)

    @property
    def untagged(self) -> tuple[str, ...]:
        """The functions whose tags are to be read, those on the screen first."""
        others = self.functions if self.is_by_tags else ()
        return self.tags.wanted((*self._seen_functions, *others))

    def to_tag(self, at: float) -> tuple[str, ...]:
        """The functions that are to be asked for their tags now; none while none is due."""
        if self.failure is not None:
            return ()
        return self.pace.to_tag(self.untagged, at, reading=self._is_reading)

    @property
    def _seen_functions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.rows[n].function for n in self.seen if n in self.rows))

    def see(self, names: Iterable[str], at: float) -> None:
        """These rows are on the screen."""
        seen = tuple(names)
        if set(seen) != set(self.seen):
            self.pace.scrolled(at)
        self.seen = seen
        rows = (self.rows[name] for name in seen if name in self.rows)
        self.pace.read_soon(row.function for row in rows if row.overlooked)

    def renew(self) -> None:
        """Somebody wants to know now: everything that is on the screen is due."""
        self.pace.now()
        self.pace.read_soon(self._seen_functions)
        self.tags.renew(self._seen_functions)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What is not known of the whole fleet, each with its reason."""
        found = list(self.around.unread) if self.around else []
        if self.names_error is not None:
            found.append(Unread("functions", str(self.names_error), self.names_error.hint))
        if self.measure_error is not None:
            error = self.measure_error
            found.append(Unread("measurements", str(error), error.hint))
        return (*found, *self.tags.unread)

    @property
    def is_empty(self) -> bool:
        """All functions were listed, and there is none."""
        return self.listed_all and not self.functions and self.names_error is None

    @property
    def to_read(self) -> int:
        """How many functions have not been read yet."""
        return sum(name not in self.pace.read_at for name in self.functions)

    def view(self, at: float, times: float = 1.0) -> View:
        looked = self.pace.looked_at
        return View(
            age_s=None if looked is None else at - looked,
            now=self.clock.now(at),
            speed=self.clock.speed,
            failure=self.failure,
            retry_s=None if self.failure is None else max(0.0, self.pace.resumes_at - at),
            paused=self.pace.paused,
            interval_s=self.pace.around_s * times,
            lines=self.lines,
        )

    def _named(self, news: Named, at: float) -> None:
        self.pace.names_read(at, last=news.last)
        self._page += news.functions
        for listed in news.functions:
            self._enlist(listed)
        if not news.last:
            return
        self.names_error, self.listed_all = None, True
        for gone in set(self.functions) - {listed.name for listed in self._page}:
            self._forget(gone)
        self._page = []

    def _enlist(self, listed: Listed) -> None:
        known = self.functions.get(listed.name)
        self.functions[listed.name] = listed
        if known is None:
            self._put(listed.name, [FleetRow(listed.name, listed=listed, red=self._is_red(listed))])
        elif known != listed:
            for name in self._members.get(listed.name, ()):
                self.rows[name] = replace(self.rows[name], listed=listed)

    def _enlist_by_name(self) -> None:
        """What moves and what is red is known even where functions may not be listed."""
        if self.names_error is not None and self.around is not None:
            for name in sorted(self.around.functions - self.functions.keys()):
                self._enlist(Listed(name, None))

    def _is_red(self, listed: Listed) -> bool:
        return self.around is not None and listed.name in self.around.functions

    def _looked_around(self, around: Around, at: float) -> None:
        before = self.around or Around()
        self.around = around = around.after(before)
        self.failure = None
        self.pace.looked_around(at)
        if around.taken is not None:
            self.clock.saw(around.taken, at)
        self._enlist_by_name()
        changed = (around.functions ^ before.functions) | around.ended_since(before)
        self.pace.read_soon(changed)
        for name in changed & self.functions.keys():
            for key in self._members.get(name, ()):
                if self.rows[key].member is None:
                    self.rows[key] = replace(self.rows[key], red=name in around.functions)

    def _read(self, news: FunctionRead, at: float) -> None:
        self.pace.read(news.function, at)
        if news.function not in self.functions and not news.members:
            return
        if not news.members:
            self._forget(news.function)
            return
        listed = self.functions.setdefault(news.function, Listed(news.function, None))
        rows = []
        for member in self._told_of(news):
            before = self.rows.get(member.name)
            kept = self._kept(before, member)
            self._note(before, kept)
            measured = self.measured.get(member.target)
            belongs = self.tags.found.get(news.function)
            rows.append(FleetRow(news.function, kept, listed, measured, belongs))
        self._put(news.function, rows)

    def _told_of(self, news: FunctionRead) -> tuple[Member, ...]:
        """Where the aliases could not be read, each that was known before, with the reason."""
        (first, *more) = news.members
        known = [self.rows[name].member for name in self._members.get(news.function, ())]
        aliased = tuple(m for m in known if m is not None and m.alias is not None)
        if more or first.unread is None or first.alias is not None or not aliased:
            return news.members
        return tuple(replace(m, unread=first.unread) for m in aliased)

    def _kept(self, before: FleetRow | None, member: Member) -> Member:
        """What was known stays where a read was refused or failed: its reason is told with it.
        A split that went off the screen keeps the look that it had while its routing is the same.
        """
        known = before.member if before else None
        if known is None or known.alias is None:
            return member
        if member.assessment is None:
            return replace(known, unread=member.unread, red=member.red, running=member.running)
        looked_away = member.snapshot is None and known.snapshot is not None
        same = member.alias is not None and known.alias.revision_id == member.alias.revision_id
        if looked_away and same and member.alias is not None and member.alias.routing.split:
            return replace(
                known, red=member.red, running=member.running, unread=None, ended=member.ended
            )
        return member

    def _put(self, function: str, rows: list[FleetRow]) -> None:
        old = self._members.get(function, ())
        names = tuple(row.name for row in rows)
        for name in old:
            if name in names:
                continue
            self.rows.pop(name, None)
            self.renamed[name] = names[0]
            if name in self.marks:
                self.marks ^= {name, names[0]}
        self._members[function] = names
        self.rows.update((row.name, row) for row in rows)

    def _forget(self, function: str) -> None:
        self.functions.pop(function, None)
        self.pace.forget(function)
        for name in self._members.pop(function, ()):
            self.rows.pop(name, None)
            self.marks.discard(name)

    def _measured(self, news: Measurement, at: float) -> None:
        self.pace.measured(news.targets, at)
        self.measure_error = news.error
        self.measured.update(news.found)
        for target, measured in news.found.items():
            name = str(target) if target.alias else target.function
            row = self.rows.get(name)
            if row is not None:
                self.rows[name] = replace(row, measured=measured)

    def _tagged(self, news: Tagged, at: float) -> None:
        self.pace.tagged(news.error, at)
        self.tags.took(news.found, news.error)
        for function in news.found:
            belongs = self.tags.found[function]
            for name in self._members.get(function, ()):
                self.rows[name] = replace(self.rows[name], belongs=belongs)

    def _storage(self, news: StorageTold, at: float) -> None:
        self.pace.storage_told(at, of_pace=news.of_pace, ended=news.ended)
        if news.error is not None:
            self.storage_error = news.error
        elif news.outlook is not None:
            self.outlook, self.storage_error = news.outlook, None

    def _failed(self, news: Failed, at: float) -> None:
        """Not to be listed is of the names alone; all else is of everything that we ask."""
        self.pace.lane_ended(news.functions)
        if news.what == "names":
            self.pace.names_failed(at)
            self._page = []
        if isinstance(news.error, PermissionDenied) and news.what == "names":
            self.names_error = news.error
            self._enlist_by_name()
            return
        # What fails beside a failure that is being waited out is the same failure.
        known, waits = self.failure, at < self.pace.resumes_at
        count = (known.count + (not waits)) if known else 1
        self.failure = Failure(news.error, count, at)
        self.pace.failed(news.what, news.error, count, at)

    def _note(self, before: FleetRow | None, now: Member) -> None:
        """A line where the state of a row has changed since it was read before."""
        if before is None or before.member is None or now.taken is None:
            return
        after = FleetRow(before.function, now)
        # To look more closely is not to see a change.
        as_closely = before.close == after.close
        if before.mark is not after.mark and (as_closely or now.running or now.red or now.ended):
            text = f"{now.name} {before.mark.word} → {after.mark.word}"
            self._say(now.taken, after.mark, text)

    def _say(self, at: datetime, mark: glyphs.Mark, text: str) -> None:
        self._told += 1
        self.lines = (Line(self._told, at, mark, "fleet", text), *self.lines)[:LINES_KEPT]

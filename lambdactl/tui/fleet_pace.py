"""What of a fleet is due to be asked, and how much at once: no question is asked for its own sake.

Intervals are in seconds of ours at ``times`` 1; a console that nobody looks at, or a sandbox whose
clock runs fast, stretches or shrinks them all alike. Lambda's quota is held by the limiter in front
of it; here the lanes are counted, so that what is urgent waits for a few calls and not for all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from lambdactl.errors import (
    CredentialsError,
    LambdactlError,
    PermissionDenied,
    Throttled,
    Unreachable,
)
from lambdactl.model import Target

WHOLE = (CredentialsError, Unreachable, Throttled)
"""Failures that are not of one function: the next would fail as well."""
LANES = 3
A_LANE = 4
"""So many functions one thread is given; it then comes back for what is most urgent by then."""
AROUND_S = 15.0
URGENT_S = 30.0
ON_SCREEN_S = 60.0
REST_S = 1800.0
NAMES_S = 600.0
MEASURE_S = 60.0
SCROLLED_S = 1.0
BETWEEN_S = 10.0
"""From one measurement to the next, of rows that have come into sight."""
STORAGE_S = 600.0
LONGEST_WAIT_S = 60.0
NEVER = -1e9


@dataclass
class FleetPace:
    times: float = 1.0
    paused: bool = False
    looked_at: float | None = None
    """When what runs and what is red was last told."""
    resumes_at: float = 0.0
    """Until then nothing is asked: the last question failed."""
    read_at: dict[str, float] = field(default_factory=dict)
    """Function -> when its aliases were read."""
    lanes: list[tuple[str, ...]] = field(default_factory=list)
    asking: set[str] = field(default_factory=set)
    """``names``, ``around``, ``measure``, ``storage``, ``pace``, ``tags``: in flight now."""
    measured_at: dict[Target, float] = field(default_factory=dict)
    _soon: set[str] = field(default_factory=set)
    _around_at: float = NEVER
    _names_at: float = NEVER
    _storage_at: float = NEVER
    _paced: bool = False
    _measured_at: float = NEVER
    _scrolled_at: float = NEVER
    _tags_at: float = NEVER
    """Not sooner are tags asked for again: they were refused."""

    @property
    def around_s(self) -> float:
        return AROUND_S * self.times

    @property
    def busy(self) -> bool:
        return bool(self.asking or self.lanes)

    @property
    def has_free_lane(self) -> bool:
        return len(self.lanes) < LANES + 1

    def now(self) -> None:
        """Everything of the screen is due again: somebody has asked for it."""
        self._around_at = self._names_at = self._storage_at = self._measured_at = NEVER
        self._tags_at = NEVER
        self.measured_at.clear()
        self.resumes_at = 0.0

    def begin(self, what: str, at: float) -> bool:
        """Whether ``names``, ``around``, ``storage`` or ``pace`` is due; if so, it has begun."""
        if self.paused or what in self.asking or at < self.resumes_at:
            return False
        if not self._is_due(what, at):
            return False
        self.asking.add(what)
        return True

    def _is_due(self, what: str, at: float) -> bool:
        match what:
            case "around":
                return at >= self._around_at + self.around_s
            case "names":
                return at >= self._names_at + NAMES_S * self.times
            case "storage":
                return at >= self._storage_at + STORAGE_S * self.times
            case _:
                return not self._paced and self._storage_at > NEVER

    def take_lane(
        self,
        functions: Collection[str],
        urgent: Collection[str],
        on_screen: Iterable[str],
        at: float,
    ) -> tuple[str, ...]:
        """The next few functions, the most urgent first; none where no lane is free."""
        if self.paused or not self.has_free_lane:
            return ()
        taken = {name for lane in self.lanes for name in lane}
        chosen: dict[str, None] = {}
        for name in self._due(functions, urgent, on_screen, at):
            if name not in taken:
                chosen[name] = None
            if len(chosen) == A_LANE:
                break
        lane = tuple(chosen)
        if lane:
            self.lanes.append(lane)
            self._soon -= set(lane)
        return lane

    def _due(
        self,
        functions: Collection[str],
        urgent: Collection[str],
        on_screen: Iterable[str],
        at: float,
    ) -> Iterable[str]:
        """What has changed, what is urgent and what is seen; then what was never read, then what
        was read long ago. The last lane is for those before what is seen again: a screen full of
        splits must not keep the rest from being read at all. A function may come twice."""
        known = [n for n in urgent if n in functions]
        yield from (n for n in known if n in self._soon or self._older(n, URGENT_S, at))
        if len(self.lanes) >= LANES:
            # One lane more, for what must not wait until others have come to their end.
            return
        yield from (n for n in self._soon if n in functions)
        seen = list(on_screen)
        yield from (n for n in seen if n not in self.read_at)
        if len(self.lanes) == LANES - 1:
            yield from (n for n in functions if n not in self.read_at)
        yield from (n for n in seen if self._older(n, ON_SCREEN_S, at))
        yield from (n for n in functions if n not in self.read_at)
        yield from (n for n in functions if self._older(n, REST_S, at))

    def _older(self, name: str, than_s: float, at: float) -> bool:
        return at >= self.read_at.get(name, NEVER) + than_s * self.times

    def to_measure(
        self, wanted: Sequence[Target], at: float, *, reading: bool
    ) -> tuple[Target, ...]:
        """Those of ``wanted`` whose minute is over; in one call, and not while rows still fly by
        or their aliases are being read."""
        if self.paused or "measure" in self.asking or at < self.resumes_at or reading:
            return ()
        if at < self._scrolled_at + SCROLLED_S and self._measured_at > NEVER:
            return ()
        if at < self._measured_at + BETWEEN_S * self.times:
            return ()
        before = at - MEASURE_S * self.times
        due = tuple(t for t in wanted if self.measured_at.get(t, NEVER) <= before)
        if due:
            self.asking.add("measure")
        return due

    def to_tag(self, wanted: Sequence[str], at: float, *, reading: bool) -> tuple[str, ...]:
        """A few of ``wanted``, after what is more urgent of the rows on the screen."""
        if self.paused or "tags" in self.asking or at < max(self.resumes_at, self._tags_at):
            return ()
        if reading or not wanted:
            return ()
        self.asking.add("tags")
        return tuple(wanted[:A_LANE])

    def tagged(self, error: LambdactlError | None, at: float) -> None:
        """What is forbidden is not asked for again until somebody wants to know now."""
        self.asking.discard("tags")
        denied = isinstance(error, PermissionDenied)
        if error is not None:
            self._tags_at = float("inf") if denied else at + LONGEST_WAIT_S * self.times

    def scrolled(self, at: float) -> None:
        self._scrolled_at = at

    def names_read(self, at: float, *, last: bool) -> None:
        if last:
            self.asking.discard("names")
            self._names_at = at

    def names_failed(self, at: float) -> None:
        self.names_read(at - (NAMES_S - LONGEST_WAIT_S) * self.times, last=True)

    def looked_around(self, at: float) -> None:
        self.asking.discard("around")
        self._around_at = self.looked_at = at

    def read(self, function: str, at: float) -> None:
        self.read_at[function] = at

    def read_soon(self, functions: Iterable[str]) -> None:
        self._soon |= set(functions)

    def forget(self, function: str) -> None:
        self.read_at.pop(function, None)

    def lane_ended(self, functions: tuple[str, ...]) -> None:
        if functions in self.lanes:
            self.lanes.remove(functions)

    def measured(self, targets: Iterable[Target], at: float) -> None:
        self.asking.discard("measure")
        self._measured_at = at
        # What was refused is asked again when the minute is over, like what was answered.
        self.measured_at.update((target, at) for target in targets)

    def storage_told(self, at: float, *, of_pace: bool, ended: bool) -> None:
        if of_pace:
            self._paced = True
            if ended:
                self.asking.discard("pace")
            return
        self.asking.discard("storage")
        self._storage_at = at

    def failed(self, what: str, error: LambdactlError, count: int, at: float) -> None:
        """The whole fleet waits, longer each time."""
        self.asking.discard(what)
        slower = 4.0 if isinstance(error, Throttled) else 1.0
        self.resumes_at = at + min(LONGEST_WAIT_S, 5.0 * slower * 2.0 ** (count - 1))
        self._around_at = NEVER

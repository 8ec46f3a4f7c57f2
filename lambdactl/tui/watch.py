"""What the console knows: the newest snapshot, what failed since, and what this session has seen.

Nothing here draws, waits or asks AWS. Looks come from threads, in any order; a look that began
while another was in flight is not begun, one older than what is shown is ignored, and one that
failed leaves the last good snapshot in place with its age.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from lambdactl.errors import LambdactlError, Throttled
from lambdactl.model import Snapshot
from lambdactl.ops.differences import changes, history
from lambdactl.ops.events import (
    AlarmChanged,
    AliasMoved,
    DeploymentEnded,
    DeploymentStarted,
    Event,
    LifecycleEventChanged,
    RatesMeasured,
    VersionDeleted,
    VersionPublished,
)
from lambdactl.render import glyphs
from lambdactl.render.glyphs import Mark
from lambdactl.render.visible import visible
from lambdactl.render.words import words
from lambdactl.tui.pace import Pace
from lambdactl.tui.view import Failure, Line, Past, View
from lambdactl.verdict import Assessment

INTERVALS_S = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0)
LONGEST_WAIT_S = 60.0
LINES_KEPT = 500


@dataclass
class Watch:
    """One target as it is watched; times are seconds of a monotonic clock, given by the caller."""

    interval_s: float = 5.0
    paused: bool = False
    snapshot: Snapshot | None = None
    assessment: Assessment | None = None
    failure: Failure | None = None
    read_at: float | None = None
    due_at: float = 0.0
    looking: bool = False
    dropped: int = 0
    """Ticks that came while a look was in flight."""
    renewing: bool = False
    """The next look is to read everything again."""
    lines: tuple[Line, ...] = ()
    pace: Pace = field(default_factory=Pace)
    past: Past | None = None
    """Set where it is not watched: it is a rollout that is over."""
    _counted: int = 0
    _told: set[tuple[object, ...]] = field(default_factory=set)

    def begin(self) -> bool:
        """Whether a look may begin now; if so, it has."""
        if self.looking:
            self.dropped += 1
            return False
        self.looking = True
        return True

    def is_due(self, at: float, times: float = 1.0) -> bool:
        """``times`` is how much slower than its interval looks are while nobody sees them."""
        if self.paused or self.looking:
            return False
        return at >= self.due_at + (times - 1.0) * self.interval_s

    def renew(self) -> bool:
        """Whether the look that begins is to read everything again; asked once for each look."""
        asked, self.renewing = self.renewing, False
        return asked

    def took(self, snapshot: Snapshot, assessment: Assessment, at: float) -> bool:
        """A look came back. False where it is older than what is shown, and so ignored."""
        self.looking = False
        self.failure = None
        self.due_at = at if self.renewing else at + self.interval_s
        before = self.snapshot
        if before is not None and snapshot.taken < before.taken:
            return False
        self.pace.saw(snapshot.taken, at)
        self._note_changes(before, snapshot, assessment)
        self.snapshot, self.assessment, self.read_at = snapshot, assessment, at
        return True

    def revisited(
        self, snapshot: Snapshot, assessment: Assessment, events: Iterable[Event], at: float
    ) -> None:
        """A rollout that is over was read: its clock stands where it ended."""
        self.failure, self.lines, self._told = None, (), set()
        self.pace = Pace()
        self.pace.saw(snapshot.taken, at)
        self.add_events(events)
        self.snapshot, self.assessment, self.read_at = snapshot, assessment, at

    def failed(self, error: LambdactlError, at: float) -> None:
        """A look failed: what is shown stays, and the next try comes later than the last."""
        self.looking = False
        count = self.failure.count + 1 if self.failure else 1
        self.failure = Failure(error, count, at)
        slower = 4.0 if isinstance(error, Throttled) else 1.0
        wait = min(LONGEST_WAIT_S, self.interval_s * slower * 2.0 ** (count - 1))
        self.due_at = at + max(wait, self.interval_s)
        if count == 1:
            now = self.pace.now(at)
            if now is not None:
                why = f": {error.why}" if error.why else ""
                self.add(now, glyphs.STALE, "look", visible(f"failed: {error}{why}"))

    def add_events(self, events: Iterable[Event]) -> None:
        """Rows for ``events``, oldest first. What has been told is not told again: an action of
        ours and the next look both see what it did."""
        for event in events:
            if isinstance(event, RatesMeasured):
                # The charts say it for every minute; here it would drown what happens seldom.
                continue
            known = identity(event)
            if known is not None and known in self._told:
                continue
            if known is not None:
                self._told.add(known)
            mark, kind, text = words(event)
            self.add(event.at, mark, kind, text)

    def add(self, at: datetime, mark: Mark, kind: str, text: str) -> None:
        """One more row, in its place in time: it may be found out later than what came after it."""
        self._counted += 1
        line = Line(self._counted, at, mark, kind, text)
        place = next((n for n, known in enumerate(self.lines) if known.at <= at), len(self.lines))
        self.lines = (*self.lines[:place], line, *self.lines[place:])[:LINES_KEPT]

    def slower(self, steps: int) -> None:
        """The interval ``steps`` further in the list; a negative number is faster."""
        nearest = min(range(len(INTERVALS_S)), key=lambda i: abs(INTERVALS_S[i] - self.interval_s))
        index = max(0, min(len(INTERVALS_S) - 1, nearest + steps))
        self.due_at += INTERVALS_S[index] - self.interval_s
        self.interval_s = INTERVALS_S[index]

    def view(self, at: float, running: str | None = None, times: float = 1.0) -> View:
        waits = not self.looking and not self.paused
        return View(
            snapshot=self.snapshot,
            assessment=self.assessment,
            age_s=None if self.read_at is None else at - self.read_at,
            now=self.pace.now(at),
            speed=self.pace.speed,
            failure=self.failure,
            retry_s=max(0.0, self.due_at - at) if waits else None,
            looking=self.looking,
            paused=self.paused,
            interval_s=self.interval_s * times,
            lines=self.lines,
            running=running,
            past=self.past,
        )

    def _note_changes(
        self, before: Snapshot | None, after: Snapshot, assessment: Assessment
    ) -> None:
        if before is None:
            self.add_events(reversed(history(after)))
            return
        self.add_events(changes(before, after))
        was = self.assessment
        if was is not None and was.state is not assessment.state:
            text = f"{was.state.value} → {assessment.state.value}"
            self.add(after.taken, glyphs.of_state(assessment.state), "verdict", text)


def identity(event: Event) -> tuple[object, ...] | None:
    """What makes two events the same happening, whoever saw it; None where each is its own."""
    match event:
        case AliasMoved():
            return ("alias", event.revision_id)
        case DeploymentStarted() | DeploymentEnded():
            return (type(event), event.deployment.id)
        case LifecycleEventChanged():
            return ("lifecycle", event.deployment_id, event.name, event.status)
        case AlarmChanged():
            return ("alarm", event.alarm.name, event.alarm.state, event.at)
        case VersionPublished():
            return ("published", event.version.number)
        case VersionDeleted():
            return ("deleted", event.version)
        case _:
            return None

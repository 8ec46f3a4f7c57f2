"""What the widgets are shown: one frozen value for everything that is on the screen.

Widgets draw a view and keep nothing of their own; so what two of them say can never disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lambdactl.errors import LambdactlError
from lambdactl.model import Snapshot
from lambdactl.model_history import AlarmChange
from lambdactl.render.glyphs import Mark
from lambdactl.verdict import Assessment
from lambdactl.verdict.gate import Gate

ONCE = float("inf")
"""The interval of what is read only when it is asked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the event pane. ``number`` is its identity: cursor and scroll follow it."""

    number: int
    at: datetime
    mark: Mark
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The last look failed, ``count`` times in a row by now; ``at`` is in our own seconds."""

    error: LambdactlError
    count: int
    at: float


@dataclass(frozen=True, slots=True)
class Past:
    """What is shown is over: the rollout of one deployment, between two times on AWS's clock."""

    deployment_id: str
    began: datetime | None = None
    ended: datetime | None = None
    note: str | None = None
    """What has to be known beside its verdict."""
    period_s: int = 60
    """The width of a bar: CloudWatch keeps single minutes for 15 days."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """A guard of ``canary``; ``because`` and the seconds that are left where it will act."""

    canary: int
    because: str | None = None
    left_s: float | None = None


@dataclass(frozen=True, slots=True)
class View:
    """Ages and intervals are seconds of ours; ``now`` is on AWS's clock."""

    snapshot: Snapshot | None = None
    assessment: Assessment | None = None
    age_s: float | None = None
    now: datetime | None = None
    speed: float | None = None
    failure: Failure | None = None
    retry_s: float | None = None
    """Seconds until the next look is tried; None while one is in flight or none is due."""
    looking: bool = False
    paused: bool = False
    interval_s: float = 5.0
    lines: tuple[Line, ...] = ()
    running: str | None = None
    """The verb of the action that is being applied."""
    past: Past | None = None
    minutes: int = 30
    """How far back the charts go."""
    metric: str = "errors"
    """What the charts show; the verdict judges failed calls, whatever is shown."""
    alarm_history: Mapping[str, tuple[AlarmChange, ...]] | LambdactlError | None = None
    """What the alarms did in the past day, newest first; None where nobody has looked."""

    near: bool = True
    """Whether the panes of the rollout are where this is shown; from a fleet its row is opened."""
    ours: bool = False
    """Nothing of AWS is shown, so nothing has an age: what this session itself has met."""
    guarded: Guarded | None = None
    """This console takes its canary back by itself; None where nothing does."""
    gates: tuple[Gate, ...] = ()
    """The operator's limits against what was measured; none where there is no canary to hold."""

    @property
    def stale(self) -> bool:
        """What is shown is older than it should be: the last look failed, or none has come back."""
        if self.age_s is None or self.past is not None:
            return False
        late = not self.paused and self.age_s > 3 * max(self.interval_s, 5.0)
        return self.failure is not None or late

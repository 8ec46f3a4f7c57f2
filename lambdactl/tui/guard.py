"""A guard of the console: an abort that was agreed to before it is needed.

::

    watching -- FAIL, an alarm, a limit --> announced -- its moment is up --> reading --> acting
        ^                                       |                               |           |
        +------------ it could not be done, or somebody else acts there --------+-----------+

The operator stops it at once, up to the moment it acts, and it is over with its canary: the one
that it was agreed to for is the only one that it ever takes back. Here is what it knows and
decides; nothing here waits, asks AWS or draws.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from lambdactl.model import Snapshot
from lambdactl.ops.acting import GRACE_S, reason_to_go_back
from lambdactl.plan.guard import why_over
from lambdactl.tui.applying import Applying
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import Guarded
from lambdactl.verdict import Assessment
from lambdactl.verdict.gate import Gate


class Stage(Enum):
    WATCHING = "watching"
    ANNOUNCED = "announced"
    READING = "reading"
    """Everything once more, just before the write: nothing has been written."""
    ACTING = "acting"


@dataclass(eq=False)
class Guard:
    """``due_at`` is in seconds of ours; ``taken`` is the newest look that could be judged."""

    subject: Subject
    canary: int
    stage: Stage = Stage.WATCHING
    because: str | None = None
    due_at: float = 0.0
    taken: Snapshot | None = None
    ends_seen: int = 0
    applying: Applying | None = None
    """Its own abort, and nobody else's."""

    def judge(self, snapshot: Snapshot, assessment: Assessment, gates: tuple[Gate, ...]) -> bool:
        """Whether this look gives a reason to take all traffic back, and none was known before.

        Where it is not known whether CodeDeploy moves the alias nothing can be taken back.
        """
        if self.stage is not Stage.WATCHING or snapshot.unreadable("deployment"):
            return False
        self.taken = snapshot
        self.because = reason_to_go_back(snapshot, assessment.verdict, gates)
        return self.because is not None

    def announce(self, at: float) -> float:
        """Seconds until it acts: a moment to stop it, by a person's clock."""
        self.stage, self.due_at = Stage.ANNOUNCED, at + GRACE_S
        return GRACE_S

    def is_due(self, at: float) -> bool:
        return self.stage is Stage.ANNOUNCED and at >= self.due_at

    def is_late(self, at: float) -> bool:
        """It could not act for so long that its reason may be none any more."""
        return self.is_due(at) and at >= self.due_at + self.subject.watch.interval_s

    def reconsider(self) -> None:
        """What speaks for it is looked at again."""
        self.stage, self.because, self.applying = Stage.WATCHING, None, None

    def over(self, snapshot: Snapshot) -> str | None:
        """Why there is nothing left to guard; None while there is."""
        return why_over(snapshot, self.canary)

    def ended(self, snapshot: Snapshot) -> str | None:
        """The same once it has been seen twice: a look may have been on its way since before the
        shift."""
        over = self.over(snapshot)
        self.ends_seen = self.ends_seen + 1 if over else 0
        return over if self.ends_seen > 1 else None

    def told(self, at: float) -> Guarded:
        left = max(0.0, self.due_at - at) if self.stage is Stage.ANNOUNCED else None
        return Guarded(self.canary, self.because, left)

    def said(self, at: float, key: str) -> str:
        """``the guard of checkout:live goes on``, or what it is about to do, or why it is blind."""
        name, failure = f"the guard of {self.subject.target}", self.subject.watch.failure
        if self.stage is Stage.ANNOUNCED:
            return f"{name} aborts in {max(0.0, self.due_at - at):.0f} s, {key}: stop it"
        if self.stage is not Stage.WATCHING:
            return f"{name} aborts now"
        return f"{name} cannot look: {failure.error}" if failure else f"{name} goes on"


def guards_told(guards: Iterable[Guard]) -> str:
    """``the guard of checkout:live``, of all that go on."""
    return " and ".join(f"the guard of {g.subject.target}" for g in guards)

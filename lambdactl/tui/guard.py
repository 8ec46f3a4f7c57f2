"""A guard of the console: an abort that was agreed to before it is needed.

::

    watching --- FAIL, an alarm, a limit ---> announced --- its moment is up ---> acting --> over
        ^                                         |                                  |
        +---------- the operator stops it --------+------- it could not be done -----+

Here is what it knows and decides; nothing here waits, asks AWS or draws. The canary that it was
agreed to for is the only one that it ever takes back.
"""

from __future__ import annotations

from dataclasses import dataclass

from lambdactl.model import Snapshot
from lambdactl.ops.acting import GRACE_S, reason_to_go_back
from lambdactl.plan.guard import why_over
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import Guarded
from lambdactl.verdict import Assessment
from lambdactl.verdict.gate import Gate


@dataclass(eq=False)
class Guard:
    """``due_at`` is in seconds of ours; ``taken`` is the newest look that was judged."""

    subject: Subject
    canary: int
    because: str | None = None
    due_at: float = 0.0
    acting: bool = False
    taken: Snapshot | None = None
    ends_seen: int = 0

    def judge(self, snapshot: Snapshot, assessment: Assessment, gates: tuple[Gate, ...]) -> bool:
        """Whether this look gives a reason to take all traffic back, and none was known before."""
        self.taken = snapshot
        if self.because is not None:
            return False
        self.because = reason_to_go_back(snapshot, assessment.verdict, gates)
        return self.because is not None

    def announce(self, at: float) -> float:
        """Seconds until it acts: a moment to stop it, by a person's clock."""
        self.due_at = at + GRACE_S
        return GRACE_S

    def is_due(self, at: float) -> bool:
        return self.because is not None and not self.acting and at >= self.due_at

    def failed(self, at: float) -> None:
        """It could not be done now: what speaks for it is looked at again."""
        self.acting, self.because = False, None
        self.due_at = at + self.subject.watch.interval_s

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
        left = max(0.0, self.due_at - at) if self.because is not None else None
        return Guarded(self.canary, self.because, left)


def guards_told(guards: list[Guard]) -> str:
    """``guard of checkout:live``, of all that go on."""
    return " and ".join(f"the guard of {g.subject.target}" for g in guards)

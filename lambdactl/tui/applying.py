"""A plan while it is applied, and what came of it: it outlives the dialog that confirmed it."""

from __future__ import annotations

from dataclasses import dataclass, field

from lambdactl.errors import LambdactlError
from lambdactl.ops.events import Event
from lambdactl.plan import Plan
from lambdactl.render.addressed import addressed
from lambdactl.tui.subject import Subject


@dataclass
class Applying:
    """``events`` as they came; ``error`` is what ended it early, once it has ``ended``."""

    subject: Subject
    plan: Plan
    events: list[Event] = field(default_factory=list)
    ended: bool = False
    error: LambdactlError | None = None

    @property
    def undo(self) -> str | None:
        """The command that takes the plan back, at the place that it was made for."""
        undo = self.plan.undo
        return addressed(undo, self.subject.connection.flags) if undo else None

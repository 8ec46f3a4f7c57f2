"""A plan while it is applied, and what came of it: it outlives the dialog that confirmed it."""

from __future__ import annotations

from dataclasses import dataclass, field

from lambdactl.errors import LambdactlError
from lambdactl.ops.events import Event
from lambdactl.plan import Plan
from lambdactl.render.addressed import addressed
from lambdactl.tui.connection import Connection
from lambdactl.tui.subject import Subject


@dataclass
class Applying:
    """``events`` as they came; ``error`` is what ended it early, once it has ``ended``."""

    subject: Subject
    plan: Plan
    guards: int | None = None
    """The canary that is guarded as soon as it is done."""
    events: list[Event] = field(default_factory=list)
    ended: bool = False
    error: LambdactlError | None = None

    def told(self, here: Connection) -> str:
        """``shift of checkout:live``, with its place where the console has gone elsewhere."""
        there = self.subject.connection
        at = f" at {there.here.label or there.badge}" if there is not here else ""
        return f"{self.plan.verb} of {self.subject.target}{at}"

    @property
    def undo(self) -> str | None:
        """The command that takes the plan back, at the place that it was made for."""
        undo = self.plan.undo
        return addressed(undo, self.subject.connection.flags) if undo else None

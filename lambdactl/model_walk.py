"""A walk of ``shift --steps`` as this machine has kept it: how far it is, and whether it lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KeptWalk:
    """``done`` of ``steps`` weights were set; weights are per cent, times on AWS's clock."""

    to: int
    """The version that is walked up."""
    steps: tuple[float, ...]
    done: int
    guard: bool
    next_at: datetime | None
    """When the next step is due at the earliest; None before the first and after the last."""
    revision_id: str | None
    """The alias's after the last step: with another one somebody else has moved it since."""
    running: bool
    """Whether its process lives; else it was killed or stopped, and nothing moves the alias."""

    @property
    def next_weight(self) -> float | None:
        return self.steps[self.done] if self.done < len(self.steps) else None

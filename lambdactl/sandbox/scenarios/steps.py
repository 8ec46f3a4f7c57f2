"""What a scenario is made of: steps, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lambdactl.sandbox.clock import Process
from lambdactl.sandbox.scenarios.stage import Stage


@dataclass(frozen=True, slots=True)
class Deploy:
    """Deploy the included stack with these parameters; ``waits`` until the stack is at rest."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    waits: bool = True


@dataclass(frozen=True, slots=True)
class Calls:
    """Traffic through the stack's alias, calls a minute of account time."""

    per_minute: float


@dataclass(frozen=True, slots=True)
class Pass:
    """Let account time go by, seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Play:
    """Plain API calls in the account, and between them the account seconds that have to pass.
    ``about`` is the function and the alias that commands are to mean afterwards."""

    act: Callable[[Stage], Process]
    about: tuple[str, str] | None = None


Step = Deploy | Calls | Pass | Play


@dataclass(frozen=True, slots=True)
class Scenario:
    """``minutes`` of account time is about how long it takes until the scenario is reached."""

    name: str
    summary: str
    steps: tuple[Step, ...] = ()
    minutes: int = 0

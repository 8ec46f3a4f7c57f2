"""Situations worth standing in front of, as the steps that lead there.

They are data: whoever starts the sandbox carries them out from outside, through the same API and
the same deploy as everybody, so a scenario can only be what an account can really come to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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


Step = Deploy | Calls | Pass


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    summary: str
    steps: tuple[Step, ...] = ()


_BEFORE = (Deploy({"Release": "first"}), Calls(240.0), Pass(180.0))
"""A service with three minutes of good traffic: what a canary is compared with."""

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("empty", "an account with nothing in it"),
        Scenario("stable", "the included stack at rest, with traffic", _BEFORE),
        Scenario(
            "canary",
            "a good second version at 10 %, on its way to 100 %",
            (*_BEFORE, Deploy({"Release": "second"}, waits=False)),
        ),
        Scenario(
            "bad-canary",
            "a second version that fails 60 % of its calls, until its alarm stops it",
            (
                *_BEFORE,
                Deploy({"Release": "bad", "FailurePercent": "60"}, waits=False),
            ),
        ),
        Scenario(
            "rolled-back",
            "a bad version that was stopped by its alarm and rolled back",
            (*_BEFORE, Deploy({"Release": "bad", "FailurePercent": "60"})),
        ),
        Scenario(
            "bad-hook",
            "a version that fails in the hook before any traffic, and is rolled back",
            (*_BEFORE, Deploy({"Release": "broken", "FailurePercent": "100"})),
        ),
    )
}

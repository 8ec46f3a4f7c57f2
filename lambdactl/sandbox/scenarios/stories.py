"""Situations of the included stack: deployed from outside, as everybody deploys."""

from __future__ import annotations

from lambdactl.sandbox.clock import Process
from lambdactl.sandbox.fleet import seed_fleet
from lambdactl.sandbox.modelled_traffic import model_traffic
from lambdactl.sandbox.scenarios.stage import Stage
from lambdactl.sandbox.scenarios.steps import Calls, Deploy, Pass, Play, Scenario

_BEFORE = (Deploy({"Release": "first"}), Calls(240.0), Pass(180.0))
"""A service with three minutes of good traffic: what a canary is compared with."""


def fleet(stage: Stage) -> Process:
    """Laid down as records: at fifteen calls a second the API would take an hour."""
    seed_fleet(stage.account)
    model_traffic(stage.account)
    yield from ()


STORIES = (
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
    Scenario("fleet", "a thousand functions with sixty versions each, to prune", (Play(fleet),)),
)

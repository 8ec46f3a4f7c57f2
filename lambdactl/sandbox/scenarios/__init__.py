"""Situations worth standing in front of, as the steps that lead there.

They are data: whoever starts the sandbox carries them out. ``stories`` deploy the included stack
from outside, through the same API and the same deploy as everybody; ``endings`` are what a
CodeDeploy deployment can come to, made of plain API calls on the ``stage``. Either way a scenario
is only what an account can really come to.
"""

from __future__ import annotations

from lambdactl.sandbox.scenarios.endings import ENDINGS
from lambdactl.sandbox.scenarios.stage import Stage
from lambdactl.sandbox.scenarios.steps import Calls, Deploy, Pass, Play, Scenario, Step
from lambdactl.sandbox.scenarios.stories import STORIES

__all__ = ["SCENARIOS", "Calls", "Deploy", "Pass", "Play", "Scenario", "Stage", "Step"]

SCENARIOS = {scenario.name: scenario for scenario in (*STORIES, *ENDINGS)}
"""Every scenario by its name, the stories first."""

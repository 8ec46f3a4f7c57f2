"""The pictures in the README are screenshots of the real console, and stay so.

``pytest tests/tui/test_picture.py --snapshot-update`` takes them anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.screens.rollout import RolloutScreen
from tests.tui import builders
from tests.tui.fleet_stage import story
from tests.tui.stage import Script, opened

PICTURES = Path(__file__).parents[2] / "docs"


def normal(svg: str) -> str:
    """Without the number that tells two pictures on one page apart."""
    return re.sub(r"terminal-\d+-", "terminal-", svg)


@pytest.mark.parametrize(
    ("name", "script", "opens", "kind"),
    [
        ("console.svg", Script([builders.failing()]), {}, RolloutScreen),
        ("fleet.svg", Script(fleet=story()), {"target": None}, FleetScreen),
    ],
    ids=["rollout", "fleet"],
)
async def test_the_readmes_picture_is_the_console(
    request: pytest.FixtureRequest, name: str, script: Script, opens: dict[str, Any], kind: type
) -> None:
    async with opened(script, (120, 40), **opens) as (app, _):
        assert isinstance(app.screen, kind)
        taken = normal(app.export_screenshot(title="lambdactl tui"))
    picture = PICTURES / name
    if request.config.getoption("--snapshot-update"):
        picture.write_text(taken, encoding="utf-8")
    assert picture.read_text(encoding="utf-8") == taken

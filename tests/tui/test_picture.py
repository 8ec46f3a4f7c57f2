"""The picture in the README is a screenshot of the real console, and stays one.

``pytest tests/tui/test_picture.py --snapshot-update`` takes it anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tui import builders
from tests.tui.stage import Script, opened

PICTURE = Path(__file__).parents[2] / "docs" / "console.svg"


def normal(svg: str) -> str:
    """Without the number that tells two pictures on one page apart."""
    return re.sub(r"terminal-\d+-", "terminal-", svg)


async def test_the_readmes_picture_is_the_console(request: pytest.FixtureRequest) -> None:
    async with opened(Script([builders.failing()]), (120, 40)) as (app, _):
        taken = normal(app.export_screenshot(title="lambdactl tui"))
    if request.config.getoption("--snapshot-update"):
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(taken, encoding="utf-8")
    assert PICTURE.read_text(encoding="utf-8") == taken

"""What is wrong in the console itself: it is told, and costs an operator as little as may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pytest

from lambdactl import tui
from lambdactl.tui import Connection, Console
from lambdactl.tui.drawing import traffic
from lambdactl.tui.screens.rollout import RolloutScreen
from tests.tui import builders
from tests.tui.stage import Script, console, opened, press, seen, settle


def wrong(*_: Any, **__: Any) -> NoReturn:
    raise ValueError("Sign not allowed in string format specifier")


async def test_a_part_that_cannot_be_drawn_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch, mistakes_on_purpose: Path
) -> None:
    monkeypatch.setattr(traffic, "lines", wrong)
    async with opened(Script([builders.failing()])) as (app, pilot):
        told = seen(app).splitlines()
        assert told[4] == " ? this part cannot be drawn; !: why"
        assert "FAILING" in told[1] and "AllowTraffic" in told[6]
        assert "! 1 new" in told[-1]
        await press(pilot, "exclamation_mark")
        assert "unexpected ValueError: Sign not allowed" in seen(app)
        assert "please report it" in seen(app)
    assert "in wrong" in mistakes_on_purpose.read_text(encoding="utf-8")


async def test_a_screen_that_cannot_be_drawn_leaves_its_keys(
    monkeypatch: pytest.MonkeyPatch, mistakes_on_purpose: Path
) -> None:
    async with opened(Script([builders.failing()])) as (app, pilot):
        monkeypatch.setattr(RolloutScreen, "show", wrong)
        app.tick()
        app.tick()
        await settle(pilot)
        assert [(m.count, type(m.error).__name__) for m in app.session.errors] == [(2, "Mistake")]
        await press(pilot, "v")
        assert "CODE STORAGE" in seen(app)


async def test_what_nothing_catches_ends_it_and_is_raised(
    capfd: pytest.CaptureFixture[str],
) -> None:
    app = console(Script([builders.failing()]))
    app.action_copy_row = wrong  # type: ignore[method-assign]
    with pytest.raises(ValueError, match="Sign not allowed"):
        async with app.run_test() as pilot:
            await press(pilot, "y")
    assert isinstance(app.broken_by, ValueError)
    assert "Traceback" not in "".join(capfd.readouterr())


def test_whoever_opened_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a terminal nothing of it is printed by the console itself."""
    app = console(Script())
    app.broken_by = ValueError("surprise")
    monkeypatch.setattr(tui, "console", lambda *_: app)
    monkeypatch.setattr(Console, "run", lambda *_, **__: None)
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)

    def connect(_choice: object) -> Connection:
        raise AssertionError("it is made already")

    with pytest.raises(ValueError, match="surprise"):
        tui.run(connect, app.settings)

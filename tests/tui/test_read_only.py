"""Read-only is a place: any key may be pressed, nothing can be written, and the reason is said."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from lambdactl.ops.events import Event
from lambdactl.plan import Plan
from lambdactl.tui.screens.rollout import RolloutScreen
from tests.tui import builders
from tests.tui.stage import Script, opened, press, seen, settle

REASON = "LAMBDACTL_READ_ONLY is set"
WRITING = ("s", "o", "a", "D")
EVERY = (
    *"sovawDWyYrp123jkgG",
    *("escape", "enter", "tab", "shift+tab", "up", "down", "left", "right", "home", "end"),
    *("pageup", "pagedown", "plus", "minus", "question_mark", "space", "delete", "backspace"),
)


def never(plan: Plan) -> Iterator[Event]:
    yield from ()
    raise AssertionError(f"written: {plan.verb}")


@pytest.mark.parametrize("key", WRITING)
async def test_a_writing_key_says_why_it_does_not(key: str) -> None:
    script = Script([builders.by_hand()], happens=never)
    async with opened(script, read_only=REASON) as (app, pilot):
        await press(pilot, key)
        assert isinstance(app.screen, RolloutScreen)
        assert [n.message for n in app._notifications] == [f"read-only: {REASON}"]


async def test_the_keys_stay_and_are_dimmed_and_the_header_says_so() -> None:
    async with opened(Script([builders.by_hand()]), read_only=REASON) as (app, _):
        assert "READ-ONLY" in seen(app).splitlines()[0]
        assert "a ABORT…" in seen(app)
        line = app.screen.query_one("#keys").render()
        dimmed = [
            line.plain[s.start : s.end]  # type: ignore[union-attr]
            for s in line.spans  # type: ignore[union-attr]
            if str(s.style) == "dim"
        ]
        assert dimmed == ["s shift…", "o promote…", "a ABORT…", "D prune…"]


async def test_a_prune_is_refused_on_the_versions_screen_too() -> None:
    script = Script([builders.stable()], happens=never)
    async with opened(script, read_only=REASON) as (app, pilot):
        await press(pilot, "v", "D")
        assert any(REASON in n.message for n in app._notifications)


@pytest.mark.parametrize("snapshot", [builders.by_hand(), builders.failing(), builders.stable()])
async def test_no_walk_over_the_keys_writes(snapshot: object) -> None:
    script = Script([snapshot], happens=never)  # type: ignore[list-item]
    async with opened(script, read_only=REASON) as (app, pilot):
        walk = random.Random(20261123)
        await pilot.press(*walk.choices(EVERY, k=60))
        await settle(pilot)
        assert app.is_running
    assert script.applied == []


async def test_a_dialog_that_was_open_when_it_became_read_only_does_not_write() -> None:
    script = Script([builders.failing()], happens=never)
    async with opened(script) as (app, pilot):
        await press(pilot, "a")
        app.connection = replace(app.connection, read_only=REASON)
        await press(pilot, "enter")
    assert script.applied == []

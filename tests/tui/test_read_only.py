"""Read-only is a place: any key may be pressed, nothing can be written, and the reason is said."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lambdactl.aws.door import Door
from lambdactl.ops.events import Event
from lambdactl.plan import Plan
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.scenarios import SCENARIOS, Play
from lambdactl.sandbox.scenarios import Stage as Scene
from lambdactl.tui import Console, keys
from lambdactl.tui.screens.page import Page
from lambdactl.tui.screens.rollout import RolloutScreen
from tests.tui import builders
from tests.tui.in_sandbox import console_on
from tests.tui.stage import Script, opened, press, seen, settle

REASON = "LAMBDACTL_READ_ONLY is set"
WRITING = ("s", "o", "a", "u", "H", "D")
LEAVES = ("quit", "aws_console")
"""What would end the walk, or open a browser of whoever runs it."""


def keys_of(*screens: str) -> tuple[str, ...]:
    """Every key that is bound anywhere, or on ``screens``, as Textual names it."""
    found = (
        key.strip()
        for screen, binding in keys.every()
        for key in binding.key.split(",")
        if binding.id not in LEAVES and (not screens or screen in screens)
    )
    return tuple(dict.fromkeys(found))


EVERY = (
    *keys_of(),
    *("escape", "enter", "tab", "shift+tab", "left", "right", "space", "delete", "backspace"),
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
        assert dimmed[:4] == ["s shift…", "o promote…", "a ABORT…", "w guard…"]


async def test_a_prune_is_refused_on_the_versions_screen_too() -> None:
    script = Script([builders.stable()], happens=never)
    async with opened(script, read_only=REASON) as (app, pilot):
        await press(pilot, "v", "D")
        assert any(REASON in n.message for n in app._notifications)


def test_every_key_of_every_screen_is_walked_over() -> None:
    ids = {binding.id for _, binding in keys.every()} - set(LEAVES)
    walked = {b.id for _, b in keys.every() if {*b.key.split(",")} & {*EVERY}}
    assert ids <= walked
    assert {"shift", "promote", "abort", "rollback", "answer_hook", "prune"} <= keys.WRITES


async def test_no_walk_over_the_keys_writes() -> None:
    script = Script([builders.by_hand()], happens=never)
    async with opened(script, read_only=REASON) as (app, pilot):
        await walk_over(app, pilot, seed=20261123)
        assert app.is_running
    assert script.applied == []


async def walk_over(app: Console, pilot: Pilot[None], *, seed: int) -> None:
    """Every key once in an order of chance, each followed by what would confirm a dialog."""
    order = list(EVERY)
    random.Random(seed).shuffle(order)
    for key in order:
        await pilot.press(key)
        await settle(pilot)
        if not isinstance(app.screen, Page):
            await pilot.press("right", "enter")
            await settle(pilot)
        if not isinstance(app.screen, Page) or isinstance(app.screen, RolloutScreen):
            await pilot.press("escape")


def passed(clock: ManualClock, process: Iterable[float]) -> None:
    for seconds in process:
        clock.advance(seconds)


def never_written(door: Door, service: str, operation: str, *_about: object, **_: Any) -> Any:
    raise AssertionError(f"written: {service}:{operation} by {door}")


@pytest.mark.parametrize("name", ["hook-waiting", "stopped-split"])
async def test_no_walk_over_the_keys_of_the_real_console_writes(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On the real seam and reads: the door fails on any write, and the journal has none."""
    monkeypatch.setenv("LAMBDACTL_READ_ONLY", "1")
    with Sandbox(clock=ManualClock()) as sandbox:
        clock = sandbox.account.clock
        assert isinstance(clock, ManualClock)
        (step,) = SCENARIOS[name].steps
        assert isinstance(step, Play)
        passed(clock, step.act(Scene(sandbox.account)))
        monkeypatch.setattr(Door, "write", never_written)
        begun = len(list(sandbox.door.journal))
        app = console_on(sandbox, monkeypatch, tmp_path)
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            assert app.connection.read_only is not None
            await walk_over(app, pilot, seed=len(name))
            assert app.is_running
        told = [e for e in list(sandbox.door.journal)[begun:] if e.caller]
        assert len(told) > 10
        assert [e.action for e in told if e.writes] == []


async def test_a_dialog_that_was_open_when_it_became_read_only_does_not_write() -> None:
    script = Script([builders.failing()], happens=never)
    async with opened(script) as (app, pilot):
        await press(pilot, "a")
        app.connection = replace(app.connection, read_only=REASON)
        await press(pilot, "enter")
    assert script.applied == []

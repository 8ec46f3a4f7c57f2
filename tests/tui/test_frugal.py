"""What the header says of calls is true, and a console that nobody looks at asks for less."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.scenarios import Stage
from lambdactl.tui import Usage
from lambdactl.tui.drawing import pen
from lambdactl.tui.drawing.header import asked_of, dollars
from tests.tui import builders
from tests.tui.in_sandbox import console_on
from tests.tui.stage import Clock, Script, opened, press, seen, settle


async def test_the_header_says_what_the_journal_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Sandbox(clock=ManualClock()) as sandbox:
        clock = sandbox.account.clock
        assert isinstance(clock, ManualClock)
        stage = Stage(sandbox.account)
        for seconds in stage.built():
            clock.advance(seconds)
        begun = len(list(sandbox.door.journal))
        app = console_on(sandbox, monkeypatch, tmp_path)
        async with app.run_test(size=(200, 60)) as pilot:
            await settle(pilot)
            for _ in range(3):
                clock.advance(5.0)
                await press(pilot, "r")
            calls = [e for e in list(sandbox.door.journal)[begun:] if e.caller]
            billed = [e for e in calls if e.operation == "GetMetricData"]
            assert len(billed) == 1
            app.show()
            await settle(pilot)
            header = seen(app).splitlines()[0]
        # One call of seven metrics a minute, at 0.01 dollars for a thousand of them.
        assert f"API {len(calls)}/min · $0.004/h" in header


@pytest.mark.parametrize(
    ("width", "told"), [(200, "API 33/min · $0.02/h"), (120, "API 33/min · $0.02/h")]
)
async def test_there_is_room_for_it_in_a_wide_header(width: int, told: str) -> None:
    usage = Usage(33, 0.0212)
    async with opened(Script(), size=(width, 40), usage=lambda: usage) as (app, _):
        assert told in seen(app).splitlines()[0]


async def test_a_narrow_header_drops_it_before_who_drives_the_rollout() -> None:
    usage = Usage(33, 0.0212)
    async with opened(Script(), usage=lambda: usage) as (app, _):
        header = seen(app).splitlines()[0]
        assert "CodeDeploy d-7K2QXB1" in header and "⟳ 0s" in header
    async with opened(Script([builders.stable()]), usage=lambda: usage) as (app, _):
        assert "33/min" in seen(app).splitlines()[0]


@pytest.mark.parametrize(
    ("amount", "told"),
    [(0.0, "$0"), (0.0004, "<$0.001"), (0.0042, "$0.004"), (0.0212, "$0.02"), (3.5, "$3.50")],
)
def test_a_cost_has_the_digits_that_say_something(amount: float, told: str) -> None:
    assert dollars(amount) == told
    assert asked_of(Usage(1, amount), pen.ASCII)[0].plain == f"API 1/min - {told}/h"


async def test_a_console_out_of_sight_looks_six_times_less_often_and_at_once_when_it_is_back() -> (
    None
):
    clock = Clock()
    script = Script()
    async with opened(script, clock=clock, size=(120, 40)) as (app, pilot):
        app.post_message(events.AppBlur())
        await settle(pilot)
        for _ in range(29):
            clock.at += 1.0
            app.tick()
            await settle(pilot)
        assert script.looked == 1
        assert "STALE" not in seen(app) and "every 30s" in seen(app)
        clock.at += 1.0
        app.tick()
        await settle(pilot)
        assert script.looked == 2
        clock.at += 6.0
        app.post_message(events.AppFocus())
        await settle(pilot)
        assert script.looked == 3
        assert "every 5s" in seen(app)


async def test_a_page_that_is_covered_does_not_look() -> None:
    clock = Clock()
    script = Script()
    async with opened(script, clock=clock) as (app, pilot):
        app.open(builders.TARGET)
        await settle(pilot)
        under = app.screen_stack[1].subject.watch  # type: ignore[attr-defined]
        read = under.read_at
        for _ in range(4):
            clock.at += 10.0
            app.tick()
            await settle(pilot)
        assert under.read_at == read
        assert script.looked == 6

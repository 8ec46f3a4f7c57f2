"""The rollout screen under an operator's hands: every key, every size, every kind of news."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lambdactl.errors import LoginExpired, Unreachable
from lambdactl.model import Place
from lambdactl.tui.dialogs.help import HelpDialog
from lambdactl.tui.dialogs.plan import PlanDialog
from lambdactl.tui.dialogs.shift import ShiftDialog
from lambdactl.tui.dialogs.why import WhyDialog
from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.screens.versions import VersionsScreen
from tests.tui import builders
from tests.tui.builders import NOW
from tests.tui.stage import Clock, Script, console, opened, press, seen, settle, watch

GONE = Unreachable(
    "no answer from http://127.0.0.1:4566", why="connect timed out", hint="lambdactl sandbox start"
)


async def test_the_first_line_after_the_header_is_the_verdict() -> None:
    async with opened(Script([builders.failing()])) as (app, _):
        lines = seen(app).splitlines()
    assert lines[1].startswith(" ✖ FAILING  v42 5.33 % (8/150) vs v41 0.00 % (0/1,356)")
    assert "→ a: abort" in lines[2]


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((80, 24), " · → a: abort"),
        ((120, 40), " · about 8.0 failed calls above the stable version's rate · → a: abort"),
        ((200, 60), "8.0); each further minute costs about 2.7 (95 %: "),
    ],
)
async def test_what_a_failing_canary_costs_is_said_where_there_is_room(
    size: tuple[int, int], told: str
) -> None:
    async with opened(Script([builders.failing()]), size=size) as (app, _):
        second = seen(app).splitlines()[2]
    assert told in second
    assert second.rstrip().endswith("→ a: abort")
    assert ("failed calls" in second) == (size[0] > 80)


async def test_the_reference_screen_answers_everything_at_80x24() -> None:
    async with opened(Script([builders.failing()])) as (app, _):
        screen = seen(app)
    for told in (
        "set 90/10 · measured 90.1/9.9",
        "● 10 % 04:12/10:00",
        "100 % in 05:48",
        "same scale 0–15 %",
        "8/150",
        "0/1,356",
        "2 alarms ✖1",
        "a ABORT…",
        "? help",
        "SANDBOX",
        "eu-west-1",
        "CodeDeploy d-7K2QXB1",
    ):
        assert told in screen, told
    assert all(len(line) <= 80 for line in screen.splitlines())


@pytest.mark.parametrize(
    ("key", "screen"),
    [
        ("s", ShiftDialog),
        ("o", PlanDialog),
        ("a", PlanDialog),
        ("v", VersionsScreen),
        ("W", WhyDialog),
        ("question_mark", HelpDialog),
    ],
)
async def test_a_key_opens_its_screen_and_escape_comes_back(key: str, screen: type) -> None:
    async with opened(Script([builders.by_hand()])) as (app, pilot):
        await press(pilot, key)
        assert isinstance(app.screen, screen)
        await press(pilot, "escape")
        assert isinstance(app.screen, RolloutScreen)


async def test_escape_leads_up_to_the_fleet_and_never_out() -> None:
    async with opened() as (app, pilot):
        await press(pilot, "escape")
        assert isinstance(app.screen, FleetScreen)
        await press(pilot, "escape", "escape")
        assert isinstance(app.screen, FleetScreen)
        assert app.is_running


@pytest.mark.parametrize("keys", [("q",), ("ctrl+c", "ctrl+c"), ("ctrl+q",)])
async def test_quitting_asks_nothing_while_nothing_is_applied(keys: tuple[str, ...]) -> None:
    async with opened() as (app, pilot):
        for key in keys:
            await pilot.press(key)
        await pilot.pause()
        assert app._exit


async def test_one_ctrl_c_does_not_quit() -> None:
    clock = Clock()
    async with opened(clock=clock) as (app, pilot):
        await press(pilot, "ctrl+c")
        clock.at += 5.0
        await press(pilot, "ctrl+c")
        assert not app._exit


@pytest.mark.parametrize(
    ("key", "pane", "told"),
    [
        ("1", "events", "BeforeAllowTraffic Succeeded 12s"),
        ("2", "alarms", "error rate of v42 > 1 for 2 of 3 x 60 s"),
        ("3", "hooks", "checkout-app / checkout-dg, by CloudFormation"),
    ],
)
async def test_a_number_shows_and_focuses_its_pane(key: str, pane: str, told: str) -> None:
    async with opened() as (app, pilot):
        await press(pilot, key)
        assert app.focused is not None and app.focused.id == pane
        assert told in seen(app)
        assert f"[{key} {pane.upper()}]" in seen(app)


async def test_tab_goes_from_pane_to_pane_where_all_are_open() -> None:
    async with opened(size=(120, 40)) as (app, pilot):
        visited = []
        for _ in range(4):
            visited.append(app.focused.id if app.focused else None)
            await press(pilot, "tab")
    assert visited == ["events", "alarms", "logs", "hooks"]


async def test_r_looks_again_and_a_look_in_flight_drops_the_next() -> None:
    script = Script([builders.shifting()])
    async with opened(script) as (app, pilot):
        assert script.looked == 1
        await press(pilot, "r")
        assert script.looked == 2
        script.gate = threading.Event()
        await pilot.press("r", "r", "r")
        app.tick()
        assert watch(app).looking
        assert watch(app).dropped == 2
        script.gate.set()
        await settle(pilot)
    assert script.looked == 3


async def test_keys_answer_while_the_network_does_not() -> None:
    gate = threading.Event()
    script = Script([builders.shifting()], gate=gate)
    app = console(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "reading from AWS" in seen(app)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpDialog)
        await pilot.press("escape", "q")
        await pilot.pause()
        assert app._exit
    gate.set()


async def test_an_older_snapshot_is_not_drawn() -> None:
    newer = replace(builders.failing(), taken=NOW + timedelta(seconds=5))
    async with opened(Script([newer, builders.shifting()])) as (app, pilot):
        await press(pilot, "r")
        assert "FAILING" in seen(app)


async def test_p_pauses_and_goes_on() -> None:
    clock, script = Clock(), Script()
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, "p")
        clock.at += 42.0
        app.tick()
        await settle(pilot)
        assert "paused, 42s old" in seen(app)
        assert script.looked == 1
        await press(pilot, "p")
        app.tick()
        await settle(pilot)
        assert script.looked == 2


async def test_plus_and_minus_change_how_often_it_looks() -> None:
    clock, script = Clock(), Script()
    async with opened(script, clock=clock, interval_s=5.0) as (app, pilot):
        await press(pilot, "minus")
        assert watch(app).interval_s == 10.0
        clock.at += 6.0
        app.tick()
        assert script.looked == 1
        await press(pilot, "plus", "plus")
        assert watch(app).interval_s == 2.0
        app.tick()
        await settle(pilot)
        assert script.looked == 2


async def test_a_tick_looks_when_the_interval_is_over() -> None:
    clock, script = Clock(), Script()
    async with opened(script, clock=clock, interval_s=5.0) as (app, pilot):
        for _ in range(4):
            clock.at += 1.0
            app.tick()
        assert script.looked == 1
        clock.at += 1.0
        app.tick()
        await settle(pilot)
        assert script.looked == 2


async def test_time_left_runs_on_between_two_looks() -> None:
    clock = Clock()
    later = replace(builders.shifting(), taken=NOW + timedelta(seconds=6))
    async with opened(Script([builders.shifting(), later]), clock=clock) as (app, pilot):
        assert "100 % in 05:48" in seen(app)
        clock.at += 6.0
        await press(pilot, "r")
        assert "100 % in 05:42" in seen(app)
        clock.at += 2.0
        app.tick()
        await settle(pilot)
        assert "100 % in 05:40" in seen(app)
        assert "⟳ 2s" in seen(app)


async def test_a_failed_look_keeps_the_data_and_says_why_and_when_it_tries_again() -> None:
    clock = Clock()
    async with opened(Script([builders.shifting(), GONE]), clock=clock) as (app, pilot):
        clock.at += 40.0
        await press(pilot, "r")
        clock.at += 2.0
        app.tick()
        await pilot.pause()
        screen = seen(app)
        assert app.screen.has_class("-stale")
    for told in (
        "~ STALE 42s",
        "was ● SHIFTING",
        "no answer from http://127.0.0.1:4566",
        "try: lambdactl sandbox start",
        "connect timed out",
        "set 90/10",
    ):
        assert told in screen, told
    assert "retry in 3s" in screen or "trying now" in screen


async def test_the_first_look_may_fail_too_and_the_console_goes_on_trying() -> None:
    expired = LoginExpired(
        "the SSO token for profile ops has expired", hint="aws sso login --profile ops"
    )
    async with opened(Script([expired, builders.shifting()])) as (app, pilot):
        screen = seen(app)
        assert "LOGIN EXPIRED  the SSO token for profile ops has expired" in screen
        assert "$ aws sso login --profile ops" in screen
        await press(pilot, "s")
        assert isinstance(app.screen, RolloutScreen)
        await press(pilot, "r")
        assert "SHIFTING" in seen(app)


async def test_a_mistake_of_ours_is_told_and_does_not_end_the_console(
    mistakes_on_purpose: Path,
) -> None:
    script = Script()

    async with opened(script) as (app, pilot):
        script.looks = ["not a snapshot"]  # type: ignore[list-item]
        await press(pilot, "r")
        assert "unexpected AttributeError" in seen(app)
        script.looks = [builders.failing()]
        await press(pilot, "r")
        assert "FAILING" in seen(app)


async def test_what_could_not_be_read_is_unknown_with_its_reason() -> None:
    async with opened(Script([builders.unreadable()])) as (app, pilot):
        assert "??????" in seen(app)
        assert "? not known: no permission… · try: ask for cloudwatch:GetMetricData" in seen(app)
        assert "· try: ask for codedeploy:ListDeployments · !: whole" in seen(app)
        assert "driver not known" in seen(app)
        await press(pilot, "2")
        assert "alarms not known: no permission: cloudwatch:DescribeAlarms" in seen(app)
        await press(pilot, "3")
        assert "deployment not known" in seen(app)


async def test_text_from_aws_is_drawn_and_never_obeyed() -> None:
    async with opened(Script([builders.hostile()])) as (app, pilot):
        await press(pilot, "2")
        screen = seen(app)
    assert "[red]not red[/red] \\x1b[2J [@click=app.quit]x[/] 警报 \\u202egnp" in screen


async def test_the_longest_names_leave_verdict_rates_and_abort_in_sight() -> None:
    snapshot = replace(
        builders.longest(),
        metrics=builders.metrics(canary=builders.FAILING),
        place=Place("123456789012", "ap-southeast-1"),
    )
    async with opened(Script([snapshot]), target=snapshot.target) as (app, pilot):
        screen = seen(app)
        header = screen.splitlines()[0]
        assert header.startswith(" checkout-ff") and "-end" in header
        for told in ("SANDBOX", "⟳ 0s"):
            assert told in header
        for told in ("FAILING", "8/150", "0/1,356", "5.33 %", "a ABORT…", "set 90/10"):
            assert told in screen, told
        await press(pilot, "a")
        assert "[ Abort now ]" in seen(app)
        assert all(len(line) <= 80 for line in seen(app).splitlines())


async def test_a_small_terminal_loses_lines_and_not_the_answer() -> None:
    async with opened(Script([builders.failing()]), size=(60, 20)) as (app, pilot):
        screen = seen(app)
        for told in ("FAILING", "90 %", "10 %", "04:12/10:00", "8/150", "a ABORT…", "? help"):
            assert told in screen, told
        await press(pilot, "a")
        assert "[ Abort now ]" in seen(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (60, 20)])
async def test_ascii_is_ascii_to_the_last_cell(size: tuple[int, int]) -> None:
    async with opened(Script([builders.failing()]), size=size, ascii=True) as (app, pilot):
        assert seen(app).isascii(), {c for c in seen(app) if not c.isascii()}
        assert "[XX] FAILING" in seen(app)
        for key in ("a", "question_mark", "W", "v"):
            await press(pilot, key)
            assert seen(app).isascii(), (key, {c for c in seen(app) if not c.isascii()})
            await press(pilot, "escape")

"""Errors in groups, the log as it comes, the log of a hook: what each shows, and what it reads."""

from __future__ import annotations

import pytest

from lambdactl.model import LifecycleEvent
from lambdactl.tui.screens.hook import HookScreen
from lambdactl.tui.screens.logs import LogsScreen
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.screens.tail import KEPT, TailScreen
from lambdactl.tui.widgets.listing import Listing
from tests.tui import archive, builders
from tests.tui.archive import DENIED, ID, NO_GROUP, Archive
from tests.tui.builders import at
from tests.tui.stage import Clock, Script, copied, filed, opened, press, seen, settle


async def test_errors_in_groups_with_a_request_to_copy() -> None:
    async with opened(filed(), (120, 40)) as (app, pilot):
        await press(pilot, "l")
        assert isinstance(app.screen, LogsScreen)
        screen = seen(app)
        for told in (
            "×11  14:05:30  14:03:10   0e1c4b1e…  [ERROR] KeyError: 'currency'",
            "×2  14:06:12  14:05:40   77b2c0d4…  <time> <id> Task timed out after <n> seconds",
            "13 errors in 26 lines",
            "Errors of v42 since 14:03:10",
            'return table[order["currency"]]',
        ):
            assert told in screen, told
        await press(pilot, "y")
        assert copied(app) == ID


async def test_errors_are_looked_for_again_every_half_minute_and_only_while_they_are_seen() -> None:
    clock, script = Clock(), filed()
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, "l")
        for _ in range(6):
            clock.at += 10.0
            app.tick()
            await settle(pilot)
        assert script.archive.asked == ["errors v42"] * 3
        await press(pilot, "escape")
        for _ in range(6):
            clock.at += 10.0
            app.tick()
            await settle(pilot)
        assert script.archive.asked == ["errors v42"] * 3


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"errors": [DENIED]}, "no permission: logs:FilterLogEvents"),
        ({"errors": [archive.errors(groups=(), missing=NO_GROUP)]}, "logs:CreateLogGroup"),
        ({"errors": [archive.errors(groups=())]}, "no error in 26 lines since 14:03:10"),
        ({"errors": [archive.errors(groups=(), read=0)]}, "? v42 logged nothing at all since"),
        ({"errors": [archive.errors(groups=(), read=0, over=True)]}, "expired, or never logged"),
        (
            {"errors": [archive.errors(left_out=((at("14:03:50"), at("14:05:00")),))]},
            "not read: 14:03:50 to 14:05:00",
        ),
    ],
)
async def test_no_error_no_line_no_group_and_no_permission_are_told_apart(
    changes: dict[str, object], told: str
) -> None:
    async with opened(filed(**changes), (120, 40)) as (app, pilot):
        await press(pilot, "l")
        assert told in seen(app)


async def test_the_errors_of_another_version() -> None:
    script = filed()
    async with opened(script) as (app, pilot):
        await press(pilot, "l", "left_square_bracket")
        assert "Errors of v41" in seen(app)
        await press(pilot, "right_square_bracket", "right_square_bracket")
    assert script.archive.asked == ["errors v42", "errors v41", "errors v42"]


async def test_a_tail_follows_until_one_steps_up() -> None:
    clock = Clock()
    new = archive.line(900, "a new line", "14:07:01")
    newer = archive.line(901, "a newer line", "14:07:02")
    looks = [archive.looked(), archive.looked((new,)), archive.looked((newer,)), archive.looked(())]
    async with opened(filed(looks=looks), clock=clock) as (app, pilot):
        await press(pilot, "L")
        assert isinstance(app.screen, TailScreen)
        listing = app.screen.query_one("#list", Listing)
        assert listing.cursor == len(listing.rows) - 1 and "following" in seen(app)
        clock.at += 5.0
        app.tick()
        await settle(pilot)
        assert listing.row is not None and "a new line" in listing.row.line.plain
        await press(pilot, "up")
        clock.at += 5.0
        app.tick()
        await settle(pilot)
        assert "not following, G goes on" in seen(app)
        assert "a newer line" not in listing.row.line.plain
        await press(pilot, "G")
        assert listing.row is not None and "a newer line" in listing.row.line.plain


async def test_a_paused_tail_reads_nothing() -> None:
    clock, script = Clock(), filed()
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, "L", "p")
        clock.at += 60.0
        app.tick()
        await settle(pilot)
        assert script.archive.asked == ["tail v42"] and "paused, p goes on" in seen(app)
        await press(pilot, "p")
        assert script.archive.asked == ["tail v42"] * 2


async def test_a_tail_keeps_a_bounded_number_of_lines_and_says_what_it_dropped() -> None:
    many = tuple(archive.line(n, f"line {n}") for n in range(KEPT + 500))
    looks = [archive.looked(many, cut_at=at("14:05:00")), archive.looked(())]
    async with opened(filed(looks=looks)) as (app, pilot):
        await press(pilot, "L")
        assert len(app.screen.query_one("#list", Listing).rows) == KEPT
        assert "501 older dropped" in seen(app)
        assert "left out: 14:05:00 to 14:07:22" in seen(app)


async def test_what_a_line_holds_does_not_steer_the_terminal() -> None:
    async with opened(filed(), (120, 40)) as (app, pilot):
        await press(pilot, "L")
        screen = seen(app)
        assert "[red]not red[/] \\x1b[2J\\x1b]0;owned\\x07" in screen
        assert "\x1b" not in screen and "\x07" not in screen


async def test_errors_only_and_a_filter() -> None:
    async with opened(filed()) as (app, pilot):
        await press(pilot, "L", "e")
        listing = app.screen.query_one("#list", Listing)
        assert len(listing.rows) == 13
        await press(pilot, "slash", *"timed", "enter")
        assert len(listing.rows) == 2
        await press(pilot, "escape", "e")
        assert len(listing.rows) == 26


@pytest.mark.parametrize(
    ("looks", "told"),
    [([DENIED], "logs:FilterLogEvents"), ([archive.looked((), missing=NO_GROUP)], "no log group")],
)
async def test_a_log_that_cannot_be_followed_says_why(looks: list[object], told: str) -> None:
    async with opened(filed(looks=looks)) as (app, pilot):
        await press(pilot, "L")
        assert told in seen(app)


async def to_hook(script: Script, clock: Clock | None = None) -> str:
    async with opened(script, (120, 40), clock) as (app, pilot):
        await press(pilot, "3", "down", "down", "down", "enter")
        assert isinstance(app.screen, HookScreen)
        return seen(app)


async def test_a_hook_with_its_own_log() -> None:
    script = filed()
    screen = await to_hook(script)
    for told in (
        "✔ BeforeAllowTraffic  Succeeded  CodeDeployHook_shop_Pre",
        "14:02:57 – 14:03:09, 12s",
        "/aws/lambda/hooks",
        "checking v42: 20 orders priced, all as before",
    ):
        assert told in screen, told
    assert script.archive.asked[-1] == "hook d-7K2QXB1 BeforeAllowTraffic"


async def test_a_hook_that_is_waited_for_has_its_countdown() -> None:
    waiting = LifecycleEvent("BeforeAllowTraffic", "InProgress", at("14:02:57"))
    log = archive.hook_log(event=waiting)
    script = Script([builders.waiting_hook()], archive=Archive(hook_logs=[log]))
    screen = await to_hook(script)
    assert "04:25 · has not called back · fails at 15:02:57, in 55:35" in screen


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (archive.hook_log(function=None, lines=()), "d-7K2QXB1 has no hook for BeforeAllowTraffic"),
        (archive.hook_log(lines=(), missing=NO_GROUP), "there is no log group"),
        (archive.hook_log(lines=()), "CodeDeployHook_shop_Pre logged nothing from 14:02:56 on"),
        (DENIED, "no permission: logs:FilterLogEvents"),
    ],
)
async def test_a_hook_without_a_log_says_which_of_the_reasons(log: object, told: str) -> None:
    assert told in await to_hook(filed(hook_logs=[log]))


async def test_the_shift_itself_is_no_hook() -> None:
    async with opened(filed()) as (app, pilot):
        await press(pilot, "3", "down", "down", "down", "down", "enter")
        assert isinstance(app.screen, RolloutScreen)
        assert any("AllowTraffic is no hook" in n.message for n in app._notifications)

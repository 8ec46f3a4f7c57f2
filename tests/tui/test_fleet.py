"""The fleet's screen: keys, the row that they mean, and what is drawn where a read failed."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from lambdactl.errors import PermissionDenied, Throttled, Unreachable
from lambdactl.model import Target
from lambdactl.tui import Console
from lambdactl.tui.dialogs.hook import HookDialog
from lambdactl.tui.dialogs.plan import PlanDialog
from lambdactl.tui.dialogs.why import WhyDialog
from lambdactl.tui.drawing import fleet as drawing
from lambdactl.tui.drawing import pen
from lambdactl.tui.screens.deployments import DeploymentsScreen
from lambdactl.tui.screens.diff import DiffScreen
from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.screens.logs import LogsScreen
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.screens.tail import TailScreen
from lambdactl.tui.screens.versions import VersionsScreen
from lambdactl.tui.widgets.long_listing import LongListing
from tests.tui import builders
from tests.tui.fleet_stage import FleetScript, many, of, red, story
from tests.tui.stage import Clock, Script, console, copied, opened, press, seen, settle
from tests.tui.test_fleet_watch import read

GONE = Unreachable("no answer from https://lambda.eu-west-1.amazonaws.com",
                   why="connect timed out", hint="check the network, or your VPN")  # fmt: skip


def listing(app: Console) -> LongListing:
    return app.screen.query_one(LongListing)


def screen(app: Console) -> FleetScreen:
    assert isinstance(app.page, FleetScreen)
    return app.page


async def pass_(app: Console, pilot: Pilot[None], clock: Clock, seconds: float) -> None:
    clock.at += seconds
    app.tick()
    await settle(pilot)


async def test_the_neediest_are_on_top_with_their_rates_on_one_printed_scale() -> None:
    async with opened(Script(fleet=story()), target=None) as (app, _):
        lines = seen(app).splitlines()
        assert "0-10%" in lines[2]
        assert "✖ FAILING" in lines[3] and "5.33%" in lines[3]
        assert "▲ ALARM" in lines[4] and "4.06%" in lines[4]
        assert "■ NO ALIAS" in lines[13] and "$LATEST" in lines[13]
        assert "2 red alarms" in lines[1]


async def test_only_what_is_seen_is_measured_of_a_thousand() -> None:
    script = Script(fleet=many())
    async with opened(script, target=None):
        assert script.fleet.asked["members"] == 1000
        assert len(script.fleet.measured) == 1
        assert len(script.fleet.measured[0]) == 16


async def test_the_cursor_stays_on_its_row_while_rows_change_places() -> None:
    clock = Clock()
    script = Script(fleet=many(30))
    async with opened(script, target=None, clock=clock) as (app, pilot):
        await press(pilot, "down", "down", "up")
        assert listing(app).key == "fleet-0001:live"
        above = listing(app).cursor - round(listing(app).scroll_y)
        script.fleet.snapshots = of("fleet-0020", builders.failing())
        script.fleet.running = (builders.deployment(function="fleet-0020"),)
        script.fleet.red = (red("5xx", "fleet-0021"),)
        await pass_(app, pilot, clock, 15)
        assert (
            list(listing(app).on_screen[:1]) != [] and "fleet-0020" in screen(app).watch_.order[0]
        )
        assert listing(app).key == "fleet-0001:live"
        assert listing(app).cursor == 3
        assert listing(app).cursor - round(listing(app).scroll_y) in (above, 3)


async def test_untouched_the_cursor_is_on_the_neediest() -> None:
    clock = Clock()
    script = Script(fleet=many(30))
    async with opened(script, target=None, clock=clock) as (app, pilot):
        script.fleet.red = (red("5xx", "fleet-0021"),)
        await pass_(app, pilot, clock, 15)
        assert listing(app).key == "fleet-0021:live"


async def test_a_key_that_means_a_row_holds_the_cursor_on_it() -> None:
    clock = Clock()
    script = Script(fleet=many(30))
    async with opened(script, target=None, clock=clock) as (app, pilot):
        await press(pilot, "s", "escape", "escape")
        script.fleet.red = (red("5xx", "fleet-0021"),)
        await pass_(app, pilot, clock, 15)
        assert listing(app).key == "fleet-0000:live"


@pytest.mark.parametrize(
    ("key", "verb"), [("s", "shift"), ("a", "abort"), ("o", "promote"), ("u", "rollback")]
)
async def test_a_change_opens_its_dialog_on_the_rollout_of_that_row(key: str, verb: str) -> None:
    script = Script([builders.by_hand()], fleet=story())
    async with opened(script, target=None) as (app, pilot):
        await press(pilot, key)
        assert isinstance(app.page, RolloutScreen)
        assert app.page.subject.target == Target("checkout", "live")
        assert isinstance(app.screen, PlanDialog)
        assert app.screen.proposal.verb == verb
        assert script.applied == []


async def test_the_hook_of_a_row_is_answered_from_the_fleet() -> None:
    script = Script([builders.waiting_hook()], fleet=story())
    async with opened(script, target=None) as (app, pilot):
        await press(pilot, "H")
        assert isinstance(app.screen, HookDialog)
        await press(pilot, "escape", "escape")
        assert isinstance(app.screen, FleetScreen)


@pytest.mark.parametrize(
    ("key", "opens"),
    [
        ("h", DeploymentsScreen),
        ("d", DiffScreen),
        ("l", LogsScreen),
        ("L", TailScreen),
        ("W", WhyDialog),
    ],
)
async def test_a_reading_key_leads_through_the_rollout_of_its_row(
    key: str, opens: type[Screen[None]]
) -> None:
    script = Script([builders.by_hand()], fleet=story())
    async with opened(script, target=None) as (app, pilot):
        await press(pilot, "down", key)
        assert isinstance(app.screen, opens)
        assert script.targets == [Target("payments-hook", "live")]
        await press(pilot, "escape")
        assert isinstance(app.screen, RolloutScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, FleetScreen)


ON_A_ROLLOUT = ("s", "o", "a", "u", "H", "h", "d", "l", "L", "W", "enter")


async def test_every_key_of_a_rollout_says_why_there_is_none() -> None:
    script = Script(fleet=FleetScript(("bare",), bare=frozenset({"bare"})))
    async with opened(script, target=None) as (app, pilot):
        await press(pilot, *ON_A_ROLLOUT)
        assert isinstance(app.screen, FleetScreen)
        told = [n.message for n in app._notifications]
        assert told == ["bare: no alias, so no rollout: v, versions"] * len(ON_A_ROLLOUT)


async def test_the_footer_begins_with_what_can_be_done_about_the_row() -> None:
    async with opened(Script(fleet=story()), target=None) as (app, pilot):
        assert " ".join(seen(app).splitlines()[-1].split()) == (
            "enter open / filter a ABORT… v versions l logs W why D prune… ? help"
        )
        await press(pilot, "end")
        assert " ".join(seen(app).splitlines()[-1].split()) == (
            "/ filter v versions D prune… space mark < sort by > sort by ? help"
        )


async def test_whoever_types_on_meanwhile_gets_no_dialog() -> None:
    script = Script([builders.by_hand()], fleet=story(), gate=threading.Event())
    async with opened(script, target=None) as (app, pilot):
        await pilot.press("s")
        await pilot.pause()
        await pilot.press("2")
        assert script.gate is not None
        script.gate.set()
        await settle(pilot)
        assert isinstance(app.screen, RolloutScreen)


async def test_read_only_no_change_is_begun_from_here() -> None:
    async with opened(Script(fleet=story()), target=None, read_only="production") as (app, pilot):
        await press(pilot, "s", "o", "a", "u", "H", "D")
        assert isinstance(app.screen, FleetScreen)
        assert [n.message for n in app._notifications] == ["read-only: production"] * 6


async def test_versions_and_prune_of_a_row_lead_back_to_it() -> None:
    script = Script(fleet=story())
    async with opened(script, target=None) as (app, pilot):
        await press(pilot, "v")
        assert isinstance(app.screen, VersionsScreen)
        await press(pilot, "escape", "D")
        assert isinstance(app.screen, PlanDialog)
        await press(pilot, "escape", "escape")
        assert isinstance(app.screen, FleetScreen)
        assert script.targets == [Target("checkout", "live")] * 2


async def test_brackets_go_through_the_fleet_in_its_order_and_minus_to_the_last() -> None:
    script = Script(fleet=story())
    async with opened(script, target=None) as (app, pilot):
        await press(pilot, "enter", "right_square_bracket", "right_square_bracket")
        await press(pilot, "left_square_bracket")
        assert [str(t) for t in script.targets] == [
            "checkout:live", "payments-hook:live", "search-api:live", "payments-hook:live",
        ]  # fmt: skip
        await press(pilot, "left_square_bracket", "left_square_bracket")
        assert script.targets[-1] == Target("checkout", "live"), "it ends there"
        await press(pilot, "escape")
        assert isinstance(app.screen, FleetScreen)
        await press(pilot, "minus")
        assert isinstance(app.screen, RolloutScreen)
        assert app.screen.subject.target == Target("checkout", "live")


async def test_what_has_no_rollout_is_not_opened_and_says_why() -> None:
    script = Script(fleet=FleetScript(("bare", "shut"), bare=frozenset({"bare"}),
                                      denied=frozenset({"shut"})))  # fmt: skip
    async with opened(script, target=None) as (app, pilot):
        await press(pilot, "enter", "down", "enter")
        assert isinstance(app.screen, FleetScreen)
        assert script.targets == []


async def test_marks_are_copied_as_names_and_as_commands() -> None:
    async with opened(Script(fleet=many(5)), target=None) as (app, pilot):
        await press(pilot, "space", "down", "space", "y")
        assert copied(app) == "fleet-0000:live\nfleet-0002:live"
        assert "2 marked" in seen(app)
        await press(pilot, "Y")
        assert [line.split()[1] for line in copied(app).splitlines()] == ["prune", "prune"]
        await press(pilot, "up", "space", "up", "up", "up", "space", "y")
        assert copied(app) == listing(app).key


async def test_any_column_is_sorted_by_and_turned_round() -> None:
    async with opened(Script(fleet=story()), target=None) as (app, pilot):
        await press(pilot, "greater_than_sign")
        assert "FUNCTION:ALIAS▲" in seen(app)
        assert seen(app).splitlines()[3].split()[2] == "auth-token:live"
        await press(pilot, "full_stop")
        assert "FUNCTION:ALIAS▼" in seen(app)
        await press(pilot, "less_than_sign", "less_than_sign")
        assert "AGE▼" in seen(app)


async def test_escape_takes_the_filter_away_and_never_quits() -> None:
    async with opened(Script(fleet=story()), target=None) as (app, pilot):
        await press(pilot, "slash", *"state:failing", "enter")
        assert len(listing(app).rows) == 1
        assert "1 of 11 rows" in seen(app)
        await press(pilot, "escape", "escape", "escape")
        assert len(listing(app).rows) == 11
        assert app.is_running


async def test_while_the_functions_are_read_every_key_works() -> None:
    script = Script(fleet=replace(many(30), gate=threading.Event()))
    app_keys = ("down", "down", "full_stop", "slash", *"0003", "enter")
    async with opened_unread(script) as (app, pilot):
        for key in app_keys:
            await pilot.press(key)
        await pilot.pause()
        assert "… reading" in seen(app)
        assert listing(app).key == "fleet-0003"
        assert script.fleet.gate is not None
        script.fleet.gate.set()
        await settle(pilot)
        assert listing(app).key == "fleet-0003:live"


@asynccontextmanager
async def opened_unread(script: Script) -> AsyncIterator[tuple[Console, Pilot[None]]]:
    """A console whose fleet is listed and not read: nothing waits for the threads."""
    app = console(script, target=None)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(200):
            await pilot.pause()
            if screen(app).watch_.listed_all and listing(app).rows:
                break
        yield app, pilot


async def test_offline_what_was_known_stays_and_says_how_old_it_is() -> None:
    clock = Clock()
    script = Script(fleet=story())
    async with opened(script, target=None, clock=clock) as (app, pilot):
        script.fleet.failing["around"] = GONE
        await pass_(app, pilot, clock, 40)
        text = seen(app)
        assert "STALE 40s" in text and "no answer from" in text and "retry in 5s" in text
        assert "✖ FAILING" in text and "checkout:live" in text
        del script.fleet.failing["around"]
        await pass_(app, pilot, clock, 6)
        assert "STALE" not in seen(app)


async def test_a_list_that_is_denied_says_so_and_shows_what_moves() -> None:
    denied = PermissionDenied("no permission: lambda:ListFunctions on the functions",
                              action="lambda:ListFunctions", hint="ask for it")  # fmt: skip
    script = Script(fleet=replace(story(), failing={"names": denied}))
    async with opened(script, target=None) as (app, _):
        text = seen(app)
        assert "? functions not known: no permission: lambda:Lis… · try: ask for it" in text
        assert "checkout:live" in text and "auth-token" not in text


async def test_measurements_that_are_denied_are_never_drawn_as_no_errors() -> None:
    denied = PermissionDenied("no permission: cloudwatch:GetMetricData on metrics",
                              action="cloudwatch:GetMetricData")  # fmt: skip
    script = Script(fleet=replace(story(), failing={"measure": denied}))
    async with opened(script, target=None) as (app, _):
        row = next(line for line in seen(app).splitlines() if "auth-token" in line)
        assert "????????" in row and "%" not in row
        assert "? measurements not known" in seen(app)


async def test_throttled_it_waits_and_says_so() -> None:
    throttled = Throttled("Lambda throttles calls of this account", hint="others use its quota")
    script = Script(fleet=replace(many(5), failing={"members": throttled}))
    async with opened(script, target=None) as (app, _):
        assert "Lambda throttles" in seen(app) and "retry in 20s" in seen(app)
        assert script.fleet.asked["members"] <= 3


async def test_an_account_without_a_function_says_what_to_do_next() -> None:
    async with opened(Script(), target=None) as (app, _):
        assert "There is no function in this account and region" in seen(app)
        assert "lambdactl deploy" in seen(app)


async def test_storage_says_the_day_and_what_is_not_known() -> None:
    script = Script(fleet=story())
    unpaced = script.fleet.storage_
    assert not isinstance(unpaced, Exception)
    script.fleet.storage_ = replace(unpaced, published=None, prunable=None)
    async with opened(script, target=None) as (app, pilot):
        # It is read last of all, once.
        assert script.fleet.asked["pace"] == 1
        assert "full on 2027-05-12" in seen(app)
    script.fleet.storage_ = PermissionDenied("no permission", action="lambda:GetAccountSettings")
    async with opened(script, target=None) as (app, pilot):
        assert "Code storage ? not known: no permission" in seen(app)
        await settle(pilot)


@pytest.mark.parametrize("width", [60, 80, 100, 110, 120, 180, 200])
@pytest.mark.parametrize("ink", [pen.UNICODE, pen.ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("name", ["checkout", "支払い-フック-" * 5, "f" * 64])
def test_every_row_is_as_wide_as_its_heading(width: int, ink: pen.Pen, name: str) -> None:
    script = FleetScript(
        (name,), of(name, builders.failing()), (builders.deployment(function=name),)
    )
    watch = read(script)
    (row,) = watch.rows.values()
    look = drawing.Look(width, 10.0, builders.NOW, failed=False)
    line = drawing.row(row, look, marked=True, pen=ink).line
    assert line.cell_length == width - drawing.SCROLLBAR
    assert drawing.heading(watch.sorting, 10.0, width, ink).cell_length == width

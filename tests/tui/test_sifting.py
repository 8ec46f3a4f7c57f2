"""A part of a pane is never taken for all of it: what is hidden is counted, and red is said."""

from __future__ import annotations

import pytest
from textual.content import Content
from textual.widgets import Input

from lambdactl.tui.app import Console
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import ASCII, UNICODE
from lambdactl.tui.drawing.sifting import Sifted, sifted
from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.screens.past import PastScreen
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.widgets.filtering import FilterLine
from lambdactl.tui.widgets.listing import Listing
from tests.tui import builders
from tests.tui.stage import Script, filed, opened, press, seen

RED = Content.styled("✖", "bold $text-error")
ROWS = [
    Row("1", Content(" a ") + RED, "alarm"),
    Row("2", Content(" hook"), "hook"),
    Row("3", Content(" b ") + RED, "alarm"),
    Row("unread x", Content(" ? not known"), "? x not known"),
    Row("none", Content(" nothing here"), ""),
]


def keys(told: Sifted) -> list[str]:
    return [row.key for row in told.rows]


def test_what_is_hidden_is_counted_and_red_is_said() -> None:
    told = sifted(ROWS, lambda row: row.copied == "hook", UNICODE)
    assert keys(told) == ["2", "unread x", "none"]
    assert told.note(UNICODE).plain == "1 of 3, ✖2 hidden"
    assert told.note(ASCII).plain == "1 of 3, [XX]2 hidden"


def test_what_hides_no_red_says_only_how_many() -> None:
    assert sifted(ROWS, lambda row: row.copied == "alarm", UNICODE).note(UNICODE).plain == "2 of 3"


def test_where_all_is_kept_nothing_is_said() -> None:
    told = sifted(ROWS, lambda _: True, UNICODE)
    assert keys(told) == [row.key for row in ROWS] and told.note(UNICODE).plain == ""


def test_an_empty_pane_is_told_from_one_of_which_nothing_is_wanted() -> None:
    told = sifted(ROWS[:3], lambda _: False, UNICODE)
    assert [row.line.plain for row in told.rows] == [" none of the rows is wanted"]
    assert told.note(UNICODE).plain == "0 of 3, ✖2 hidden"


def failing() -> Script:
    return Script([builders.failing()])


def shown(app: Console, pane: str = "events") -> list[str]:
    return [row.copied for row in app.screen.query_one(f"#{pane}", Listing).rows]


def titles(app: Console) -> str:
    return next(line for line in seen(app).splitlines() if "5 logs" in line or "5 LOGS" in line)


async def test_the_events_are_filtered_as_one_types() -> None:
    async with opened(failing()) as (app, pilot):
        every = shown(app)
        await press(pilot, "slash", *"hook")
        assert isinstance(app.focused, Input)
        assert shown(app) == [one for one in every if "hook" in one]
        assert "events / hook" in seen(app)
        assert f"[1 EVENTS] {len(shown(app))} of {len(every)}, ✖" in titles(app)
        await press(pilot, "enter")
        assert app.focused is app.screen.query_one("#events")
        assert "events / hook" in seen(app), "a filter that is kept is seen"
        await press(pilot, "escape")
        assert shown(app) == every and "events /" not in seen(app)
        assert isinstance(app.screen, RolloutScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, FleetScreen)


@pytest.mark.parametrize(
    ("key", "pane", "words"),
    [
        ("2", "alarms", "5xx"),
        ("3", "hooks", "BeforeAllow"),
        ("4", "diff", "memory"),
        ("5", "logs", "KeyError"),
    ],
)
async def test_the_pane_that_has_the_focus_is_filtered(key: str, pane: str, words: str) -> None:
    async with opened(failing(), (200, 60)) as (app, pilot):
        events = shown(app)
        await press(pilot, key)
        before = shown(app, pane)
        await press(pilot, "slash", *words, "enter")
        kept = shown(app, pane)
        assert kept and kept != before
        assert shown(app) == events
        assert app.focused is app.screen.query_one(f"#{pane}")
        assert f"{pane} / {words}" in seen(app)


async def test_another_pane_takes_the_filter_over() -> None:
    async with opened(failing()) as (app, pilot):
        every = shown(app)
        await press(pilot, "slash", *"hook", "enter", "2", "slash")
        assert app.screen.query_one(FilterLine).filter.text == ""
        assert "alarms / " in seen(app) and " of " not in titles(app)
        await press(pilot, "escape", "1")
        assert shown(app) == every


async def test_escape_clears_the_filter_of_a_pane_that_is_not_seen() -> None:
    async with opened(failing()) as (app, pilot):
        await press(pilot, "slash", *"hook", "enter", "2")
        assert "1 events " in titles(app) and " of " in titles(app)
        await press(pilot, "escape")
        assert " of " not in titles(app)
        assert app.focused is app.screen.query_one("#alarms")


async def test_escape_clears_the_filter_before_the_zoom() -> None:
    async with opened(failing(), (120, 40)) as (app, pilot):
        await press(pilot, "z", "slash", *"hook", "enter", "escape")
        assert app.screen.has_class("-zoom")
        await press(pilot, "escape")
        assert not app.screen.has_class("-zoom")


async def test_e_leaves_only_what_went_wrong() -> None:
    async with opened(failing()) as (app, pilot):
        every = shown(app)
        await press(pilot, "2", "e")
        assert app.focused is app.screen.query_one("#events")
        wrong = shown(app)
        assert wrong and all("alarm" in one for one in wrong)
        assert f"[1 EVENTS] {len(wrong)} of {len(every)} " in titles(app)
        await press(pilot, "slash", *"hook", "enter")
        assert shown(app) == [""] and "none of the rows is wanted" in seen(app)
        await press(pilot, "escape", "e")
        assert shown(app) == every


async def test_that_nothing_went_wrong_is_said() -> None:
    async with opened(Script([builders.stable()])) as (app, pilot):
        await press(pilot, "e")
        assert "none of the rows is wanted" in seen(app)


async def test_a_past_can_be_filtered_too() -> None:
    async with opened(filed()) as (app, pilot):
        await press(pilot, "h", "down", "down", "enter", "slash", *"hook", "enter")
        assert isinstance(app.screen, PastScreen)
        assert shown(app) and all("hook" in one for one in shown(app))
        await press(pilot, "escape")
        assert isinstance(app.screen, PastScreen)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_the_line_takes_one_row_and_leaves_the_screen_whole(size: tuple[int, int]) -> None:
    async with opened(failing(), size) as (app, pilot):
        panes = app.screen.query_one("#panes").size.height
        first = seen(app).splitlines()[:3]
        await press(pilot, "slash", "o")
        assert app.screen.query_one("#panes").size.height == panes - 1
        assert seen(app).splitlines()[:3] == first
        assert app.screen.query_one("#keys").region.y == size[1] - 1

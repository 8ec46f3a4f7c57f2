"""The filter: what words keep, and the line in which they are typed while rows move."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from lambdactl.tui.matching import filter_of
from lambdactl.tui.widgets.listing import Listing
from tests.tui.fleet_stage import FleetScript
from tests.tui.stage import Script, opened, press, seen

ROWS = {
    "checkout:live": "FAILING",
    "checkout:beta": "STABLE",
    "payments-hook:live": "NO DATA",
    "search-api:live": "SHIFTING",
}


def kept(text: str) -> list[str]:
    filter = filter_of(text, ("state",))
    return [name for name, state in ROWS.items() if filter.keeps(name, {"state": state})]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", list(ROWS)),
        ("   ", list(ROWS)),
        ("check", ["checkout:live", "checkout:beta"]),
        ("CHECK live", ["checkout:live"]),
        ("-checkout", ["payments-hook:live", "search-api:live"]),
        ("!live", ["checkout:beta"]),
        ("state:fail", ["checkout:live"]),
        ("state:no-data", ["payments-hook:live"]),
        ("state:nodata,shifting", ["payments-hook:live", "search-api:live"]),
        ("-state:stable live", ["checkout:live", "payments-hook:live", "search-api:live"]),
        ("checkout:live", ["checkout:live"]),
        ("payments-hook", ["payments-hook:live"]),
        ("state:", list(ROWS)),
        ("-state:", list(ROWS)),
        ("-", list(ROWS)),
        ("nothing", []),
    ],
)
def test_words_keep(text: str, names: list[str]) -> None:
    assert kept(text) == names


def test_a_filter_without_a_word_is_none() -> None:
    assert not filter_of(" - ")
    assert filter_of("x")


def fleet(*names: str) -> FleetScript:
    return FleetScript(names)


async def test_it_is_typed_while_every_letter_is_a_key_elsewhere() -> None:
    script = Script(fleet=fleet("auth", "quota", "search"))
    async with opened(script, target=None) as (app, pilot):
        await press(pilot, "slash", *"qu")
        assert "quota" in seen(app)
        assert "auth" not in seen(app)
        await press(pilot, "enter")
        assert "/ qu" in seen(app), "a filter that is kept is seen"
        assert app.focused is not None and app.focused.id == "list"
        await press(pilot, "slash", "escape")
        assert "auth" in seen(app)
        assert app.is_running, "escape cleared the filter and left nothing"


async def test_the_cursor_moves_while_a_filter_is_typed() -> None:
    script = Script(fleet=fleet("aa", "ab", "bb"))
    async with opened(script, target=None) as (app, pilot):
        await press(pilot, "slash", "a", "down")
        assert app.screen.query_one("#list", Listing).cursor == 1
        assert isinstance(app.focused, Input)


async def test_a_word_finds_the_state_that_is_shown_and_an_empty_list_says_why() -> None:
    script = Script(fleet=fleet("auth", "quota"))
    async with opened(script, target=None) as (app, pilot):
        await press(pilot, "slash", *"stable", "enter")
        assert "auth" in seen(app)
        await press(pilot, "slash", *"x")
        assert "auth" not in seen(app)
        assert "no row has x; esc shows all again" in seen(app)
        await press(pilot, "escape")
        assert "no row has" not in seen(app)

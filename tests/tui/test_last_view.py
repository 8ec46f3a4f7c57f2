"""``-`` goes to and fro between the two rollouts that were open last, from any screen."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from lambdactl.model import Target
from lambdactl.tui import Console
from lambdactl.tui.palette import Palette
from lambdactl.tui.screens.diff import DiffScreen
from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.screens.past import PastScreen
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.screens.session import ErrorsScreen
from lambdactl.tui.screens.versions import VersionsScreen
from tests.tui import builders
from tests.tui.fleet_stage import story
from tests.tui.stage import Script, opened, press
from tests.tui.test_hands import chosen

FIRST, SECOND = Target("checkout", "live"), Target("payments-hook", "live")
BOTH = ("enter", "escape", "down", "enter")
"""From the fleet: the first row is opened, then the second."""


def stage() -> Script:
    return Script([builders.by_hand()], fleet=story())


async def last_view(pilot: Pilot[None]) -> None:
    """By the palette, which has it on every screen."""
    await press(pilot, "colon")
    await chosen(pilot, "last_view")


def pages(app: Console) -> list[tuple[type[Screen[object]], Target | None]]:
    """What esc leads through, from below."""
    return [
        (type(s), s.subject.target if isinstance(s, RolloutScreen) else None)
        for s in app.screen_stack[1:]
    ]


async def test_minus_in_the_fleet_opens_the_last_again() -> None:
    async with opened(stage(), target=None) as (app, pilot):
        await press(pilot, *BOTH, "escape", "minus")
        assert pages(app) == [(FleetScreen, None), (RolloutScreen, SECOND)]


async def test_on_the_last_the_palette_goes_to_the_one_before_and_to_and_fro() -> None:
    async with opened(stage(), target=None) as (app, pilot):
        await press(pilot, *BOTH)
        for target in (FIRST, SECOND, FIRST):
            await last_view(pilot)
            assert pages(app) == [(FleetScreen, None), (RolloutScreen, target)]
        await press(pilot, "escape", "minus")
        assert pages(app)[-1] == (RolloutScreen, FIRST), "that one was open last"


async def test_a_page_of_the_last_rollout_goes_to_the_one_before() -> None:
    async with opened(stage(), target=None) as (app, pilot):
        await press(pilot, *BOTH, "d")
        assert isinstance(app.screen, DiffScreen)
        await press(pilot, "minus")
        assert pages(app) == [(FleetScreen, None), (RolloutScreen, FIRST)]


async def test_a_page_about_no_alias_goes_back_to_the_last() -> None:
    async with opened(stage(), target=None) as (app, pilot):
        await press(pilot, *BOTH, "exclamation_mark")
        assert isinstance(app.screen, ErrorsScreen)
        await press(pilot, "minus")
        assert pages(app) == [(FleetScreen, None), (RolloutScreen, SECOND)]
        assert app.last_opened == (SECOND, FIRST)


async def test_another_alias_above_its_sibling_goes_back_down_to_it() -> None:
    async with opened(stage(), target=None) as (app, pilot):
        await press(pilot, "enter")
        app.open(Target("checkout", "beta"))
        await press(pilot)
        await last_view(pilot)
        assert pages(app) == [(FleetScreen, None), (RolloutScreen, FIRST)]
        await last_view(pilot)
        assert pages(app)[-1] == (RolloutScreen, Target("checkout", "beta"))


async def test_minus_keeps_its_own_meaning_where_it_has_one() -> None:
    async with opened(stage(), target=None) as (app, pilot):
        await press(pilot, *BOTH, "minus")
        assert pages(app)[-1] == (RolloutScreen, SECOND)
        assert app.page.target == SECOND
        assert [n.message for n in app._notifications] == ["looking every 10 s"]
        await press(pilot, "v", "minus")
        assert isinstance(app.screen, VersionsScreen) and app.screen.keep == 4
        await last_view(pilot)
        assert pages(app) == [(FleetScreen, None), (RolloutScreen, FIRST)]


async def test_of_a_rollout_that_is_over_it_is_in_the_palette_too() -> None:
    async with opened(stage(), target=None) as (app, pilot):
        await press(pilot, *BOTH, "h", "down", "enter")
        assert isinstance(app.screen, PastScreen)
        await last_view(pilot)
        assert pages(app) == [(FleetScreen, None), (RolloutScreen, FIRST)]


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (None, "no rollout has been opened yet"),
        (builders.TARGET, "no other rollout has been opened yet"),
    ],
)
async def test_where_there_is_none_it_says_so(target: Target | None, told: str) -> None:
    async with opened(stage(), target=target) as (app, pilot):
        await last_view(pilot)
        assert [n.message for n in app._notifications] == [told]
        assert len(app.screen_stack) == 2


async def test_the_palette_lists_it_once_wherever_it_is_opened() -> None:
    async with opened(stage(), target=None) as (app, pilot):
        for keys in ((), ("enter",), ("v",)):
            await press(pilot, *keys, "colon")
            assert isinstance(app.screen, Palette)
            offered = [offer for offer in app.screen._offers if "open last" in offer.name]
            assert len(offered) == 1, keys
            await press(pilot, "escape")

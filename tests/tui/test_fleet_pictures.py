"""How the fleet looks: at the three sizes, and in every state that is drawn on purpose. The
pictures are looked at by a person when they change, then committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from lambdactl.errors import LambdactlError, PermissionDenied, Unreachable
from lambdactl.model_configuration import Listed
from lambdactl.tui.fleet_reads import Named
from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.screens.fleet_asking import FleetTold
from tests.tui import builders
from tests.tui.fleet_stage import FleetScript, many, story
from tests.tui.stage import Clock, Script, console, press, settle

SIZES = [(80, 24), (120, 40), (200, 60)]
Compare = Callable[..., bool]
GONE = Unreachable("no answer from https://lambda.eu-west-1.amazonaws.com",
                   why="connect timed out", hint="check the network, or your VPN")  # fmt: skip


def named(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def looks(
    compare: Compare, fleet: FleetScript, size: tuple[int, int], *keys: str, **settings: Any
) -> bool:
    app = console(Script(fleet=fleet), target=None, **settings)

    async def before(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, *keys)

    return compare(app, terminal_size=size, run_before=before)


def unreachable() -> dict[str, LambdactlError]:
    return {"names": GONE, "around": GONE}


def denied(what: str, action: str) -> dict[str, LambdactlError]:
    told = f"no permission: {action}"
    return {what: PermissionDenied(told, action=action, hint="ask for it")}


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_the_story(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, story(), size)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_a_thousand_that_are_being_read(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Half a page of them has come, and nothing else."""
    app = console(Script(fleet=FleetScript(failing=unreachable())), target=None)

    async def before(pilot: Pilot[None]) -> None:
        await settle(pilot)
        page = app.page
        assert isinstance(page, FleetScreen)
        page.watch_.failure = None
        some = tuple(Listed(f"fleet-{n:04d}", builders.NOW, 1 << 20) for n in range(30))
        page.post_message(FleetTold(Named(some)))
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_empty(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, FleetScript(), size)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_no_answer_at_all(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looks(snap_compare, FleetScript(failing=unreachable(), storage_=GONE), size)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_stale(snap_compare: Compare, size: tuple[int, int]) -> None:
    clock, script = Clock(), Script(fleet=story())
    app = console(script, clock=clock, target=None)

    async def before(pilot: Pilot[None]) -> None:
        await settle(pilot)
        script.fleet.failing["around"] = GONE
        clock.at += 40.0
        app.tick()
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_no_permission(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Some aliases and all measurements are denied."""
    failing = denied("measure", "cloudwatch:GetMetricData")
    few = frozenset({"auth-token", "cart-api"})
    assert looks(snap_compare, replace(story(), failing=failing, denied=few), size)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_no_permission_to_list(snap_compare: Compare, size: tuple[int, int]) -> None:
    failing = denied("names", "lambda:ListFunctions")
    assert looks(snap_compare, replace(story(), failing=failing), size)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_a_filter_and_marks(snap_compare: Compare, size: tuple[int, int]) -> None:
    keys = ("down", "space", "space", "slash", *"live -api")
    assert looks(snap_compare, story(), size, *["space" if k == " " else k for k in keys])


def test_sorted_by_rate(snap_compare: Compare) -> None:
    keys = ("greater_than_sign",) * 3
    assert looks(snap_compare, story(), (120, 40), *keys, "down", "down")


def test_scrolled_to_the_end_of_a_thousand(snap_compare: Compare) -> None:
    assert looks(snap_compare, many(), (80, 24), "G")


def test_small(snap_compare: Compare) -> None:
    assert looks(snap_compare, story(), (60, 20))


def test_ascii(snap_compare: Compare) -> None:
    assert looks(snap_compare, story(), (80, 24), ascii=True)


def test_light(snap_compare: Compare) -> None:
    assert looks(snap_compare, story(), (120, 40), theme="lambdactl-light")


def test_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks(snap_compare, story(), (80, 24), theme="lambdactl-mono", ansi=True)

"""How it looks: every deliberate state at the three sizes, the dialogs, and the terminals that can
do less. The pictures are looked at by a person when they change, then committed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from lambdactl.errors import PermissionDenied, Unreachable
from lambdactl.model import Snapshot
from lambdactl.tui import Console, Usage
from tests.tui import builders
from tests.tui.builders import NOW
from tests.tui.stage import Clock, Script, console, press, settle

SIZES = [(80, 24), (120, 40), (200, 60)]
Compare = Callable[..., bool]


def named(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def looking(compare: Compare, app: Console, size: tuple[int, int], *keys: str) -> bool:
    async def before(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, *keys)

    run_before: Callable[[Pilot[None]], Awaitable[None]] = before
    return compare(app, terminal_size=size, run_before=run_before)


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize(
    "state",
    [
        builders.stable,
        builders.shifting,
        builders.failing,
        builders.rolled_back,
        builders.no_data,
        builders.by_hand,
        builders.first_version,
        builders.waiting_hook,
        builders.linear,
        builders.done,
        builders.no_alias,
    ],
    ids=lambda state: state.__name__,
)
def test_state(snap_compare: Compare, state: Callable[[], Snapshot], size: tuple[int, int]) -> None:
    assert looking(snap_compare, console(Script([state()])), size)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_stale(snap_compare: Compare, size: tuple[int, int]) -> None:
    clock = Clock()
    gone = Unreachable(
        "no answer from https://lambda.eu-west-1.amazonaws.com",
        why="connect timed out",
        hint="check the network, or your VPN",
    )
    app = console(Script([builders.failing(), gone]), clock=clock)

    async def before(pilot: Pilot[None]) -> None:
        await settle(pilot)
        clock.at += 40.0
        await press(pilot, "r")
        clock.at += 2.0
        app.show()
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("shift", ["s"]),
        ("promote", ["o"]),
        ("abort", ["a"]),
        ("why", ["W"]),
        ("help", ["question_mark"]),
        ("palette", ["colon"]),
        ("alarms", ["2"]),
        ("hooks", ["3"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("size", SIZES, ids=named)
def test_over_the_rollout(
    snap_compare: Compare, name: str, keys: list[str], size: tuple[int, int]
) -> None:
    sick = name in ("abort", "why", "alarms", "hooks")
    script = Script([builders.failing() if sick else builders.by_hand()])
    assert looking(snap_compare, console(script), size, *keys)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_versions(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looking(snap_compare, console(Script([builders.stable()])), size, "v")


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize(
    "keys", [("down", "enter"), ("end", "space", "up", "space")], ids=["details", "marked"]
)
def test_one_of_the_versions(
    snap_compare: Compare, keys: tuple[str, ...], size: tuple[int, int]
) -> None:
    assert looking(snap_compare, console(Script([builders.stable()])), size, "v", *keys)


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize(
    "keys", [("slash", *"alarm", "enter"), ("e",)], ids=["filtered", "wrong only"]
)
def test_a_part_of_the_events(
    snap_compare: Compare, keys: tuple[str, ...], size: tuple[int, int]
) -> None:
    assert looking(snap_compare, console(Script([builders.failing()])), size, *keys)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_prune(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = console(Script([builders.stable()]))
    assert looking(snap_compare, app, size, "v", "D", *"checkou")


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_changed_while_looking(snap_compare: Compare, size: tuple[int, int]) -> None:
    moved = replace(
        builders.by_hand(),
        alias=builders.alias(replace(builders.SPLIT, weight=25.0), revision="9ab0c4d2"),
        taken=NOW + timedelta(seconds=5),
    )
    app = console(Script([builders.by_hand(), moved]))
    assert looking(snap_compare, app, size, "o", "right", "enter")


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_refused(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looking(snap_compare, console(Script([builders.shifting()])), size, "s")


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_unreadable(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looking(snap_compare, console(Script([builders.unreadable()])), size, "2")


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_no_versions_yet(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The survey of the versions screen is denied."""
    denied = PermissionDenied(
        "no permission: lambda:ListAliases on function checkout",
        action="lambda:ListAliases",
        hint="lambdactl iam-policy --pruner",
    )
    app = console(Script([builders.stable()], surveys=[denied]))
    assert looking(snap_compare, app, size, "v")


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_moved_by_somebody_else(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Between two looks the weight is another, and its revision id none of ours."""
    moved = replace(
        builders.by_hand(),
        alias=builders.alias(replace(builders.SPLIT, weight=25.0), revision="9ab0c4d2"),
        taken=NOW + timedelta(seconds=5),
    )
    app = console(Script([builders.by_hand(), moved]))
    assert looking(snap_compare, app, size, "r")


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_paused(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert looking(snap_compare, console(Script([builders.failing()])), size, "p")


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_throttled(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = console(Script([builders.shifting()]), usage=lambda: Usage(41, 0.02, throttled=True))
    assert looking(snap_compare, app, size)


def test_the_longest_names(snap_compare: Compare) -> None:
    snapshot = builders.longest()
    app = console(Script([snapshot]), target=snapshot.target)
    assert looking(snap_compare, app, (80, 24))


def test_a_small_terminal(snap_compare: Compare) -> None:
    assert looking(snap_compare, console(Script([builders.failing()])), (60, 20))


def test_ascii(snap_compare: Compare) -> None:
    assert looking(snap_compare, console(Script([builders.failing()]), ascii=True), (80, 24))


def test_light(snap_compare: Compare) -> None:
    app = console(Script([builders.failing()]), theme="lambdactl-light")
    assert looking(snap_compare, app, (120, 40))


def test_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = console(Script([builders.failing()]), theme="lambdactl-mono", ansi=True)
    assert looking(snap_compare, app, (80, 24), "a")


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_read_only(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = console(Script([builders.by_hand()]), badge="PROD", read_only="a production context")
    assert looking(snap_compare, app, size)

"""How past rollouts, differences and logs look: every deliberate state at the three sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from lambdactl.errors import LambdactlError, PermissionDenied, Unreachable
from lambdactl.model import LifecycleEvent, Unread
from tests.tui import archive, builders
from tests.tui.archive import DENIED, GONE, NO_GROUP, Archive
from tests.tui.builders import at
from tests.tui.stage import Clock, Script, console, press, settle
from tests.tui.test_screens import SIZES, Compare, looking, named

NO_LIST = PermissionDenied(
    "no permission: codedeploy:ListDeployments on deployment group checkout-dg",
    action="codedeploy:ListDeployments",
    hint="lambdactl iam-policy --operator",
)
NO_DATA = "CloudWatch has deleted its data: it keeps none for longer than 455 days"
PAST = ("h", "down", "down", "enter")
HOOK = ("3", "down", "down", "down", "enter")
WAITING = archive.hook_log(event=LifecycleEvent("BeforeAllowTraffic", "InProgress", at("14:02:57")))
STATES: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    "deployments": (("h", "down", "down"), {}),
    "deployments-none": (("h",), {"rollouts": [()]}),
    "deployments-by-hand": (("h", "down", "down", "down"), {"changes": [archive.by_hand()]}),
    "deployments-denied": (("h",), {"rollouts": [NO_LIST]}),
    "past": (PAST, {}),
    "past-unread": (PAST, {"revisits": [GONE]}),
    "past-forgotten": (
        PAST,
        {"revisits": [archive.revisited(metrics=None, unread=(Unread("metrics", NO_DATA),))]},
    ),
    "diff": (("d",), {}),
    "diff-same": (("d",), {"compared": archive.same}),
    "logs": (("l",), {}),
    "logs-none": (("l",), {"errors": [archive.errors(groups=())]}),
    "logs-no-group": (("l",), {"errors": [archive.errors(groups=(), missing=NO_GROUP)]}),
    "logs-denied": (("l",), {"errors": [DENIED]}),
    "tail": (("L",), {}),
    "tail-paused": (("L", "up", "up", "p"), {}),
    "hook": (HOOK, {}),
    "hook-waiting": (HOOK, {"hook_logs": [WAITING]}),
    "pane-diff": (("4",), {}),
    "pane-logs": (("5",), {}),
    "panes-denied": (("5",), {"errors": [DENIED], "refusal": DENIED}),
}


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("state", STATES)
def test_state(snap_compare: Compare, state: str, size: tuple[int, int]) -> None:
    keys, changes = STATES[state]
    waits = state == "hook-waiting"
    look = builders.waiting_hook() if waits else builders.failing()
    script = Script([look], archive=Archive(**changes))  # type: ignore[arg-type]
    assert looking(snap_compare, console(script), size, *keys)


@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("h", lambda e: Archive(rollouts=[archive.rollouts(), e])),
        ("l", lambda e: Archive(errors=[archive.errors(), e])),
    ],
    ids=["deployments", "logs"],
)
@pytest.mark.parametrize("size", SIZES, ids=named)
def test_stale(
    snap_compare: Compare,
    key: str,
    answers: Callable[[LambdactlError], Archive],
    size: tuple[int, int],
) -> None:
    gone = Unreachable("no answer from AWS", why="connect timed out", hint="check the network")
    clock = Clock()
    app = console(Script([builders.failing()], archive=answers(gone)), clock=clock)

    async def before(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, key)
        clock.at += 40.0
        await press(pilot, "r")

    assert snap_compare(app, terminal_size=size, run_before=before)


def test_ascii(snap_compare: Compare) -> None:
    script = Script([builders.failing()], archive=Archive())
    assert looking(snap_compare, console(script, ascii=True), (80, 24), "l")


def test_hostile_names(snap_compare: Compare) -> None:
    """A deployment config that somebody named to steer a terminal, in a row that is not broken."""
    first, *others = archive.rollouts()
    shady = replace(first, config_name="警报 \x1b[2J[red]", creator="\u202egnp")
    script = Script([builders.failing()], archive=Archive(rollouts=[(shady, *others)]))
    assert looking(snap_compare, console(script), (120, 40), "h")

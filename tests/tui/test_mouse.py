"""The mouse and the hands: rows, tabs and keys can be clicked, the browser opened, texts copied."""

from __future__ import annotations

import subprocess
import sys
import webbrowser
from pathlib import Path
from typing import Any

import pytest
import textual.events

from lambdactl.model import Place, Target
from lambdactl.render.console_page import deployment_page, lambda_page
from lambdactl.tui import browsing, clipboard
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.widgets.listing import Listing
from tests.tui import builders
from tests.tui.fleet_stage import FleetScript
from tests.tui.stage import Script, copied, opened, press, seen, settle

URL = (
    "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1"
    "#/functions/checkout/aliases/live"
)


async def test_a_click_takes_the_row_that_is_seen_there() -> None:
    async with opened(Script([builders.failing()])) as (app, pilot):
        row = next(i for i, line in enumerate(seen(app).splitlines()) if "14:03:10" in line)
        await pilot.click(offset=(20, row))
        await press(pilot, "y")
        assert "14:03:10" in copied(app)


async def test_the_wheel_scrolls_and_the_cursor_stays() -> None:
    async with opened(Script([builders.failing()]), (80, 20)) as (app, pilot):
        events = app.screen.query_one("#events", Listing)
        before = events.cursor
        row = app.size.height - 3
        down = textual.events.MouseScrollDown(
            events, x=5, y=row, delta_x=0, delta_y=1, button=0, shift=False, meta=False, ctrl=False
        )
        app.screen._forward_event(down)
        while events.scroll_y == 0:
            await pilot.pause()
        assert events.cursor == before


@pytest.mark.parametrize(("tab", "pane"), [("2 alarms", "alarms"), ("3 hooks", "hooks")])
async def test_a_tab_can_be_clicked(tab: str, pane: str) -> None:
    async with opened(Script([builders.failing()])) as (app, pilot):
        lines = seen(app).splitlines()
        row = next(i for i, line in enumerate(lines) if "[1 EVENTS]" in line)
        await pilot.click(offset=(lines[row].index(tab) + 2, row))
        await settle(pilot)
        assert isinstance(app.screen, RolloutScreen) and app.screen.pane == pane
        await pilot.click(offset=(seen(app).splitlines()[row].index("1 events"), row))
        await settle(pilot)
        assert app.screen.pane == "events"


async def test_a_double_click_opens_a_row_of_the_fleet_as_enter_does() -> None:
    script = Script(fleet=FleetScript(["billing", "checkout"]))
    async with opened(script, target=None) as (app, pilot):
        row = next(i for i, line in enumerate(seen(app).splitlines()) if "checkout:live" in line)
        await pilot.click(offset=(20, row), times=2)
        await settle(pilot)
        assert app.page.target == Target("checkout", "live")


def test_the_page_of_the_aws_console_is_of_the_partition_and_the_region() -> None:
    target = Target("checkout", "live")
    assert lambda_page(Place("1", "eu-west-1"), target) == URL
    for partition, host in (
        ("aws-cn", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ):
        region = host.split(".")[0]
        page = lambda_page(Place("1", region, partition))
        assert page == f"https://{host}/lambda/home?region={region}#/functions"
    assert lambda_page(Place("1", "x", "aws-iso")) is None
    assert lambda_page(Place("1", "x", endpoint="http://127.0.0.1:1"), target) is None
    assert deployment_page(Place("1", "eu-west-1"), "d-1") == (
        "https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-1"
        "?region=eu-west-1"
    )
    odd = lambda_page(Place("1", "eu-west-1"), Target("a b", "x/y"))
    assert odd is not None and odd.endswith("/functions/a%20b/aliases/x%2Fy")


async def test_without_a_display_b_copies_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    async with opened() as (app, pilot):
        await press(pilot, "b")
        assert copied(app) == URL


@pytest.mark.parametrize("opens", [True, False])
async def test_b_opens_a_browser_and_copies_where_none_will(
    monkeypatch: pytest.MonkeyPatch, opens: bool
) -> None:
    told: list[str] = []

    def browser(url: str) -> bool:
        told.append(url)
        return opens

    monkeypatch.setenv("BROWSER", "firefox")
    monkeypatch.setattr(webbrowser, "open", browser)
    async with opened() as (app, pilot):
        await pilot.press("b")
        while not app._notifications:
            await pilot.pause()
        assert told == [URL]
        (note,) = app._notifications
        assert ("a browser was told" if opens else "copied through the terminal") in note.message


async def test_the_sandbox_has_no_console_page() -> None:
    async with opened(in_sandbox=True) as (app, pilot):
        await press(pilot, "b")
        assert any("the sandbox has no AWS console" in n.message for n in app._notifications)


async def test_another_endpoint_has_no_console_page() -> None:
    def localstack() -> Place:
        return Place("000000000000", "us-east-1", endpoint="http://127.0.0.1:4566")

    async with opened(Script(), target=None, place=localstack) as (app, pilot):
        await press(pilot, "b")
        told = "no AWS console is known for http://127.0.0.1:4566"
        assert any(n.message == told for n in app._notifications)


@pytest.mark.parametrize(
    ("environ", "platform", "has"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "w"}, "linux", True),
        ({"BROWSER": "/usr/bin/lynx"}, "linux", False),
        ({"BROWSER": "wslview"}, "linux", True),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "1"}, "darwin", False),
    ],
)
def test_a_browser_needs_a_window(environ: dict[str, str], platform: str, has: bool) -> None:
    assert browsing.has_display(environ, platform) is has


class Terminal:
    """What the terminal and tmux were told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, tmux: bool = True) -> None:
        self.texts: list[str] = []
        self.through_tmux: list[bytes] = []
        self._tmux = tmux
        monkeypatch.setattr(subprocess, "run", self._run)

    def _run(self, _command: object, *, input: bytes, **_: Any) -> None:
        if not self._tmux:
            raise subprocess.CalledProcessError(1, "tmux")
        self.through_tmux.append(input)


@pytest.mark.parametrize(
    ("way", "in_tmux", "told", "osc", "tmux"),
    [
        ("auto", False, "copied through the terminal", 1, 0),
        ("auto", True, "copied through tmux", 0, 1),
        ("osc52", True, "copied through the terminal", 1, 0),
        ("tmux", False, "copied through tmux", 0, 1),
        ("off", True, 'not copied: ui.clipboard = "off"', 0, 0),
    ],
)
def test_how_is_copied(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    way: clipboard.Clipboard,
    in_tmux: bool,
    told: str,
    osc: int,
    tmux: int,
) -> None:
    at = Terminal(monkeypatch)
    file = tmp_path / "copied.txt"
    said = clipboard.copy("x", way, in_tmux=in_tmux, to_terminal=at.texts.append, file=file)
    assert (said, len(at.texts), len(at.through_tmux)) == (told, osc, tmux)
    assert not file.exists()


def test_where_tmux_refuses_the_terminal_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = Terminal(monkeypatch, tmux=False)
    said = clipboard.copy("x", "tmux", in_tmux=True, to_terminal=at.texts.append, file=tmp_path)
    assert at.texts == ["x"] and "tmux did not take it" in said


def test_a_file_is_told_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "state" / "copied.txt"
    said = clipboard.copy("secret", "file", in_tmux=False, to_terminal=print, file=file)
    assert said == f"copied to {file}"
    assert file.read_text(encoding="utf-8") == "secret\n" and file.stat().st_mode & 0o077 == 0
    said = clipboard.copy("x", "file", in_tmux=False, to_terminal=print, file=file / "below")
    assert said.startswith("not copied: ")


async def test_what_is_not_copied_is_a_warning() -> None:
    async with opened(clipboard="off") as (app, pilot):
        await press(pilot, "Y")
        (note,) = app._notifications
        assert note.severity == "warning" and 'ui.clipboard = "off"' in note.message

"""The hands: copying, saving, moving about, the palette, help and the mouse."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from lambdactl.model import Snapshot
from lambdactl.tui.dialogs.plan import PlanDialog
from lambdactl.tui.screens.versions import VersionsScreen
from lambdactl.tui.widgets.listing import Listing
from tests.tui import builders
from tests.tui.builders import NOW
from tests.tui.stage import Clock, Script, copied, opened, press, seen, settle


async def test_y_copies_the_row_and_shift_y_the_command() -> None:
    async with opened(Script([builders.failing()]), flags="--context sandbox") as (app, pilot):
        await press(pilot, "y")
        assert copied(app).startswith("2026-11-23 14:06:41 alarm checkout-5xx ALARM")
        await press(pilot, "2", "y")
        assert copied(app) == "checkout-5xx"
        await press(pilot, "Y")
        assert copied(app) == "lambdactl --context sandbox status -f checkout:live"
        await press(pilot, "v", "Y")
        assert copied(app) == (
            "lambdactl --context sandbox prune -f checkout:live --keep 5 --dry-run"
        )


async def test_ctrl_s_saves_the_screen_and_says_where(tmp_path: Path) -> None:
    async with opened(save_to=tmp_path) as (app, pilot):
        await press(pilot, "ctrl+s")
        picture, text = sorted(tmp_path.iterdir())
        assert picture.name == "lambdactl-checkout-20261123-140722.svg"
        assert picture.read_text(encoding="utf-8").startswith("<svg")
        assert text.name == "lambdactl-checkout-20261123-140722.txt"
        assert "SHIFTING" in text.read_text(encoding="utf-8").splitlines()[1]
        assert any(picture.name in n.message for n in app._notifications)


async def test_a_screen_that_cannot_be_saved_says_so(tmp_path: Path) -> None:
    async with opened(save_to=tmp_path / "missing") as (app, pilot):
        await press(pilot, "ctrl+s")
        assert any("was not saved" in n.message for n in app._notifications)


async def test_the_cursor_stays_on_its_row_when_news_come_in() -> None:
    later = replace(builders.failing(), taken=NOW + timedelta(seconds=5))
    async with opened(Script([builders.shifting(), later])) as (app, pilot):
        await press(pilot, "down", "down", "j")
        events = app.screen.query_one("#events", Listing)
        before = events.row
        assert before is not None
        await press(pilot, "r")
        assert events.row is not None and events.row.key == before.key
        assert events.cursor == 5
        await press(pilot, "g")
        assert events.row.key != before.key and events.cursor == 0
        await press(pilot, "G", "k", "pageup", "pagedown", "end")
        assert events.cursor == len(events.rows) - 1


async def chosen(pilot: Pilot[None], name: str) -> None:
    """Type into the palette, wait until it has searched, and take the first it found."""
    await pilot.press(*name)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.press("enter")
    await settle(pilot)


@pytest.mark.parametrize("opener", ["colon", "ctrl+p"])
async def test_the_palette_lists_the_keys_and_runs_them(opener: str) -> None:
    async with opened() as (app, pilot):
        await press(pilot, opener)
        await chosen(pilot, "prune")
        assert any(isinstance(s, VersionsScreen) for s in app.screen_stack)


async def test_the_palette_changes_the_theme() -> None:
    async with opened() as (app, pilot):
        await press(pilot, "colon")
        await chosen(pilot, "theme light")
        assert app.theme == "lambdactl-light"


async def test_help_lists_every_live_binding_with_its_key() -> None:
    async with opened(size=(80, 90)) as (app, pilot):
        bindings = [b.binding for b in app.screen.active_bindings.values() if b.binding.id]
        await press(pilot, "question_mark")
        screen = seen(app)
        for binding in bindings:
            assert app.get_key_display(binding) in screen, binding.key
    assert "ABORT…: all traffic back to the stable version" in screen
    assert "no call in that minute" in screen


async def test_the_reasons_are_kept_up_to_date_while_they_are_read() -> None:
    later = replace(builders.failing(), taken=NOW + timedelta(seconds=5))
    async with opened(Script([builders.shifting(), later])) as (app, pilot):
        await press(pilot, "W")
        assert "INCONCLUSIVE" in seen(app)
        app.page.look()
        await settle(pilot)
        assert "✖ FAIL" in seen(app) and "1,820" in seen(app)


async def test_the_footer_is_clickable() -> None:
    async with opened(Script([builders.by_hand()])) as (app, pilot):
        at = seen(app).splitlines()[23].index("a ABORT")
        await pilot.click("#keys", offset=(at, 0))
        await settle(pilot)
        assert isinstance(app.screen, PlanDialog)


async def test_no_ctrl_letter_changes_anything() -> None:
    script = Script([builders.by_hand()])
    async with opened(script, save_to=Path("/nowhere")) as (app, pilot):
        for letter in "abdefghijklmnorstuvwxyz":
            await press(pilot, f"ctrl+{letter}")
            assert not any(isinstance(s, PlanDialog) for s in app.screen_stack), letter
    assert script.applied == []


@pytest.mark.parametrize(
    ("look", "first", "gone"),
    [
        (builders.shifting, " a ABORT…  w guard…  v versions", ("s shift…", "H hook…")),
        (builders.waiting_hook, " a ABORT…  H hook…", ("s shift…", "o promote…")),
        (builders.by_hand, " s shift…  o promote…  a ABORT…", ("H hook…",)),
        (builders.stable, " s shift…  v versions", ("a ABORT…", "H hook…", "o promote…")),
    ],
)
async def test_the_first_keys_of_the_footer_are_those_that_can_do_something(
    look: Callable[[], Snapshot], first: str, gone: tuple[str, ...]
) -> None:
    async with opened(Script([look()])) as (app, _):
        keys = seen(app).splitlines()[23]
        assert keys.startswith(first)
        assert not any(key in keys for key in gone)
        assert keys.rstrip().endswith("? help")


async def test_a_key_that_would_change_nothing_still_says_why() -> None:
    async with opened(Script([builders.stable()])) as (app, pilot):
        await press(pilot, "a")
        assert "nothing to abort" in seen(app)


async def test_help_has_a_row_for_each_key_and_its_lines_do_not_run_under_the_keys() -> None:
    async with opened(Script([builders.stable()]), (120, 60)) as (app, pilot):
        await press(pilot, "question_mark")
        told = seen(app)
        assert "l  errors of the new version, grouped" in told
        assert "5  errors of the new version, in a pane" in told
        assert "d  what differs between two versions" in told
        second = next(line for line in told.splitlines() if "one step more" in line)
        first = next(line for line in told.splitlines() if "promote…: all" in line)
        assert second.index("one step more") >= first.index("promote…")


async def test_y_again_copies_the_arn_and_what_json_says() -> None:
    clock = Clock()
    async with opened(Script([builders.failing()]), clock=clock) as (app, pilot):
        await press(pilot, "Y", "Y")
        assert copied(app) == "arn:aws:lambda:eu-west-1:123456789012:function:checkout:live"
        await press(pilot, "Y")
        told = json.loads(copied(app))
        assert (told["kind"], told["data"]["state"]) == ("Rollout", "FAILING")
        assert any("its JSON; Y again: the command line" in n.message for n in app._notifications)
        clock.at += 3.0
        await press(pilot, "Y")
        assert copied(app) == "lambdactl status -f checkout:live"


async def test_tab_goes_from_pane_to_pane() -> None:
    async with opened(Script([builders.failing()]), (120, 40)) as (app, pilot):
        assert app.focused is app.screen.query_one("#events")
        await press(pilot, "tab")
        assert app.focused is app.screen.query_one("#alarms")
        await press(pilot, "shift+tab")
        assert app.focused is app.screen.query_one("#events")


async def test_ctrl_c_twice_quits_from_any_page() -> None:
    async with opened(Script([builders.failing()])) as (app, pilot):
        left: list[bool] = []
        app.exit = lambda *_, **__: left.append(True)  # type: ignore[method-assign]
        await press(pilot, "v", "ctrl+c")
        assert left == []
        await press(pilot, "ctrl+c")
        assert left == [True]

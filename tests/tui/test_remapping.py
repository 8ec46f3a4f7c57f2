"""Keys that the operator moves: they work, they are shown everywhere, and no mistake gets in."""

from __future__ import annotations

import pytest

from lambdactl.errors import UsageError
from lambdactl.tui import keys
from lambdactl.tui.dialogs.plan import PlanDialog
from lambdactl.tui.key_list import key_list
from lambdactl.tui.remapping import ANYWHERE, keys_of, remapped, shown
from tests.tui import builders
from tests.tui.stage import Script, opened, press, seen

MOVED = remapped({"abort": "X", "copy": "f5,y", "down": "n,down", "shift": "a"})


@pytest.mark.parametrize(
    ("wanted", "told", "hint"),
    [
        ({"abot": "X"}, "there is no action abot", "did you mean abort?"),
        ({"xyzzy": "X"}, "there is no action xyzzy", "lambdactl keys   lists the names"),
        ({"why": "bogus"}, "why = 'bogus' is not a key", 'why = "f5"'),
        ({"why": ""}, "why = '' is not a key", 'why = "f5"'),
        ({"why": "hyper+w"}, "is not a key", 'why = "f5"'),
        ({"abort": "s"}, "shift and abort are both on s (rollout)", "give shift another key"),
        ({"why": "j"}, "down and why are both on j (rollout)", "give down another key"),
        ({"quit": "ctrl+c"}, "ctrl+c quits, and keeps doing so", "another key"),
        ({"abort": "ctrl+a"}, "abort changes something at AWS", 'abort = "a"'),
        ({"prune": "enter"}, "prune changes something at AWS", 'prune = "D"'),
        ({"shift": "space"}, "shift changes something at AWS", 'shift = "s"'),
    ],
)
def test_a_mistake_is_told_with_what_to_write(wanted: dict[str, str], told: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        remapped(wanted, "config.toml: keys")
    assert str(raised.value).startswith("config.toml: keys: ") and told in str(raised.value)
    assert hint in (raised.value.hint or "")


@pytest.mark.parametrize("name", sorted(keys.WRITES & keys.SHOWN.keys()))
@pytest.mark.parametrize("letter", "abhsxz")
def test_no_ctrl_letter_can_be_given_to_what_writes(name: str, letter: str) -> None:
    with pytest.raises(UsageError, match="cannot be on ctrl"):
        remapped({name: f"ctrl+{letter}"})


def test_two_keys_may_change_places() -> None:
    assert remapped({"abort": "s", "shift": "a"}) == {"abort": "s", "shift": "a"}
    assert remapped({"help": "?", "save": ","}) == {"help": "question_mark", "save": "comma"}


def test_no_two_actions_of_a_screen_are_on_one_key_as_it_comes() -> None:
    for screen in {name for name, _ in keys.every()} - set(ANYWHERE):
        taken: dict[str, str] = {}
        for name, binding in keys.every():
            if name in (*ANYWHERE, screen):
                for key in keys_of(binding, {}):
                    assert taken.setdefault(key, binding.id or "") == binding.id, (screen, key)


def test_the_list_of_keys_has_the_moved_ones() -> None:
    listed = {(k.screen, k.action): k.key for k in key_list(shown(MOVED))}
    assert listed["rollout", "abort"] == "X"
    assert listed["everywhere", "copy"] == "f5 y"
    assert listed["list", "down"] == "n ↓"
    assert listed["rollout", "promote"] == "o"


async def test_a_moved_key_works_and_is_shown_in_footer_help_palette_and_verdict() -> None:
    moved = remapped({"abort": "X"})
    async with opened(Script([builders.failing()]), (80, 60), keys=moved) as (app, pilot):
        screen = seen(app)
        assert "X ABORT…" in screen and "X: abort" in screen and "a ABORT" not in screen
        await press(pilot, "question_mark")
        assert "       X  ABORT…: all traffic back" in seen(app)
        await press(pilot, "escape", "colon")
        await pilot.press(*"abort")
        await pilot.pause()
        assert "X       ABORT…: all traffic back" in seen(app)
        await press(pilot, "escape", "a")
        assert not isinstance(app.screen, PlanDialog)
        await press(pilot, "X")
        assert isinstance(app.screen, PlanDialog)


async def test_keys_that_changed_places_do_each_others_deed() -> None:
    moved = remapped({"abort": "s", "shift": "a", "down": "n,down"})
    async with opened(Script([builders.by_hand()]), keys=moved) as (app, pilot):
        await press(pilot, "n")
        assert app.screen.focused is not None and app.screen.focused.cursor == 1  # type: ignore[attr-defined]
        await press(pilot, "s")
        assert isinstance(app.screen, PlanDialog) and app.screen.proposal.verb == "abort"
        await press(pilot, "escape", "a")
        assert isinstance(app.screen, PlanDialog) and app.screen.proposal.verb == "shift"

"""The dialog of a shift: what it proposes, and how a version and a weight are chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets import Input

from lambdactl.tui.dialogs.shift import weight_of
from tests.tui import builders
from tests.tui.stage import Script, opened, press, seen, settle
from tests.tui.test_dialogs import dialog, focused, moved, told


async def test_the_shift_dialog_plans_as_one_chooses() -> None:
    async with opened(Script([builders.by_hand()])) as (app, pilot):
        await press(pilot, "s", "plus")
        assert "[ Shift to 50 % ]" in seen(app)
        await press(pilot, "minus", "minus", "minus")
        assert "[ Shift to 5 % ]" in seen(app)
        await press(pilot, "left_square_bracket")
        assert "[ Shift to 95 % ]" in seen(app)
        await press(pilot, "left_square_bracket")
        assert "already routes v41 90 %, v42 10 %" in told(app)
        await press(pilot, "right_square_bracket", "right_square_bracket")
        assert "[ Shift to 5 % ]" in seen(app)


async def test_a_number_is_typed_and_enter_in_the_field_confirms_nothing() -> None:
    script = Script([builders.by_hand()], happens=moved)
    async with opened(script) as (app, pilot):
        await press(pilot, "s")
        weight = dialog(app).query_one("#weight", Input)
        weight.focus()
        weight.value = ""
        await press(pilot, "3", "3", "enter")
        assert "[ Shift to 33 % ]" in seen(app)
        assert focused(app) == "cancel"
    assert script.applied == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0.1", "can be read two ways"),
        ("", "is not a number"),
        ("101", "out of range"),
        ("1.2.3", "is not a number"),
    ],
)
async def test_a_weight_that_makes_no_sense_is_explained(text: str, told: str) -> None:
    async with opened(Script([builders.by_hand()])) as (app, pilot):
        await press(pilot, "s")
        dialog(app).query_one("#weight", Input).value = text
        await settle(pilot)
        assert told in seen(app)
        assert not dialog(app).ready


@pytest.mark.parametrize(("text", "weight"), [("10", 10.0), ("0.1%", 0.1), ("0", 0.0), ("7%", 7.0)])
def test_a_weight_is_per_cent(text: str, weight: float) -> None:
    assert weight_of(text) == weight


async def test_a_shift_from_one_version_proposes_the_newest_and_ten_per_cent() -> None:
    ready = replace(builders.stable(), versions=builders.VERSIONS)
    async with opened(Script([ready])) as (app, pilot):
        await press(pilot, "s")
        assert "[ Shift to 10 % ]" in seen(app)
        assert "--to 42 --weight 10" in seen(app)


async def test_the_first_version_has_nothing_to_shift_to() -> None:
    async with opened(Script([builders.first_version()])) as (app, pilot):
        assert "only v1 is published: nothing to shift to" in seen(app)
        await press(pilot, "s")
        assert "no version is chosen" in seen(app)
        assert not dialog(app).ready


async def test_what_was_taken_back_is_not_shifted_to_lightly() -> None:
    async with opened(Script([builders.rolled_back()])) as (app, pilot):
        await press(pilot, "s")
        assert "v42 was taken back by d-7K2QXB1: an alarm." in seen(app)
        assert app.screen.query_one("#typed").display

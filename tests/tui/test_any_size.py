"""No size breaks a screen: none that a window manager passes through, not a single cell.

What is drawn is cut to its widget, so a drawing may be told any width and any height.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.content import Content

from lambdactl.model import Snapshot
from lambdactl.tui.drawing import card, pen, rates, traffic, verdict, why
from lambdactl.tui.drawing.charted import CHARTED, WINDOWS
from lambdactl.tui.view import View
from lambdactl.verdict import assess
from tests.tui import builders
from tests.tui.fleet_stage import FleetScript
from tests.tui.stage import Script, opened, press

STATES = (
    builders.shifting, builders.failing, builders.stable, builders.rolled_back, builders.no_data,
    builders.by_hand, builders.first_version, builders.no_alias, builders.unreadable,
    builders.waiting_hook, builders.linear, builders.longest, builders.hostile, builders.done,
)  # fmt: skip
NARROW = ((1, 1), (3, 40), (8, 24), (19, 7), (40, 12), (109, 23), (300, 90))


def drawn(view: View, width: int, height: int, marks: pen.Pen) -> list[Content]:
    lines = [
        *verdict.verdict(view, width, marks),
        *traffic.lines(view, width, height, marks),
        *traffic.step_lines(view, width, height, marks),
        *rates.rows(view, width, marks),
        *why.why(view, marks),
    ]
    both = rates.sides(view)
    for one in both:
        lines += card.card(one, both, view, width, height, marks)
    return lines


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(STATES),
    st.integers(1, 220),
    st.integers(1, 70),
    st.sampled_from(WINDOWS),
    st.sampled_from(sorted(CHARTED)),
    st.sampled_from((pen.UNICODE, pen.ASCII)),
)
def test_a_rollout_is_drawn_at_any_size(
    state: Callable[[], Snapshot],
    width: int,
    height: int,
    minutes: int,
    metric: str,
    marks: pen.Pen,
) -> None:
    snapshot = state()
    view = View(snapshot, assess(snapshot), age_s=0.0, now=snapshot.taken, minutes=minutes)
    assert drawn(replace(view, metric=metric), width, height, marks)


@pytest.mark.parametrize(
    "keys",
    [(), ("2", "z"), ("v",), ("h",), ("h", "down", "down", "enter"), ("d",), ("l",), ("L",),
     ("s",), ("W",), ("question_mark",), ("colon",), ("exclamation_mark",), ("at",)],
    ids=" ".join,
)  # fmt: skip
async def test_a_screen_goes_through_any_size(keys: tuple[str, ...]) -> None:
    async with opened(Script([builders.failing()]), (200, 60)) as (app, pilot):
        await press(pilot, *keys)
        for size in (*NARROW, (120, 40)):
            await pilot.resize_terminal(*size)
        assert app.page.query("#header")


async def test_a_fleet_goes_through_any_size() -> None:
    fleet = FleetScript([f"f{n}" for n in range(40)], {"f1:live": builders.failing()})
    async with opened(Script(fleet=fleet), (200, 60), target=None) as (app, pilot):
        for size in (*NARROW, (120, 40)):
            await pilot.resize_terminal(*size)
            await press(pilot, "down")
        assert app.page.query("#header")

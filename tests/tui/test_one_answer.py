"""The console and the command line say the same: who drives an alias, and how its gates stand."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.widgets import Button

from lambdactl.cli.guarding import way_out
from lambdactl.errors import Unreachable
from lambdactl.model import Snapshot, Unread
from lambdactl.model_walk import KeptWalk
from lambdactl.ops.gating import Decided
from lambdactl.render.driver import long, short
from lambdactl.tui import Operations, Usage
from lambdactl.tui.dialogs.plan import PlanDialog, Stage
from lambdactl.tui.drawing import lists, logs, pen, rates, traffic, verdict
from lambdactl.tui.drawing.header import driven
from lambdactl.tui.view import View
from lambdactl.verdict import assess
from lambdactl.verdict.driver import driver_of
from lambdactl.verdict.gate import Limits
from tests.tui import builders
from tests.tui.archive import errors
from tests.tui.stage import Script, console, opened, press, seen, settle


def walked(**changes: object) -> Snapshot:
    walk = KeptWalk(
        to=42,
        steps=(10.0, 50.0, 100.0),
        done=1,
        guard=False,
        next_at=builders.NOW + timedelta(minutes=3),
        revision_id=None,
        running=True,
    )
    return replace(builders.by_hand(), walk=replace(walk, **changes))  # type: ignore[arg-type]


DRIVEN = {
    "codedeploy": builders.shifting(),
    "stack": replace(builders.by_hand(), stack="shop", stack_status="UPDATE_IN_PROGRESS"),
    "walk": walked(),
    "walk that was left": walked(running=False),
    "provisioned concurrency": replace(builders.by_hand(), provisioned=frozenset(("live",))),
    "person": builders.by_hand(),
    "not known": builders.unreadable(),
}


@pytest.mark.parametrize("snapshot", DRIVEN.values(), ids=DRIVEN.keys())
def test_the_header_names_the_driver_in_the_words_of_status(snapshot: Snapshot) -> None:
    told = short(driver_of(snapshot))
    assert told and driven(snapshot, pen.UNICODE).plain == told


def test_the_steps_of_a_split_without_deployment_are_who_drives_it() -> None:
    for name in ("stack", "walk", "walk that was left", "person"):
        snapshot = DRIVEN[name]
        lines = traffic.step_lines(View(snapshot, now=builders.NOW), 120, 3, pen.UNICODE)
        told = " ".join(" ".join(line.plain for line in lines).split())
        assert told == " ".join(long(driver_of(snapshot), snapshot).split())


def test_a_walk_says_what_comes_next_and_when() -> None:
    view = View(walked(), assess(walked()), age_s=0.0, now=builders.NOW)
    assert traffic.title(view, pen.UNICODE) == "step 1 of 3 · 50 % in 03:00"
    second = verdict.verdict(view, 80, pen.UNICODE)[1].plain
    assert "next 50 % in 03:00, at 14:10:22" in second
    guarded = View(walked(guard=True), now=builders.NOW)
    assert "50 % on evidence" in traffic.title(guarded, pen.UNICODE)


class Limited(Script):
    limits = Limits(max_error_rate_percent=1.0, min_calls=10_000, origin="./lambdactl.toml")

    def on(self, target: object) -> Operations:
        return replace(super().on(builders.TARGET), limits=self.limits)


async def test_an_unmet_gate_of_a_promotion_is_said_and_wants_the_name() -> None:
    script = Limited([builders.by_hand()])
    async with opened(script, size=(120, 40)) as (app, pilot):
        await press(pilot, "o")
        dialog = app.screen
        assert isinstance(dialog, PlanDialog)
        text = seen(app)
        assert "gate min_calls is not met: 150 of 10,000 calls" in text
        assert "gate max_error_rate_percent is not known" in text
        assert "Type the function's name to confirm" in text
        assert dialog.query_one("#ok", Button).disabled
        await press(pilot, *"checkout", "enter")
        assert [p.verb for p in script.applied] == ["promote"]


async def test_a_gate_that_is_met_is_a_check_and_asks_no_more() -> None:
    script = Limited([builders.by_hand()])
    script.limits = Limits(max_error_rate_percent=1.0, min_calls=100)
    async with opened(script, size=(120, 40)) as (app, pilot):
        await press(pilot, "o")
        assert "✔ gate max_error_rate_percent" in seen(app)
        assert "Type the function's name" not in seen(app)


async def test_a_gate_that_fails_after_the_confirmation_stops_the_write() -> None:
    bad = replace(builders.by_hand(), metrics=builders.metrics(canary=builders.FAILING))
    script = Limited([builders.by_hand(), bad])
    script.limits = Limits(max_error_rate_percent=3.0)
    async with opened(script, size=(120, 40)) as (app, pilot):
        await press(pilot, "o")
        dialog = app.screen
        assert isinstance(dialog, PlanDialog)
        dialog.confirm()
        await settle(pilot)
        assert dialog.stage is Stage.CHANGED and not script.applied
        assert "gate max_error_rate_percent is not met any more" in seen(app)


async def test_a_shift_to_a_part_of_the_traffic_is_held_to_no_gate() -> None:
    async with opened(Limited([builders.by_hand()]), size=(120, 40)) as (app, pilot):
        await press(pilot, "s")
        assert "gate " not in seen(app)


async def test_the_reasons_tell_each_gate_with_value_limit_and_answer() -> None:
    async with opened(Limited([builders.shifting()]), size=(120, 60)) as (app, pilot):
        await press(pilot, "W")
        text = " ".join(seen(app).split())
        assert "? gate max_error_rate_percent not known: 0.00 % of" in text
        assert "✖ gate min_calls not met: 150 of 10,000 calls" in text


async def test_at_rest_no_gate_is_told() -> None:
    async with opened(Limited([builders.stable()]), size=(120, 60)) as (app, pilot):
        await press(pilot, "W")
        assert "gate " not in seen(app)


@pytest.mark.parametrize("key", ["d", "l", "L", "1", "2", "3", "4", "5", "W"])
async def test_nothing_is_claimed_before_the_first_look_is_back(key: str) -> None:
    script = Script(gate=threading.Event())
    app = console(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(key)
        await pilot.pause()
        text = seen(app)
        script.gate.set()  # type: ignore[union-attr]
        await settle(pilot)
    for claim in ("only one version", "$LATEST", "no alarm", "no two versions", "✔"):
        assert claim not in text


async def test_a_comparison_that_was_opened_too_soon_is_made_when_the_alias_is_known() -> None:
    script = Script(gate=threading.Event())
    app = console(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("d")
        await pilot.pause()
        assert "reading both versions" in seen(app)
        script.gate.set()  # type: ignore[union-attr]
        await settle(pilot)
        app.tick()
        await settle(pilot)
        assert "Diff v41 → v42" in seen(app)


async def test_a_first_look_that_fails_is_told_on_the_screen_that_waits_for_it() -> None:
    async with opened(Script([Unreachable("no answer from AWS")])) as (app, pilot):
        await press(pilot, "d")
        assert "no answer from AWS" in seen(app) and "only one version" not in seen(app)


@pytest.mark.parametrize("key", ["!", "@"])
async def test_what_the_session_itself_has_met_has_no_age(key: str) -> None:
    async with opened(size=(120, 40)) as (app, pilot):
        await press(pilot, key)
        header = seen(app).splitlines()[0]
        assert "reading" not in header and "⟳" not in header


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_that_aws_asks_for_fewer_calls_is_never_dropped_from_the_header(width: int) -> None:
    usage = Usage(99, 0.02, throttled=True)
    script = Script([builders.longest()])
    async with opened(script, size=(width, 24), usage=lambda: usage) as (app, pilot):
        assert "‖ THROTTLED" in seen(app).splitlines()[0]
        await press(pilot, "!")
        assert "‖ THROTTLED" in seen(app).splitlines()[0]


def test_no_error_among_lines_of_which_some_were_not_read_is_no_good_news() -> None:
    found = replace(errors(), groups=(), left_out=((builders.NOW, builders.NOW),))
    told = logs.nothing(found, pen.UNICODE).line.plain
    assert "✔" not in told and "others are not known" in told
    assert "✔" in logs.nothing(replace(found, left_out=()), pen.UNICODE).line.plain


@pytest.mark.parametrize(
    ("snapshot", "hint"),
    [
        (builders.failing(), "lambdactl abort -f checkout:live"),
        (builders.by_hand(), "lambdactl abort -f checkout:live"),
        (builders.rolled_back(), "lambdactl status -f checkout:live"),
        (builders.stable(), "lambdactl status -f checkout:live"),
    ],
    ids=["failing", "by hand", "rolled back", "stable"],
)
def test_a_gate_that_failed_advises_an_abort_only_where_one_does_something(
    snapshot: Snapshot, hint: str
) -> None:
    decided = Decided(assess(snapshot).verdict, None, (), snapshot)
    assert way_out(decided)["hint"] == hint


@pytest.mark.parametrize("part", ["alarms", "group", "deployment"])
def test_without_the_group_nobody_says_that_no_alarm_watches(part: str) -> None:
    unread = (Unread(part, "no permission: codedeploy:X", "ask for codedeploy:X"),)
    snapshot = replace(builders.stable(), alarms=(), group=None, unread=unread)
    rows = [row.line.plain for row in lists.alarms(View(snapshot), pen.UNICODE)]
    assert rows == [
        " ? alarms not known: no permission: codedeploy:X",
        "   try: ask for codedeploy:X",
    ]


def test_a_canary_without_calls_is_held_to_what_the_stable_version_gets() -> None:
    said = {}
    for calls in (0.0, 3.0, 452.0):
        found = builders.metrics(stable=[(calls, 0.0)] * builders.MINUTES)
        view = View(replace(builders.no_data(), metrics=found))
        said[calls] = rates.uncalled(rates.sides(view))
    assert said == {
        0.0: "neither v41 nor v42 got a call",
        3.0: "v42 got no call; not even one a minute is due",
        452.0: "v42 got no call; about 50 a minute are due: do callers use the alias?",
    }


def test_of_a_reason_that_does_not_fit_the_way_out_is_left() -> None:
    view = View(builders.unreadable())
    (short_line,) = traffic.step_lines(view, 80, 1, pen.UNICODE)
    assert short_line.plain.strip() == (
        "? not known: no permissi… · try: ask for codedeploy:ListDeployments · !: whole"
    )
    (whole,) = traffic.step_lines(view, 120, 1, pen.UNICODE)
    assert "try: ask for codedeploy:ListDeployments" in whole.plain

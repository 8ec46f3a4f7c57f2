"""The guard: agreed to beforehand, announced, stoppable, and never of another canary."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from lambdactl.errors import LambdactlError, Stale, Unreachable
from lambdactl.model import Routing, Snapshot, Target, Unread
from lambdactl.ops.events import AliasVerified, Event
from lambdactl.plan import Plan, plan_shift
from lambdactl.plan.actions import StopDeployment, UpdateAlias
from lambdactl.tui import Console
from lambdactl.tui.dialogs.guard import GuardDialog
from lambdactl.tui.dialogs.plan import PlanDialog
from lambdactl.tui.dialogs.quit import QuitDialog
from lambdactl.tui.guard import Stage
from lambdactl.tui.messages import ActionEnded
from lambdactl.tui.screens.rollout import RolloutScreen
from tests.tui import builders
from tests.tui.builders import NOW
from tests.tui.fleet_stage import FleetScript
from tests.tui.stage import Clock, Script, console, copied, opened, press, seen, settle, watch
from tests.tui.test_screens import SIZES, Compare, named

GRACE = 6.0
AGREED = ("w", "right", "enter")
Answer = Snapshot | LambdactlError


def later(snapshot: Snapshot, seconds: float) -> Snapshot:
    return replace(snapshot, taken=NOW + timedelta(seconds=seconds))


def worse() -> Snapshot:
    """The split made by hand, in which v42 fails."""
    return later(replace(builders.by_hand(), metrics=builders.failing().metrics), 5)


def ringing() -> Snapshot:
    return later(replace(builders.by_hand(), alarms=builders.RED), 5)


def went_back(plan: Plan) -> Iterator[Event]:
    assert plan.after is not None
    yield AliasVerified(NOW, plan.target, plan.after, "9ab0c4d2")


async def passes(app: Console, pilot: Pilot[None], clock: Clock, *seconds: float) -> None:
    """So many seconds of ours, each with its tick."""
    for each in seconds:
        clock.at += each
        app.tick()
        await settle(pilot)


def lines(app: Console) -> list[str]:
    return [line.text for line in watch(app).lines if line.kind == "guard"]


async def test_what_it_heeds_is_said_before_it_is_agreed_to() -> None:
    async with opened(Script([builders.by_hand()])) as (app, pilot):
        await press(pilot, "w")
        assert isinstance(app.screen, GuardDialog)
        told = seen(app)
        assert "All traffic of v42 goes back by itself as soon as" in told
        assert "an alarm is in ALARM: checkout-5xx, checkout-p99" in told
        assert "a limit is exceeded: [gate] sets none" in told
        await press(pilot, "Y")
        assert copied(app) == "lambdactl watch -f checkout:live --guard"
        await press(pilot, "enter")
        assert app.guards == []


async def test_it_takes_a_failing_canary_back_by_itself() -> None:
    clock = Clock()
    script = Script([builders.by_hand(), worse()], happens=went_back)
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        assert "GUARD" in seen(app).splitlines()[0]
        await passes(app, pilot, clock, GRACE)
        assert "the guard aborts in 5 s, w: stop it" in seen(app)
        assert script.applied == []
        await passes(app, pilot, clock, GRACE)
        (plan,) = script.applied
        (action,) = plan.actions
        assert isinstance(action, UpdateAlias) and action.after == Routing(41)
        assert (script.reasons[0] or "").startswith("FAIL: canary ")
        assert app.guards == []
        assert lines(app)[0] == "the guard of v42 is over: all traffic is back"
        assert lines(app)[1].startswith("abort in 5 s, w stops it, because FAIL: canary ")
        assert lines(app)[2] == "v42 is guarded: back on FAIL, an alarm or a limit"


async def test_it_stops_codedeploys_rollout_on_an_alarm() -> None:
    clock, red = Clock(), later(replace(builders.shifting(), alarms=builders.RED), 5)
    script = Script([builders.shifting(), red])
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await passes(app, pilot, clock, GRACE, GRACE)
        (action,) = script.applied[0].actions
        assert isinstance(action, StopDeployment)
        assert script.reasons == ["alarm checkout-5xx is in ALARM"]


async def test_the_same_key_stops_it_at_once() -> None:
    clock = Clock()
    script = Script([builders.by_hand(), ringing()])
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await passes(app, pilot, clock, GRACE)
        await press(pilot, "w")
        assert app.guards == []
        await passes(app, pilot, clock, GRACE, GRACE)
        assert script.applied == []
        assert "GUARD" not in seen(app).splitlines()[0]


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (builders.stable, "checkout:live is at v41 100 %"),
        (lambda: replace(ringing(), alias=builders.alias(Routing(41, 40, 10.0))),
         "checkout:live is at v41 90 %, v40 10 %"),
    ],
    ids=["at rest", "another canary"],
)  # fmt: skip
async def test_it_is_over_with_its_canary(then: Callable[[], Snapshot], why: str) -> None:
    clock = Clock()
    script = Script([builders.by_hand(), later(then(), 5)])
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await passes(app, pilot, clock, GRACE, GRACE, GRACE)
        assert (app.guards, script.applied) == ([], [])
        assert lines(app)[0] == f"the guard of v42 is over: {why}"


async def test_what_is_there_just_before_the_write_counts() -> None:
    """Somebody has made another canary since the look that spoke against this one."""
    clock = Clock()
    other = later(replace(ringing(), alias=builders.alias(Routing(41, 40, 10.0))), 9)
    script = Script([builders.by_hand(), ringing(), other])
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await passes(app, pilot, clock, GRACE)
        app.guards[0].subject.watch.due_at = float("inf")
        await passes(app, pilot, clock, GRACE)
        assert (app.guards, script.applied) == ([], [])


async def test_without_the_network_it_holds_and_tries_again() -> None:
    clock = Clock()
    gone = Unreachable("no answer from AWS", hint="check the network")
    script = Script([builders.by_hand(), ringing()], happens=went_back)
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await passes(app, pilot, clock, GRACE)
        script.looks = [gone]
        await passes(app, pilot, clock, GRACE)
        assert script.applied == []
        assert len(app.guards) == 1
        assert any("could not abort: no answer from AWS" in told for told in lines(app))
        script.looks = [later(ringing(), 30)]
        await passes(app, pilot, clock, 60.0, GRACE)
        assert len(script.applied) == 1


async def test_it_looks_on_wherever_the_operator_is() -> None:
    clock = Clock()
    script = Script([builders.by_hand()])
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED, "p")
        assert not watch(app).paused
        app.app_focus = False
        await press(pilot, "escape", "exclamation_mark")
        assert not any(isinstance(s, RolloutScreen) for s in app.screen_stack)
        assert "the guard of checkout:live goes on" in seen(app)
        before = script.looked
        await passes(app, pilot, clock, GRACE)
        assert script.looked == before + 1


async def test_its_rollout_is_opened_with_what_is_known_of_it() -> None:
    async with opened(Script([builders.by_hand()])) as (app, pilot):
        await press(pilot, *AGREED)
        of = app.guards[0].subject
        await press(pilot, "escape")
        app.open(of.target)
        await settle(pilot)
        assert isinstance(app.page, RolloutScreen) and app.page.subject is of
        assert "GUARD" in seen(app).splitlines()[0]


async def test_it_ends_with_the_console_and_quitting_asks() -> None:
    async with opened(Script([builders.by_hand()])) as (app, pilot):
        await press(pilot, *AGREED, "q")
        assert isinstance(app.screen, QuitDialog)
        assert "The guard of checkout:live ends with this console." in seen(app)
        await press(pilot, "escape")
        assert len(app.guards) == 1


async def test_at_rest_there_is_nothing_to_guard() -> None:
    async with opened(Script([builders.stable()])) as (app, pilot):
        await press(pilot, "w")
        assert isinstance(app.screen, RolloutScreen)
        assert "nothing to guard: checkout:live is at v41 100 %" in [
            n.message.partition(": a guard")[0] for n in app._notifications
        ]


@pytest.mark.parametrize(("keys", "guarded"), [((), 1), (("g",), 0)], ids=["guarded", "not"])
async def test_a_shift_is_guarded_unless_that_is_taken_away(
    keys: tuple[str, ...], guarded: int
) -> None:
    script = Script([builders.by_hand()], happens=went_back)
    async with opened(script) as (app, pilot):
        await press(pilot, "s", *keys)
        box = "[x]" if guarded else "[ ]"
        assert f"Guard {box} back on FAIL, an alarm or a limit  (g)" in seen(app)
        await press(pilot, "right", "enter", "escape")
        assert len(script.applied) == 1
        assert len(app.guards) == guarded


async def test_a_look_from_before_the_shift_does_not_end_its_guard() -> None:
    """It was on its way while the alias was moved, and saw no canary yet."""
    clock, before = Clock(), later(builders.done(), 2)
    split = later(replace(builders.done(), alias=builders.alias(Routing(42, 41, 10.0))), 30)
    script = Script([builders.done()], happens=went_back)
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, "s")
        clock.at += 20.0
        await press(pilot, "right")
        script.looks = [builders.done(), before, split]
        await press(pilot, "enter", "escape")
        assert [g.canary for g in app.guards] == [41]
        await passes(app, pilot, clock, GRACE)
        assert [g.canary for g in app.guards] == [41]
        assert len(lines(app)) == 1


async def test_a_shift_into_an_alarm_is_not_guarded_by_itself() -> None:
    async with opened(Script([ringing()])) as (app, pilot):
        await press(pilot, "s")
        assert isinstance(app.screen, PlanDialog) and app.screen.guards is None
        assert "Guard [ ] back on" in seen(app)


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("state", ["dialog", "at-once", "guarded", "announced"])
def test_pictures(snap_compare: Compare, state: str, size: tuple[int, int]) -> None:
    clock = Clock()
    looks = [ringing()] if state == "at-once" else [builders.by_hand(), ringing()]
    app = console(Script([*looks]), clock=clock)

    async def before(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, *(AGREED if state in ("guarded", "announced") else "w"))
        if state == "announced":
            clock.at += GRACE
            app.tick()
            await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


def other(name: str) -> Target:
    return Target(name, "live")


async def guarded_elsewhere(app: Console, pilot: Pilot[None], target: Target) -> None:
    """Another alias is opened over this one, and guarded."""
    app.open(target)
    await settle(pilot)
    await press(pilot, *AGREED)


async def test_two_guards_that_are_due_at_once_both_act() -> None:
    clock = Clock()
    script = Script([builders.by_hand(), builders.by_hand(), ringing()], happens=went_back)
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await guarded_elsewhere(app, pilot, other("payments"))
        await passes(app, pilot, clock, GRACE, GRACE, GRACE)
        assert len(script.applied) == 2
        assert app.guards == []


async def test_a_new_canary_is_guarded_although_the_old_ones_guard_was_not_over_yet() -> None:
    clock = Clock()
    script = Script([builders.by_hand(), later(builders.done(), 5)], happens=went_back)
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await passes(app, pilot, clock, GRACE)
        assert app.guards[0].ends_seen == 1
        app.begin_guard(app.guards[0].subject, 41)
        assert [(g.canary, g.stage) for g in app.guards] == [(41, Stage.WATCHING)]


async def test_it_can_be_stopped_while_it_reads() -> None:
    clock, gate = Clock(), threading.Event()
    script = Script([builders.by_hand(), ringing()], happens=went_back)
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await passes(app, pilot, clock, GRACE)
        script.gate = gate
        app.guards[0].subject.watch.due_at = float("inf")
        clock.at += GRACE
        app.tick()
        assert app.guards[0].stage is Stage.READING
        await pilot.press("w")
        assert app.guards == []
        gate.set()
        await settle(pilot)
        assert script.applied == []


async def test_what_the_operator_does_is_not_taken_for_its_own() -> None:
    """A shift that was confirmed ends while the guard reads: the guard goes on."""
    clock, gate = Clock(), threading.Event()
    script = Script([builders.by_hand(), ringing()], happens=went_back)
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await passes(app, pilot, clock, GRACE)
        of = app.guards[0].subject
        of.watch.due_at = float("inf")
        script.gate = gate
        clock.at += GRACE
        app.tick()
        assert app.apply(of, plan_shift(builders.by_hand(), 42, 50.0)) is not None
        app.on_action_ended(ActionEnded(app.under_way[0]))
        assert [g.stage for g in app.guards] == [Stage.READING]
        gate.set()
        await settle(pilot)
        assert [plan.verb for plan in script.applied] == ["shift", "abort"]
        assert script.reasons[1] == "alarm checkout-5xx is in ALARM"


async def test_nothing_is_confirmed_beside_its_abort() -> None:
    clock, gate = Clock(), threading.Event()

    def slowly(plan: Plan) -> Iterator[Event]:
        gate.wait()
        yield from went_back(plan)

    script = Script([builders.by_hand(), ringing()], happens=slowly)
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await passes(app, pilot, clock, GRACE)
        of = app.guards[0].subject
        of.watch.due_at = float("inf")
        clock.at += GRACE
        app.tick()
        while app.guards[0].stage is not Stage.ACTING:
            await pilot.pause()
        assert app.apply(of, plan_shift(builders.by_hand(), 42, 50.0)) is None
        await pilot.press("s")
        assert isinstance(app.screen, RolloutScreen)
        await pilot.press("w")
        assert len(app.guards) == 1
        gate.set()
        await settle(pilot)
        assert [plan.verb for plan in script.applied] == ["abort"]


async def test_it_is_announced_and_stopped_on_any_page() -> None:
    clock = Clock()
    script = Script([builders.by_hand(), ringing()], fleet=FleetScript(["checkout"]))
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED, "escape")
        await passes(app, pilot, clock, GRACE)
        assert "the guard of checkout:live aborts in 5 s, w: stop it" in seen(app)
        assert "w stop the guard" in seen(app).splitlines()[-1]
        await press(pilot, "w")
        assert (app.guards, script.applied) == ([], [])
        assert "w stop" not in seen(app)


async def test_a_guard_that_cannot_look_says_so_elsewhere() -> None:
    clock = Clock()
    gone = Unreachable("no answer from AWS", hint="check the network")
    script = Script([builders.by_hand(), gone], fleet=FleetScript(["checkout"]))
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED, "escape")
        await passes(app, pilot, clock, GRACE)
        assert "the guard of checkout:live cannot look: no answer from AWS" in seen(app)


async def test_a_write_that_came_too_late_is_looked_at_again() -> None:
    clock = Clock()

    def stale(_plan: Plan) -> Iterator[Event]:
        raise Stale("the alias was moved by somebody else")
        yield

    script = Script([builders.by_hand(), ringing()], happens=stale)
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await passes(app, pilot, clock, GRACE, GRACE)
        assert [g.stage for g in app.guards] != []
        assert any("could not abort: the alias was moved by somebody else" in t for t in lines(app))
        script.happens = went_back
        await passes(app, pilot, clock, 60.0, GRACE)
        assert len(script.applied) == 2 and app.guards == []


async def test_what_was_agreed_to_is_the_canary_that_was_shown() -> None:
    clock = Clock()
    third = later(replace(builders.by_hand(), alias=builders.alias(Routing(41, 40, 10.0))), 5)
    script = Script([builders.by_hand(), third])
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, "w")
        await passes(app, pilot, clock, GRACE)
        await press(pilot, "right", "enter")
        assert app.guards == []
        told = [n.message for n in app._notifications][-1]
        assert told == "v42 is not guarded: checkout:live is at v41 90 %, v40 10 %"


async def test_where_it_is_not_known_whether_the_shift_was_done_it_is_guarded() -> None:
    def lost(plan: Plan) -> Iterator[Event]:
        raise Unreachable("no answer from AWS")
        yield

    async with opened(Script([builders.by_hand()], happens=lost)) as (app, pilot):
        await press(pilot, "s", "right", "enter", "escape")
        assert [g.canary for g in app.guards] == [42]


async def test_where_codedeploy_cannot_be_asked_nothing_is_announced() -> None:
    clock = Clock()
    blind = replace(
        ringing(), unread=(Unread("deployment", "no permission: codedeploy:ListDeployments"),)
    )
    script = Script([builders.by_hand(), blind])
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, *AGREED)
        await passes(app, pilot, clock, GRACE, GRACE)
        assert [g.stage for g in app.guards] == [Stage.WATCHING]
        assert script.applied == []

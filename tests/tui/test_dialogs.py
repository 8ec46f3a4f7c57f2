"""Deeds: what stands before them, that they are about what was shown, and what is said after."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from lambdactl.errors import Stale, Unreachable
from lambdactl.model import Routing, Snapshot
from lambdactl.ops.events import AliasMoved, AliasVerified, DeploymentStopRequested, Event
from lambdactl.plan import Plan, StopDeployment, UpdateAlias
from lambdactl.tui import Console
from lambdactl.tui.dialogs.plan import PlanDialog, Stage
from lambdactl.tui.dialogs.quit import QuitDialog
from lambdactl.tui.screens.rollout import RolloutScreen
from tests.tui import builders
from tests.tui.builders import NOW
from tests.tui.stage import Clock, Script, copied, opened, press, seen, settle, watch

GONE = Unreachable("no answer", why="timed out", hint="lambdactl sandbox start")


def moved(plan: Plan) -> Iterator[Event]:
    """An UpdateAlias that goes well."""
    (action,) = plan.actions
    assert isinstance(action, UpdateAlias)
    yield AliasMoved(NOW, plan.target, action.before, action.after, "9ab0c4d2", "lambdactl")
    yield AliasVerified(NOW, plan.target, action.after, "9ab0c4d2")


def stopped(plan: Plan) -> Iterator[Event]:
    """A StopDeployment that goes well."""
    (action,) = plan.actions
    assert isinstance(action, StopDeployment)
    yield DeploymentStopRequested(NOW, action.deployment_id)
    yield AliasVerified(NOW, plan.target, action.restores, "9ab0c4d2")


def elsewhere(weight: float = 25.0) -> Snapshot:
    """Somebody has moved the alias since: another weight, another revision id."""
    other = builders.alias(Routing(41, 42, weight), revision="9ab0c4d2-0000")
    return replace(builders.by_hand(), alias=other, taken=NOW + timedelta(seconds=5))


def dialog(app: Console) -> PlanDialog:
    assert isinstance(app.screen, PlanDialog)
    return app.screen


def told(app: Console) -> str:
    """What the dialog says, before it is wrapped to its width."""
    return "\n".join(line.plain for line in dialog(app).told())


def focused(app: Console) -> str | None:
    return app.focused.id if app.focused else None


async def test_abort_is_one_enter_away() -> None:
    script = Script([builders.failing()], happens=stopped)
    async with opened(script) as (app, pilot):
        await press(pilot, "a")
        assert focused(app) == "ok"
        assert "All traffic returns to v41; d-7K2QXB1 is stopped." in seen(app)
        await press(pilot, "enter")
        assert [a for p in script.applied for a in p.actions] == [
            StopDeployment("d-7K2QXB1", builders.TARGET, Routing(41))
        ]
        assert "d-7K2QXB1 stop requested, with rollback" in seen(app)
        assert "abort is done" in seen(app)
        assert dialog(app).stage is Stage.DONE
        await press(pilot, "enter")
        assert isinstance(app.screen, RolloutScreen)
        assert "verified" in seen(app)


@pytest.mark.parametrize("key", ["s", "o"])
async def test_everything_else_has_the_focus_on_cancel(key: str) -> None:
    script = Script([builders.by_hand()], happens=moved)
    async with opened(script) as (app, pilot):
        await press(pilot, key)
        assert focused(app) == "cancel"
        await press(pilot, "enter")
        assert isinstance(app.screen, RolloutScreen)
    assert script.applied == []


async def test_a_shift_is_confirmed_rechecked_applied_and_can_be_undone() -> None:
    script = Script([builders.by_hand()], happens=moved)
    async with opened(script) as (app, pilot):
        await press(pilot, "s")
        assert "[ Shift to 25 % ]" in seen(app)
        looks = script.looked
        await press(pilot, "right", "enter")
        assert script.looked > looks
        assert [p.after for p in script.applied] == [Routing(41, 42, 25.0)]
        screen = seen(app)
        assert "✔ shift is done" in screen
        assert "Undo  lambdactl shift -f checkout:live --to 42 --weight 10" in screen
        await press(pilot, "y")
        assert copied(app) == "lambdactl shift -f checkout:live --to 42 --weight 10"


async def test_an_undo_leads_to_the_place_that_was_changed() -> None:
    place = "Undo  lambdactl --context sandbox shift -f checkout:live"
    script = Script([builders.by_hand()], happens=moved)
    async with opened(script, flags="--context sandbox") as (app, pilot):
        await press(pilot, "s")
        assert place in seen(app)
        await press(pilot, "right", "enter")
        assert "✔ shift is done" in seen(app)
        assert place in seen(app)
        await press(pilot, "y")
        assert copied(app) == (
            "lambdactl --context sandbox shift -f checkout:live --to 42 --weight 10"
        )


async def test_promote_shows_both_versions_before_and_after() -> None:
    script = Script([builders.by_hand()], happens=moved)
    async with opened(script) as (app, pilot):
        await press(pilot, "o")
        lines = seen(app).splitlines()
        v41, v42 = (next(line for line in lines if f"│  {v} " in line) for v in ("v41", "v42"))
        assert "90 %" in v41 and " 0 %" in v41
        assert "10 %" in v42 and "100 %" in v42
        assert "[ All traffic to v42 ]" in seen(app)
        await press(pilot, "right", "enter")
    assert [p.after for p in script.applied] == [Routing(42)]


async def test_a_dialog_is_about_what_was_shown_when_it_opened() -> None:
    """A refresh behind the dialog brings another weight: the dialog does not change."""
    clock = Clock()
    script = Script([builders.by_hand(), elsewhere()], happens=moved)
    async with opened(script, clock=clock) as (app, pilot):
        await press(pilot, "o")
        frozen = dialog(app).plan
        clock.at += 10.0
        app.tick()
        await settle(pilot)
        assert watch(app).snapshot == elsewhere()
        assert dialog(app).plan is frozen
        assert dialog(app).snapshot.alias == builders.by_hand().alias


async def test_a_changed_revision_disables_ok_says_what_changed_and_writes_nothing() -> None:
    script = Script([builders.by_hand(), elsewhere()], happens=moved)
    async with opened(script) as (app, pilot):
        await press(pilot, "o", "right", "enter")
        screen = told(app)
        assert "It changed while you were looking." in screen
        assert "the alias was at  v41 90 %  v42 10 %" in screen
        assert "and is now at     v41 75 %  v42 25 %" in screen
        assert app.screen.query_one("#ok", Button).disabled
        assert script.applied == []
        await press(pilot, "right", "enter")
        assert script.applied == []


async def test_a_changed_revision_alone_is_a_change_too() -> None:
    same = replace(builders.by_hand(), alias=builders.alias(builders.SPLIT, revision="other"))
    script = Script([builders.by_hand(), same], happens=moved)
    async with opened(script) as (app, pilot):
        await press(pilot, "o", "right", "enter")
        assert "its revision id is another: somebody wrote to the alias" in seen(app)
    assert script.applied == []


async def test_r_plans_again_from_what_is_there_now() -> None:
    script = Script([builders.by_hand(), elsewhere()], happens=moved)
    async with opened(script) as (app, pilot):
        await press(pilot, "o", "right", "enter", "r")
        assert dialog(app).stage is Stage.PLANNED
        assert focused(app) == "cancel"
        await press(pilot, "right", "enter")
        assert dialog(app).stage is Stage.DONE
    (applied,) = script.applied
    (action,) = applied.actions
    assert isinstance(action, UpdateAlias) and action.revision_id == "9ab0c4d2-0000"


async def test_an_abort_goes_through_when_only_the_weight_has_moved_on() -> None:
    """CodeDeploy has shifted further meanwhile: what is stopped and restored is the same."""
    further = builders.snapshot(Routing(41, 42, 50.0), taken=NOW + timedelta(seconds=5))
    script = Script([builders.failing(), further], happens=stopped)
    async with opened(script) as (_, pilot):
        await press(pilot, "a", "enter")
    assert len(script.applied) == 1


async def test_an_abort_of_a_deployment_that_has_ended_meanwhile_is_not_applied() -> None:
    script = Script([builders.failing(), builders.rolled_back()], happens=stopped)
    async with opened(script) as (app, pilot):
        await press(pilot, "a", "enter")
        assert dialog(app).stage is Stage.CHANGED
    assert script.applied == []


async def test_a_recheck_that_gets_no_answer_writes_nothing_and_can_be_tried_again() -> None:
    script = Script([builders.failing(), GONE, builders.failing()], happens=stopped)
    async with opened(script) as (app, pilot):
        await press(pilot, "a", "enter")
        assert "no answer" in seen(app) and "try  lambdactl sandbox start" in seen(app)
        assert script.applied == []
        await press(pilot, "enter")
    assert len(script.applied) == 1


async def test_what_aws_refuses_is_said_with_the_way_out() -> None:
    def refused(plan: Plan) -> Iterator[Event]:
        yield from ()
        raise Stale("the alias changed while you were looking; nothing was done", hint="look again")

    script = Script([builders.by_hand()], happens=refused)
    async with opened(script) as (app, pilot):
        await press(pilot, "o", "right", "enter")
        screen = told(app)
        assert "✖ the alias changed while you were looking; nothing was done" in screen
        assert "try  look again" in screen
        assert "is done" not in screen


async def test_a_plan_that_is_refused_offers_no_ok() -> None:
    async with opened(Script([builders.shifting()])) as (app, pilot):
        await press(pilot, "o")
        screen = told(app)
        assert "CodeDeploy owns it while d-7K2QXB1 is InProgress" in screen
        assert "lambdactl abort -f checkout:live" in screen
        assert not app.screen.query_one("#ok", Button).display
        assert focused(app) == "cancel"


async def test_nothing_to_do_is_said_and_not_done() -> None:
    script = Script([builders.stable()])
    async with opened(script) as (app, pilot):
        await press(pilot, "a")
        assert "nothing to abort: v41 has all traffic of checkout:live" in seen(app)
        assert app.screen.query_one("#ok", Button).disabled
        await press(pilot, "enter")
    assert script.applied == []


async def test_a_failing_canary_is_fed_more_only_by_typing_the_functions_name() -> None:
    sick = replace(builders.by_hand(), metrics=builders.metrics(canary=builders.FAILING))
    script = Script([sick], happens=moved)
    async with opened(script) as (app, pilot):
        await press(pilot, "o")
        assert "▲ The canary is FAILING" in seen(app)
        assert focused(app) == "typed"
        await press(pilot, *"checkou", "enter")
        assert script.applied == []
        await press(pilot, "t", "enter")
    assert len(script.applied) == 1


async def test_less_to_a_failing_canary_needs_no_typing() -> None:
    sick = replace(builders.by_hand(), metrics=builders.metrics(canary=builders.FAILING))
    async with opened(Script([sick], happens=moved)) as (app, pilot):
        await press(pilot, "s")
        await press(pilot, "tab", "tab", "tab", "minus", "minus")
        dialog(app).query_one("#weight", Input).value = "5"
        await settle(pilot)
        assert not dialog(app).query_one("#typed", Input).display


async def test_old_data_is_said_first_and_takes_the_focus_off_abort() -> None:
    clock = Clock()
    script = Script([builders.failing(), GONE], happens=stopped)
    async with opened(script, clock=clock) as (app, pilot):
        clock.at += 42.0
        await press(pilot, "r", "a")
        assert "What is shown is 42s old. It is read again before the write." in told(app)
        assert focused(app) == "cancel"


async def test_production_asks_for_the_name_before_all_traffic_moves() -> None:
    script = Script([builders.by_hand()], happens=moved)
    async with opened(script, badge="PROD", production=True) as (app, pilot):
        await press(pilot, "o")
        assert focused(app) == "typed"
        await press(pilot, "escape", "s")
        assert focused(app) == "cancel"
        await press(pilot, "escape", "a")
        assert focused(app) == "ok"


async def test_a_condition_that_was_not_read_is_said_and_needs_no_typing() -> None:
    vague = replace(builders.by_hand(), provisioned=None)
    async with opened(Script([vague])) as (app, pilot):
        await press(pilot, "s")
        assert "not known: no provisioned concurrency (it was not read)" in told(app)
        assert "? no provisioned concurrency" in seen(app)
        assert focused(app) == "cancel"


async def test_a_dialog_copies_the_command_that_does_the_same() -> None:
    async with opened(Script([builders.by_hand()]), flags="--context sandbox") as (app, pilot):
        await press(pilot, "s", "Y")
        assert copied(app) == (
            "lambdactl --context sandbox shift -f checkout:live --to 42 --weight 25 --guard"
        )
        await press(pilot, "g", "Y")
        assert copied(app).endswith("--to 42 --weight 25")
        await press(pilot, "escape", "a", "Y")
        assert copied(app) == "lambdactl --context sandbox abort -f checkout:live"


def held(gate: threading.Event) -> Callable[[Plan], Iterator[Event]]:
    """An abort that takes as long as the test wants."""

    def happens(plan: Plan) -> Iterator[Event]:
        gate.wait()
        yield from stopped(plan)

    return happens


async def confirmed(pilot: Pilot[None], script: Script) -> None:
    await press(pilot, "a")
    await pilot.press("enter")
    while not script.applied:
        await pilot.pause()


async def test_a_hidden_dialog_leaves_its_deed_going_and_its_end_is_told() -> None:
    gate = threading.Event()
    script = Script([builders.failing()], happens=held(gate))
    async with opened(script) as (app, pilot):
        await confirmed(pilot, script)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, RolloutScreen)
        assert "abort is being applied" in seen(app)
        await pilot.press("s")
        await pilot.pause()
        assert isinstance(app.screen, RolloutScreen)
        assert any("wait until it has ended" in n.message for n in app._notifications)
        gate.set()
        await settle(pilot)
        assert any(n.message.startswith("abort of checkout:live is") for n in app._notifications)
        assert "abort is being applied" not in seen(app)


async def test_quitting_while_a_deed_is_going_on_asks() -> None:
    gate = threading.Event()
    script = Script([builders.failing()], happens=held(gate))
    async with opened(script) as (app, pilot):
        await confirmed(pilot, script)
        await pilot.press("escape", "q")
        await pilot.pause()
        assert isinstance(app.screen, QuitDialog)
        await pilot.press("enter")
        await pilot.pause()
        assert not app._exit
        await pilot.press("q", "tab", "enter")
        await pilot.pause()
        assert app._exit
        gate.set()


async def test_promoting_what_was_never_called_asks_for_the_name() -> None:
    uncalled = replace(builders.by_hand(), metrics=builders.metrics(canary=()))
    async with opened(Script([uncalled])) as (app, pilot):
        await press(pilot, "o")
        assert "NO DATA: v42 has 10 % but no calls were measured yet" in told(app)
        assert "Nothing shows yet that v42 is no worse: no calls yet." in told(app)
        assert focused(app) == "typed"


async def test_promoting_before_there_is_an_answer_says_so_and_raises_nothing() -> None:
    async with opened(Script([builders.by_hand()])) as (app, pilot):
        await press(pilot, "o")
        assert "Nothing shows yet that v42 is no worse: 150 calls so far." in told(app)
        assert focused(app) == "cancel"


async def test_a_way_back_is_not_asked_for_evidence() -> None:
    async with opened(Script([builders.no_data()])) as (app, pilot):
        await press(pilot, "a")
        assert "Nothing shows" not in told(app)
        assert focused(app) == "ok"


async def test_the_way_out_of_a_refusal_leads_to_the_same_place() -> None:
    async with opened(Script([builders.shifting()]), flags="--context sandbox") as (app, pilot):
        await press(pilot, "s")
        assert "try  lambdactl --context sandbox status -f checkout:live" in told(app)


async def test_a_name_that_is_not_the_functions_is_said() -> None:
    script = Script([builders.stable()])
    async with opened(script) as (app, pilot):
        await press(pilot, "v", "D", *"checkou", "enter")
        assert script.applied == []
        assert [n.message for n in app._notifications] == ["that is not its name: checkout"]

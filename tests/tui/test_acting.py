"""Rollback and the answer for a hook: learnt first, frozen, re-checked, applied, and told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from textual.widgets import Button, Input

from lambdactl.errors import NotFound, Unreachable
from lambdactl.model import Routing
from lambdactl.ops.events import AliasVerified, Event, HookReported
from lambdactl.plan import Plan
from lambdactl.plan.actions import ReportHook, UpdateAlias
from lambdactl.tui.dialogs.hook import HookDialog
from lambdactl.tui.dialogs.plan import Stage
from lambdactl.tui.dialogs.rollback import RollbackDialog
from tests.tui import builders
from tests.tui.builders import NOW
from tests.tui.stage import Script, copied, opened, press, seen

UNTOLD = NotFound(
    "the log of CodeDeployHook_checkout does not tell the id of its execution",
    hint="lambdactl hook approve -f checkout:live --execution-id ID",
)


def went_back(plan: Plan) -> Iterator[Event]:
    assert plan.after is not None
    yield AliasVerified(NOW, plan.target, plan.after, "9ab0c4d2")


def answered(plan: Plan) -> Iterator[Event]:
    (action,) = plan.actions
    assert isinstance(action, ReportHook)
    yield HookReported(NOW, action.deployment_id, action.event, action.status)


async def test_a_rollback_is_to_the_last_that_carried_it_and_says_what_else_did() -> None:
    script = Script([builders.done()], happens=went_back)
    async with opened(script, size=(100, 40)) as (app, pilot):
        await press(pilot, "u")
        assert isinstance(app.screen, RollbackDialog)
        assert app.focused is app.screen.query_one("#cancel")
        told = seen(app)
        assert "All traffic to v41" in told
        assert "v40   measured by CloudWatch" in told
        assert "v39   d-5H1WW03 Succeeded, taken back by d-5K9RR21" in told
        assert "lambdactl rollback -f checkout:live" in told
        await press(pilot, "right", "enter")
        assert app.screen.stage is Stage.DONE
        assert "rollback is done" in seen(app)
    (plan,) = script.applied
    (action,) = plan.actions
    assert isinstance(action, UpdateAlias) and action.after == Routing(41)


async def test_another_version_is_chosen_and_its_command_is_copied() -> None:
    async with opened(Script([builders.done()])) as (app, pilot):
        await press(pilot, "u", "left_square_bracket")
        assert app.screen.query_one("#to", Input).value == "40"
        assert "All traffic to v40" in str(app.screen.query_one("#ok", Button).label)
        await press(pilot, "Y")
        assert copied(app) == "lambdactl rollback -f checkout:live --to 40"


async def test_a_past_that_cannot_be_read_is_no_ground_for_a_rollback() -> None:
    gone = Unreachable("CloudWatch did not answer", hint="look again")
    script = Script([builders.done()], pasts=[gone])
    async with opened(script) as (app, pilot):
        await press(pilot, "u")
        assert app.screen.stage is Stage.REFUSED  # type: ignore[attr-defined]
        assert "CloudWatch did not answer" in seen(app)
        assert not app.screen.query_one("#ok").display


async def test_a_split_is_an_aborts_affair() -> None:
    async with opened(Script([builders.by_hand()])) as (app, pilot):
        await press(pilot, "u")
        assert "lambdactl abort -f checkout:live" in seen(app)


async def test_a_rollback_of_an_alias_that_moved_meanwhile_writes_nothing() -> None:
    moved = builders.alias(Routing(42, 41, 5.0), revision="77aa")
    script = Script([builders.done(), replace(builders.done(), alias=moved)])
    async with opened(script) as (app, pilot):
        await press(pilot, "u", "right", "enter")
        assert "it is split" in seen(app)
    assert script.applied == []


async def test_a_hook_is_approved_with_the_id_that_its_log_tells() -> None:
    script = Script([builders.waiting_hook()], happens=answered)
    async with opened(script) as (app, pilot):
        await press(pilot, "H")
        assert isinstance(app.screen, HookDialog)
        assert app.focused is app.screen.query_one("#cancel")
        told = seen(app)
        assert "CodeDeploy is told that BeforeAllowTraffic" in told
        assert "the log of CodeDeployHook_checkout" in told
        await press(pilot, "Y")
        assert copied(app) == "lambdactl hook approve -f checkout:live"
        await press(pilot, "right", "enter")
        assert "answered Succeeded, by lambdactl" in seen(app)
    (plan,) = script.applied
    assert plan.actions == (
        ReportHook("d-7K2QXB1", "BeforeAllowTraffic", "eyJlbmNyeXB0ZWREYXRhIjoi", "Succeeded"),
    )


async def test_the_dialog_turns_to_fail() -> None:
    script = Script([builders.waiting_hook()], happens=answered)
    async with opened(script) as (app, pilot):
        await press(pilot, "H", "plus")
        assert "fail · checkout:live" in seen(app)
        await press(pilot, "right", "enter")
    (plan,) = script.applied
    assert [a.status for a in plan.actions if isinstance(a, ReportHook)] == ["Failed"]


async def test_an_id_that_no_log_tells_is_pasted() -> None:
    script = Script([builders.waiting_hook()], executions=[UNTOLD], happens=answered)
    async with opened(script) as (app, pilot):
        await press(pilot, "H")
        assert "does not tell the id" in seen(app)
        assert app.focused is app.screen.query_one("#execution")
        await pilot.press(*"abc")
        await press(pilot, "enter", "Y")
        assert copied(app) == "lambdactl hook approve -f checkout:live --execution-id abc"
        await press(pilot, "right", "enter")
    (plan,) = script.applied
    assert [a.execution_id for a in plan.actions if isinstance(a, ReportHook)] == ["abc"]


async def test_a_hook_that_called_back_meanwhile_is_not_answered() -> None:
    script = Script([builders.waiting_hook(), builders.shifting()])
    async with opened(script) as (app, pilot):
        await press(pilot, "H", "right", "enter")
        assert "cannot approve a hook" in seen(app)
    assert script.applied == []


async def test_in_production_a_rollout_goes_on_unchecked_only_by_typing_its_name() -> None:
    script = Script([builders.waiting_hook()])
    async with opened(script, production=True, badge="PROD") as (app, pilot):
        await press(pilot, "H")
        assert app.focused is app.screen.query_one("#typed")


@pytest.mark.parametrize("key", ["u", "H"])
async def test_read_only_neither_begins(key: str) -> None:
    script = Script([builders.waiting_hook()])
    async with opened(script, read_only="it is said so") as (app, pilot):
        await press(pilot, key)
        assert any("read-only: it is said so" in n.message for n in app._notifications)

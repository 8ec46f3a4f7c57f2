"""``abort``: how traffic goes back to the stable version, and when there is nothing to abort."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambdactl.errors import NotFound, Refused
from lambdactl.model import Deployment, DeploymentGroup, Routing, Unread
from lambdactl.plan import StopDeployment, UpdateAlias, plan_abort
from tests.plan.samples import REVISION, TARGET, deployment, snapshot

SPLIT = Routing(41, 42, 10.0)


@pytest.mark.parametrize("routing", [SPLIT, Routing(41), Routing(42)])
def test_a_running_deployment_is_stopped_and_its_current_version_restored(
    routing: Routing,
) -> None:
    plan = plan_abort(snapshot(routing, deployment=deployment("InProgress")))
    assert plan.actions == (StopDeployment("d-1", TARGET, Routing(41)),)
    assert (plan.before, plan.after, plan.undo) == (routing, Routing(41), None)


def test_one_that_has_not_told_its_versions_restores_the_stable_version() -> None:
    early = deployment("Created", current_version=None, target_version=None)
    plan = plan_abort(snapshot(deployment=early))
    assert plan.actions == (StopDeployment("d-1", TARGET, Routing(41)),)


def test_a_split_made_by_hand_is_cleared_with_the_revision_id() -> None:
    plan = plan_abort(snapshot(SPLIT))
    assert plan.actions == (UpdateAlias(TARGET, SPLIT, Routing(41), REVISION),)
    assert plan.undo == "lambdactl shift -f checkout:live --to 42 --weight 10"


def test_a_split_that_a_deployment_left_behind_is_cleared() -> None:
    plan = plan_abort(snapshot(SPLIT, deployment=deployment("Stopped")))
    assert plan.after == Routing(41)


@pytest.mark.parametrize("last", [None, deployment("Failed")])
def test_nothing_to_abort_is_said(last: Deployment | None) -> None:
    plan = plan_abort(snapshot(deployment=last))
    assert plan.actions == ()
    assert plan.notes[0] == "nothing to abort: v41 has all traffic of checkout:live"
    assert (len(plan.notes) == 2) == (last is not None)


def test_a_rollback_under_way_is_left_alone() -> None:
    rollback = deployment("InProgress", id="d-2", rolls_back="d-1")
    plan = plan_abort(snapshot(SPLIT, deployment=rollback))
    assert plan.actions == ()
    assert plan.notes[0].startswith("d-2 is already rolling d-1 back")


def test_metrics_and_alarms_are_not_needed() -> None:
    blind = snapshot(SPLIT, unread=(Unread("metrics", "?"), Unread("alarms", "?")))
    assert plan_abort(blind).actions


def test_not_knowing_of_deployments_refuses() -> None:
    unread = Unread("deployment", "no permission: codedeploy:ListDeployments")
    with pytest.raises(Refused) as caught:
        plan_abort(snapshot(SPLIT, unread=(unread,)))
    assert caught.value.why == "no permission: codedeploy:ListDeployments"


def test_without_an_alias_there_is_nothing_to_find() -> None:
    with pytest.raises(NotFound) as caught:
        plan_abort(replace(snapshot(), alias=None, aliases=()))
    assert "aws lambda create-alias" in (caught.value.hint or "")


def test_the_stack_behind_and_a_group_without_rollback_are_said() -> None:
    group = DeploymentGroup("app", "group", "config", auto_rollback=frozenset())
    looked = snapshot(SPLIT, deployment=deployment("InProgress"), group=group, stack="shop")
    notes = plan_abort(looked).notes
    assert any("stack shop" in note for note in notes)
    assert any("does not roll back stopped deployments" in note for note in notes)

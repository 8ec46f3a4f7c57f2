"""``prune``: one test for each rule that keeps a version, and for each state that refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lambdactl.errors import NotFound, Refused, UsageError
from lambdactl.model import Deployment, OwningStack, Routing, Snapshot, Unread, VersionUse
from lambdactl.plan import DeleteVersion, Plan, plan_prune
from lambdactl.plan.protecting import DAY, Criteria
from lambdactl.plan.prune import plan_prune_by
from tests.plan.samples import NOW, alias, deployment, inventory, snapshot, version

NUMBERS = range(30, 43)
OLD = {30, 31, 32, 33, 34, 35, 36, 37}
"""Not among the newest five, and used by nothing in the sample."""


def look(
    routing: Routing | None = None, *, using: dict[str, Any] | None = None, **changes: Any
) -> Snapshot:
    """13 versions, ``live`` on 42, everything read; ``using`` changes the inventory."""
    values = {"numbers": NUMBERS, "inventory": inventory(NUMBERS, **(using or {})), **changes}
    return snapshot(routing or Routing(42), **values)


def deleted(plan: Plan) -> set[int]:
    return {a.version for a in plan.actions if isinstance(a, DeleteVersion)}


def reason(plan: Plan, number: int) -> str:
    return next(v.reason for v in plan.verdicts if v.version == number)


def test_every_version_has_a_verdict_newest_first_and_the_oldest_go_first() -> None:
    plan = plan_prune(look(), 5)
    assert [v.version for v in plan.verdicts] == list(range(42, 29, -1))
    assert plan.actions == tuple(DeleteVersion("checkout", n, 1_000) for n in sorted(OLD))
    assert plan.frees == 8_000
    assert plan.undo is None
    assert reason(plan, 30) == "not in newest 5"
    assert reason(plan, 39) == "newest 5"


def test_both_sides_of_every_alias_stay_at_any_weight() -> None:
    others = (alias("beta", Routing(33, 35, 0.0)),)
    plan = plan_prune(look(Routing(41, 42, 10.0), others=others), 5)
    assert not {33, 35} & deleted(plan)
    assert reason(plan, 42) == "live (canary)"
    assert reason(plan, 41) == "live (stable)"
    assert reason(plan, 35) == "beta (canary)"


def test_the_previous_version_of_an_alias_is_the_next_that_exists() -> None:
    numbers = [30, 31, 36, *range(38, 43)]
    others = (alias("beta", Routing(36)),)
    plan = plan_prune(look(numbers=numbers, others=others), 5)
    assert reason(plan, 31) == "previous of beta (v36)"
    assert deleted(plan) == {30}


def test_versions_newer_than_every_alias_wait_for_their_release() -> None:
    plan = plan_prune(look(Routing(32)), 2)
    assert deleted(plan) == {30}
    assert reason(plan, 38) == "not released yet"
    allowed = plan_prune(look(Routing(32)), 2, allow_unreleased=True)
    assert deleted(allowed) == {30, *range(33, 41)}


def test_without_an_alias_nothing_is_released_and_nothing_goes() -> None:
    plan = plan_prune(replace(look(), alias=None, aliases=()), 2)
    assert plan.actions == ()


def test_the_young_and_those_of_unknown_age_stay() -> None:
    young = version(31, published=NOW - timedelta(hours=5))
    ageless = version(32, published=None)
    kept = (version(30), young, ageless, *(version(n) for n in range(33, 43)))
    plan = plan_prune(look(versions=kept), 5)
    assert reason(plan, 31) == "published 5 h ago, grace is 24 h"
    assert reason(plan, 32) == "publish time unknown"
    assert 30 in deleted(plan)
    assert 31 in deleted(plan_prune(look(versions=kept), 5, grace_s=3_600.0))


@pytest.mark.parametrize(
    "by", ["event source mapping", "provisioned concurrency", "resource policy"]
)
def test_what_is_used_by_its_number_stays(by: str) -> None:
    plan = plan_prune(look(using={"uses": (VersionUse(34, by),)}), 5)
    assert reason(plan, 34) == by
    assert deleted(plan) == OLD - {34}


def test_the_versions_of_the_last_deployments_stay() -> None:
    last = deployment("Failed", current_version=30, target_version=34)
    good = deployment("Succeeded", id="d-0", current_version=31, target_version=33)
    plan = plan_prune(look(using={"deployments": (last, good)}), 5)
    assert reason(plan, 30) == "rollback target of d-1"
    assert reason(plan, 33) == "target of d-0"
    assert deleted(plan) == OLD - {30, 31, 33, 34}


def test_the_versions_that_a_stack_calls_its_own_stay() -> None:
    stack = OwningStack("shop", "UPDATE_COMPLETE", frozenset({31}))
    plan = plan_prune(look(using={"stack": stack}), 5)
    assert reason(plan, 31) == "resource of stack shop"


@pytest.mark.parametrize("state", ["Pending", "Failed", "Deleting"])
def test_an_unsettled_version_stays(state: str) -> None:
    versions = (version(30, state=state), *(version(n) for n in range(31, 43)))
    assert reason(plan_prune(look(versions=versions), 5), 30) == f"it is {state}"


def test_a_version_whose_policy_was_not_read_stays() -> None:
    plan = plan_prune(look(using={"policies_read": frozenset(range(31, 43))}), 5)
    assert reason(plan, 30) == "its resource policy was not read"


def test_an_image_frees_nothing() -> None:
    versions = (version(30, package_type="Image"), *(version(n) for n in range(31, 43)))
    plan = plan_prune(look(versions=versions), 5)
    assert plan.actions[0] == DeleteVersion("checkout", 30, 0)


@pytest.mark.parametrize("keep", [1, 0, -1])
def test_keeping_fewer_than_two_is_a_usage_error(keep: int) -> None:
    with pytest.raises(UsageError, match="too few"):
        plan_prune(look(), keep)


@pytest.mark.parametrize("grace_s", [0.0, 3_599.0, float("nan")])
def test_a_grace_under_an_hour_is_a_usage_error(grace_s: float) -> None:
    with pytest.raises(UsageError):
        plan_prune(look(), 5, grace_s=grace_s)


@pytest.mark.parametrize(
    "running",
    [
        {"deployment": deployment("InProgress")},
        {"using": {"deployments": (deployment("Queued", alias="beta"),)}},
    ],
)
def test_a_running_deployment_of_any_alias_refuses(running: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="deployment d-1 is"):
        plan_prune(look(**running), 5)


@pytest.mark.parametrize(
    "status",
    [
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_FAILED",
        "UPDATE_ROLLBACK_FAILED",
    ],
)
def test_a_stack_that_may_go_back_refuses(status: str) -> None:
    with pytest.raises(Refused, match=f"stack shop is {status}"):
        plan_prune(look(using={"stack": OwningStack("shop", status)}), 5)


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_at_rest_does_not(status: str) -> None:
    assert plan_prune(look(using={"stack": OwningStack("shop", status)}), 5).actions


def test_one_unread_source_refuses_everything() -> None:
    unread = Unread("event source mappings", "no permission: lambda:ListEventSourceMappings")
    with pytest.raises(Refused, match="event source mappings could not be read") as caught:
        plan_prune(look(using={"unread": (unread,)}), 5)
    assert caught.value.why == "no permission: lambda:ListEventSourceMappings"


def test_no_inventory_and_no_knowledge_of_deployments_refuse() -> None:
    with pytest.raises(Refused):
        plan_prune(replace(look(), inventory=None), 5)
    with pytest.raises(Refused):
        plan_prune(look(unread=(Unread("deployment", "throttled"),)), 5)


def test_nothing_to_prune_is_said() -> None:
    plan = plan_prune(look(numbers=(41, 42)), 5)
    assert plan.actions == ()
    assert plan.notes[0].startswith("nothing to prune")


def test_a_rolled_back_version_is_kept_as_the_target_of_its_deployment() -> None:
    failed: Deployment = deployment("Failed", current_version=41, target_version=42)
    plan = plan_prune(look(Routing(41), deployment=failed), 2)
    assert reason(plan, 42) == "target of d-1"


def test_of_those_that_may_go_only_the_chosen_do() -> None:
    plan = plan_prune(look(), 5, only=(36, 31))
    assert deleted(plan) == {31, 36} and plan.only == (31, 36)
    assert [reason(plan, n) for n in (42, 38, 37, 36, 30)] == [
        "live (stable)",
        "newest 5",
        "not chosen",
        "not in newest 5",
        "not chosen",
    ]
    assert plan.frees == 2_000


def test_a_chosen_version_that_is_kept_is_refused_with_its_rule() -> None:
    with pytest.raises(Refused) as refused:
        plan_prune(look(), 5, only=(36, 41))
    assert str(refused.value) == "cannot prune v41 of checkout: previous of live (v42)"
    assert refused.value.why == (
        "it is kept by rule 4 of docs/pruning.md, and --only takes nothing out of what is kept"
    )


def test_a_chosen_version_that_was_only_not_asked_for_is_refused_too() -> None:
    criteria = Criteria(older_than_s=400 * DAY, only=(31,))
    with pytest.raises(Refused, match=r"v31 of checkout: not older than 400 d") as refused:
        plan_prune_by(look(), criteria)
    assert refused.value.why is not None
    assert refused.value.why.startswith("it is kept by what was asked for,")


def test_a_chosen_version_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="there is no version 99 of checkout"):
        plan_prune(look(), 5, only=(36, 99))


def test_nothing_chosen_is_nothing_deleted() -> None:
    plan = plan_prune(look(), 5, only=())
    assert plan.actions == () and "nothing is chosen" in plan.notes

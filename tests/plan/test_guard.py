"""What there is to guard, and when a guard is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambdactl.errors import NotFound, Refused
from lambdactl.model import DeploymentStatus, Routing, Snapshot, Unread
from lambdactl.plan import plan_shift
from lambdactl.plan.guard import canary_of, require_canary, why_over, with_guard
from tests.tui import builders


def back() -> Snapshot:
    """CodeDeploy takes v42 back; the alias is split still."""
    rollback = builders.deployment(
        DeploymentStatus.InProgress, id="d-8M4RTZ9", rolls_back="d-7K2QXB1", target_version=41
    )
    return replace(builders.failing(), deployment=rollback)


def other() -> Snapshot:
    return replace(builders.by_hand(), alias=builders.alias(Routing(41, 40, 10.0)))


def test_the_canary_is_what_gets_a_part_or_what_codedeploy_shifts_to() -> None:
    before_any_traffic = builders.waiting_hook()
    assert canary_of(builders.by_hand()) == 42
    assert canary_of(before_any_traffic) == 42
    assert canary_of(builders.stable()) is None
    assert canary_of(back()) is None


def test_at_rest_there_is_nothing_to_guard() -> None:
    with pytest.raises(Refused, match="nothing to guard: checkout:live is at v41 100") as raised:
        require_canary(builders.stable())
    assert raised.value.hint == (
        "lambdactl shift -f checkout:live --to VERSION --weight 10 --guard"
    )


def test_what_is_being_taken_back_is_not_guarded() -> None:
    with pytest.raises(Refused) as raised:
        require_canary(back())
    assert raised.value.why == "d-8M4RTZ9 is rolling back already"


def test_a_deployment_that_has_just_been_made_may_not_name_its_canary() -> None:
    young = builders.deployment(current_version=None, target_version=None, events=())
    with pytest.raises(Refused) as raised:
        require_canary(replace(builders.stable(), deployment=young))
    assert raised.value.why == "d-7K2QXB1 has not said yet which version it shifts to"


def test_nobody_guards_what_cannot_be_seen() -> None:
    with pytest.raises(Refused, match="whether CodeDeploy is moving it is not known"):
        require_canary(builders.unreadable())
    with pytest.raises(NotFound):
        require_canary(builders.no_alias())


def test_a_guard_is_over_with_its_canary() -> None:
    assert why_over(builders.by_hand(), 42) is None
    assert (
        why_over(replace(builders.by_hand(), alias=builders.alias(Routing(41, 42, 50.0))), 42)
        is None
    )
    assert why_over(builders.done(), 42) == "checkout:live is at v42 100 %"
    assert why_over(builders.rolled_back(), 42) == "checkout:live is at v41 100 %"
    assert why_over(back(), 42) == "CodeDeploy d-8M4RTZ9 takes v42 back"
    assert why_over(other(), 42) == "checkout:live is at v41 90 %, v40 10 %"
    assert why_over(builders.no_alias(), 42) == "checkout:live is gone"


def test_what_was_not_read_ends_no_guard() -> None:
    unread = (Unread("deployment", "no permission: codedeploy:ListDeployments"),)
    assert why_over(replace(builders.stable(), unread=unread), 42) is None


def test_that_it_is_guarded_is_agreed_to_with_the_plan() -> None:
    split = with_guard(plan_shift(builders.by_hand(), 42, 25.0))
    assert split.notes[-1].startswith("guarded while it is followed: all traffic goes back on FAIL")
    whole = plan_shift(builders.by_hand(), 42, 100.0)
    assert with_guard(whole) == whole

"""Rollback: which version it chooses, and when it refuses to choose."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lambdactl.errors import NotFound, Refused
from lambdactl.model import Routing
from lambdactl.model_history import Carried, Past
from lambdactl.plan import UpdateAlias, plan_rollback
from lambdactl.verdict.carriers import past
from tests.plan.samples import NOW, deployment, snapshot

HOUR = timedelta(hours=1)


def known(*versions: int, taken_back: dict[int, str] | None = None) -> Past:
    carried = tuple(Carried(v, NOW - n * HOUR, "d-9 Succeeded") for n, v in enumerate(versions))
    return Past(carried, taken_back or {})


def test_the_last_that_carried_all_traffic_gets_it_back() -> None:
    plan = plan_rollback(snapshot(Routing(42)), known(42, 40, 39))
    (action,) = plan.actions
    assert isinstance(action, UpdateAlias)
    assert (action.before, action.after) == (Routing(42), Routing(40))
    assert "v40 had all traffic: d-9 Succeeded" in plan.notes
    assert plan.undo == "lambdactl shift -f checkout:live --to 42 --weight 100"


def test_a_version_that_was_taken_back_is_passed_over() -> None:
    plan = plan_rollback(snapshot(Routing(42)), known(41, 39, taken_back={41: "d-3 Stopped"}))
    assert plan.after == Routing(39)


def test_a_second_rollback_goes_further_back_not_forth() -> None:
    assert plan_rollback(snapshot(Routing(40)), known(40, 42, 39)).after == Routing(39)


def test_a_version_that_is_gone_is_passed_over() -> None:
    assert plan_rollback(snapshot(Routing(42)), known(12, 39)).after == Routing(39)


def test_without_a_known_good_version_none_is_guessed() -> None:
    with pytest.raises(Refused) as refused:
        plan_rollback(snapshot(Routing(42)), known(42, 41, 12, taken_back={41: "d-3 Failed"}))
    assert refused.value.why == "v12 was deleted; v41 was taken back by d-3 Failed"
    assert "--to VERSION" in (refused.value.hint or "")


def test_a_named_version_is_taken_with_what_speaks_against_it() -> None:
    plan = plan_rollback(snapshot(Routing(42)), known(taken_back={41: "d-3 Stopped"}), to=41)
    assert plan.after == Routing(41)
    assert "v41 was itself taken back: d-3 Stopped" in plan.notes


def test_a_version_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound):
        plan_rollback(snapshot(Routing(42)), known(), to=99)


def test_to_where_it_is_there_is_nothing_to_do() -> None:
    assert plan_rollback(snapshot(Routing(42)), known(), to=42).actions == ()


def test_a_split_is_for_abort() -> None:
    with pytest.raises(Refused, match="split") as refused:
        plan_rollback(snapshot(Routing(41, 42, 10.0)), known(40))
    assert "lambdactl abort" in (refused.value.hint or "")


def test_a_running_deployment_is_for_abort() -> None:
    with pytest.raises(Refused, match="CodeDeploy owns it"):
        plan_rollback(snapshot(Routing(41), deployment=deployment("InProgress")), known(40))


def test_deployments_tell_who_carried_and_who_was_taken_back() -> None:
    stopped = deployment(
        "Stopped", id="d-2", current_version=41, target_version=42, rolled_back_by="d-3"
    )
    undone = deployment(
        "Succeeded", id="d-3", current_version=42, target_version=41, rolls_back="d-2"
    )
    first = deployment(
        "Succeeded", id="d-1", current_version=40, target_version=41,
        created=NOW - 9 * HOUR, completed=NOW - 8 * HOUR,
    )  # fmt: skip
    found = past([undone, stopped, first], {})
    assert [c.version for c in found.carried] == [41, 41, 40]
    assert found.rolled_back == {42: "d-2 Stopped"}


def test_a_release_that_succeeded_at_the_second_try_is_good_again() -> None:
    again = deployment("Succeeded", id="d-2", completed=NOW)
    failed = deployment("Failed", id="d-1", created=NOW - 9 * HOUR)
    assert past([again, failed], {}).rolled_back == {}


def test_hours_with_every_call_on_one_version_count_and_shared_hours_do_not() -> None:
    early, late = NOW - 3 * HOUR, NOW - 2 * HOUR
    calls = {40: {early: 500.0}, 41: {late: 90.0}, 42: {late: 10.0}}
    assert [(c.version, c.until) for c in past([], calls).carried] == [(40, early)]

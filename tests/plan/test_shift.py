"""``shift``: where each ``--to`` and ``--weight`` leads, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambdactl.errors import NotFound, Refused, UsageError
from lambdactl.model import Alarm, Routing, Unread
from lambdactl.plan import Plan, UpdateAlias, plan_promote, plan_shift
from tests.plan.samples import REVISION, TARGET, deployment, snapshot, version

STABLE = Routing(41)
SPLIT = Routing(41, 42, 10.0)


@pytest.mark.parametrize(
    ("before", "to", "weight", "after"),
    [
        (STABLE, 42, 10.0, Routing(41, 42, 10.0)),
        (STABLE, 42, 0.1, Routing(41, 42, 0.1)),
        (STABLE, 42, 100.0, Routing(42)),
        (STABLE, 40, 25.0, Routing(41, 40, 25.0)),
        (SPLIT, 42, 50.0, Routing(41, 42, 50.0)),
        (SPLIT, 42, 100.0, Routing(42)),
        (SPLIT, 42, 0.0, Routing(41)),
        (SPLIT, 41, 95.0, Routing(41, 42, 5.0)),
        (SPLIT, 41, 99.9, Routing(41, 42, 0.1)),
        (SPLIT, 41, 100.0, Routing(41)),
        (SPLIT, 41, 0.0, Routing(42)),
        (Routing(41, 42, 0.0), 42, 0.0, Routing(41)),
        (Routing(None), 42, 100.0, Routing(42)),
    ],
)
def test_where_a_shift_leads(before: Routing, to: int, weight: float, after: Routing) -> None:
    plan = plan_shift(snapshot(before), to, weight)
    assert plan.actions == (UpdateAlias(TARGET, before, after, REVISION),)
    assert (plan.verb, plan.before, plan.after) == ("shift", before, after)


@pytest.mark.parametrize(
    ("before", "to", "weight"),
    [(STABLE, 41, 100.0), (STABLE, 42, 0.0), (SPLIT, 42, 10.0), (SPLIT, 41, 90.0)],
)
def test_nothing_is_done_where_it_is_there_already(before: Routing, to: int, weight: float) -> None:
    plan = plan_shift(snapshot(before), to, weight)
    assert plan.actions == ()
    assert plan.before == plan.after == before
    assert plan.notes[0].startswith("checkout:live already routes v41")


@pytest.mark.parametrize("weight", [-0.1, 100.5, float("nan"), float("inf")])
def test_a_weight_out_of_range_is_a_usage_error(weight: float) -> None:
    with pytest.raises(UsageError, match="out of range"):
        plan_shift(snapshot(), 42, weight)


def test_an_unknown_version_is_not_found_and_the_newest_are_named() -> None:
    with pytest.raises(NotFound, match="checkout has no version 99") as caught:
        plan_shift(snapshot(), 99, 10.0)
    assert caught.value.why == "the newest published are v42, v41, v40, v39, v38"
    assert caught.value.hint == "lambdactl versions -f checkout:live"


def test_an_unknown_alias_is_not_found_and_the_others_are_named() -> None:
    looked = replace(snapshot(), alias=None)
    with pytest.raises(NotFound, match="checkout has no alias live") as caught:
        plan_shift(looked, 42, 10.0)
    assert caught.value.why == "its aliases are live"


def test_a_third_version_is_refused_with_both_ways_out() -> None:
    with pytest.raises(Refused, match="already routes v41 90 %, v42 10 %") as caught:
        plan_shift(snapshot(SPLIT), 40, 10.0)
    assert "lambdactl abort -f checkout:live" in (caught.value.hint or "")
    assert "lambdactl promote -f checkout:live" in (caught.value.hint or "")


def test_a_third_version_is_refused_at_a_hundred_per_cent_too() -> None:
    with pytest.raises(Refused):
        plan_shift(snapshot(SPLIT), 40, 100.0)


def test_taking_from_the_only_version_asks_who_gets_the_rest() -> None:
    with pytest.raises(Refused, match="cannot take traffic from v41") as caught:
        plan_shift(snapshot(), 41, 60.0)
    assert caught.value.hint == "lambdactl shift -f checkout:live --to VERSION --weight 40"


def test_an_alias_on_latest_is_not_split_but_may_be_put_on_a_version() -> None:
    with pytest.raises(Refused, match=r"it is on \$LATEST") as caught:
        plan_shift(snapshot(Routing(None)), 42, 10.0)
    assert caught.value.hint == "lambdactl shift -f checkout:live --to 42 --weight 100"
    assert plan_shift(snapshot(Routing(None)), 42, 100.0).undo is None


@pytest.mark.parametrize("status", ["Created", "Queued", "InProgress", "Baking", "Ready"])
def test_while_codedeploy_runs_the_alias_is_its_own(status: str) -> None:
    looked = snapshot(SPLIT, deployment=deployment(status))
    with pytest.raises(Refused, match=f"CodeDeploy owns it while d-1 is {status}") as caught:
        plan_shift(looked, 42, 50.0)
    assert "lambdactl abort -f checkout:live" in (caught.value.hint or "")
    with pytest.raises(Refused, match="cannot promote"):
        plan_promote(looked)


@pytest.mark.parametrize("status", ["Succeeded", "Failed", "Stopped"])
def test_an_ended_deployment_leaves_the_alias_free(status: str) -> None:
    assert plan_shift(snapshot(deployment=deployment(status)), 42, 10.0).actions


def test_not_knowing_of_deployments_refuses_and_names_the_permission() -> None:
    unread = Unread("deployment", "no permission: codedeploy:ListDeployments", "ask for it")
    with pytest.raises(Refused, match="whether CodeDeploy is moving it is not known") as caught:
        plan_shift(snapshot(unread=(unread,)), 42, 10.0)
    assert caught.value.why == "no permission: codedeploy:ListDeployments"
    assert caught.value.hint == "ask for it"


@pytest.mark.parametrize(
    ("change", "name", "why"),
    [
        ({"state": "Pending"}, "v42 Active", "it is Pending"),
        ({"state": "Failed"}, "v42 Active", "it is Failed"),
        ({"role": "other"}, "same role", "v42 has other"),
        ({"dead_letter_arn": "queue"}, "same dead-letter target", "v41 has none, v42 has queue"),
    ],
)
def test_a_condition_that_does_not_hold_refuses(
    change: dict[str, str], name: str, why: str
) -> None:
    looked = snapshot(versions=(version(41), version(42, **change)))
    with pytest.raises(Refused, match=f"not met: {name}") as caught:
        plan_shift(looked, 42, 10.0)
    assert why in (caught.value.why or "")
    assert caught.value.hint


def test_provisioned_concurrency_of_the_alias_forbids_a_split_but_not_a_promotion() -> None:
    looked = snapshot(provisioned=frozenset({"live"}))
    with pytest.raises(Refused, match="no provisioned concurrency"):
        plan_shift(looked, 42, 10.0)
    plan = plan_shift(looked, 42, 100.0)
    assert "provisioned concurrency of live moves with the alias" in plan.notes


def test_provisioned_concurrency_of_a_version_forbids_nothing() -> None:
    assert plan_shift(snapshot(provisioned=frozenset({"42"})), 42, 10.0).actions


def test_what_is_not_known_is_said_and_is_no_tick() -> None:
    looked = snapshot(versions=(version(41), version(42, state=None)), provisioned=None)
    plan = plan_shift(looked, 42, 10.0)
    unknown = {c.name for c in plan.checks if c.ok is None}
    assert unknown == {"v42 Active", "no provisioned concurrency"}
    assert sum("not known" in note for note in plan.notes) == 2


def test_nothing_stands_in_the_way_of_taking_traffic_away() -> None:
    failing = snapshot(SPLIT, versions=(version(41, state="Inactive"), version(42)))
    assert plan_shift(failing, 42, 0.0).after == Routing(41)
    assert plan_shift(failing, 41, 95.0).after == Routing(41, 42, 5.0)


def test_an_alarm_that_fires_and_a_stack_that_does_not_know_are_said() -> None:
    looked = snapshot(alarms=(Alarm("checkout-5xx", "ALARM"),), stack="shop")
    assert "alarm checkout-5xx is in ALARM" in plan_shift(looked, 42, 10.0).notes
    assert any("stack shop" in note for note in plan_shift(looked, 42, 100.0).notes)


@pytest.mark.parametrize(
    ("before", "to", "weight", "undo"),
    [
        (STABLE, 42, 10.0, "--to 41 --weight 100"),
        (STABLE, 42, 100.0, "--to 41 --weight 100"),
        (SPLIT, 42, 50.0, "--to 42 --weight 10"),
        (SPLIT, 42, 0.0, "--to 42 --weight 10"),
        (SPLIT, 42, 100.0, "--to 41 --weight 90"),
        (Routing(41, 42, 0.5), 42, 0.0, "--to 42 --weight 0.5%"),
    ],
)
def test_the_undo_line(before: Routing, to: int, weight: float, undo: str) -> None:
    plan = plan_shift(snapshot(before), to, weight)
    assert plan.undo == f"lambdactl shift -f checkout:live {undo}"


def promoted(plan: Plan) -> Routing | None:
    return plan.after if plan.actions else None


def test_promote_gives_the_canary_everything() -> None:
    plan = plan_promote(snapshot(SPLIT))
    assert plan.verb == "promote"
    assert plan.actions == (UpdateAlias(TARGET, SPLIT, Routing(42), REVISION),)
    assert plan.undo == "lambdactl shift -f checkout:live --to 41 --weight 90"


def test_promote_does_nothing_where_the_newest_has_everything() -> None:
    plan = plan_promote(snapshot(Routing(42)))
    assert promoted(plan) is None
    assert plan.notes == ("v42 already has all traffic of checkout:live",)


def test_promote_does_not_choose_a_version_by_itself() -> None:
    with pytest.raises(Refused, match="routes to v41 only") as caught:
        plan_promote(snapshot())
    assert caught.value.why == "v42 is published and gets no traffic"
    assert caught.value.hint == "lambdactl shift -f checkout:live --to 42 --weight 10"


def test_promote_refuses_a_canary_that_cannot_serve() -> None:
    looked = snapshot(SPLIT, versions=(version(41), version(42, state="Failed")))
    with pytest.raises(Refused, match="v42 Active"):
        plan_promote(looked)

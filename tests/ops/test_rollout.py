"""The whole way, from a look to what plain boto3 then reads, against a real account's behaviour."""

from __future__ import annotations

import pytest

from lambdactl.errors import NotFound, Refused, Stale
from lambdactl.model import Routing, Target
from lambdactl.ops import apply, follow, history
from lambdactl.ops.events import (
    AlarmChanged,
    AliasMoved,
    Event,
    RatesMeasured,
    RolloutEnded,
    VersionDeleted,
)
from lambdactl.plan import Plan, plan_abort, plan_promote, plan_prune, plan_shift
from tests.ops.account import kinds
from tests.ops.stage import TARGET, Stage


def done(plan: Plan, stage: Stage) -> list[Event]:
    return list(apply(plan, stage.aws, sleep=stage.sleep, interval_s=10.0))


def followed(stage: Stage) -> list[Event]:
    before = stage.aws.snapshot(TARGET)
    return list(
        follow(stage.aws, TARGET, sleep=stage.sleep, interval_s=30.0, wait_s=3_600.0, since=before)
    )


def ended(events: list[Event]) -> RolloutEnded:
    last = events[-1]
    assert isinstance(last, RolloutEnded)
    return last


def test_shift_promote_and_undo_by_hand(stage: Stage) -> None:
    done(plan_shift(stage.aws.snapshot(TARGET, to=2), 2, 10.0), stage)
    assert stage.alias() == {"version": "1", "weights": {"2": 0.1}}
    plan = plan_promote(stage.aws.snapshot(TARGET, checks=True))
    assert {c.name: c.ok for c in plan.checks}["v2 Active"] is True
    done(plan, stage)
    assert stage.alias() == {"version": "2", "weights": {}}
    assert plan.undo == "lambdactl shift -f checkout:live --to 1 --weight 90"
    done(plan_shift(stage.aws.snapshot(TARGET, to=1), 1, 90.0), stage)
    assert stage.alias() == {"version": "2", "weights": {"1": 0.9}}
    done(plan_abort(stage.aws.snapshot(TARGET)), stage)
    assert stage.alias() == {"version": "2", "weights": {}}


def test_a_plan_that_somebody_overtook_changes_nothing(stage: Stage) -> None:
    plan = plan_shift(stage.aws.snapshot(TARGET, to=2), 2, 10.0)
    stage.functions.update_alias(FunctionName="checkout", Name="live", FunctionVersion="2")
    with pytest.raises(Stale, match="nothing was done") as caught:
        done(plan, stage)
    assert caught.value.aws_code == "PreconditionFailedException"
    assert stage.alias() == {"version": "2", "weights": {}}


def test_a_canary_that_succeeds_is_followed_to_its_end(stage: Stage) -> None:
    stage.make_group()
    stage.deploy(1, 2)
    stage.calls_a_minute = 60
    events = followed(stage)
    end = ended(events)
    assert (end.outcome, end.routing) == ("succeeded", Routing(2))
    moves = [(e.before, e.after, e.by) for e in events if isinstance(e, AliasMoved)]
    assert moves[-1] == (Routing(1, 2, 10.0), Routing(2), "CodeDeploy")
    rates = [e for e in events if isinstance(e, RatesMeasured)]
    assert len(rates) >= 4 and {r.version for r in rates[0].rates} == {1, 2}
    assert stage.alias() == {"version": "2", "weights": {}}
    told = history(stage.aws.snapshot(TARGET))
    assert {"DeploymentStarted", "DeploymentEnded", "VersionPublished"} <= set(kinds(told))


def test_a_canary_that_fails_is_stopped_by_its_alarm_and_rolled_back(stage: Stage) -> None:
    stage.make_alarm()
    stage.make_group("errors")
    bad = stage.publish(FAIL="yes")
    stage.deploy(1, bad)
    stage.calls_a_minute = 60
    events = followed(stage)
    end = ended(events)
    assert (end.outcome, end.routing) == ("rolled back", Routing(1))
    assert end.rollback is not None and end.deployment is not None
    assert end.rollback.rolls_back == end.deployment.id
    assert end.deployment.error_code == "ALARM_ACTIVE"
    assert any(isinstance(e, AlarmChanged) and e.alarm.state == "ALARM" for e in events)
    assert stage.alias() == {"version": "1", "weights": {}}


def canary_under_way(stage: Stage) -> str:
    stage.make_group()
    deployment_id = stage.deploy(1, 2)
    stage.clock.advance(60.0)
    assert stage.alias() == {"version": "1", "weights": {"2": 0.1}}
    return deployment_id


def test_while_codedeploy_moves_the_alias_nothing_else_may(stage: Stage) -> None:
    deployment_id = canary_under_way(stage)
    looked = stage.aws.snapshot(TARGET, to=2, inventory=True)
    with pytest.raises(Refused, match=f"while {deployment_id} is InProgress"):
        plan_shift(looked, 2, 50.0)
    with pytest.raises(Refused):
        plan_promote(looked)
    with pytest.raises(Refused):
        plan_prune(looked, 2)


def test_an_abort_stops_it_and_is_over_when_the_alias_is_back(stage: Stage) -> None:
    deployment_id = canary_under_way(stage)
    events = done(plan_abort(stage.aws.snapshot(TARGET)), stage)
    assert kinds(events)[0] == "DeploymentStopRequested"
    assert kinds(events)[-1] == "AliasVerified"
    assert stage.alias() == {"version": "1", "weights": {}}
    looked = stage.aws.snapshot(TARGET)
    assert looked.deployment is not None and looked.previous is not None
    assert looked.previous.id == deployment_id == looked.deployment.rolls_back
    assert looked.active_deployment is None


def test_a_prune_deletes_what_nothing_needs_and_frees_its_bytes(stage: Stage) -> None:
    for n in range(3, 9):
        stage.publish(NUMBER=str(n))
    stage.functions.update_alias(FunctionName="checkout", Name="live", FunctionVersion="8")
    stage.functions.create_alias(FunctionName="checkout", Name="beta", FunctionVersion="3")
    stage.functions.add_permission(
        FunctionName="checkout",
        Qualifier="4",
        StatementId="push",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
    )
    stage.clock.advance(7_200.0)
    looked = stage.aws.snapshot(TARGET, storage=True, inventory=True)
    plan = plan_prune(looked, 2, grace_s=3_600.0)
    reasons = {v.version: v.reason for v in plan.verdicts if v.fate == "keep"}
    assert reasons == {
        8: "live (stable)",
        7: "previous of live (v8)",
        4: "resource policy",
        3: "beta (stable)",
        2: "previous of beta (v3)",
    }
    events = done(plan, stage)
    assert [e.version for e in events if isinstance(e, VersionDeleted)] == [1, 5, 6]
    after = stage.aws.snapshot(TARGET, storage=True)
    assert [v.number for v in after.versions] == [2, 3, 4, 7, 8]
    assert looked.storage is not None and after.storage is not None
    assert looked.storage.used - after.storage.used == plan.frees > 0


def test_what_is_not_there(stage: Stage) -> None:
    with pytest.raises(NotFound, match="function nowhere was not found in us-east-1"):
        stage.aws.snapshot(Target("nowhere", "live"))
    assert stage.aws.snapshot(Target("checkout", "nowhere")).alias is None
    with pytest.raises(NotFound, match="deployment d-NOTTHERE1 was not found"):
        stage.aws.deployment("d-NOTTHERE1")

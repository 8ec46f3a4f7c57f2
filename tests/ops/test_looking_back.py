"""Looking back in a whole account: forecasts, audits and verdicts from what it still holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lambdactl.aws import Aws, connect
from lambdactl.errors import NotFound
from lambdactl.model import Target
from lambdactl.ops.looking_back import (
    audited,
    config_named,
    forecast,
    group_config,
    judged,
    release_notes,
)
from lambdactl.plan import Plan
from lambdactl.plan.actions import How, Release
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from lambdactl.verdict import Answer
from lambdactl.verdict.alarms_audit import Problem
from tests.ops.stage import TARGET, Stage

CANARY_5 = "Canary10Percent5Minutes"
START = 1_800_000_000.0
MINUTE_S = 60.0


class Past(Stage):
    """A stage with a past: ``serve`` writes minutes of a version as Lambda would have."""

    def __init__(self, sandbox: Sandbox, clock: ManualClock) -> None:
        super().__init__(sandbox, clock)
        self.cloudwatch: Any = sandbox.account.services["cloudwatch"]

    def serve(self, version: int, begin: float, minutes: int, calls: int, errors: int) -> None:
        alias = {"FunctionName": TARGET.function, "Resource": str(TARGET)}
        for n in range(minutes):
            at = begin + n * MINUTE_S
            for dimensions in (alias, {**alias, "ExecutedVersion": str(version)}):
                for name, value in (("Invocations", calls), ("Errors", errors)):
                    self.cloudwatch.record(
                        "AWS/Lambda", name, dimensions, float(value), "Count", at
                    )


@pytest.fixture
def stage() -> Iterator[Past]:
    clock = ManualClock(START)
    with Sandbox(clock=clock, strict=True) as sandbox:
        made = Past(sandbox, clock)
        made.create()
        yield made
        made.aws.close()
    assert sandbox.door.breaches == []


def put_alarm(stage: Past, name: str, version: int, **changes: Any) -> None:
    """``Errors > 0`` for one minute of one version, unless told otherwise."""
    dimensions = {
        "FunctionName": TARGET.function,
        "Resource": str(TARGET),
        "ExecutedVersion": str(version),
    }
    settings = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    stage.alarms.put_metric_alarm(AlarmName=name, **{**settings, **changes})


def put_rate(stage: Past, version: int) -> None:
    """The included stack's alarm on the rate, by metric math."""
    dimensions = [
        {"Name": "FunctionName", "Value": TARGET.function},
        {"Name": "Resource", "Value": str(TARGET)},
        {"Name": "ExecutedVersion", "Value": str(version)},
    ]

    def stat(name: str, metric: str) -> dict[str, Any]:
        told = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions}
        return {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {"Metric": told, "Period": 60, "Stat": "Sum"},
        }

    stage.alarms.put_metric_alarm(
        AlarmName="rate",
        EvaluationPeriods=3,
        DatapointsToAlarm=2,
        Threshold=5.0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        Metrics=[
            {"Id": "rate", "Expression": "IF(calls >= 20, 100 * errors / calls, 0)"},
            stat("errors", "Errors"),
            stat("calls", "Invocations"),
        ],
    )


def test_the_alarms_of_a_group_are_replayed(stage: Past) -> None:
    """Half a day of 600 calls a minute of which 3 fail: many a canary of 5 minutes meets one."""
    begin = START // 3600 * 3600
    put_alarm(stage, "any-error", 1)
    put_alarm(stage, "never-called", 2)
    put_rate(stage, 1)
    stage.make_group("any-error", "rate", "never-called")
    stage.deploy(1, 2)
    stage.sleep(600.0)
    stage.clock.advance(begin + 13 * 3600 - stage.clock.now())
    stage.serve(1, begin + 3600, 12 * 60, 600, 3)
    found = audited(stage.aws, stage.aws.snapshot(TARGET, metrics=False), days=1)
    by_name = {a.rule.alarm.name: a for a in found}
    any_error = by_name["any-error"]
    assert any_error.hours == 12
    assert any_error.rolled_back is not None and any_error.rolled_back >= 5
    assert by_name["rate"].rolled_back == 0
    problems = {f.problem for f in by_name["never-called"].findings}
    assert Problem.NO_DATA in problems


def test_a_week_foretells(stage: Past) -> None:
    begin = START // 300 * 300
    stage.clock.advance(4 * 3600.0)
    stage.serve(1, begin, 230, 600, 6)
    assert stage.aws.alias(TARGET).routing.stable == 1
    config = config_named(stage.aws, CANARY_5)
    found = forecast(stage.aws, TARGET, config, times=3.0)
    assert found.rate == pytest.approx(1.0)
    assert found.chosen is not None and found.chosen.seen is not None
    assert found.chosen.canary_calls == pytest.approx(300.0)
    assert found.chosen.seen < 60.0
    assert found.advised is not None


def release(how: How, config: str | None = CANARY_5) -> Release:
    return Release("Alias", TARGET, how, publishes=True, config_name=config)


@pytest.mark.parametrize(
    ("released", "notes"),
    [
        (release("at once"), ()),
        (
            release("CodeDeploy"),
            ("what this rollout can see is unknown: no calls in the past week",),
        ),
        (
            release("CodeDeploy", None),
            ("what this rollout can see is unknown: the deployment config is not known",),
        ),
        (
            release("CodeDeploy", "Mine"),
            (
                "what this rollout can see is unknown:"
                " deployment config Mine was not found in us-east-1",
            ),
        ),
    ],
)
def test_a_deploys_plan_says_what_its_rollout_can_see(
    stage: Past, released: Release, notes: tuple[str, ...]
) -> None:
    plan = Plan("deploy", stage.aws.place(), TARGET, (), releases=(released,))
    assert release_notes(stage.aws, plan) == notes


def test_what_is_true_of_every_rollout_is_said_once(stage: Past) -> None:
    """And what is true of one, with its name."""
    one, other = release("CodeDeploy"), release("CodeDeploy", None)
    twice = Plan("deploy", stage.aws.place(), TARGET, (), releases=(one, one))
    unknown = "what this rollout can see is unknown:"
    assert release_notes(stage.aws, twice) == (f"{unknown} no calls in the past week",)
    apart = Plan("deploy", stage.aws.place(), TARGET, (), releases=(one, other))
    assert release_notes(stage.aws, apart) == (
        f"{TARGET}: {unknown} no calls in the past week",
        f"{TARGET}: {unknown} the deployment config is not known",
    )


def test_a_deploys_plan_foretells_from_the_week(stage: Past) -> None:
    stage.clock.advance(3600.0)
    stage.serve(1, START // 300 * 300, 50, 600, 6)
    stage.aws.alias(TARGET)
    plan = Plan("deploy", stage.aws.place(), TARGET, (), releases=(release("CodeDeploy"),))
    first, second = release_notes(stage.aws, plan)
    assert first.startswith("x3 of 1 %: Canary10Percent5Minutes would see it ")
    assert second.startswith("Canary10Percent5Minutes sends 300 calls to the canary before 100 %")


def test_without_traffic_it_is_unknown(stage: Past) -> None:
    found = forecast(stage.aws, TARGET, config_named(stage.aws, CANARY_5))
    assert found.chosen is None
    assert found.unknown == "no calls in the past week"


def test_an_unreadable_week_is_unknown(stage: Past) -> None:
    broken: Aws = connect(
        region="us-east-1", endpoint_url="http://127.0.0.1:9", access_key="a", secret_key="b"
    )
    found = forecast(broken, TARGET, config_named(broken, CANARY_5))
    broken.close()
    assert found.chosen is None
    assert found.unknown is not None and found.unknown.startswith("the past week could not be read")


def test_the_groups_own_config_and_not_that_of_the_last_rollback(stage: Past) -> None:
    stage.make_group()
    stage.deploy(1, 2)
    stage.sleep(60.0)
    stage.deployments.stop_deployment(
        deploymentId=stage.aws.rollouts(TARGET, limit=1)[0].id, autoRollbackEnabled=True
    )
    stage.sleep(60.0)
    snapshot = stage.aws.snapshot(TARGET, metrics=False)
    assert snapshot.config is not None and snapshot.config.type == "AllAtOnce"
    own = group_config(stage.aws, snapshot)
    assert own is not None and own.type == "TimeBasedCanary"


def roll(stage: Past, errors: int) -> str:
    """A rollout from 1 to 2 whose canary fails ``errors`` of its 60 calls a minute."""
    stage.make_group()
    deployment_id = stage.deploy(1, 2)
    stage.sleep(400.0)
    found = stage.aws.deployment(deployment_id)
    allowed = found.event("AllowTraffic")
    assert allowed is not None and allowed.started is not None
    begun = allowed.started.timestamp() // 60 * 60
    stage.serve(1, begun - 1800, 35, 540, 5)
    stage.serve(2, begun, 5, 60, errors)
    return deployment_id


def test_a_past_rollout_is_judged_with_its_damage(stage: Past) -> None:
    deployment_id = roll(stage, 12)
    stage.clock.advance(3 * 86_400.0)
    found = judged(stage.aws, TARGET, stage.aws.rollout(TARGET, deployment_id))
    assert found.verdict.answer is Answer.FAIL
    assert found.window is not None and found.window.period_s == 60
    assert found.damage is not None
    assert found.damage.failed == pytest.approx(60.0 - 300.0 * 5 / 540)


def test_after_fifteen_days_it_is_judged_by_five_minutes_and_says_so(stage: Past) -> None:
    deployment_id = roll(stage, 12)
    stage.clock.advance(20 * 86_400.0)
    found = judged(stage.aws, TARGET, stage.aws.rollout(TARGET, deployment_id))
    assert found.verdict.answer is Answer.FAIL
    assert found.note is not None and "periods of 5 minutes" in found.note


def test_before_any_traffic_was_shifted_there_is_nothing_to_judge(stage: Past) -> None:
    stage.make_group()
    deployment_id = stage.deploy(1, 2)
    found = judged(stage.aws, TARGET, stage.aws.rollout(TARGET, deployment_id))
    assert found.verdict.answer is Answer.NOT_MEASURED
    assert found.note == "it has not started, so its versions are not known"


def test_minutes_of_a_running_rollout_that_may_still_grow_do_not_count(stage: Past) -> None:
    deployment_id = roll(stage, 12)
    deployment = stage.aws.rollout(TARGET, deployment_id)
    allowed = deployment.event("AllowTraffic")
    assert allowed is not None and allowed.started is not None
    found = judged(stage.aws, TARGET, deployment)
    settled = stage.clock.now() - 3.0 - 120.0 - allowed.started.timestamp() // 60 * 60
    assert found.verdict.canary_calls == 60 * min(int(settled // 60) + 1, 5)


def test_a_rollback_points_to_what_it_undoes(stage: Past) -> None:
    stage.make_group()
    first = stage.deploy(1, 2)
    stage.sleep(60.0)
    stage.deployments.stop_deployment(deploymentId=first, autoRollbackEnabled=True)
    stage.sleep(60.0)
    newest, undone = stage.aws.rollouts(TARGET, limit=5)
    assert (newest.rolls_back, undone.id) == (first, first)
    found = judged(stage.aws, TARGET, newest)
    assert found.verdict.answer is Answer.NOT_MEASURED
    assert found.note == f"it is a rollback; judge {first}, which it undoes"


def test_a_deployment_of_another_alias_is_not_found(stage: Past) -> None:
    stage.make_group()
    deployment_id = stage.deploy(1, 2)
    stage.sleep(10.0)
    with pytest.raises(NotFound, match="is not of checkout:beta but of checkout:live"):
        stage.aws.rollout(Target("checkout", "beta"), deployment_id)


def test_a_deployment_that_does_not_exist_points_to_those_that_do(stage: Past) -> None:
    with pytest.raises(NotFound) as told:
        stage.aws.rollout(TARGET, "d-000000000")
    assert told.value.hint == "lambdactl deployments -f checkout:live   lists those that moved it"

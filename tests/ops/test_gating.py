"""A rollout that CodeDeploy drives, waited for until it is judged, and aborted when it is worse."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from lambdactl.errors import PermissionDenied, Refused, RolloutFailed, Stale, WaitTimeout
from lambdactl.ops.acting import Acting
from lambdactl.ops.apply import apply
from lambdactl.ops.events import ActAnnounced, DeploymentStopRequested, Event, VerdictReached
from lambdactl.ops.gating import abort_on_fail, gate, guard
from lambdactl.plan import Plan
from lambdactl.verdict import Answer, State, assess
from lambdactl.verdict.gate import Limits, exceeded, unmet
from tests.ops.measured_stage import MeasuredStage
from tests.ops.stage import TARGET

R = TypeVar("R")


class Watching:
    def __init__(self, stage: MeasuredStage) -> None:
        self.evidence: list[str] = []
        self.events: list[Event] = []

        def logged(plan: Plan, because: str) -> Iterator[Event]:
            self.evidence.append(because)
            return apply(plan, stage.aws, sleep=stage.sleep, interval_s=30.0)

        self.acting = Acting(stage.aws, TARGET, logged, stage.sleep, 30.0)

    def run(self, events: Generator[Event, None, R]) -> R:
        def told() -> Generator[Event, None, R]:
            return (yield from events)

        running = told()
        while True:
            try:
                self.events.append(next(running))
            except StopIteration as end:
                result: R = end.value
                return result


def rollout(stage: MeasuredStage, canary_fails: float) -> Watching:
    stage.make_group()
    stage.failing = {1: 0.05, 2: canary_fails}
    stage.deploy(1, 2)
    return Watching(stage)


def test_a_good_canary_passes_the_gate(measured_stage: MeasuredStage) -> None:
    watching = rollout(measured_stage, 0.05)
    verdict, _ended, *_ = watching.run(gate(watching.acting))
    assert verdict.answer is Answer.PASS


def test_a_bad_canary_does_not(measured_stage: MeasuredStage) -> None:
    watching = rollout(measured_stage, 0.4)
    verdict, ended, *_ = watching.run(gate(watching.acting))
    assert (verdict.answer, ended) == (Answer.FAIL, None)
    answers = [e.answer for e in watching.events if isinstance(e, VerdictReached)]
    assert answers[0] == "NOT MEASURED" and answers[-1] == "FAIL"


def test_a_rollout_that_ends_before_the_evidence_is_undecided(
    measured_stage: MeasuredStage,
) -> None:
    watching = rollout(measured_stage, 0.0)
    measured_stage.failing[1] = 0.0
    verdict, ended, *_ = watching.run(gate(watching.acting))
    assert verdict.answer is Answer.INCONCLUSIVE
    assert ended is not None and ended.succeeded


def test_a_pass_counts_only_with_every_gate_met(measured_stage: MeasuredStage) -> None:
    watching = rollout(measured_stage, 0.05)
    acting = replace(watching.acting, limits=Limits(max_error_rate_percent=6.0, min_calls=900))
    verdict, _ended, found, _ = watching.run(gate(acting))
    assert verdict.answer is Answer.PASS
    assert [g.met for g in found] == [True, True]
    assert verdict.canary_calls >= 900


def test_a_canary_over_the_operators_limit_ends_the_wait(measured_stage: MeasuredStage) -> None:
    watching = rollout(measured_stage, 0.05)
    acting = replace(watching.acting, limits=Limits(max_error_rate_percent=1.0))
    verdict, ended, found, _ = watching.run(gate(acting))
    assert verdict.answer is not Answer.FAIL
    assert ended is None
    assert str(exceeded(found)).startswith("gate max_error_rate_percent not met: ")


def test_a_gate_that_is_not_known_is_not_met(measured_stage: MeasuredStage) -> None:
    watching = rollout(measured_stage, 0.05)
    acting = replace(watching.acting, limits=Limits(alarms=("gone",), origin="./lambdactl.toml"))
    verdict, ended, found, _ = watching.run(gate(acting))
    assert verdict.answer is Answer.PASS
    assert ended is not None
    assert unmet(found) == "gate alarm gone not known: ./lambdactl.toml names it, and there is none"


def test_an_alarm_of_the_operators_holds_the_gate_like_one_of_the_group(
    measured_stage: MeasuredStage,
) -> None:
    watching = rollout(measured_stage, 0.05)
    measured_stage.alarms.put_metric_alarm(
        AlarmName="own", Namespace="own", MetricName="m", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=1.0, ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching",
    )  # fmt: skip
    acting = replace(watching.acting, limits=Limits(alarms=("own",)))
    with pytest.raises(WaitTimeout, match="is PASS, but a gate was not met") as raised:
        watching.run(gate(acting, wait_s=240.0))
    assert raised.value.why == "gate alarm own not met: ALARM"


def test_when_the_time_is_up_it_says_what_is_missing(measured_stage: MeasuredStage) -> None:
    watching = rollout(measured_stage, 0.0)
    measured_stage.failing[1] = 0.0
    with pytest.raises(WaitTimeout, match="neither PASS nor FAIL when the time was up"):
        watching.run(gate(watching.acting, wait_s=120.0))


def test_a_bad_canary_is_aborted_with_its_evidence(measured_stage: MeasuredStage) -> None:
    watching = rollout(measured_stage, 0.4)
    with pytest.raises(RolloutFailed, match="it is at v1"):
        watching.run(abort_on_fail(watching.acting))
    kinds = [type(e) for e in watching.events]
    assert kinds.index(ActAnnounced) < kinds.index(DeploymentStopRequested)
    assert watching.evidence[0].startswith("FAIL: canary 40")
    assert measured_stage.alias() == {"version": "1", "weights": {}}


@pytest.mark.parametrize("watched", [abort_on_fail, guard])
def test_a_second_rollout_is_not_aborted_for_the_first_before_it_shifts(
    measured_stage: MeasuredStage, watched: Callable[..., Generator[Event, None, object]]
) -> None:
    watching = rollout(measured_stage, 0.4)
    with pytest.raises(RolloutFailed):
        watching.run(abort_on_fail(watching.acting))
    measured_stage.sleep(60.0)
    # The hook answers, and never calls back.
    measured_stage.deploy(1, 2, BeforeAllowTraffic=TARGET.function)
    measured_stage.sleep(60.0)
    again = Watching(measured_stage)
    with pytest.raises(WaitTimeout):
        again.run(watched(again.acting, wait_s=180.0))
    assert again.evidence == []
    waits = "waits for hook BeforeAllowTraffic; no traffic on the canary yet"
    now = assess(measured_stage.aws.snapshot(TARGET))
    assert now.text == f"{waits} · an earlier split was FAIL"


def test_a_good_canary_is_left_alone(measured_stage: MeasuredStage) -> None:
    watching = rollout(measured_stage, 0.05)
    ended = watching.run(abort_on_fail(watching.acting))
    assert ended is not None and ended.succeeded
    assert watching.evidence == []
    assert measured_stage.alias() == {"version": "2", "weights": {}}


def test_a_rollout_is_judged_from_its_beginning_in_one_call_a_look(
    measured_stage: MeasuredStage,
) -> None:
    stage = measured_stage
    rollout(stage, 0.05)
    stage.sleep(120.0)
    first = stage.aws.snapshot(TARGET, afresh=True)
    asked = stage.aws.calls["cloudwatch:GetMetricData"]
    stage.sleep(3_000.0)
    later = stage.aws.snapshot(TARGET)
    assert stage.aws.calls["cloudwatch:GetMetricData"] == asked + 1
    assert first.metrics is not None and later.metrics is not None
    assert first.metrics.history is not None and later.metrics.history is not None
    assert first.deployment is not None and first.deployment.created is not None
    began = [m.history[2].minutes[0].start for m in (first.metrics, later.metrics) if m.history]
    assert began[0] == began[1]
    assert timedelta(0) <= first.deployment.created - began[0] - timedelta(minutes=30)
    assert len(later.metrics.series[2].minutes) == 30
    assert len(later.metrics.history[2].minutes) > 80
    assert later.metrics.doubts == ()


def test_without_the_permission_nothing_is_measured(
    measured_stage: MeasuredStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollout(measured_stage, 0.05)
    measured_stage.sleep(300.0)

    def forbidden(*_words: object, **_more: object) -> None:
        raise PermissionDenied("no permission", action="cloudwatch:GetMetricData")

    monkeypatch.setattr("lambdactl.aws.metrics.ask", forbidden)
    assessment = assess(measured_stage.aws.snapshot(TARGET, afresh=True))
    assert assessment.state is State.NOT_MEASURED
    assert "no permission: cloudwatch:GetMetricData" in assessment.text


def split(stage: MeasuredStage, canary_fails: float, weight: float = 0.2) -> Watching:
    """Ten minutes after a shift by hand."""
    stage.failing = {1: 0.05, 2: canary_fails}
    route(stage, "2", weight)
    stage.sleep(120.0)
    return Watching(stage)


def route(stage: MeasuredStage, canary: str, weight: float) -> None:
    stage.functions.update_alias(
        FunctionName=TARGET.function,
        Name=TARGET.alias,
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {canary: weight}},
    )


def test_a_guard_takes_a_bad_canary_back(measured_stage: MeasuredStage) -> None:
    watching = split(measured_stage, 0.4)
    with pytest.raises(RolloutFailed, match="it is at v1"):
        watching.run(guard(watching.acting))
    assert watching.evidence[0].startswith("FAIL: canary 40")
    assert measured_stage.alias() == {"version": "1", "weights": {}}


def test_a_guard_heeds_an_alarm_before_there_is_a_verdict(measured_stage: MeasuredStage) -> None:
    measured_stage.make_alarm()
    watching = split(measured_stage, 0.05)
    acting = replace(watching.acting, limits=Limits(alarms=("errors",)))
    with pytest.raises(RolloutFailed):
        watching.run(guard(acting))
    assert watching.evidence == ["alarm errors is in ALARM"]


def test_a_guard_heeds_a_limit(measured_stage: MeasuredStage) -> None:
    watching = split(measured_stage, 0.05)
    acting = replace(watching.acting, limits=Limits(max_error_rate_percent=1.0))
    with pytest.raises(RolloutFailed):
        watching.run(guard(acting))
    assert watching.evidence == [
        "gate max_error_rate_percent not met: 5.00 % of 100 calls, limit 1 %"
    ]


def test_a_guard_ends_with_its_split(measured_stage: MeasuredStage) -> None:
    watching = split(measured_stage, 0.05)
    events = guard(watching.acting)
    for _ in range(3):
        next(events)
    measured_stage.functions.update_alias(
        FunctionName=TARGET.function, Name=TARGET.alias, FunctionVersion="2", RoutingConfig={}
    )
    ended = watching.run(events)
    assert ended is not None and ended.succeeded
    assert watching.evidence == []


def test_a_guard_takes_back_no_other_canary(measured_stage: MeasuredStage) -> None:
    measured_stage.publish(GREETING="again")
    watching = split(measured_stage, 0.05)
    events = guard(watching.acting)
    next(events)
    measured_stage.failing[3] = 0.9
    route(measured_stage, "3", 0.2)
    with pytest.raises(Stale, match="the guard of v2 has ended"):
        watching.run(events)
    assert measured_stage.alias() == {"version": "1", "weights": {"3": 0.2}}


def test_there_has_to_be_something_to_guard(measured_stage: MeasuredStage) -> None:
    watching = Watching(measured_stage)
    with pytest.raises(Refused, match="nothing to guard"):
        watching.run(guard(watching.acting))


def test_an_abort_that_did_not_happen_is_none(measured_stage: MeasuredStage) -> None:
    """Between the announcement and the act somebody gives the canary everything."""
    watching = split(measured_stage, 0.4)
    for event in (events := guard(watching.acting)):
        if isinstance(event, ActAnnounced):
            break
    measured_stage.functions.update_alias(
        FunctionName=TARGET.function, Name=TARGET.alias, FunctionVersion="2", RoutingConfig={}
    )
    with pytest.raises(Stale, match="nothing was aborted: checkout:live"):
        watching.run(events)
    assert watching.evidence == []
    assert measured_stage.alias() == {"version": "2", "weights": {}}


def test_a_guard_of_a_canary_that_is_named_adopts_no_other(measured_stage: MeasuredStage) -> None:
    measured_stage.publish(GREETING="again")
    watching = split(measured_stage, 0.9)
    with pytest.raises(Stale, match="the guard of v3 has ended"):
        watching.run(guard(watching.acting, canary=3))
    assert measured_stage.alias() == {"version": "1", "weights": {"2": 0.2}}

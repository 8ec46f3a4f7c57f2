"""A canary walked by evidence, through a real account's behaviour, with every way it can end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from lambdactl.errors import RolloutFailed, Stale, Unreachable, WaitTimeout
from lambdactl.model import Snapshot, Target
from lambdactl.ops.acting import Acting
from lambdactl.ops.apply import apply
from lambdactl.ops.events import (
    ActAnnounced,
    AliasMoved,
    AliasVerified,
    Event,
    LookFailed,
    RolloutEnded,
    VerdictReached,
    WalkHeld,
)
from lambdactl.ops.walking import Walk, walk
from lambdactl.plan import Plan
from tests.ops.measured_stage import MeasuredStage
from tests.ops.stage import TARGET

WALK = Walk(TARGET, 1, 2, (10.0, 50.0, 100.0), every_s=300.0, guard=True, max_wait_s=3_600.0)


class Walking:
    """One walk on a stage: its events, what was kept of it, and the evidence of what was done."""

    def __init__(self, stage: MeasuredStage) -> None:
        self.stage = stage
        self.events: list[Event] = []
        self.kept: list[Walk | None] = []
        self.evidence: list[tuple[str, str]] = []

        def logged(plan: Plan, because: str) -> Iterator[Event]:
            self.evidence.append((plan.verb, because))
            return apply(plan, stage.aws, sleep=stage.sleep, interval_s=30.0)

        self.acting = Acting(stage.aws, TARGET, logged, stage.sleep, 30.0)

    def go(self, plan: Walk = WALK, *, until: Callable[[Event], bool] | None = None) -> list[Event]:
        for event in walk(plan, self.acting, self.kept.append):
            self.events.append(event)
            if until is not None and until(event):
                break
        return self.events

    def of(self, kind: type[Any]) -> list[Any]:
        return [e for e in self.events if isinstance(e, kind)]

    @property
    def weights(self) -> list[float]:
        """What this walk moved the alias to: what is told by a look after it is not counted."""
        return [e.after.share(2) for e in self.of(AliasMoved) if e.by == "lambdactl"]


@pytest.fixture
def walking(measured_stage: MeasuredStage) -> Walking:
    return Walking(measured_stage)


def test_a_good_canary_is_walked_to_the_end_on_evidence(walking: Walking) -> None:
    walking.go()
    assert walking.weights == [10.0, 50.0, 100.0]
    assert walking.stage.alias() == {"version": "2", "weights": {}}
    assert isinstance(walking.events[-1], RolloutEnded) and walking.events[-1].succeeded
    assert walking.kept[-1] is None
    reasons = [because for _, because in walking.evidence]
    assert all("PASS: canary" in because for because in reasons[1:])


def test_every_step_is_announced_before_it_is_done(walking: Walking) -> None:
    walking.go()
    told = [type(e) for e in walking.events if isinstance(e, ActAnnounced | AliasMoved)]
    first = [told.index(ActAnnounced), told.index(AliasMoved)]
    assert first == sorted(first)
    acts = [e.act for e in walking.of(ActAnnounced)]
    assert acts == [
        "shift v2 to 10 % (step 1 of 3)",
        "shift v2 to 50 % (step 2 of 3)",
        "shift v2 to 100 % (step 3 of 3)",
    ]


def test_a_bad_canary_is_taken_back(walking: Walking) -> None:
    walking.stage.failing[2] = 0.3
    with pytest.raises(RolloutFailed, match="was aborted; it is at v1") as caught:
        walking.go()
    assert caught.value.why is not None and caught.value.why.startswith("FAIL: canary 30")
    assert walking.weights == [10.0, 0.0]
    assert walking.stage.alias() == {"version": "1", "weights": {}}
    assert walking.kept[-1] is None
    assert walking.evidence[-1][0] == "abort" and "evidence" in walking.evidence[-1][1]
    assert [e.answer for e in walking.of(VerdictReached)][-1] == "FAIL"


def test_without_evidence_it_is_held_until_the_time_is_up(walking: Walking) -> None:
    walking.stage.failing = {1: 0.0, 2: 0.0}
    with pytest.raises(WaitTimeout, match="was held at v1 90 %, v2 10 %"):
        walking.go(replace(WALK, max_wait_s=600.0))
    assert walking.weights == [10.0]
    assert walking.stage.alias() == {"version": "1", "weights": {"2": 0.1}}
    assert "INCONCLUSIVE" in walking.of(WalkHeld)[-1].because
    kept = walking.kept[-1]
    assert kept is not None and kept.done == 1


def test_without_a_guard_it_walks_by_time_alone(walking: Walking) -> None:
    walking.stage.failing = {1: 0.0, 2: 0.0}
    began = walking.stage.clock.now()
    walking.go(replace(WALK, guard=False))
    assert walking.weights == [10.0, 50.0, 100.0]
    assert walking.stage.clock.now() - began >= 2 * WALK.every_s


def test_an_alarm_takes_it_back(walking: Walking) -> None:
    stage = walking.stage
    stage.make_alarm()
    stage.make_group("errors")
    stage.failing = {1: 0.0, 2: 0.0}
    stage.deploy(1, 2)  # CodeDeploy's alarms are found by the function's last deployment
    stage.sleep(420.0)
    stage.functions.update_alias(
        FunctionName="checkout", Name="live", FunctionVersion="1", RoutingConfig={}
    )
    stage.failing = {1: 0.0, 2: 0.02}
    with pytest.raises(RolloutFailed) as caught:
        walking.go()
    assert caught.value.why == "alarm errors is in ALARM"
    assert stage.alias() == {"version": "1", "weights": {}}


def test_it_stops_where_somebody_else_moves_the_alias(walking: Walking) -> None:
    def meddle(event: Event) -> bool:
        if isinstance(event, AliasVerified):
            walking.stage.functions.update_alias(
                FunctionName="checkout", Name="live",
                RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}},
            )  # fmt: skip
        return False

    with pytest.raises(Stale, match="stops after step") as caught:
        walking.go(until=meddle)
    assert walking.stage.alias() == {"version": "1", "weights": {"2": 0.25}}
    assert "v2 25 %" in str(caught.value.why) or "v2 25 %" in str(caught.value)


def test_a_walk_that_was_killed_goes_on_where_it_was(walking: Walking) -> None:
    walking.go(until=lambda event: isinstance(event, AliasMoved))
    kept = walking.kept[-1]
    assert kept is not None and kept.done == 0  # killed between the write and its read-back
    again = Walking(walking.stage)
    again.go(kept)
    assert again.weights == [50.0, 100.0]
    assert walking.stage.alias() == {"version": "2", "weights": {}}


def test_a_lost_network_holds_it_and_does_not_end_it(
    walking: Walking, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, down = walking.stage.aws.snapshot, iter(range(40))

    def snapshot(target: Target, **wanted: Any) -> Snapshot:
        if walking.weights and next(down, None) is not None:
            raise Unreachable("no answer")
        return real(target, **wanted)

    monkeypatch.setattr(walking.stage.aws, "snapshot", snapshot)
    walking.go()
    assert len(walking.of(LookFailed)) == 40
    assert walking.weights == [10.0, 50.0, 100.0]


def test_a_write_that_nobody_answered_is_not_done_twice(
    walking: Walking, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = walking.stage.aws.update_alias, []

    def update(*words: Any) -> Any:
        calls.append(words)
        done = real(*words)
        if len(calls) == 1:
            monkeypatch.setattr(walking.stage.aws, "alias", gone)
            raise Unreachable("timed out")
        return done

    def gone(*_: Any) -> Any:
        monkeypatch.undo()
        raise Unreachable("still away")

    monkeypatch.setattr(walking.stage.aws, "update_alias", update)
    walking.go()
    assert len(calls) == 1 and walking.stage.alias() == {"version": "2", "weights": {}}

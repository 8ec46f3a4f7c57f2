"""JSON: whole, stable, and null for what is unknown."""

from __future__ import annotations

import json

import pytest

from lambdactl.model import Routing
from lambdactl.ops.stack_events import SeenOf
from lambdactl.plan import plan_abort, plan_prune, plan_shift
from lambdactl.render import document
from lambdactl.verdict import assess
from tests.plan.samples import PLACE, TARGET, deployment, inventory, snapshot
from tests.render.test_words import LINES


def test_the_envelope() -> None:
    told = document.envelope("Thing", [], place=PLACE, target=TARGET)
    assert list(told) == ["apiVersion", "kind", "context", "data"]
    assert told["context"]["function"] == "checkout"


@pytest.mark.parametrize("routing", [Routing(41), Routing(41, 42, 10.0), Routing(None)])
def test_a_rollout_is_json(routing: Routing) -> None:
    look = snapshot(routing, deployment=deployment("InProgress"))
    told = json.loads(json.dumps(document.rollout(look, assess(look))))
    assert told["versions"] is None
    assert told["measured"] is None
    assert told["verdict"]["canary_error_rate_percent"] is None
    assert told["alias"]["routing"]["stable"] == (routing.stable or "$LATEST")


def test_plans_are_json() -> None:
    look = snapshot(Routing(41, 42, 10.0))
    prune = plan_prune(snapshot(inventory=inventory(range(38, 43))), 2)
    for plan in (plan_shift(look, 42, 50.0), plan_abort(look), prune):
        told = json.loads(json.dumps(document.plan(plan, applied=False)))
        assert told["verb"] == plan.verb
        assert [a["action"] for a in told["actions"]] == [type(a).__name__ for a in plan.actions]


@pytest.mark.parametrize(("event", "_"), LINES, ids=lambda v: type(v).__name__)
def test_every_event_is_json(event: object, _: str) -> None:
    told = json.loads(json.dumps(document.event(event)))  # type: ignore[arg-type]
    happened = event.event if isinstance(event, SeenOf) else event
    assert told["event"] == type(happened).__name__
    assert told["at"] == "2026-11-20T14:00:00Z"


def test_what_the_model_does_not_hold_is_no_guess() -> None:
    with pytest.raises(TypeError):
        document.jsonable(object())

"""Who drives an alias: each of them by what one look shows, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lambdactl.model import DeploymentConfig, Routing, Snapshot, Unread
from lambdactl.model_walk import KeptWalk
from lambdactl.render.driver import data, long, short
from lambdactl.verdict import State, assess
from lambdactl.verdict.driver import Kind, driver_of
from tests.plan.samples import NOW, REVISION, deployment, snapshot

SPLIT = Routing(41, 42, 10.0)
CANARY = DeploymentConfig(
    "CodeDeployDefault.LambdaCanary10Percent5Minutes", "TimeBasedCanary", 10.0, 5
)
WALK = KeptWalk(42, (10.0, 50.0, 100.0), 1, True, NOW + timedelta(minutes=5), REVISION, True)


def seen(routing: Routing | None = None, **changes: Any) -> Snapshot:
    return replace(snapshot(routing), **changes)


@pytest.mark.parametrize(
    ("look", "kind", "header", "sentence"),
    [
        (seen(), Kind.NOBODY, "", "nobody"),
        (seen(SPLIT, deployment=deployment("InProgress"), stack="shop",
              stack_status="UPDATE_IN_PROGRESS"),
         Kind.CODEDEPLOY, "CodeDeploy d-1", "CodeDeploy d-1, begun by CloudFormation"),
        (seen(stack="shop", stack_status="UPDATE_IN_PROGRESS"),
         Kind.CLOUDFORMATION, "stack shop", "CloudFormation: stack shop is UPDATE_IN_PROGRESS"),
        (seen(stack="shop", stack_status="REVIEW_IN_PROGRESS"), Kind.NOBODY, "", "nobody"),
        (seen(SPLIT, walk=WALK), Kind.WALK, "shift --steps",
         "shift --steps on this machine: step 1 of 3, next 50 % at 14:05:00 (in 5m)"
         " when its evidence is there"),
        (seen(SPLIT, walk=replace(WALK, running=False)), Kind.WALK_LEFT, "shift --steps, left",
         "nobody: shift --steps was left after step 1 of 3;"
         " lambdactl shift --resume -f checkout:live"),
        (seen(SPLIT, walk=replace(WALK, running=False, revision_id="another")),
         Kind.PERSON, "by hand", "a person, by hand: nothing moves these weights on"),
        (seen(SPLIT, provisioned=frozenset({"live"})),
         Kind.PROVISIONED_CONCURRENCY, "provisioned concurrency",
         "Lambda, while provisioned concurrency moves: these weights pass by themselves"),
        (seen(SPLIT), Kind.PERSON, "by hand", "a person, by hand: nothing moves these weights on"),
        (seen(SPLIT, deployment=deployment("Stopped")), Kind.NOBODY, "",
         "nobody: d-1 ended and left these weights behind"),
        (seen(SPLIT, deployment=deployment(
            "Failed", error_code="INVALID_LAMBDA_CONFIGURATION",
            error_message="The alias version does not match the current version in AppSpec file.",
         )), Kind.NOBODY, "", "nobody: d-1 found the alias moved, and failed"),
        (seen(SPLIT, deployment=deployment("Failed", current_version=None, target_version=None)),
         Kind.NOBODY, "", "nobody: d-1 ended and left these weights behind"),
        (seen(Routing(41, 42, 30.0), deployment=deployment("Stopped"), config=CANARY,
              provisioned=frozenset({"live"})),
         Kind.PROVISIONED_CONCURRENCY, "provisioned concurrency",
         "Lambda, while provisioned concurrency moves: these weights pass by themselves"),
        (seen(SPLIT, deployment=deployment("Stopped"), config=CANARY,
              provisioned=frozenset({"live"})),
         Kind.NOBODY, "", "nobody: d-1 ended and left these weights behind"),
        (seen(SPLIT, unread=(Unread("deployment", "no permission"),)),
         Kind.UNKNOWN, "driver not known",
         "not known: deployment could not be read: no permission"),
        (seen(SPLIT, unread=(Unread("stack status", "no permission"),)),
         Kind.UNKNOWN, "driver not known",
         "not known: stack status could not be read: no permission"),
    ],
)  # fmt: skip
def test_who_drives(look: Snapshot, kind: Kind, header: str, sentence: str) -> None:
    driver = driver_of(look)
    assert (driver.kind, short(driver), long(driver, look)) == (kind, header, sentence)


@pytest.mark.parametrize(
    ("look", "state", "advised"),
    [
        (seen(SPLIT, walk=WALK), State.SHIFTING, None),
        (seen(SPLIT, walk=replace(WALK, running=False)), State.PAUSED, "shift --resume"),
        (seen(SPLIT, provisioned=frozenset({"live"})), State.SHIFTING, None),
        (seen(SPLIT), State.PAUSED, "nothing drives"),
        (seen(SPLIT, unread=(Unread("stack status", "x"),)), State.PAUSED, "find out who drives"),
    ],
)
def test_the_state_and_the_advice_follow_the_driver(
    look: Snapshot, state: State, advised: str | None
) -> None:
    said = assess(replace(look, metrics=None, unread=look.unread))
    assert said.state in (state, State.NOT_MEASURED)
    assert advised in (said.advice or "") if advised else said.advice is None


def test_unknown_is_null() -> None:
    told = data(seen(SPLIT, unread=(Unread("deployment", "no permission"),)))
    assert (told["kind"], told["moves"]) == (None, None)
    assert data(seen())["kind"] == "nobody"

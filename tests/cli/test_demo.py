"""``lambdactl demo`` in a pipe: the whole story, for real, and its exit code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from lambdactl.cli import ending, state
from lambdactl.cli.session import Session
from lambdactl.cli.target import Wanted
from lambdactl.errors import LambdactlError
from lambdactl.model import Alarm, LifecycleEvent, Routing
from lambdactl.ops.events import AlarmChanged, AliasMoved
from lambdactl.ops.stack_events import DeployEvent, StackOperationEnded
from tests.cli.shop import Shop
from tests.plan.samples import NOW, TARGET, deployment


def test_both_endings_are_told_and_the_target_is_forgotten() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lambdactl", "demo", "--speed", "50"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0, done.stdout
    story = done.stdout.splitlines()
    assert story[-1] == "Ending 2: v3 was stopped by its alarm; v2 has 100 % again"
    middle = story.index("Ending 1: v2 passed both hooks and has 100 %")
    good, bad = "\n".join(story[:middle]), "\n".join(story[middle:])
    for chapter in (
        "CREATE_COMPLETE  lambdactl-demo",
        "BeforeAllowTraffic Succeeded",
        "v2 0 % → 10 %",
        "v2 10 % → 100 %",
        "AfterAllowTraffic Succeeded",
        "UPDATE_COMPLETE  lambdactl-demo",
    ):
        assert chapter in good
    for chapter in (
        "v3 0 % → 10 %",
        "→ ALARM",
        "created by codeDeployRollback",
        "v3 10 % → 0 %",
        "UPDATE_ROLLBACK_COMPLETE  lambdactl-demo",
    ):
        assert chapter in bad
    assert state.current() is None
    assert state.sandbox() is None


HOOKED = (
    LifecycleEvent("BeforeAllowTraffic", "Succeeded"),
    LifecycleEvent("AllowTraffic", "Succeeded"),
    LifecycleEvent("AfterAllowTraffic", "Succeeded"),
)
CANARY = AliasMoved(NOW, TARGET, Routing(41), Routing(41, 42, 10.0), "r", "CodeDeploy")
RANG = AlarmChanged(NOW, "OK", Alarm("errors", "ALARM", NOW))
BACK = StackOperationEnded(NOW, "s", "UPDATE_ROLLBACK_COMPLETE", None, {}, (TARGET,))


def session(shop: Shop) -> Session:
    return Session(None, Wanted(), shop.aws, shop.place(), shop.sleep)  # type: ignore[arg-type]


def promoted(shop: Shop, seen: Sequence[DeployEvent] = (CANARY,), after: int = 41) -> int:
    return ending.require_promoted(session(shop), TARGET, after=after, seen=seen)


def test_the_good_ending_is_read_back(shop: Shop) -> None:
    shop.route(Routing(42))
    shop.deploy(deployment("Succeeded", events=HOOKED))
    assert promoted(shop) == 42


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda shop: shop.route(Routing(41)), "the alias is still at v41"),
        (lambda shop: shop.route(Routing(41, 42, 10.0)), "not at one published version"),
        (lambda shop: shop.deploy(deployment("Failed", events=HOOKED)), "did not succeed"),
        (lambda shop: shop.deploy(deployment("Succeeded", events=HOOKED[:2])), "not both hooks"),
    ],
)
def test_a_good_ending_that_was_not_seen_is_not_claimed(
    shop: Shop, spoil: object, message: str
) -> None:
    shop.route(Routing(42))
    shop.deploy(deployment("Succeeded", events=HOOKED))
    spoil(shop)  # type: ignore[operator]
    with pytest.raises(LambdactlError, match=message):
        promoted(shop)


def test_a_version_that_was_never_a_canary_is_no_good_ending(shop: Shop) -> None:
    shop.route(Routing(42))
    shop.deploy(deployment("Succeeded", events=HOOKED))
    with pytest.raises(LambdactlError, match="never seen as a canary"):
        promoted(shop, seen=())


def rolled_back(shop: Shop, seen: Sequence[DeployEvent] = (CANARY, RANG, BACK)) -> int:
    return ending.require_rolled_back(session(shop), TARGET, to=41, seen=seen)


def bad(shop: Shop, code: str = "ALARM_ACTIVE") -> None:
    shop.deploy(deployment("Stopped", error_code=code))
    shop.deploy(deployment("Succeeded", id="d-2", rolls_back="d-1", target_version=41))


def test_the_bad_ending_is_read_back(shop: Shop) -> None:
    bad(shop)
    assert rolled_back(shop) == 42


@pytest.mark.parametrize(
    ("seen", "message"),
    [
        ((CANARY, BACK), "not stopped by an alarm"),
        ((CANARY, RANG), "the stack was not rolled back"),
        ((RANG, BACK), "was no canary"),
    ],
)
def test_a_bad_ending_that_was_not_seen_is_not_claimed(
    shop: Shop, seen: Sequence[DeployEvent], message: str
) -> None:
    bad(shop)
    with pytest.raises(LambdactlError, match=message):
        rolled_back(shop, seen)


def test_a_bad_version_that_a_hook_stopped_is_another_story(shop: Shop) -> None:
    bad(shop, code="HEALTH_CONSTRAINTS")
    with pytest.raises(LambdactlError, match="not stopped by an alarm"):
        rolled_back(shop)
    shop.route(Routing(42))
    with pytest.raises(LambdactlError, match="the alias is not back at v41"):
        rolled_back(shop)

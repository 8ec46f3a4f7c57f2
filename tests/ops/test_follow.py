"""``follow``: when a rollout has ended, and what it came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lambdactl.errors import (
    CredentialsError,
    LambdactlError,
    NotFound,
    Throttled,
    Unreachable,
    WaitTimeout,
)
from lambdactl.model import DeploymentGroup, Routing, Snapshot, Unread
from lambdactl.ops import follow
from lambdactl.ops.events import Event, LookFailed, RolloutEnded
from tests.ops.account import Account, Step, kinds
from tests.ops.test_apply import both, ends, rolls_back
from tests.plan.samples import NOW, TARGET, deployment

SPLIT = Routing(41, 42, 10.0)


def rolling(*steps: Step) -> Account:
    account = Account(SPLIT)
    account.deploy(deployment("InProgress"))
    account.steps.extend(steps)
    return account


def watch(account: Account, **options: object) -> list[Event]:
    events = follow(account.aws, TARGET, sleep=account.sleep, interval_s=5.0, **options)  # type: ignore[arg-type]
    return list(events)


def last(events: list[Event]) -> RolloutEnded:
    ended = events[-1]
    assert isinstance(ended, RolloutEnded)
    return ended


def routes(routing: Routing) -> Step:
    return lambda account: account.route(routing)


def test_a_rollout_that_succeeds() -> None:
    account = rolling(lambda a: None, both(routes(Routing(42)), ends("Succeeded", completed=NOW)))
    events = watch(account)
    assert kinds(events) == ["AliasMoved", "DeploymentEnded", "RolloutEnded"]
    end = last(events)
    assert (end.outcome, end.routing, end.at) == ("succeeded", Routing(42), NOW)
    assert end.deployment is not None and end.rollback is None and end.succeeded
    assert account.slept == [5.0, 5.0]


def test_a_rollout_that_is_stopped_ends_with_its_rollback() -> None:
    account = rolling(
        both(ends("Stopped", rolled_back_by="d-2"), rolls_back("InProgress")),
        lambda a: None,
        rolls_back("Succeeded"),
    )
    events = watch(account)
    assert kinds(events) == [
        "DeploymentEnded",
        "DeploymentStarted",
        "LifecycleEventChanged",
        "AliasMoved",
        "DeploymentEnded",
        "RolloutEnded",
    ]
    end = last(events)
    assert (end.outcome, end.routing) == ("rolled back", Routing(41))
    assert end.deployment is not None and end.deployment.id == "d-1"
    assert end.rollback is not None and end.rollback.id == "d-2"


def test_a_rollback_that_appears_a_little_later_is_waited_for() -> None:
    account = rolling(
        ends("Failed"),
        lambda a: None,
        both(ends("Failed", rolled_back_by="d-2"), rolls_back("InProgress")),
        rolls_back("Succeeded"),
    )
    assert last(watch(account)).outcome == "rolled back"


def test_a_rollback_that_never_appears_is_not_waited_for_for_ever() -> None:
    account = rolling(ends("Stopped"))
    end = last(watch(account))
    assert (end.outcome, end.routing, end.rollback) == ("stopped", SPLIT, None)
    assert len(account.slept) == 7


def test_a_rollback_that_fails_is_a_failure() -> None:
    account = rolling(both(ends("Failed", rolled_back_by="d-2"), rolls_back("Failed")))
    assert last(watch(account)).outcome == "failed"


def without_rollback(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, group=DeploymentGroup("app", "group", "config"))


def test_a_group_that_does_not_roll_back_ends_with_the_failure() -> None:
    account = rolling(ends("Failed"))
    look = account.snapshot
    account.snapshot = lambda *a, **k: without_rollback(look(*a, **k))  # type: ignore[method-assign]
    assert last(watch(account)).outcome == "failed"
    assert account.slept == [5.0]


def test_who_comes_in_during_the_rollback_is_told_of_the_whole() -> None:
    account = rolling(rolls_back("Succeeded"))
    both(ends("Stopped", rolled_back_by="d-2"), rolls_back("InProgress"))(account)
    end = last(watch(account))
    assert end.outcome == "rolled back"
    assert end.deployment is not None and end.deployment.id == "d-1"


def test_a_deployment_by_its_id_though_a_newer_one_is_there() -> None:
    account = rolling(both(ends("Succeeded"), lambda a: a.deploy(deployment("Created", id="d-7"))))
    end = last(watch(account, deployment_id="d-1"))
    assert end.deployment is not None and (end.deployment.id, end.outcome) == ("d-1", "succeeded")


def test_a_deployment_that_has_ended_already_is_told_at_once() -> None:
    account = Account(Routing(42))
    account.deploy(deployment("Succeeded"))
    assert last(watch(account, deployment_id="d-1")).outcome == "succeeded"
    assert account.slept == []


def test_a_deployment_that_does_not_exist() -> None:
    with pytest.raises(NotFound):
        watch(Account(Routing(41)), deployment_id="d-404")


@pytest.mark.parametrize(
    ("to", "outcome"), [(Routing(42), "succeeded"), (Routing(41), "rolled back")]
)
def test_a_split_made_by_hand_ends_when_it_is_no_split(to: Routing, outcome: str) -> None:
    account = Account(SPLIT)
    account.steps.extend([routes(Routing(41, 42, 50.0)), routes(to)])
    events = watch(account)
    assert kinds(events) == ["AliasMoved", "AliasMoved", "RolloutEnded"]
    assert (last(events).outcome, last(events).routing) == (outcome, to)


def test_where_nothing_goes_on_nothing_is_told() -> None:
    account = Account(Routing(41))
    account.deploy(deployment("Succeeded"))
    assert watch(account) == [] and account.slept == []


def test_an_alias_that_is_not_there() -> None:
    account = Account(Routing(41))
    look = account.snapshot
    account.snapshot = lambda *a, **k: replace(look(*a, **k), alias=None)  # type: ignore[method-assign]
    with pytest.raises(NotFound, match="no alias live"):
        watch(account)


def test_failures_that_pass_are_told_and_waited_out_longer() -> None:
    account = rolling()
    account.fail("snapshot", Unreachable("silence"), Throttled("busy"))
    account.steps.extend([lambda a: None, lambda a: None, ends("Succeeded")])
    events = watch(account)
    assert [type(e) for e in events[:2]] == [LookFailed, LookFailed]
    assert account.slept[:3] == [10.0, 20.0, 5.0]
    assert last(events).outcome == "succeeded"


def test_failures_that_do_not_pass_are_passed_on() -> None:
    account = rolling()
    account.fail("snapshot", *(Unreachable("silence") for _ in range(10)))
    with pytest.raises(Unreachable):
        watch(account)
    assert len(account.slept) == 9


@pytest.mark.parametrize(
    "error", [CredentialsError("expired"), NotFound("function checkout was not found")]
)
def test_other_failures_end_it_at_once(error: LambdactlError) -> None:
    account = rolling()
    account.fail("snapshot", error)
    with pytest.raises(type(error)):
        watch(account)
    assert account.slept == []


def blind(account: Account, looks: int) -> None:
    """The next ``looks`` looks cannot read CodeDeploy."""
    look = account.snapshot
    left = [looks]

    def snapshot(*args: object, **options: object) -> Snapshot:
        seen = look(*args, **options)  # type: ignore[arg-type]
        left[0] -= 1
        unread = Unread("deployment", "no permission: codedeploy:ListDeployments", "ask")
        return replace(seen, deployment=None, unread=(unread,)) if left[0] >= 0 else seen

    account.snapshot = snapshot  # type: ignore[method-assign]


def test_a_look_that_cannot_see_codedeploy_ends_nothing() -> None:
    account = rolling(lambda a: None, ends("Succeeded"))
    blind(account, 1)
    events = watch(account)
    assert kinds(events)[0] == "PartUnread"
    assert last(events).outcome == "succeeded"


def test_codedeploy_that_stays_unreadable_is_an_error_with_the_permission() -> None:
    account = rolling()
    blind(account, 99)
    with pytest.raises(LambdactlError, match="could not be read") as caught:
        watch(account)
    assert caught.value.why == "no permission: codedeploy:ListDeployments"


def test_a_wait_that_is_over_leaves_the_rollout_at_work() -> None:
    account = rolling()
    with pytest.raises(WaitTimeout, match="has not ended after 20 s") as caught:
        watch(account, wait_s=20.0)
    assert caught.value.hint == "lambdactl status -f checkout:live --watch"


def test_every_look_is_handed_to_who_draws() -> None:
    account = rolling(lambda a: None, ends("Succeeded"))
    seen: list[Snapshot] = []
    watch(account, seen=seen.append)
    assert [s.taken for s in seen] == [NOW + timedelta(seconds=s) for s in (0, 5, 10, 10)]


def test_what_happened_since_an_earlier_look_is_told_first() -> None:
    account = Account(Routing(41))
    before = account.snapshot(TARGET)
    account.deploy(deployment("InProgress"))
    account.route(SPLIT)
    account.steps.append(ends("Succeeded"))
    assert kinds(watch(account, since=before))[:2] == ["DeploymentStarted", "AliasMoved"]

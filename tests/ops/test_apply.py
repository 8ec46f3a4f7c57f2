"""``apply``: each action written with its lock, read back, verified; what did not go as planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from lambdactl.errors import (
    LambdactlError,
    NotFound,
    PartlyDone,
    PermissionDenied,
    Refused,
    Stale,
    Throttled,
    Unreachable,
    WaitTimeout,
)
from lambdactl.model import DeploymentStatus, LifecycleEvent, Routing
from lambdactl.ops import apply
from lambdactl.ops.events import (
    AliasMoved,
    AliasVerified,
    DeploymentEnded,
    DeploymentStarted,
    Event,
    PruneProgressed,
    StorageMeasured,
    VersionDeleted,
    VersionKept,
)
from lambdactl.plan import Plan, plan_abort, plan_prune, plan_shift
from tests.ops.account import Account, Step, kinds
from tests.plan.samples import NOW, TARGET, alias, deployment, inventory, snapshot

SPLIT = Routing(41, 42, 10.0)


def shift(account: Account, to: int = 42, weight: float = 10.0) -> Plan:
    return plan_shift(account.snapshot(TARGET), to, weight)


def run(plan: Plan, account: Account) -> list[Event]:
    return list(apply(plan, account.aws, sleep=account.sleep, interval_s=1.0, wait_s=60.0))


def until_error(plan: Plan, account: Account) -> tuple[list[Event], LambdactlError]:
    """The events that were told before the error, and the error."""
    told: list[Event] = []
    with pytest.raises(LambdactlError) as caught:
        for event in apply(plan, account.aws, sleep=account.sleep, interval_s=1.0, wait_s=60.0):
            told.append(event)  # noqa: PERF402
    return told, caught.value


def test_a_shift_is_written_with_its_lock_and_read_back() -> None:
    account = Account(Routing(41))
    plan = shift(account)
    moved, verified = run(plan, account)
    assert isinstance(moved, AliasMoved) and isinstance(verified, AliasVerified)
    assert (moved.before, moved.after, moved.by) == (Routing(41), SPLIT, "lambdactl")
    assert verified.routing == SPLIT
    assert account.log == ["snapshot", "update_alias rev-0", "alias"]


def test_a_plan_without_actions_does_nothing() -> None:
    account = Account(SPLIT)
    plan = shift(account)
    account.log.clear()
    assert run(plan, account) == [] and account.log == []


def test_somebody_was_faster_and_the_error_says_where_the_alias_is() -> None:
    account = Account(Routing(41))
    plan = shift(account)
    account.route(Routing(41, 42, 25.0))
    told, error = until_error(plan, account)
    assert told == [] and isinstance(error, Stale)
    assert "nothing was done" in str(error)
    assert error.why == "it now routes v41 75 %, v42 25 %; it routed v41 100 %"
    assert account.live.routing == Routing(41, 42, 25.0)


def test_a_write_without_an_answer_that_was_done_is_told_as_done() -> None:
    account = Account(Routing(41))
    plan = shift(account)
    account.fail("update_alias", Unreachable("silence"))
    account.route(SPLIT)
    assert kinds(run(plan, account)) == ["AliasMoved", "AliasVerified"]
    assert account.log.count("update_alias rev-0") == 1


def test_a_write_without_an_answer_that_was_not_done_is_not_repeated() -> None:
    account = Account(Routing(41))
    plan = shift(account)
    account.fail("update_alias", Unreachable("silence", why="timed out"))
    told, error = until_error(plan, account)
    assert told == [] and isinstance(error, Unreachable)
    assert error.why == "timed out; nothing was changed"
    assert account.log.count("update_alias rev-0") == 1


def test_a_write_without_an_answer_and_another_s_move_is_stale() -> None:
    account = Account(Routing(41))
    plan = shift(account)
    account.fail("update_alias", Unreachable("silence"))
    account.route(Routing(40))
    assert isinstance(until_error(plan, account)[1], Stale)


def test_an_alias_that_does_not_stay_is_said() -> None:
    account = Account(Routing(41))
    plan = shift(account)
    events = apply(plan, account.aws, sleep=account.sleep)
    assert isinstance(next(events), AliasMoved)
    account.route(Routing(40))
    with pytest.raises(PartlyDone, match="does not stay there") as caught:
        next(events)
    assert "read back it routes v40 100 %" in (caught.value.why or "")


def ends(status: str, **changes: object) -> Step:
    """``d-1`` ends, and a rollback of it is made if ``rolled_back_by`` names it."""

    def step(account: Account) -> None:
        account.deploy(deployment(status, **changes))

    return step


def rolls_back(status: str) -> Step:
    events = (LifecycleEvent("AllowTraffic", "Succeeded"),) if status == "Succeeded" else ()

    def step(account: Account) -> None:
        made = deployment(
            status,
            id="d-2",
            rolls_back="d-1",
            creator="codeDeployRollback",
            created=NOW + timedelta(seconds=5),
            events=events,
        )
        account.deploy(made)
        if status == "Succeeded":
            account.route(Routing(41))

    return step


def both(*steps: Step) -> Step:
    def step(account: Account) -> None:
        for each in steps:
            each(account)

    return step


def stopping(*steps: Step) -> tuple[Account, Plan]:
    """``d-1`` runs at 10 %; ``steps`` happen while the abort waits."""
    account = Account(SPLIT)
    account.deploy(deployment("InProgress"))
    plan = plan_abort(account.snapshot(TARGET))
    account.steps.extend(steps)
    account.log.clear()
    return account, plan


def test_an_abort_is_over_when_the_rollback_is_and_the_alias_is_back() -> None:
    account, plan = stopping(
        lambda a: None,
        both(ends("Stopped", rolled_back_by="d-2"), rolls_back("InProgress")),
        rolls_back("Succeeded"),
    )
    events = run(plan, account)
    assert kinds(events) == [
        "DeploymentStopRequested",
        "DeploymentEnded",
        "DeploymentStarted",
        "LifecycleEventChanged",
        "DeploymentEnded",
        "AliasVerified",
    ]
    stopped, rollback = (e for e in events if isinstance(e, DeploymentEnded))
    assert stopped.deployment.status is DeploymentStatus.Stopped
    assert rollback.deployment.id == "d-2"
    assert account.live.routing == Routing(41)
    assert not any(call.startswith("update_alias") for call in account.log)


def test_an_alias_left_split_is_repaired_with_its_revision_id() -> None:
    account, plan = stopping(ends("Stopped"))
    events = run(plan, account)
    assert kinds(events)[-2:] == ["AliasMoved", "AliasVerified"]
    assert account.live.routing == Routing(41)
    assert "update_alias rev-0" in account.log


def test_a_rollback_that_fails_is_repaired_too() -> None:
    account, plan = stopping(
        both(ends("Stopped", rolled_back_by="d-2"), rolls_back("InProgress")),
        rolls_back("Failed"),
    )
    assert kinds(run(plan, account))[-1] == "AliasVerified"
    assert account.live.routing == Routing(41)


def test_an_alias_that_somebody_has_chosen_since_is_left_alone() -> None:
    account, plan = stopping(both(ends("Stopped"), lambda a: a.route(Routing(38))))
    _, error = until_error(plan, account)
    assert isinstance(error, PartlyDone) and "moved by somebody else" in str(error)
    assert account.live.routing == Routing(38)


def test_an_alias_is_not_repaired_while_another_deployment_runs() -> None:
    account, plan = stopping(
        both(ends("Stopped"), lambda a: a.deploy(deployment("InProgress", id="d-9")))
    )
    _, error = until_error(plan, account)
    assert isinstance(error, PartlyDone) and "d-9 is InProgress" in (error.why or "")
    assert account.live.routing == SPLIT


@pytest.mark.parametrize("asked", ["before", "after"])
def test_a_stop_that_comes_too_late_says_so_and_offers_the_way_back(asked: str) -> None:
    account, plan = stopping(ends("Succeeded"))
    if asked == "before":
        account.deploy(deployment("Succeeded"))
        account.fail("stop_deployment", Stale("it has ended"))
    _, error = until_error(plan, account)
    assert isinstance(error, Stale)
    assert "d-1 had succeeded before it could be stopped" in str(error)
    assert error.hint == "lambdactl shift -f checkout:live --to 41 --weight 100"


def test_a_deployment_that_stopped_by_itself_meanwhile_is_followed_all_the_same() -> None:
    account, plan = stopping()
    account.fail("stop_deployment", Stale("it has ended"))
    ends("Stopped", rolled_back_by="d-2")(account)
    rolls_back("Succeeded")(account)
    events = run(plan, account)
    assert "DeploymentStopRequested" not in kinds(events)
    assert kinds(events)[-1] == "AliasVerified"
    assert any(isinstance(e, DeploymentStarted) for e in events)


def test_looks_that_fail_in_passing_are_told_and_waited_out() -> None:
    account, plan = stopping(lambda a: None, ends("Stopped"))
    account.fail("deployment", Unreachable("silence"), Throttled("busy"))
    events = run(plan, account)
    assert kinds(events).count("LookFailed") == 2
    assert account.slept[:2] == [2.0, 4.0]
    assert account.live.routing == Routing(41)


def test_an_abort_that_takes_too_long_leaves_codedeploy_at_work() -> None:
    account, plan = stopping()
    _, error = until_error(plan, account)
    assert isinstance(error, WaitTimeout)
    assert account.seconds == 60.0
    assert account.live.routing == SPLIT


NUMBERS = range(30, 43)


def pruning() -> tuple[Account, Plan]:
    """``live`` on 42 of 30 to 42; the plan deletes 30 to 37."""
    account = Account(Routing(42), numbers=NUMBERS)
    plan = plan_prune(snapshot(Routing(42), numbers=NUMBERS, inventory=inventory(NUMBERS)), 5)
    return account, plan


def test_a_prune_looks_again_deletes_oldest_first_and_measures() -> None:
    account, plan = pruning()
    events = run(plan, account)
    assert [e.version for e in events if isinstance(e, VersionDeleted)] == list(range(30, 38))
    looks = ["running_anywhere", "aliases", "pins", "need 30"]
    assert account.log[:6] == ["storage", *looks, "delete_version 30"]
    measured = events[-1]
    assert isinstance(measured, StorageMeasured)
    assert (measured.before, measured.after, measured.estimated) == (100_000, 92_000, 8_000)


def test_a_long_prune_says_how_fast_it_goes_and_what_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account, plan = pruning()
    monkeypatch.setattr("lambdactl.ops.pruning.TOLD_S", 0.0)
    told = [e for e in run(plan, account) if isinstance(e, PruneProgressed)]
    assert [(e.done, e.total) for e in told] == [(n, 8) for n in range(1, 9)]
    assert all(e.rate for e in told)
    assert told[-1].left_s == 0.0


def test_a_delete_that_aws_only_accepted_is_told_as_that() -> None:
    account, plan = pruning()
    account.statuses[30] = 202
    first = run(plan, account)[0]
    assert isinstance(first, VersionDeleted) and first.asynchronous


def test_a_version_that_came_into_use_is_kept_and_so_is_the_one_below_it() -> None:
    account, plan = pruning()
    account.others.append(alias("beta", Routing(41, 33, 0.0)))
    told, error = until_error(plan, account)
    kept = {e.version: e.reason for e in told if isinstance(e, VersionKept)}
    assert kept == {33: "beta (canary)", 32: "previous of beta (v33)"}
    assert {32, 33} <= account.versions.keys()
    assert isinstance(error, PartlyDone)
    assert str(error) == "deleted 6 of 8 versions of checkout"


def test_a_deployment_that_started_since_stops_everything_before_the_first_delete() -> None:
    account, plan = pruning()
    account.deploy(deployment("InProgress"))
    _, error = until_error(plan, account)
    assert isinstance(error, Refused) and "d-1 has started since" in str(error)
    assert len(account.versions) == 13


def refused(code: str, why: str) -> Refused:
    error = Refused("AWS refused lambda:DeleteFunction", why=why)
    error.aws_code = code
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (refused("ResourceConflictException", "aliases reference it: [beta]"), "aliases reference"),
        (
            refused("InvalidParameterValueException", "it is a replicated function"),
            "replicated to the edge",
        ),
    ],
)
def test_a_version_that_aws_will_not_delete_is_kept_and_the_rest_goes(
    error: Refused, reason: str
) -> None:
    account, plan = pruning()
    account.fail("delete_version", error)
    told, ended = until_error(plan, account)
    kept = [e for e in told if isinstance(e, VersionKept)]
    assert [k.version for k in kept] == [30] and reason in kept[0].reason
    assert isinstance(ended, PartlyDone)
    assert sorted(account.versions) == [30, 38, 39, 40, 41, 42]


def denied() -> LambdactlError:
    return PermissionDenied("no permission", action="lambda:DeleteFunction", hint="ask for it")


@pytest.mark.parametrize(
    "error",
    [denied, lambda: NotFound("function gone"), lambda: refused("Other", "something else")],
)
def test_any_other_error_stops_the_run(error: Callable[[], LambdactlError]) -> None:
    account, plan = pruning()
    account.fail("delete_version", error())
    told, ended = until_error(plan, account)
    assert told == [] and type(ended) is type(error())
    assert len(account.versions) == 13


def test_an_error_in_the_middle_says_how_far_it_got() -> None:
    account, plan = pruning()
    events = apply(plan, account.aws, sleep=account.sleep)
    next(events)
    account.fail("delete_version", denied())
    with pytest.raises(PartlyDone, match="deleted 1 of 8 versions of checkout") as caught:
        next(events)
    assert "no permission" in (caught.value.why or "")
    assert caught.value.hint == "ask for it"


def test_a_throttled_delete_is_repeated_at_half_the_rate() -> None:
    account, plan = pruning()
    account.fail("delete_version", Throttled("busy"), Unreachable("silence"))
    assert kinds(run(plan, account)).count("VersionDeleted") == 8
    assert account.deletes.rate == 500_000.0
    assert account.slept == [2.0, 4.0]


def test_a_delete_that_stays_throttled_stops_the_run() -> None:
    account, plan = pruning()
    account.fail("delete_version", *(Throttled("busy") for _ in range(5)))
    assert isinstance(until_error(plan, account)[1], Throttled)
    assert len(account.versions) == 13


def test_storage_that_cannot_be_read_keeps_nobody_from_pruning() -> None:
    account, plan = pruning()
    account.fail("storage", denied())
    events = run(plan, account)
    assert kinds(events)[0] == "PartUnread"
    assert kinds(events).count("VersionDeleted") == 8
    assert "StorageMeasured" not in kinds(events)


def test_who_stops_listening_stops_the_prune_between_two_deletes() -> None:
    account, plan = pruning()
    events = apply(plan, account.aws, sleep=account.sleep)
    next(events)
    next(events)
    del events
    assert sorted(account.versions) == list(range(32, 43))

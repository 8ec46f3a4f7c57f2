"""Every state an operator can meet, from the snapshot that means it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lambdactl.model import (
    Alarm,
    Alias,
    Deployment,
    DeploymentStatus,
    LifecycleEvent,
    Metrics,
    Minute,
    Place,
    Routing,
    Series,
    Snapshot,
    Target,
    Unread,
    Version,
)
from lambdactl.verdict import Answer, State, Verdict, assess
from lambdactl.verdict.wording import compared
from tests.tui import builders

NOW = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
SPLIT = Routing(1, 2, 10.0)


def version(number: int) -> Version:
    return Version(
        number, NOW - timedelta(days=1), "", "sha", 100, "python3.13", "app.handler", 128, 3,
        "arn:aws:iam::000000000000:role/app", None, state="Active",
    )  # fmt: skip


def deployment(
    status: DeploymentStatus, *, rolls_back: str | None = None, error: str | None = None
) -> Deployment:
    current, target = (2, 1) if rolls_back else (1, 2)
    return Deployment(
        "d-2" if rolls_back else "d-1", status, "app", "group", "Canary10Percent5Minutes", "user",
        NOW, completed=NOW - timedelta(minutes=1), rolls_back=rolls_back, error_message=error,
        function="app", alias="live",
        current_version=current, target_version=target,
    )  # fmt: skip


def waiting(hook: str) -> Deployment:
    """It runs, and this hook has been called and has not called back."""
    event = LifecycleEvent(hook, "InProgress", NOW - timedelta(minutes=2))
    return replace(deployment(DeploymentStatus.InProgress), events=(event,))


def metrics(canary: tuple[float, float] | None, stable: tuple[float, float] | None) -> Metrics:
    """Thirty minutes up to now, each with these (calls, errors)."""
    start = NOW.replace(second=0) - timedelta(minutes=29)

    def series(number: int, counts: tuple[float, float] | None) -> Series:
        calls, errors = counts or (None, None)
        return Series(
            number,
            tuple(Minute(start + timedelta(minutes=i), calls, errors) for i in range(30)),
        )

    return Metrics(NOW, 1800, {1: series(1, stable), 2: series(2, canary)})


def snapshot(routing: Routing | None = SPLIT, **changes: object) -> Snapshot:
    alias = Alias("live", "arn:x:live", routing, "rev-1") if routing else None
    whole = Snapshot(
        NOW,
        Place("000000000000", "us-east-1"),
        Target("app", "live"),
        alias,
        (alias,) if alias else (),
        (version(1), version(2)),
        metrics=metrics((60, 0), (540, 0)),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


RUNNING = deployment(DeploymentStatus.InProgress)
RED = Alarm("errors", "ALARM")
UNCALLED = metrics(None, None)


@pytest.mark.parametrize(
    ("given", "state", "words"),
    [
        (snapshot(None), State.NO_ALIAS, "no alias named live"),
        (snapshot(deployment=RUNNING), State.SHIFTING, "v2 0.00 % (0/1,680) vs v1 0.00 %"),
        (snapshot(deployment=RUNNING, metrics=metrics((60, 6), (540, 0))), State.FAILING, "FAIL"),
        (snapshot(deployment=RUNNING, alarms=(RED,)), State.FAILING, "alarm errors is in ALARM"),
        (snapshot(deployment=RUNNING, metrics=metrics(None, (540, 0))), State.NO_DATA, "10 %"),
        (snapshot(Routing(1), deployment=RUNNING, metrics=metrics(None, (9, 0))),
         State.SHIFTING, "no traffic on the canary yet"),
        (snapshot(Routing(1), deployment=waiting("BeforeAllowTraffic"), metrics=UNCALLED),
         State.SHIFTING, "waits for hook BeforeAllowTraffic; no traffic on the canary yet"),
        (snapshot(Routing(2), deployment=waiting("AfterAllowTraffic"), metrics=UNCALLED),
         State.SHIFTING, "waits for hook AfterAllowTraffic; v2 has all traffic, no calls yet"),
        (snapshot(deployment=RUNNING, metrics=None, unread=(Unread("metrics", "no permission"),)),
         State.NOT_MEASURED, "no permission"),
        (snapshot(), State.PAUSED, "0.00 %"),
        (snapshot(Routing(1)), State.STABLE, "v1 has all traffic"),
        (snapshot(Routing(1), unread=(Unread("deployment", "no permission"),)),
         State.NOT_MEASURED, "could not be read: no permission"),
        (snapshot(Routing(2), deployment=deployment(DeploymentStatus.Succeeded)),
         State.DONE, "v2 has all traffic since d-1"),
        (snapshot(Routing(1), deployment=deployment(DeploymentStatus.Succeeded)),
         State.STABLE, "moved after d-1"),
        (snapshot(Routing(1), deployment=deployment(DeploymentStatus.Failed, error="hook failed")),
         State.FAILED, "hook failed"),
        (snapshot(deployment=deployment(DeploymentStatus.InProgress, rolls_back="d-1")),
         State.ROLLING_BACK, "d-2 returns all traffic to v1"),
        (snapshot(Routing(1), deployment=deployment(DeploymentStatus.Succeeded, rolls_back="d-1"),
                  previous=deployment(DeploymentStatus.Stopped, error="alarm errors")),
         State.ROLLED_BACK, "back on v1: alarm errors"),
        (snapshot(deployment=deployment(DeploymentStatus.Stopped)), State.PAUSED, "0.00 %"),
    ],
)  # fmt: skip
def test_states(given: Snapshot, state: State, words: str) -> None:
    assessment = assess(given)
    assert assessment.state is state
    assert words in assessment.text


@pytest.mark.parametrize(
    ("at", "advice"), [(Routing(1), None), (Routing(2), "check the alias, then shift")]
)
def test_a_rollback_that_failed_asks_for_a_shift_only_where_the_alias_was_left(
    at: Routing, advice: str | None
) -> None:
    forbidden = replace(
        deployment(DeploymentStatus.Failed),
        error_code="IAM_ROLE_PERMISSIONS",
        error_message="The IAM role arn:aws:iam::1:role/ship does not give you permission to ...",
    )
    back = deployment(DeploymentStatus.Failed, rolls_back="d-1")
    assessment = assess(snapshot(at, deployment=back, previous=forbidden))
    assert assessment.advice == advice
    assert assessment.text.endswith(": CodeDeploy's role ship may not move the alias")


def test_minutes_that_may_still_change_are_no_evidence() -> None:
    only_now = metrics((60, 0), (540, 0))
    series = dict(only_now.series)
    bad = tuple(replace(m, errors=60.0) if i == 29 else m for i, m in enumerate(series[2].minutes))
    series[2] = Series(2, bad)
    given = snapshot(deployment=RUNNING, metrics=replace(only_now, series=series))
    assert assess(given).verdict.answer is not Answer.FAIL


def test_calls_whose_errors_are_unknown_do_not_count() -> None:
    series = dict(metrics((60, 0), (540, 0)).series)
    series[2] = Series(2, tuple(replace(m, errors=None) for m in series[2].minutes))
    given = snapshot(metrics=Metrics(NOW, 1800, series))
    assert assess(given).verdict.answer is Answer.NOT_MEASURED


def test_a_split_that_nobody_drives_asks_for_a_decision() -> None:
    assert "nothing drives" in (assess(snapshot()).advice or "")


def test_who_could_not_look_does_not_say_that_nothing_drives_a_split() -> None:
    blind = snapshot(unread=(Unread("deployment", "no permission"),))
    assert "nothing drives" not in (assess(blind).advice or "")


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        (
            "ALARM_ACTIVE",
            "Alarms were activated: <errors>, <slow>",
            "back on v1: alarm errors, slow",
        ),
        ("HOOK_EXECUTION_FAILURE", "One or more functions failed.", "back on v1: a hook failed"),
        ("MANUAL_STOP", "The deployment was stopped.", "back on v1: stopped by a person"),
        ("TIMEOUT", "It took too long.", "back on v1: It took too long."),
    ],
)
def test_a_paragraph_of_codedeploy_is_a_few_words(code: str, message: str, words: str) -> None:
    stopped = replace(deployment(DeploymentStatus.Stopped, error=message), error_code=code)
    undone = deployment(DeploymentStatus.Succeeded, rolls_back="d-1")
    assert assess(snapshot(Routing(1), deployment=undone, previous=stopped)).text == words


def test_an_old_success_is_simply_how_things_are() -> None:
    old = replace(deployment(DeploymentStatus.Succeeded), completed=NOW - timedelta(days=6))
    assert assess(snapshot(Routing(2), deployment=old)).state is State.STABLE


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict(Answer.FAIL, 60, 12), "v2 fails more often than v1"),
        (Verdict(Answer.PASS, 60, 12, margin=1.5), "v2 is not 1.5 times as bad as v1"),
        (Verdict(Answer.INCONCLUSIVE, 60, 0, 540, 9), "no answer yet whether v2 is worse than v1"),
        (Verdict(Answer.INCONCLUSIVE, 60, 9, 540, 0), "no answer yet whether v2 is worse than v1"),
        (Verdict(Answer.INCONCLUSIVE), "not measured: the first minutes are still settling"),
        (Verdict(Answer.NOT_MEASURED, 60, reason="no permission"), "not measured: no permission"),
    ],
)
def test_a_comparison_claims_no_more_than_the_answer(verdict: Verdict, said: str) -> None:
    assert compared(verdict, 1, 2) == said


def test_an_alias_that_is_not_there_offers_those_that_are() -> None:
    gone = snapshot(None)
    assert assess(gone).advice == "publish a version and create the alias"
    known = tuple(Alias(name, f"arn:x:{name}", SPLIT, "rev") for name in ("blue", "live"))
    assert assess(replace(gone, aliases=known)).advice == (
        "name one that it has: -f app:blue, -f app:live"
    )
    many = tuple(Alias(f"a{n}", f"arn:x:a{n}", SPLIT, "rev") for n in range(5))
    assert assess(replace(gone, aliases=many)).advice == (
        "name one that it has: -f app:a0, -f app:a1, -f app:a2, or 2 more"
    )


def test_what_was_promoted_after_a_rollback_is_not_rolled_back() -> None:
    """The alias has v42 again, by hand, after a deployment had brought it back to v41."""
    promoted = replace(builders.rolled_back(), alias=builders.alias(Routing(42)), alarms=())
    found = assess(promoted)
    assert (found.state, found.text) == (
        State.STABLE, "v42 has all traffic; it was moved after d-8M4RTZ9",
    )  # fmt: skip


def test_a_split_that_a_deployment_left_behind_is_not_to_be_promoted() -> None:
    stopped = builders.deployment(DeploymentStatus.Stopped, events=(), error_code="MANUAL_STOP")
    left = replace(builders.by_hand(), deployment=stopped)
    assert assess(left).advice == "abort: d-7K2QXB1 Stopped and left this split"
    stuck = replace(left, stack="shop", stack_status="UPDATE_ROLLBACK_FAILED")
    assert assess(stuck).advice == (
        "abort: d-7K2QXB1 Stopped and left this split, and stack shop is UPDATE_ROLLBACK_FAILED"
    )


def test_a_weight_that_the_running_deployment_does_not_set_is_somebody_elses() -> None:
    moved = replace(builders.shifting(), alias=builders.alias(Routing(41, 42, 50.0)))
    found = assess(moved)
    assert found.text.startswith("d-7K2QXB1 sets no such weight: somebody moved the alias · ")
    assert found.state is State.SHIFTING
    assert "somebody" not in assess(builders.shifting()).text
    assert "somebody" not in assess(builders.linear()).text

"""Every case that the doctor names, from the look that shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lambdactl.model import Alarm, DeploymentGroup, Routing, Snapshot, Unread
from lambdactl.model_history import AlarmRule, Metric
from lambdactl.model_storage import Storage
from lambdactl.verdict.diagnosis import ROLLBACK_EVENTS, Observed, diagnose
from lambdactl.verdict.findings import Grade
from tests.plan.samples import deployment, snapshot

GROUP = DeploymentGroup(
    "app", "group", "CodeDeployDefault.LambdaAllAtOnce", alarms=("errors",),
    auto_rollback=ROLLBACK_EVENTS, role_arn="arn:aws:iam::123456789012:role/deploy",
)  # fmt: skip
SPLIT = Routing(41, 42, 10.0)
STOPPED = deployment("Stopped")


def rule(**dimensions: str) -> AlarmRule:
    metric = Metric("AWS/Lambda", "Errors", tuple(dimensions.items()), "Sum", 60)
    return AlarmRule(
        Alarm("errors", "OK"), ">", 0.0, 1, 1, "notBreaching", 60, {"m": metric}, {}, "m"
    )


def titles(seen: Snapshot | Observed, grade: Grade) -> list[str]:
    whole = seen if isinstance(seen, Observed) else Observed(seen)
    return [f.title for f in diagnose(whole) if f.grade is grade]


def seen(routing: Routing | None = None, **changes: Any) -> Snapshot:
    return replace(snapshot(routing), **changes)


@pytest.mark.parametrize(
    ("look", "title"),
    [
        (seen(SPLIT, deployment=STOPPED),
         "the alias was left on two versions after a deployment ended"),
        (seen(Routing(41), deployment=deployment("Succeeded")),
         "the alias was moved behind the back of CodeDeploy and the stack"),
        (Observed(seen(stack="shop"), stack_status="UPDATE_ROLLBACK_FAILED"),
         "the stack is stuck half way back"),
        (Observed(seen(stack="shop"), stack_status="ROLLBACK_COMPLETE"),
         "the stack cannot be updated"),
        (seen(group=GROUP, alarms=(Alarm("errors", "ALARM"),)),
         "alarm errors is red and will stop the next deployment at once"),
        (seen(alias=None), "checkout has no alias live"),
    ],
)  # fmt: skip
def test_problems(look: Snapshot | Observed, title: str) -> None:
    assert titles(look, Grade.PROBLEM) == [title]


@pytest.mark.parametrize(
    ("look", "title"),
    [
        (seen(SPLIT), "the alias is split and nothing drives it"),
        (seen(SPLIT, deployment=deployment("Succeeded")),
         "the alias is split and nothing drives it"),
        (seen(SPLIT, provisioned=frozenset({"live"})),
         "the alias carries weights while provisioned concurrency moves"),
        (seen(group=replace(GROUP, auto_rollback=frozenset({"DEPLOYMENT_FAILURE"}))),
         "the deployment group does not always roll back"),
        (seen(group=replace(GROUP, alarms=())), "no alarm can stop a bad canary"),
        (Observed(seen(stack="shop"), stack_status="UPDATE_IN_PROGRESS"),
         "the stack is being changed"),
        (seen(storage=Storage(75, 80)), "code storage is nearly full: publishing will fail"),
        (Observed(seen(), clock_skew_s=-900.0), "this machine's clock is wrong"),
    ],
)  # fmt: skip
def test_warnings(look: Snapshot | Observed, title: str) -> None:
    assert titles(look, Grade.WARNING) == [title]
    assert titles(look, Grade.PROBLEM) == []


@pytest.mark.parametrize(
    ("dimensions", "evidence"),
    [
        ({"FunctionName": "checkout"}, "Errors of the whole function, not of checkout:live"),
        ({"FunctionName": "checkout", "Resource": "checkout:beta"},
         "Errors of checkout:beta, not of checkout:live"),
        ({"FunctionName": "billing"}, "Errors of function billing"),
        ({"FunctionName": "checkout", "Resource": "checkout:live"},
         "Errors of all versions together: a canary's errors are thinned out"),
        ({"FunctionName": "checkout", "Resource": "checkout:live", "ExecutedVersion": "40"},
         "Errors of v40; the newest release is v41"),
    ],
)  # fmt: skip
def test_an_alarm_that_watches_something_else(dimensions: dict[str, str], evidence: str) -> None:
    look = Observed(seen(group=GROUP), rules=(rule(**dimensions),))
    (finding,) = (f for f in diagnose(look) if f.grade is Grade.WARNING)
    assert (finding.title, finding.evidence) == ("alarm errors watches something else", evidence)


def test_an_alarm_on_the_newest_release_is_well() -> None:
    right = rule(FunctionName="checkout", Resource="checkout:live", ExecutedVersion="41")
    look = Observed(seen(group=GROUP), rules=(right,))
    assert titles(look, Grade.WARNING) == []
    assert "alarm errors watches the released version" in titles(look, Grade.OK)


def test_what_could_not_be_read_is_said_and_nothing_is_called_complete() -> None:
    look = seen(unread=(Unread("alarms", "no permission: cloudwatch:DescribeAlarms"),))
    assert titles(look, Grade.UNKNOWN) == ["alarms could not be read"]
    assert "everything that was asked could be read" not in titles(look, Grade.OK)


def test_every_problem_has_a_command_where_there_is_something_to_mend() -> None:
    look = seen(SPLIT, deployment=STOPPED)
    (finding,) = (f for f in diagnose(Observed(look)) if f.grade is Grade.PROBLEM)
    assert finding.command == "lambdactl abort -f checkout:live"


def test_the_worst_comes_first() -> None:
    look = seen(SPLIT, deployment=STOPPED, storage=Storage(75, 80))
    grades = [f.grade for f in diagnose(Observed(look))]
    assert grades == sorted(grades, key=list(Grade).index)


OUTRUN = deployment(
    "Failed", error_code="INVALID_LAMBDA_CONFIGURATION",
    error_message="The Lambda function alias version does not match the current version in it.",
)  # fmt: skip


def test_a_split_made_while_codedeploy_ran_was_made_behind_its_back() -> None:
    look = seen(Routing(41, 42, 50.0), deployment=OUTRUN)
    assert titles(look, Grade.PROBLEM) == [
        "the alias was moved behind the back of CodeDeploy and the stack"
    ]


def test_why_the_last_release_did_not_last_is_told() -> None:
    failed = deployment("Failed", error_code="ALARM_ACTIVE", error_message="<checkout-5xx>")
    back = deployment("Succeeded", id="d-2", rolls_back="d-1", target_version=41)
    look = seen(deployment=back, previous=failed)
    (found,) = (f for f in diagnose(Observed(look)) if f.grade is Grade.WARNING)
    assert (found.title, found.evidence, found.command) == (
        "the last release was rolled back", "d-1 Failed: alarm checkout-5xx",
        "lambdactl deployments show d-1 -f checkout:live",
    )  # fmt: skip
    (found,) = (f for f in diagnose(Observed(seen(deployment=failed))) if f.grade is Grade.WARNING)
    assert found.title == "the last release failed"


def test_what_is_wrong_comes_with_a_command() -> None:
    group = replace(GROUP, auto_rollback=frozenset(), alarms=())
    look = seen(
        SPLIT, deployment=STOPPED, group=group, storage=Storage(75, 80), stack="shop",
        alarms=(Alarm("errors", "ALARM"),),
    )  # fmt: skip
    found = diagnose(
        Observed(look, "UPDATE_ROLLBACK_FAILED", rules=(rule(FunctionName="x"),), clock_skew_s=900)
    )
    wrong = [f for f in found if f.grade in (Grade.PROBLEM, Grade.WARNING)]
    assert len(wrong) == 9
    assert [f.title for f in wrong if f.command is None or not f.evidence] == []

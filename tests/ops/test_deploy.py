"""A deploy from the template to the last event, against the exact requests that it makes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lambdactl.errors import NotConfirmed, NotFound, Refused, Throttled
from lambdactl.model import Deployment, Routing, Snapshot, Target
from lambdactl.model_stack import ChangeSet
from lambdactl.ops import deploy, events, stack_events
from lambdactl.ops.deploy import Prepared, discard_deploy, prepare_deploy
from lambdactl.ops.stack_events import DeployEvent, SeenOf, StackOperationEnded
from lambdactl.ops.stacking import attach_deploy, execute_deploy
from lambdactl.plan.deploy import Seen, plan_deploy
from tests.aws.stubs import ACCOUNT, ARN, Script
from tests.aws.test_stacks import AT, SET_ID, STACK_ID, change, described, event, no_sleep, row
from tests.plan.samples import PLACE, deployment, snapshot

BUCKET = f"lambdactl-artifacts-{ACCOUNT}-eu-west-1"
TEMPLATE = """
Parameters: {Release: {Default: first}}
Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: app, Runtime: python3.13}}}
"""
PROCESSED = {
    "Resources": {
        "FAliaslive": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": "live",
                "FunctionName": {"Ref": "F"},
                "FunctionVersion": {"Fn::GetAtt": ["FVersion1", "Version"]},
            },
            "UpdatePolicy": {"CodeDeployLambdaAliasUpdate": {"ApplicationName": {"Ref": "App"}}},
        }
    }
}
LIVE = f"{ARN}:live"


@pytest.fixture
def script() -> Iterator[Script]:
    made = Script()
    yield made
    made.finish()


@pytest.fixture
def template(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text("x = 1\n")
    (tmp_path / "template.yml").write_text(TEMPLATE)
    return tmp_path / "template.yml"


class Deploy:
    """``expects_...`` scripts one part of the way; what is told is in ``told``."""

    def __init__(self, script: Script, template: Path) -> None:
        self.script = script
        self.template = template
        self.told: list[stack_events.Step] = []
        self.asked: list[str] = []
        self.answer = True
        identity = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/op", "UserId": "x"}
        script.expect("sts", "get_caller_identity", {}, identity)

    def expects_stack(self, status: str | None) -> None:
        if status is not None:
            self.script.expect("cloudformation", "describe_stacks", None, row(status))
            return
        message = "Stack with id shop does not exist"
        self.script.fails("cloudformation", "describe_stacks", "ValidationError", message=message)

    def expects_bucket(self, exists: bool = True) -> None:
        if exists:
            self.script.expect("s3", "head_bucket", None, {})
            return
        self.script.fails("s3", "head_bucket", "404", status=404)

    def expects_uploads(self, *there: bool) -> None:
        for is_there in there:
            if is_there:
                self.script.expect("s3", "head_object", None, {})
            else:
                self.script.fails("s3", "head_object", "404", status=404)
                self.script.expect("s3", "put_object", None, {})

    def expects_change_set(self, *statuses: str, **members: Any) -> None:
        self.script.expect("cloudformation", "create_change_set", None, {"Id": SET_ID})
        for status in statuses:
            answer = described(status, **members)
            self.script.expect("cloudformation", "describe_change_set", None, answer)

    def expects_rules(self) -> None:
        answer = {"TemplateBody": json.dumps(PROCESSED)}
        self.script.expect("cloudformation", "get_template", None, answer)

    def prepare(self, **options: Any) -> Prepared:
        return prepare_deploy(
            self.script.aws,
            self.template,
            "shop",
            {},
            make_bucket=self.may,
            tell=self.told.append,
            **{"sleep": no_sleep, **options},
        )

    def may(self, bucket: str) -> bool:
        self.asked.append(bucket)
        return self.answer


@pytest.fixture
def made(script: Script, template: Path) -> Deploy:
    return Deploy(script, template)


def test_a_new_stack_is_packaged_uploaded_and_planned(made: Deploy) -> None:
    made.expects_stack(None)
    made.expects_bucket(exists=False)
    made.script.expect("s3", "create_bucket", None, {}, writes=True)
    for operation in ("put_public_access_block", "put_bucket_encryption", "put_bucket_tagging"):
        made.script.expect("s3", operation, None, {}, writes=True)
    made.expects_uploads(False, False)
    added = {"ResourceType": "AWS::Lambda::Alias"}
    made.expects_change_set("CREATE_COMPLETE", Changes=[change("FAliaslive", "Add", **added)])
    made.expects_rules()
    prepared = made.prepare()
    assert made.asked == [BUCKET]
    assert [type(step).__name__ for step in made.told] == [
        "BucketMade",
        "ArtifactUploaded",
        "ChangeSetCreated",
    ]
    assert prepared.state is None and prepared.change_set.creates
    assert prepared.plan.releases[0].how == "first"
    assert prepared.plan.target == Target("F", "live")


def test_unchanged_code_is_told_and_not_sent(made: Deploy) -> None:
    made.expects_stack("UPDATE_COMPLETE")
    made.expects_bucket()
    made.expects_uploads(True, True)
    made.expects_change_set("FAILED", StatusReason="didn't contain changes")
    made.script.expect("cloudformation", "delete_change_set", None, {}, writes=True)
    made.script.expect(
        "cloudformation", "list_stack_resources", None, {"StackResourceSummaries": []}
    )
    prepared = made.prepare()
    assert isinstance(made.told[0], stack_events.ArtifactUnchanged)
    assert prepared.plan.actions == ()
    assert discard_deploy(made.script.aws, prepared) is None


def test_without_leave_no_bucket_is_made_and_nothing_else(made: Deploy) -> None:
    made.answer = False
    made.expects_stack(None)
    made.expects_bucket(exists=False)
    with pytest.raises(NotConfirmed, match="nothing was changed"):
        made.prepare()


def test_a_bucket_that_was_named_must_exist(made: Deploy) -> None:
    made.expects_stack(None)
    made.expects_bucket(exists=False)
    with pytest.raises(NotFound, match="no bucket mine"):
        made.prepare(bucket="mine")
    assert made.asked == []


def test_a_stack_that_is_busy_is_refused_before_anything_is_sent(made: Deploy) -> None:
    made.expects_stack("UPDATE_IN_PROGRESS")
    with pytest.raises(Refused, match="UPDATE_IN_PROGRESS"):
        made.prepare()


def test_ctrl_c_while_the_change_set_is_worked_out_takes_it_away(made: Deploy) -> None:
    made.expects_stack(None)
    made.expects_bucket()
    made.expects_uploads(True, True)
    made.expects_change_set("CREATE_PENDING", "CREATE_PENDING")
    made.script.expect("cloudformation", "delete_change_set", None, {}, writes=True)
    made.script.expect("cloudformation", "describe_stacks", None, row("REVIEW_IN_PROGRESS"))
    made.script.expect("cloudformation", "list_change_sets", None, {"Summaries": []})
    made.script.expect("cloudformation", "delete_stack", None, {}, writes=True)

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made.prepare(sleep=interrupted)


def test_a_refused_plan_takes_its_change_set_away(
    made: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = {"FAliaslive": snapshot(Routing(41, 42, 10.0))}
    monkeypatch.setattr(deploy, "look_at_aliases", lambda *_: looks)
    made.expects_stack("UPDATE_COMPLETE")
    made.expects_bucket()
    made.expects_uploads(True, True)
    target = {"Attribute": "Properties", "Name": "FunctionVersion"}
    moves = change("FAliaslive", ResourceType="AWS::Lambda::Alias", Details=[{"Target": target}])
    made.expects_change_set("CREATE_COMPLETE", Changes=[moves])
    made.script.expect(
        "cloudformation", "list_stack_resources", None, {"StackResourceSummaries": []}
    )
    made.expects_rules()
    made.script.expect("cloudformation", "describe_change_set", None, described("CREATE_COMPLETE"))
    made.script.expect("cloudformation", "delete_change_set", None, {}, writes=True)
    with pytest.raises(Refused, match="is not split"):
        made.prepare()


def test_what_was_left_behind_is_said_beside_the_error(made: Deploy) -> None:
    made.expects_stack(None)
    made.expects_bucket()
    made.expects_uploads(True, True)
    made.expects_change_set("CREATE_PENDING")
    made.script.fails("cloudformation", "describe_change_set", "AccessDenied", status=403)

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        made.prepare(sleep=interrupted)
    assert "was left: no permission" in caught.value.__notes__[0]


def prepared(*, creates: bool = False, looks: dict[str, Snapshot] | None = None) -> Prepared:
    change_set = ChangeSet(SET_ID, "lambdactl-1", "shop", STACK_ID, creates, ())
    plan = plan_deploy(Seen(PLACE, change_set, None, (), {}))
    return Prepared(plan, change_set, None, BUCKET, looks or {})


def moving(number: int, status: str, seconds: int, **members: Any) -> dict[str, Any]:
    alias = {"ResourceType": "AWS::Lambda::Alias", "PhysicalResourceId": LIVE}
    return {**event(number, status, seconds), **alias, "LogicalResourceId": "FAliaslive", **members}


class Watching:
    """A stack whose events come page by page, and an alias whose looks are scripted."""

    def __init__(self, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
        self.script = script
        self.events: list[dict[str, Any]] = []
        self.looks: list[Snapshot] = []
        self.slept: list[float] = []
        monkeypatch.setattr(script.aws, "snapshot", lambda _: self.looks.pop(0))

    def page(self, *new: dict[str, Any]) -> None:
        self.events = [*reversed(new), *self.events]
        answer = {"StackEvents": list(self.events)}
        self.script.expect("cloudformation", "describe_stack_events", None, answer)

    def ends(self, status: str) -> None:
        state = row(status, Outputs=[{"OutputKey": "Url", "OutputValue": "https://x"}])
        self.script.expect("cloudformation", "describe_stacks", None, state)
        summary = {
            "LogicalResourceId": "FAliaslive",
            "PhysicalResourceId": LIVE,
            "ResourceType": "AWS::Lambda::Alias",
            "ResourceStatus": "UPDATE_COMPLETE",
            "LastUpdatedTimestamp": AT,
        }
        answer = {"StackResourceSummaries": [summary]}
        self.script.expect("cloudformation", "list_stack_resources", None, answer)

    def starts(self) -> None:
        self.page()
        self.script.expect("cloudformation", "execute_change_set", None, {})

    def execute(self, ready: Prepared) -> list[DeployEvent]:
        return list(execute_deploy(self.script.aws, ready, sleep=self.slept.append, interval_s=2.0))


@pytest.fixture
def watching(script: Script, monkeypatch: pytest.MonkeyPatch) -> Watching:
    return Watching(script, monkeypatch)


def names(told: list[DeployEvent]) -> list[str]:
    return [type(e).__name__ for e in told]


def rollout(status: str, **changes: Any) -> Deployment:
    return deployment(status, created=AT + timedelta(seconds=3), **changes)


def test_stack_and_rollout_are_told_as_one_story(watching: Watching) -> None:
    later = AT + timedelta(minutes=5)
    running = snapshot(
        Routing(41, 42, 10.0), deployment=rollout("InProgress"), taken=AT + timedelta(seconds=5)
    )
    done = snapshot(Routing(42), deployment=rollout("Succeeded", completed=later), taken=later)
    watching.starts()
    watching.page(event(1, "UPDATE_IN_PROGRESS", 0, own=True), moving(2, "UPDATE_IN_PROGRESS", 2))
    watching.looks = [running, done]
    watching.page(moving(3, "UPDATE_COMPLETE", 302), event(4, "UPDATE_COMPLETE", 303, own=True))
    watching.ends("UPDATE_COMPLETE")
    before = snapshot(deployment=None)
    told = watching.execute(prepared(looks={"FAliaslive": before}))
    assert names(told) == [
        "StackOperationStarted",
        "StackEventSeen",
        "StackEventSeen",
        "DeploymentStarted",
        "AliasMoved",
        "AliasMoved",
        "DeploymentEnded",
        "StackEventSeen",
        "StackEventSeen",
        "StackOperationEnded",
    ]
    end = told[-1]
    assert isinstance(end, StackOperationEnded) and end.succeeded
    assert end.targets == (Target("checkout", "live"),)
    assert end.outputs == {"Url": "https://x"}
    assert watching.slept == [2.0]


def test_of_two_rollouts_at_once_each_event_says_whose_it_is(watching: Watching) -> None:
    first, other = snapshot(deployment=None), snapshot(deployment=None)
    other = replace(other, target=Target("basket", "live"))
    running = snapshot(Routing(41, 42, 10.0), deployment=rollout("InProgress"))
    watching.starts()
    watching.page(moving(1, "UPDATE_IN_PROGRESS", 2))
    watching.looks = [running, running]
    watching.page(event(2, "UPDATE_COMPLETE", 303, own=True))
    watching.ends("UPDATE_COMPLETE")
    told = watching.execute(prepared(looks={"FAliaslive": first, "GAliaslive": other}))
    whose = [e for e in told if isinstance(e, SeenOf)]
    assert {e.target for e in whose} == {first.target}
    assert {type(e.event).__name__ for e in whose} == {"AliasMoved", "DeploymentStarted"}
    assert not {"AliasMoved", "DeploymentStarted"}.intersection(names(told))


def test_a_failure_is_told_by_the_resource_that_failed_first(watching: Watching) -> None:
    watching.starts()
    cancelled = "Resource update cancelled"
    failed = moving(3, "UPDATE_FAILED", 5, ResourceStatusReason="Deployment d-1 failed")
    watching.page(
        event(1, "UPDATE_IN_PROGRESS", 0, own=True),
        {**event(2, "UPDATE_FAILED", 4), "ResourceStatusReason": cancelled},
        failed,
    )
    watching.page(event(5, "UPDATE_ROLLBACK_COMPLETE", 9, own=True))
    watching.looks = [snapshot(), snapshot()]
    watching.ends("UPDATE_ROLLBACK_COMPLETE")
    end = watching.execute(prepared())[-1]
    assert isinstance(end, StackOperationEnded) and not end.succeeded
    assert end.reason == "FAliaslive: Deployment d-1 failed"


def test_who_comes_late_hears_of_the_running_deployment(watching: Watching) -> None:
    watching.script.expect(
        "cloudformation", "describe_stacks", {"StackName": "shop"}, row("UPDATE_IN_PROGRESS")
    )
    under_way = [
        event(1, "UPDATE_IN_PROGRESS", 0, own=True),
        moving(2, "UPDATE_IN_PROGRESS", 2),
    ]
    watching.page(*under_way)
    watching.page()
    watching.looks = [snapshot(Routing(41, 42, 10.0), deployment=rollout("InProgress"))]
    told = attach_deploy(watching.script.aws, "shop", sleep=no_sleep)
    assert names([next(told) for _ in range(3)]) == [
        "StackEventSeen",
        "StackEventSeen",
        "DeploymentStarted",
    ]
    told.close()  # type: ignore[attr-defined]


def test_there_is_nothing_to_come_back_to_without_a_stack(made: Deploy) -> None:
    made.script.aws.call("sts", "GetCallerIdentity")
    made.expects_stack(None)
    with pytest.raises(NotFound, match="there is no stack shop"):
        list(attach_deploy(made.script.aws, "shop"))


def test_what_passes_by_itself_is_told_and_waited_out(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching.starts()
    watching.page(event(1, "CREATE_IN_PROGRESS", 0, own=True), moving(2, "CREATE_IN_PROGRESS", 1))
    watching.page(event(3, "CREATE_COMPLETE", 9, own=True))
    watching.ends("CREATE_COMPLETE")
    answers: list[Snapshot | Throttled] = [Throttled("slow down"), snapshot()]

    def look(_: Target) -> Snapshot:
        answer = answers.pop(0)
        if isinstance(answer, Throttled):
            raise answer
        return answer

    monkeypatch.setattr(watching.script.aws, "snapshot", look)
    told = watching.execute(prepared(creates=True))
    failed = [e for e in told if isinstance(e, events.LookFailed)]
    assert [str(e.error) for e in failed] == ["slow down"]
    assert watching.slept == [4.0]

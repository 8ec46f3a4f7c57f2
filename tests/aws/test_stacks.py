"""Stacks and change sets against the exact requests, and every state that AWS leaves one in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from lambdactl.aws import change_sets, stacks
from lambdactl.aws.change_sets import Wanted
from lambdactl.aws.stack_log import StackLog, event_from, is_end
from lambdactl.errors import Refused, Stale, UsageError, WaitTimeout
from lambdactl.model import Target
from lambdactl.model_stack import ChangeSet, StackEvent, StackState
from tests.aws.stubs import ARN, Script

AT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/0f1e"
SET_ID = "arn:aws:cloudformation:eu-west-1:123456789012:changeSet/lambdactl-1/9a"


def row(status: str, **members: Any) -> dict[str, Any]:
    return {
        "Stacks": [
            {
                "StackName": "shop",
                "StackId": STACK_ID,
                "StackStatus": status,
                "CreationTime": AT,
                **members,
            }
        ]
    }


class TestState:
    def test_a_stack_is_told_with_its_parameters_and_outputs(self, script: Script) -> None:
        answer = row(
            "UPDATE_COMPLETE",
            Parameters=[{"ParameterKey": "A", "ParameterValue": "1"}],
            Outputs=[{"OutputKey": "Url", "OutputValue": "https://x"}],
        )
        script.expect("cloudformation", "describe_stacks", {"StackName": "shop"}, answer)
        state = stacks.stack_state(script.aws, "shop")
        assert state == StackState(
            "shop",
            STACK_ID,
            "UPDATE_COMPLETE",
            created=AT,
            parameters={"A": "1"},
            outputs={"Url": "https://x"},
        )

    def test_its_times_are_utc_whatever_this_machines_zone(self, script: Script) -> None:
        made = AT.astimezone(timezone(timedelta(hours=9)))
        script.expect("cloudformation", "describe_stacks", None, row("UPDATE_COMPLETE"))
        assert event_from({**event(1, "UPDATE_COMPLETE", 0), "Timestamp": made}).at.tzinfo is UTC
        state = stacks.stack_state(script.aws, "shop")
        assert state is not None and state.created is not None
        assert state.created.tzinfo is UTC

    def test_one_that_is_not_there_is_none(self, script: Script) -> None:
        message = "Stack with id shop does not exist"
        script.fails("cloudformation", "describe_stacks", "ValidationError", message=message)
        assert stacks.stack_state(script.aws, "shop") is None

    @pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "DELETE_COMPLETE"])
    def test_one_that_was_never_made_counts_as_absent(self, script: Script, status: str) -> None:
        script.expect("cloudformation", "describe_stacks", None, row(status))
        assert stacks.stack_state(script.aws, "shop") is None

    @pytest.mark.parametrize(
        "status",
        ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"],
    )
    def test_one_at_rest_can_be_updated(self, status: str) -> None:
        stacks.refuse_state(StackState("shop", STACK_ID, status))

    @pytest.mark.parametrize(
        ("status", "typed"),
        [
            ("CREATE_IN_PROGRESS", "lambdactl deploy --stack-name shop --attach"),
            ("UPDATE_IN_PROGRESS", "lambdactl deploy --stack-name shop --attach"),
            ("UPDATE_ROLLBACK_IN_PROGRESS", "lambdactl deploy --stack-name shop --attach"),
            ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "lambdactl deploy --stack-name shop --attach"),
            ("DELETE_IN_PROGRESS", "aws cloudformation wait stack-delete-complete"),
            ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name shop"),
            ("ROLLBACK_FAILED", "aws cloudformation delete-stack --stack-name shop"),
            ("CREATE_FAILED", "aws cloudformation delete-stack --stack-name shop"),
            ("DELETE_FAILED", "aws cloudformation delete-stack --stack-name shop"),
            ("UPDATE_FAILED", "aws cloudformation rollback-stack --stack-name shop"),
            ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback"),
        ],
    )
    def test_one_that_is_stuck_is_refused_with_what_to_type(self, status: str, typed: str) -> None:
        state = StackState("shop", STACK_ID, status, reason="said AWS")
        with pytest.raises(
            Refused, match=f"stack shop cannot be updated: it is {status}"
        ) as caught:
            stacks.refuse_state(state)
        assert (caught.value.hint or "").startswith(typed)
        assert "said AWS" in (caught.value.why or "")

    def test_the_aliases_of_a_stack_are_the_targets(self, script: Script) -> None:
        def resource(logical: str, physical: str, type_: str) -> dict[str, Any]:
            return {
                "LogicalResourceId": logical,
                "PhysicalResourceId": physical,
                "ResourceType": type_,
                "ResourceStatus": "CREATE_COMPLETE",
                "LastUpdatedTimestamp": AT,
            }

        summaries = [
            resource("Service", "checkout", "AWS::Lambda::Function"),
            resource("ServiceAliasprod", f"{ARN}:prod", "AWS::Lambda::Alias"),
        ]
        answer = {"StackResourceSummaries": summaries}
        script.expect("cloudformation", "list_stack_resources", {"StackName": "shop"}, answer)
        found = stacks.resources(script.aws, "shop")
        assert stacks.targets(found) == (Target("checkout", "prod"),)

    def test_a_processed_template_in_yaml_is_read_too(self, script: Script) -> None:
        body = "Resources: {C: {Type: 'AWS::Lambda::Alias', Properties: {Name: !Ref N}}}"
        script.expect("cloudformation", "get_template", None, {"TemplateBody": body})
        (rule,) = stacks.alias_rules(script.aws, "shop")
        assert (rule.logical_id, rule.name, rule.by_codedeploy) == ("C", None, False)

    def test_the_processed_template_says_how_an_alias_moves(self, script: Script) -> None:
        body = {
            "Resources": {
                "A": {
                    "Type": "AWS::Lambda::Alias",
                    "Properties": {
                        "Name": "prod",
                        "FunctionName": {"Ref": "F"},
                        "FunctionVersion": {"Fn::GetAtt": ["V1", "Version"]},
                    },
                    "UpdatePolicy": {
                        "CodeDeployLambdaAliasUpdate": {
                            "ApplicationName": {"Ref": "App"},
                            "DeploymentGroupName": {"Ref": "Group"},
                            "AfterAllowTrafficHook": {"Ref": "Post"},
                        }
                    },
                },
                "B": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionVersion": "3"}},
                "F": {"Type": "AWS::Lambda::Function"},
            }
        }
        asked = {"ChangeSetName": SET_ID, "TemplateStage": "Processed"}
        answer = {"TemplateBody": json.dumps(body)}
        script.expect("cloudformation", "get_template", asked, answer)
        one, other = stacks.alias_rules(script.aws, "shop", SET_ID)
        assert (one.name, one.function, one.version) == ("prod", "F", "V1")
        assert (one.application, one.group, one.hooks) == ("App", "Group", ("Post",))
        assert one.by_codedeploy and not other.by_codedeploy
        assert other.version == "3"


def wanted(creates: bool = False) -> Wanted:
    return Wanted(
        stack="shop",
        creates=creates,
        template_url="https://s3/t",
        template="infra/template.yml",
        parameters=({"ParameterKey": "A", "ParameterValue": "1"},),
        capabilities=("CAPABILITY_IAM",),
        tags={"team": "shop"},
    )


def described(status: str, **members: Any) -> dict[str, Any]:
    return {
        "ChangeSetId": SET_ID,
        "ChangeSetName": "lambdactl-1",
        "StackName": "shop",
        "StackId": STACK_ID,
        "Status": status,
        **members,
    }


def change(logical: str, action: str = "Modify", **members: Any) -> dict[str, Any]:
    changed = {"Action": action, "LogicalResourceId": logical, "ResourceType": "T", **members}
    return {"Type": "Resource", "ResourceChange": changed}


def no_sleep(_: float) -> None:
    """A test waits for nothing."""


def change_set(creates: bool = False) -> ChangeSet:
    return ChangeSet(SET_ID, "lambdactl-1", "shop", STACK_ID, creates, ())


class TestChangeSet:
    @pytest.mark.parametrize(("creates", "type_"), [(True, "CREATE"), (False, "UPDATE")])
    def test_it_is_asked_for_with_a_token(self, script: Script, creates: bool, type_: str) -> None:
        script.expect(
            "cloudformation",
            "create_change_set",
            {
                "StackName": "shop",
                "ChangeSetName": "lambdactl-1",
                "ChangeSetType": type_,
                "ClientToken": "lambdactl-1",
                "TemplateURL": "https://s3/t",
                "Parameters": [{"ParameterKey": "A", "ParameterValue": "1"}],
                "Capabilities": ["CAPABILITY_IAM"],
                "Tags": [{"Key": "team", "Value": "shop"}],
            },
            {"Id": SET_ID},
        )
        assert change_sets.create(script.aws, wanted(creates), "lambdactl-1") == SET_ID

    @pytest.mark.parametrize(
        ("code", "message", "error", "says"),
        [
            ("InsufficientCapabilitiesException", "Requires capabilities", UsageError, "agreed to"),
            ("ValidationError", "Template error: x", UsageError, "does not take infra/template"),
            (
                "ValidationError",
                "Stack:shop is in UPDATE_IN_PROGRESS state and can not be updated.",
                Refused,
                "AWS refused",
            ),
            ("LimitExceededException", "too many", Refused, "AWS refused"),
        ],
    )
    def test_what_aws_does_not_take_is_told(
        self, script: Script, code: str, message: str, error: type[Exception], says: str
    ) -> None:
        script.fails("cloudformation", "create_change_set", code, message=message)
        with pytest.raises(error, match=says):
            change_sets.create(script.aws, wanted(), "lambdactl-1")

    def test_it_is_waited_for_and_read_page_by_page(self, script: Script) -> None:
        asked = {"ChangeSetName": SET_ID, "IncludePropertyValues": True}
        detail = {
            "Target": {
                "Attribute": "Properties",
                "Name": "Timeout",
                "BeforeValue": "5",
                "AfterValue": "6",
                "RequiresRecreation": "Never",
            }
        }
        first = [change("F", Details=[detail], Replacement="False")]
        second = [change("G", "Remove", PolicyAction="Retain", PhysicalResourceId="g")]
        done = described("CREATE_COMPLETE", Changes=first, NextToken="more")
        script.expect(
            "cloudformation", "describe_change_set", asked, described("CREATE_IN_PROGRESS")
        )
        script.expect("cloudformation", "describe_change_set", asked, done)
        script.expect(
            "cloudformation",
            "describe_change_set",
            {**asked, "NextToken": "more"},
            described("CREATE_COMPLETE", Changes=second),
        )
        slept: list[float] = []
        found = change_sets.worked_out(script.aws, wanted(), SET_ID, sleep=slept.append)
        one, other = found.changes
        assert slept == [change_sets.FIRST_PAUSE_S]
        assert (one.logical_id, one.properties[0].before, one.properties[0].after) == (
            "F",
            "5",
            "6",
        )
        assert one.touches("Timeout") and not one.touches("Time") and not one.replaced
        assert (other.action, other.physical_id, other.policy_action) == ("Remove", "g", "Retain")

    @pytest.mark.parametrize(
        "reason",
        [
            "The submitted information didn't contain changes. Submit different information",
            "No updates are to be performed.",
        ],
    )
    def test_one_without_changes_is_taken_away(self, script: Script, reason: str) -> None:
        failed = described("FAILED", StatusReason=reason)
        script.expect("cloudformation", "describe_change_set", None, failed)
        asked = {"ChangeSetName": SET_ID}
        script.expect("cloudformation", "delete_change_set", asked, {}, writes=True)
        found = change_sets.worked_out(script.aws, wanted(), SET_ID, sleep=no_sleep)
        assert found.changes == ()

    def test_one_that_failed_is_taken_away_and_told(self, script: Script) -> None:
        failed = described("FAILED", StatusReason="Transform failed with: no such type")
        script.expect("cloudformation", "describe_change_set", None, failed)
        script.expect("cloudformation", "delete_change_set", None, {}, writes=True)
        with pytest.raises(UsageError, match=r"cannot make infra/template\.yml") as caught:
            change_sets.worked_out(script.aws, wanted(), SET_ID, sleep=no_sleep)
        assert caught.value.why == "Transform failed with: no such type"

    def test_it_is_not_waited_for_for_ever(
        self, script: Script, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(change_sets, "WAIT_S", 0.5)
        for _ in range(2):
            pending = described("CREATE_PENDING")
            script.expect("cloudformation", "describe_change_set", None, pending)
        with pytest.raises(WaitTimeout, match=r"was not ready after 0\.5 s"):
            change_sets.worked_out(script.aws, wanted(), SET_ID, sleep=no_sleep)

    def test_an_unexecuted_one_leaves_no_empty_stack(self, script: Script) -> None:
        script.expect("cloudformation", "delete_change_set", None, {}, writes=True)
        named = {"StackName": STACK_ID}
        script.expect("cloudformation", "describe_stacks", named, row("REVIEW_IN_PROGRESS"))
        script.expect("cloudformation", "list_change_sets", named, {"Summaries": []})
        script.expect("cloudformation", "delete_stack", named, {}, writes=True)
        assert change_sets.discard(script.aws, change_set(creates=True))

    @pytest.mark.parametrize(
        ("status", "others"),
        [("CREATE_IN_PROGRESS", []), ("REVIEW_IN_PROGRESS", [{"ChangeSetId": "another"}])],
    )
    def test_a_stack_that_others_use_stays(
        self, script: Script, status: str, others: list[dict[str, str]]
    ) -> None:
        script.expect("cloudformation", "delete_change_set", None, {}, writes=True)
        script.expect("cloudformation", "describe_stacks", None, row(status))
        script.expect("cloudformation", "list_change_sets", None, {"Summaries": others})
        assert not change_sets.discard(script.aws, change_set(creates=True))

    def test_an_update_that_is_not_wanted_touches_no_stack(self, script: Script) -> None:
        script.expect("cloudformation", "delete_change_set", None, {}, writes=True)
        assert not change_sets.discard(script.aws, change_set())

    def test_it_is_executed_with_a_token(self, script: Script) -> None:
        asked = {"ChangeSetName": SET_ID, "ClientRequestToken": "lambdactl-1"}
        script.expect("cloudformation", "execute_change_set", asked, {})
        change_sets.execute(script.aws, change_set(), "lambdactl-1")

    @pytest.mark.parametrize("code", ["InvalidChangeSetStatus", "ChangeSetNotFound"])
    def test_one_that_is_out_of_date_is_stale(self, script: Script, code: str) -> None:
        script.fails("cloudformation", "execute_change_set", code)
        with pytest.raises(Stale, match="stack shop has changed since"):
            change_sets.execute(script.aws, change_set(), "lambdactl-1")


def event(number: int, status: str, seconds: int, *, own: bool = False) -> dict[str, Any]:
    return {
        "StackId": STACK_ID,
        "StackName": "shop",
        "EventId": f"e{number}",
        "LogicalResourceId": "shop" if own else "F",
        "PhysicalResourceId": STACK_ID if own else "checkout",
        "ResourceType": "AWS::CloudFormation::Stack" if own else "AWS::Lambda::Function",
        "ResourceStatus": status,
        "Timestamp": AT + timedelta(seconds=seconds),
    }


BEFORE = [
    event(3, "UPDATE_COMPLETE", -60, own=True),
    event(2, "UPDATE_COMPLETE", -61),
    event(1, "UPDATE_IN_PROGRESS", -120, own=True),
]


class TestLog:
    def log(self, script: Script, *pages: list[dict[str, Any]]) -> StackLog:
        for page in pages:
            answer = {"StackEvents": page}
            asked = {"StackName": STACK_ID}
            script.expect("cloudformation", "describe_stack_events", asked, answer)
        return StackLog(script.aws, STACK_ID)

    def ids(self, log: StackLog) -> list[str]:
        return [e.id for e in log.read()]

    def test_it_tells_what_came_since_the_mark_once_and_oldest_first(self, script: Script) -> None:
        started = [event(4, "UPDATE_IN_PROGRESS", 0, own=True), *BEFORE]
        later = [event(6, "UPDATE_COMPLETE", 9), event(5, "UPDATE_IN_PROGRESS", 3), *started]
        log = self.log(script, BEFORE, BEFORE, started, later, later)
        log.mark()
        assert [self.ids(log) for _ in range(4)] == [[], ["e4"], ["e5", "e6"], []]

    def test_an_event_that_comes_late_is_told_too(self, script: Script) -> None:
        first = [event(5, "UPDATE_IN_PROGRESS", 4), *BEFORE]
        then = [event(5, "UPDATE_IN_PROGRESS", 4), event(4, "UPDATE_IN_PROGRESS", 2), *BEFORE]
        log = self.log(script, BEFORE, first, then)
        log.mark()
        assert [self.ids(log) for _ in range(2)] == [["e5"], ["e4"]]

    def test_two_events_of_one_moment_stay_in_order(self, script: Script) -> None:
        both = [event(5, "UPDATE_COMPLETE", 1), event(4, "UPDATE_IN_PROGRESS", 1), *BEFORE]
        log = self.log(script, BEFORE, both)
        log.mark()
        assert self.ids(log) == ["e4", "e5"]

    def test_a_new_stack_is_told_from_its_first_event(self, script: Script) -> None:
        log = self.log(script, [], [event(1, "CREATE_IN_PROGRESS", 0, own=True)])
        log.mark()
        assert self.ids(log) == ["e1"]

    def test_who_comes_late_hears_the_operation_from_its_beginning(self, script: Script) -> None:
        page = [
            event(6, "UPDATE_ROLLBACK_IN_PROGRESS", 9, own=True),
            event(5, "UPDATE_FAILED", 8),
            event(4, "UPDATE_IN_PROGRESS", -58, own=True),
            *BEFORE,
        ]
        log = self.log(script, page, page)
        log.rewind()
        assert self.ids(log) == ["e4", "e5", "e6"]

    @pytest.mark.parametrize(
        ("status", "own", "over"),
        [
            ("UPDATE_COMPLETE", True, True),
            ("UPDATE_ROLLBACK_COMPLETE", True, True),
            ("UPDATE_ROLLBACK_FAILED", True, True),
            ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", True, False),
            ("UPDATE_COMPLETE", False, False),
        ],
    )
    def test_only_the_stack_itself_ends_an_operation(
        self, status: str, own: bool, over: bool
    ) -> None:
        physical = STACK_ID if own else "checkout"
        type_ = "AWS::CloudFormation::Stack" if own else "AWS::Lambda::Function"
        assert is_end(StackEvent("e", AT, "shop", physical, type_, status), STACK_ID) is over

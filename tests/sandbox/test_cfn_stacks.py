"""The life of a stack: created, updated, rolled back, deleted, with its events and its texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lambdactl.sandbox.faults import Fault, failing
from tests.sandbox.cfn_world import Stacks, alarm, body, broken, open_stacks, role

ERRORS = {"Errors": alarm(AlarmName="errors")}


@pytest.fixture
def stacks() -> Iterator[Stacks]:
    with open_stacks() as opened:
        yield opened


def fail(stacks: Stacks, action: str, **how: Any) -> Fault:
    """From now on ``action`` fails, also when the account's own services ask for it."""
    trouble = failing("InvalidParameterValue", "Not today", 400)
    return stacks.account.door.faults.add(action, trouble, inside=True, **how)


def chain(length: int) -> dict[str, Any]:
    """Alarms of which each waits for the one before."""
    alarms = {f"A{n}": {**alarm(), "DependsOn": f"A{n - 1}"} for n in range(1, length)}
    return {"A0": alarm(), **alarms}


# -- create ---------------------------------------------------------------------------------------


def test_a_stack_is_created_in_the_order_of_its_needs(stacks: Stacks) -> None:
    slow = alarm(AlarmName={"Fn::Sub": "after-${Errors}"}, AlarmDescription={"Ref": "Errors"})
    outputs = {"Slow": {"Value": {"Fn::GetAtt": ["Slow", "Arn"]}, "Description": "The slow one."}}
    template = body({"Slow": slow, "Errors": alarm(AlarmName="errors")}, Outputs=outputs)
    assert stacks.create(template) == "CREATE_COMPLETE"
    assert stacks.events() == [
        ("web", "CREATE_IN_PROGRESS"),
        ("Errors", "CREATE_IN_PROGRESS"),
        ("Errors", "CREATE_IN_PROGRESS"),
        ("Errors", "CREATE_COMPLETE"),
        ("Slow", "CREATE_IN_PROGRESS"),
        ("Slow", "CREATE_IN_PROGRESS"),
        ("Slow", "CREATE_COMPLETE"),
        ("web", "CREATE_COMPLETE"),
    ]
    assert stacks.outputs()["Slow"].endswith(":alarm:after-errors")
    assert stacks.alarms() == ["after-errors", "errors"]


def test_events_carry_times_reasons_physical_ids_and_the_token_of_the_caller(
    stacks: Stacks,
) -> None:
    stacks.create(body(ERRORS), ClientRequestToken="t-1")
    begun, initiated, complete = stacks.full_events()[1:4]
    assert begun["PhysicalResourceId"] == ""
    assert initiated["ResourceStatusReason"] == "Resource creation Initiated"
    assert complete["PhysicalResourceId"] == "errors"
    assert begun["Timestamp"] < initiated["Timestamp"] < complete["Timestamp"]
    assert json.loads(begun["ResourceProperties"])["AlarmName"] == "errors"
    assert {event["ClientRequestToken"] for event in stacks.full_events()} == {"t-1"}
    ids = [event["EventId"] for event in stacks.full_events()]
    assert len(ids) == len(set(ids))


def test_the_status_is_there_as_soon_as_the_call_returns(stacks: Stacks) -> None:
    stacks.client().create_stack(StackName="web", TemplateBody=body(ERRORS))
    assert stacks.status() == "CREATE_IN_PROGRESS"
    stacks.settle()
    template = body({**ERRORS, "More": alarm()})
    stacks.client().update_stack(StackName="web", TemplateBody=template)
    assert stacks.status() == "UPDATE_IN_PROGRESS"
    stacks.settle()
    stacks.client().delete_stack(StackName="web")
    assert stacks.status() == "DELETE_IN_PROGRESS"


def test_a_request_sent_twice_with_one_token_begins_one_operation(stacks: Stacks) -> None:
    given = {"StackName": "web", "TemplateBody": body(ERRORS), "ClientRequestToken": "t"}
    made = stacks.client().create_stack(**given)
    assert stacks.client().create_stack(**given)["StackId"] == made["StackId"]
    stacks.settle()
    changed = {**given, "TemplateBody": body({"New": alarm()}), "ClientRequestToken": "u"}
    begun = stacks.client().update_stack(**changed)
    assert stacks.client().update_stack(**changed)["OperationId"] == begun["OperationId"]
    assert stacks.settle() == "UPDATE_COMPLETE"


def test_generated_names_carry_stack_and_logical_id(stacks: Stacks) -> None:
    stacks.create(body({"Errors": alarm()}))
    name = stacks.physical("Errors")
    assert name.startswith("web-Errors-")
    assert len(name) == len("web-Errors-") + 12


def test_a_failed_creation_is_rolled_back_and_says_what_failed(stacks: Stacks) -> None:
    assert stacks.create(body({**ERRORS, "Bad": broken("Errors")})) == "ROLLBACK_COMPLETE"
    assert stacks.reason("web", "ROLLBACK_IN_PROGRESS") == (
        "The following resource(s) failed to create: [Bad]. Rollback requested by user."
    )
    reason = stacks.reason("Bad", "CREATE_FAILED")
    assert reason.startswith('Resource handler returned message: "Function not found: ')
    assert "(Service: Lambda, Status Code: 404, Request ID: " in reason
    assert reason.endswith(", HandlerErrorCode: NotFound)")
    assert stacks.alarms() == []
    refused = stacks.refusal("update_stack", StackName="web", TemplateBody=body(ERRORS))
    assert refused[1].endswith("is in ROLLBACK_COMPLETE state and can not be updated.")


def test_what_was_half_made_is_removed_too(stacks: Stacks) -> None:
    fail(stacks, "iam:PutRolePolicy")
    policy = {"PolicyName": "p", "PolicyDocument": {}}
    template = body({"Role": role(Policies=[policy])})
    stacks.create(template, Capabilities=["CAPABILITY_IAM"])
    assert ("Role", "CREATE_FAILED") in stacks.events()
    assert stacks.client("iam").list_roles()["Roles"] == []


def test_what_is_under_way_when_another_fails_is_cancelled(stacks: Stacks) -> None:
    stacks.create(body({"Bad": broken(), **ERRORS}))
    assert stacks.reason("Errors", "CREATE_FAILED") == "Resource creation cancelled"
    assert stacks.reason("web", "ROLLBACK_IN_PROGRESS").startswith(
        "The following resource(s) failed to create: [Bad]."
    )


def test_without_rollback_a_failed_creation_stays_until_it_is_rolled_back(stacks: Stacks) -> None:
    template = body({**ERRORS, "Bad": broken("Errors")})
    assert stacks.create(template, DisableRollback=True) == "CREATE_FAILED"
    assert stacks.alarms() == ["errors"]
    stacks.client().rollback_stack(StackName="web")
    assert stacks.settle() == "ROLLBACK_COMPLETE"
    assert stacks.alarms() == []


def test_a_creation_that_stayed_failed_can_be_completed_or_given_up(stacks: Stacks) -> None:
    stacks.create(body({**ERRORS, "Bad": broken("Errors")}), DisableRollback=True)
    again = body({**ERRORS, "More": alarm(), "Bad": broken("More")})
    assert stacks.update(again, DisableRollback=True) == "UPDATE_FAILED"
    stacks.client().rollback_stack(StackName="web")
    assert stacks.settle() == "ROLLBACK_COMPLETE"
    assert stacks.alarms() == []
    stacks.create(body({**ERRORS, "Bad": broken("Errors")}), "two", DisableRollback=True)
    assert stacks.update(body(ERRORS), "two", DisableRollback=True) == "UPDATE_COMPLETE"
    assert stacks.alarms() == ["errors"]


def test_on_failure_delete_leaves_nothing(stacks: Stacks) -> None:
    made = stacks.client().create_stack(
        StackName="web", TemplateBody=body({"Bad": broken()}), OnFailure="DELETE"
    )
    assert stacks.settle(made["StackId"]) == "DELETE_COMPLETE"


def test_a_creation_that_takes_too_long_turns_back(stacks: Stacks) -> None:
    assert stacks.create(body(chain(40)), TimeoutInMinutes=1) == "ROLLBACK_COMPLETE"
    assert "exceeded the specified timeout" in stacks.reason("web", "ROLLBACK_IN_PROGRESS")
    assert stacks.alarms() == []


def test_a_service_that_says_slow_down_is_asked_again(stacks: Stacks) -> None:
    trouble = failing("Throttling", "Rate exceeded", 400)
    fault = stacks.account.door.faults.add(
        "cloudwatch:PutMetricAlarm", trouble, times=3, inside=True
    )
    assert stacks.create(body(ERRORS)) == "CREATE_COMPLETE"
    assert fault.struck == 3


# -- update ---------------------------------------------------------------------------------------


def test_an_update_removes_last_what_it_no_longer_wants(stacks: Stacks) -> None:
    stacks.create(body({"Old": alarm(AlarmName="old"), "Same": alarm(AlarmName="same")}))
    stacks.news()
    new = {"Same": alarm(AlarmName="same"), "New": alarm(AlarmName="new")}
    assert stacks.update(body(new)) == "UPDATE_COMPLETE"
    assert stacks.news() == [
        ("web", "UPDATE_IN_PROGRESS"),
        ("New", "CREATE_IN_PROGRESS"),
        ("New", "CREATE_IN_PROGRESS"),
        ("New", "CREATE_COMPLETE"),
        ("web", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Old", "DELETE_IN_PROGRESS"),
        ("Old", "DELETE_COMPLETE"),
        ("web", "UPDATE_COMPLETE"),
    ]
    assert stacks.alarms() == ["new", "same"]


def test_a_fixed_property_makes_a_new_resource_and_the_old_one_goes_last(stacks: Stacks) -> None:
    stacks.create(body({"Errors": alarm(AlarmName="one")}))
    stacks.news()
    assert stacks.update(body({"Errors": alarm(AlarmName="two")})) == "UPDATE_COMPLETE"
    assert stacks.news() == [
        ("web", "UPDATE_IN_PROGRESS"),
        ("Errors", "UPDATE_IN_PROGRESS"),
        ("Errors", "UPDATE_IN_PROGRESS"),
        ("Errors", "UPDATE_COMPLETE"),
        ("web", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Errors", "DELETE_IN_PROGRESS"),
        ("Errors", "DELETE_COMPLETE"),
        ("web", "UPDATE_COMPLETE"),
    ]
    reasons = [event.get("ResourceStatusReason") for event in stacks.full_events()]
    assert (
        "Requested update requires the creation of a new physical resource; hence creating one."
        in reasons
    )
    assert stacks.alarms() == ["two"]


@pytest.mark.parametrize(
    ("attribute", "wanted"),
    [
        ("DeletionPolicy", {}),
        ("UpdateReplacePolicy", {"Errors": alarm(AlarmName="new")}),
    ],
)
def test_retain_leaves_a_resource_behind(
    stacks: Stacks, attribute: str, wanted: dict[str, Any]
) -> None:
    kept = {**alarm(AlarmName="kept"), attribute: "Retain"}
    stacks.create(body({"Errors": kept, "Other": alarm(AlarmName="other")}))
    retained = {name: {**each, attribute: "Retain"} for name, each in wanted.items()}
    template = body({**retained, "Other": alarm(AlarmName="other")})
    assert stacks.update(template) == "UPDATE_COMPLETE"
    assert ("Errors", "DELETE_SKIPPED") in stacks.events()
    assert "kept" in stacks.alarms()


def test_a_deletion_policy_says_nothing_about_a_replacement(stacks: Stacks) -> None:
    stacks.create(body({"Errors": {**alarm(AlarmName="one"), "DeletionPolicy": "Retain"}}))
    stacks.update(body({"Errors": {**alarm(AlarmName="two"), "DeletionPolicy": "Retain"}}))
    assert stacks.alarms() == ["two"]


def test_an_update_that_fails_leads_everything_back(stacks: Stacks) -> None:
    before = {"Errors": alarm(AlarmName="errors", Threshold=5)}
    good = body(before, Outputs={"Limit": {"Value": "five"}})
    stacks.create(good)
    stacks.news()
    changed = {
        "Errors": alarm(AlarmName="errors", Threshold=9),
        "New": {**alarm(AlarmName="new"), "DependsOn": "Errors"},
        "Bad": broken("New"),
    }
    template = body(changed, Outputs={"Limit": {"Value": "nine"}})
    assert stacks.update(template) == "UPDATE_ROLLBACK_COMPLETE"
    news = stacks.news()
    assert news[:3] == [
        ("web", "UPDATE_IN_PROGRESS"),
        ("Errors", "UPDATE_IN_PROGRESS"),
        ("Errors", "UPDATE_COMPLETE"),
    ]
    assert news[news.index(("web", "UPDATE_ROLLBACK_IN_PROGRESS")) :] == [
        ("web", "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("Errors", "UPDATE_IN_PROGRESS"),
        ("Errors", "UPDATE_COMPLETE"),
        ("web", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Bad", "DELETE_COMPLETE"),
        ("New", "DELETE_IN_PROGRESS"),
        ("New", "DELETE_COMPLETE"),
        ("web", "UPDATE_ROLLBACK_COMPLETE"),
    ]
    reason = stacks.reason("web", "UPDATE_ROLLBACK_IN_PROGRESS")
    assert reason == "The following resource(s) failed to create: [Bad]. "
    assert (stacks.alarms(), stacks.threshold("errors")) == (["errors"], 5)
    assert stacks.outputs() == {"Limit": "five"}
    listed = stacks.client().describe_stack_resources(StackName="web")["StackResources"]
    assert [each["LogicalResourceId"] for each in listed] == ["Errors"]
    assert stacks.refusal("update_stack", StackName="web", TemplateBody=good)[1] == (
        "No updates are to be performed."
    )


def test_a_replacement_made_in_vain_is_removed_and_the_old_one_stays(stacks: Stacks) -> None:
    stacks.create(body({"Errors": alarm(AlarmName="one")}))
    changed = {"Errors": alarm(AlarmName="two"), "Bad": broken("Errors")}
    assert stacks.update(body(changed)) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.physical("Errors") == "one"
    assert stacks.alarms() == ["one"]


def test_what_an_update_created_in_vain_is_retained_if_its_policy_says_so(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    new = {**alarm(AlarmName="new"), "DeletionPolicy": "Retain"}
    stacks.update(body({**ERRORS, "New": new, "Bad": broken("New")}))
    assert ("New", "DELETE_SKIPPED") in stacks.events()
    assert stacks.alarms() == ["errors", "new"]


def test_retain_except_on_create_does_not_hold_what_was_made_in_vain(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    new = {**alarm(AlarmName="new"), "DeletionPolicy": "RetainExceptOnCreate"}
    stacks.update(body({**ERRORS, "New": new, "Bad": broken("New")}))
    assert stacks.alarms() == ["errors"]


def test_an_update_without_rollback_stays_failed_and_can_go_on(stacks: Stacks) -> None:
    stacks.create(body({"Errors": alarm(AlarmName="errors", Threshold=5)}))
    fault = fail(stacks, "cloudwatch:PutMetricAlarm")
    changed = body({"Errors": alarm(AlarmName="errors", Threshold=9)})
    assert stacks.update(changed, DisableRollback=True) == "UPDATE_FAILED"
    refused = stacks.refusal("update_stack", StackName="web", TemplateBody=changed)
    assert refused[1].endswith("is in UPDATE_FAILED state and can not be updated.")
    stacks.account.door.faults.remove(fault)
    assert stacks.update(changed, DisableRollback=True) == "UPDATE_COMPLETE"
    assert stacks.threshold("errors") == 9


def test_what_could_not_be_created_is_tried_again(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    fault = fail(stacks, "cloudwatch:PutMetricAlarm")
    wanted = body({**ERRORS, "New": alarm(AlarmName="new")})
    assert stacks.update(wanted, DisableRollback=True) == "UPDATE_FAILED"
    stacks.account.door.faults.remove(fault)
    assert stacks.update(wanted, DisableRollback=True) == "UPDATE_COMPLETE"
    assert stacks.alarms() == ["errors", "new"]


def test_an_update_without_rollback_can_be_rolled_back_later(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    template = body({**ERRORS, "New": alarm(), "Bad": broken("New")})
    assert stacks.update(template, DisableRollback=True) == "UPDATE_FAILED"
    stacks.client().rollback_stack(StackName="web")
    assert stacks.settle() == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.alarms() == ["errors"]


def test_a_named_resource_cannot_be_replaced_by_itself(stacks: Stacks) -> None:
    named = ["CAPABILITY_NAMED_IAM"]
    stacks.create(body({"Role": role(RoleName="mine")}), Capabilities=named)
    changed = body({"Role": role(RoleName="mine", Path="/ops/")})
    assert stacks.update(changed, Capabilities=named) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.reason("Role", "UPDATE_FAILED") == (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        "Rename mine and update the stack again."
    )


def test_a_property_that_the_type_does_not_have_fails_the_resource(stacks: Stacks) -> None:
    stacks.create(body({"Errors": alarm(Treshold=1)}))
    assert stacks.reason("Errors", "CREATE_FAILED") == (
        "Properties validation failed for resource Errors with message:\n"
        "#: extraneous key [Treshold] is not permitted"
    )


def test_numbers_that_came_as_strings_are_numbers_to_the_service(stacks: Stacks) -> None:
    stacks.create(body({"Errors": alarm(AlarmName="errors", Threshold="7", Period="60")}))
    assert stacks.threshold("errors") == 7


def test_cancelling_an_update_leads_back(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    template = body({**ERRORS, **chain(10)})
    stacks.client().update_stack(StackName="web", TemplateBody=template)
    stacks.clock.advance(8)
    stacks.client().cancel_update_stack(StackName="web")
    assert stacks.settle() == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.alarms() == ["errors"]
    assert stacks.refusal("cancel_update_stack", StackName="web") == (
        "ValidationError",
        "CancelUpdateStack cannot be called from current stack status",
    )


@pytest.fixture
def stuck(stacks: Stacks) -> Fault:
    """A stack whose rollback failed, and the fault that it failed by."""
    stacks.create(body({"Errors": alarm(AlarmName="errors", Threshold=5)}))
    changed = {"Errors": alarm(AlarmName="errors", Threshold=9), "Bad": broken("Errors")}
    fault = fail(stacks, "cloudwatch:PutMetricAlarm", skip=1)
    assert stacks.update(body(changed)) == "UPDATE_ROLLBACK_FAILED"
    return fault


def test_a_rollback_that_fails_goes_on_when_its_cause_is_gone(stacks: Stacks, stuck: Fault) -> None:
    assert stacks.reason("web", "UPDATE_ROLLBACK_FAILED") == (
        "The following resource(s) failed to update: [Errors]. "
    )
    refused = stacks.refusal("update_stack", StackName="web", TemplateBody=body(ERRORS))
    assert refused[1].endswith("is in UPDATE_ROLLBACK_FAILED state and can not be updated.")
    stacks.account.door.faults.remove(stuck)
    stacks.client().continue_update_rollback(StackName="web")
    assert stacks.settle() == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.threshold("errors") == 5


def test_a_rollback_goes_on_without_what_is_skipped(stacks: Stacks, stuck: Fault) -> None:
    assert stuck.struck == 1
    wrong = stacks.refusal(
        "continue_update_rollback", StackName="web", ResourcesToSkip=["Errors", "Bad"]
    )
    assert wrong[1].endswith("must be in the UPDATE_FAILED state: [Bad]")
    stacks.client().continue_update_rollback(StackName="web", ResourcesToSkip=["Errors"])
    assert stacks.settle() == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.threshold("errors") == 9


# -- delete ---------------------------------------------------------------------------------------


def test_a_stack_is_deleted_in_reverse_order_and_is_then_found_by_its_id_only(
    stacks: Stacks,
) -> None:
    stacks.create(body({**ERRORS, "After": alarm(AlarmDescription={"Ref": "Errors"})}))
    stack_id = stacks.stack()["StackId"]
    stacks.client().delete_stack(StackName="web")
    assert stacks.settle(stack_id) == "DELETE_COMPLETE"
    gone = [name for name, status in stacks.events(stack_id) if status == "DELETE_COMPLETE"]
    assert gone == ["After", "Errors", "web"]
    assert stacks.refusal("describe_stacks", StackName="web") == (
        "ValidationError",
        "Stack with id web does not exist",
    )
    assert stacks.create(body(ERRORS)) == "CREATE_COMPLETE"


def test_a_bucket_with_objects_fails_the_deletion_and_can_be_retained(stacks: Stacks) -> None:
    stacks.create(body({"Store": {"Type": "AWS::S3::Bucket"}}))
    bucket = stacks.physical("Store")
    stacks.client("s3").put_object(Bucket=bucket, Key="k", Body=b"x")
    refused = stacks.refusal("delete_stack", StackName="web", RetainResources=["Store"])
    assert "not in DELETE_FAILED state" in refused[1]
    stacks.client().delete_stack(StackName="web")
    assert stacks.settle() == "DELETE_FAILED"
    assert stacks.reason("web", "DELETE_FAILED") == (
        "The following resource(s) failed to delete: [Store]. "
    )
    stack_id = stacks.stack()["StackId"]
    stacks.client().delete_stack(StackName="web", RetainResources=["Store"])
    assert stacks.settle(stack_id) == "DELETE_COMPLETE"
    assert stacks.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_a_protected_stack_is_not_deleted(stacks: Stacks) -> None:
    stacks.create(body(ERRORS), EnableTerminationProtection=True)
    assert stacks.refusal("delete_stack", StackName="web")[1] == (
        "Stack [web] cannot be deleted while TerminationProtection is enabled"
    )
    off = {"StackName": "web", "EnableTerminationProtection": False}
    stacks.client().update_termination_protection(**off)
    stacks.client().delete_stack(StackName="web")
    stacks.clock.advance(30)
    assert stacks.alarms() == []


def test_deleting_what_is_not_there_succeeds(stacks: Stacks) -> None:
    stacks.client().delete_stack(StackName="nobody")
    assert stacks.client().list_stacks()["StackSummaries"] == []


def test_a_stack_that_is_being_created_turns_back_when_it_is_deleted(stacks: Stacks) -> None:
    made = stacks.client().create_stack(StackName="web", TemplateBody=body(chain(5)))
    stacks.clock.advance(4)
    stacks.client().delete_stack(StackName="web")
    assert stacks.settle(made["StackId"]) == "DELETE_COMPLETE"
    assert stacks.alarms() == []


# -- exports --------------------------------------------------------------------------------------


def test_an_export_is_imported_and_cannot_go_while_it_is(stacks: Stacks) -> None:
    outputs = {"Name": {"Value": {"Ref": "Errors"}, "Export": {"Name": "shared"}}}
    stacks.create(body(ERRORS, Outputs=outputs), "base")
    user = {"User": alarm(AlarmDescription={"Fn::ImportValue": "shared"})}
    stacks.create(body(user))
    exports = stacks.client().list_exports()["Exports"]
    assert [(each["Name"], each["Value"]) for each in exports] == [("shared", "errors")]
    assert stacks.client().list_imports(ExportName="shared")["Imports"] == ["web"]
    stacks.client().delete_stack(StackName="base")
    assert stacks.settle("base") == "DELETE_FAILED"
    assert "in use by web" in stacks.stack("base")["StackStatusReason"]


def test_an_export_has_one_owner(stacks: Stacks) -> None:
    outputs = {"Name": {"Value": "x", "Export": {"Name": "shared"}}}
    stacks.create(body(ERRORS, Outputs=outputs), "base")
    assert stacks.create(body({"A": alarm()}, Outputs=outputs)) == "ROLLBACK_COMPLETE"
    reason = stacks.reason("web", "ROLLBACK_IN_PROGRESS")
    assert reason.startswith("Export with name shared is already exported by stack base.")


def test_an_import_of_nothing_fails_the_resource(stacks: Stacks) -> None:
    stacks.create(body({"User": alarm(AlarmDescription={"Fn::ImportValue": "nothing"})}))
    assert stacks.reason("User", "CREATE_FAILED") == "No export named nothing found."

"""Change sets: what would change, and why; executed once, by somebody who has seen it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lambdactl.sandbox.cloudformation.changes import leaves
from lambdactl.sandbox.cloudformation.intrinsics import UNKNOWN
from tests.sandbox.cfn_world import (
    IAM,
    Stacks,
    alarm,
    body,
    broken,
    open_stacks,
    parameter_list,
    role,
)

ERRORS = {"Errors": alarm(AlarmName="errors")}
NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set."
)


@pytest.fixture
def stacks() -> Iterator[Stacks]:
    with open_stacks() as opened:
        yield opened


def told(change_set: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """(action, logical id, replacement) of every change."""
    changes = (change["ResourceChange"] for change in change_set["Changes"])
    return [(c["Action"], c["LogicalResourceId"], c.get("Replacement")) for c in changes]


def details(change_set: dict[str, Any], logical_id: str) -> list[dict[str, Any]]:
    for change in change_set["Changes"]:
        if change["ResourceChange"]["LogicalResourceId"] == logical_id:
            found: list[dict[str, Any]] = change["ResourceChange"]["Details"]
            return found
    return []


# -- the life of a change set ---------------------------------------------------------------------


def test_a_new_stack_awaits_its_review(stacks: Stacks) -> None:
    made = stacks.client().create_change_set(
        StackName="web", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=body(ERRORS)
    )
    assert made["Id"].startswith("arn:aws:cloudformation:us-east-1:000000000000:changeSet/first/")
    assert stacks.described("first")["Status"] == "CREATE_PENDING"
    stacks.clock.advance(1)
    assert stacks.described("first")["Status"] == "CREATE_IN_PROGRESS"
    stacks.clock.advance(1)
    described = stacks.described("first")
    assert (described["Status"], described["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert told(described) == [("Add", "Errors", None)]
    assert stacks.status() == "REVIEW_IN_PROGRESS"
    assert stacks.alarms() == []
    assert stacks.execute("first") == "CREATE_COMPLETE"
    assert stacks.alarms() == ["errors"]
    assert stacks.described("first")["ExecutionStatus"] == "EXECUTE_COMPLETE"
    assert stacks.stack()["ChangeSetId"] == made["Id"]


def test_a_change_set_is_executed_once_and_takes_the_others_with_it(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    stacks.change_set("one", body({**ERRORS, "One": alarm()}))
    stacks.change_set("two", body({**ERRORS, "Two": alarm()}))
    assert stacks.execute("one") == "UPDATE_COMPLETE"
    code, message = stacks.refusal("execute_change_set", StackName="web", ChangeSetName="one")
    assert code == "InvalidChangeSetStatus"
    assert message.endswith("cannot be executed in its current status of [EXECUTE_COMPLETE]")
    assert stacks.refusal("describe_change_set", StackName="web", ChangeSetName="two") == (
        "ChangeSetNotFound",
        "ChangeSet [two] does not exist",
    )
    assert stacks.client().list_change_sets(StackName="web")["Summaries"] == []


def test_an_execution_asked_for_twice_with_one_token_is_one(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    stacks.change_set("one", body({**ERRORS, "One": alarm()}))
    asked = {"StackName": "web", "ChangeSetName": "one"}
    stacks.client().execute_change_set(**asked, ClientRequestToken="t")
    stacks.client().execute_change_set(**asked, ClientRequestToken="t")
    code, message = stacks.refusal("execute_change_set", **asked, ClientRequestToken="u")
    assert (code, "[EXECUTE_IN_PROGRESS]" in message) == ("InvalidChangeSetStatus", True)
    assert stacks.settle() == "UPDATE_COMPLETE"


def test_an_update_makes_older_change_sets_obsolete(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    stacks.change_set("old", body({**ERRORS, "Old": alarm()}))
    stacks.update(body({**ERRORS, "New": alarm()}))
    assert stacks.described("old")["ExecutionStatus"] == "OBSOLETE"
    code, message = stacks.refusal("execute_change_set", StackName="web", ChangeSetName="old")
    assert (code, "[OBSOLETE]" in message) == ("InvalidChangeSetStatus", True)


def test_an_execution_that_fails_is_told_apart(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    stacks.change_set("bad", body({**ERRORS, "Bad": broken()}))
    assert stacks.execute("bad") == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.described("bad")["ExecutionStatus"] == "EXECUTE_FAILED"


def test_a_change_set_without_changes_fails_with_its_reason(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    described = stacks.change_set("same", body(ERRORS))
    assert (described["Status"], described["StatusReason"]) == ("FAILED", NO_CHANGES)
    assert described["ExecutionStatus"] == "UNAVAILABLE"
    code, message = stacks.refusal("execute_change_set", StackName="web", ChangeSetName="same")
    assert (code, message.endswith("current status of [FAILED]")) == (
        "InvalidChangeSetStatus",
        True,
    )
    stacks.client().delete_change_set(StackName="web", ChangeSetName="same")
    assert stacks.client().list_change_sets(StackName="web")["Summaries"] == []


def test_only_outputs_changed_is_a_change(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    described = stacks.change_set("outputs", body(ERRORS, Outputs={"New": {"Value": "x"}}))
    assert (described["Status"], described["Changes"]) == ("CREATE_COMPLETE", [])
    assert stacks.execute("outputs") == "UPDATE_COMPLETE"
    assert stacks.outputs() == {"New": "x"}


def test_the_same_token_gives_the_same_change_set(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    given = {
        "StackName": "web",
        "ChangeSetName": "one",
        "TemplateBody": body({"New": alarm()}),
        "ClientToken": "t",
    }
    first = stacks.client().create_change_set(**given)
    assert stacks.client().create_change_set(**given)["Id"] == first["Id"]
    code, _ = stacks.refusal("create_change_set", **{**given, "ClientToken": "u"})
    assert code == "AlreadyExistsException"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"ChangeSetType": "UPDATE", "StackName": "nobody"}, "Stack [nobody] does not exist"),
        (
            {"ChangeSetType": "CREATE"},
            "Stack [web] already exists and cannot be created again with the changeSet [c].",
        ),
        ({"TemplateBody": "Resources: {}"}, "At least one Resources member must be defined."),
        ({"TemplateBody": body({"T": {"Type": "AWS::X::Y"}})}, "resource types: [AWS::X::Y]"),
        ({"ChangeSetName": "1st"}, "Member must satisfy regular expression pattern"),
        ({"ChangeSetType": "IMPORT"}, "Not there in the sandbox: ChangeSetType IMPORT"),
    ],
)
def test_what_no_change_set_can_be_made_of(
    stacks: Stacks, params: dict[str, Any], message: str
) -> None:
    stacks.create(body(ERRORS))
    given = {"StackName": "web", "ChangeSetName": "c", "TemplateBody": body(ERRORS)}
    code, said = stacks.refusal("create_change_set", **{**given, **params})
    assert (code, message in said) == ("ValidationError", True)


def test_a_stack_under_way_takes_no_change_set(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    stacks.client().update_stack(StackName="web", TemplateBody=body({**ERRORS, "X": alarm()}))
    given = {"StackName": "web", "ChangeSetName": "two", "TemplateBody": body(ERRORS)}
    refused = stacks.refusal("create_change_set", **given)
    assert refused[1].endswith("is in UPDATE_IN_PROGRESS state and can not be updated.")


def test_a_stack_that_awaits_its_review_is_no_stack_to_update_and_is_deleted_at_once(
    stacks: Stacks,
) -> None:
    stacks.change_set("first", body(ERRORS), ChangeSetType="CREATE")
    refused = stacks.refusal("update_stack", StackName="web", TemplateBody=body(ERRORS))
    assert refused[1].endswith("is in REVIEW_IN_PROGRESS state and can not be updated.")
    stacks.client().delete_stack(StackName="web")
    assert stacks.refusal("describe_stacks", StackName="web")[0] == "ValidationError"


def test_a_change_set_is_found_by_its_arn_alone(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    arn = stacks.change_set("one", body({"New": alarm()}))["ChangeSetId"]
    assert stacks.client().describe_change_set(ChangeSetName=arn)["ChangeSetName"] == "one"
    assert stacks.refusal("describe_change_set", ChangeSetName="one")[0] == "ValidationError"


def test_capabilities_are_asked_for_at_once(stacks: Stacks) -> None:
    given = {
        "StackName": "web",
        "ChangeSetName": "c",
        "ChangeSetType": "CREATE",
        "TemplateBody": body({"Role": role()}),
    }
    assert stacks.refusal("create_change_set", **given) == (
        "InsufficientCapabilitiesException",
        "Requires capabilities : [CAPABILITY_IAM]",
    )
    stacks.client().create_change_set(**given, Capabilities=IAM)


def test_changes_come_in_pages(stacks: Stacks) -> None:
    stacks.change_set("many", body({f"A{n}": alarm() for n in range(130)}), ChangeSetType="CREATE")
    first = stacks.described("many")
    second = stacks.described("many", NextToken=first["NextToken"])
    assert (len(first["Changes"]), len(second["Changes"])) == (100, 30)
    assert "NextToken" not in second


def test_previous_template_and_previous_values(stacks: Stacks) -> None:
    declared = {"Limit": {"Type": "Number"}, "About": {"Type": "String"}}
    errors = alarm(AlarmName="e", Threshold={"Ref": "Limit"}, AlarmDescription={"Ref": "About"})
    given = parameter_list({"Limit": "5", "About": "x"})
    stacks.create(body({"Errors": errors}, Parameters=declared), Parameters=given)
    stacks.client().create_change_set(
        StackName="web",
        ChangeSetName="more",
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": "Limit", "ParameterValue": "9"},
            {"ParameterKey": "About", "UsePreviousValue": True},
        ],
    )
    stacks.clock.advance(5)
    (detail,) = details(stacks.described("more"), "Errors")
    assert detail["Target"]["Path"] == "/Properties/Threshold"
    assert stacks.execute("more") == "UPDATE_COMPLETE"
    assert stacks.threshold("e") == 9


# -- what would change ----------------------------------------------------------------------------


def test_every_change_names_its_property_its_values_and_its_cause(stacks: Stacks) -> None:
    declared = {"Limit": {"Type": "Number", "Default": 5}}
    template = body(
        {"Errors": alarm(AlarmName="e", Threshold={"Ref": "Limit"}, Period=60)},
        Parameters=declared,
    )
    stacks.create(template)
    changed = body(
        {"Errors": alarm(AlarmName="e", Threshold={"Ref": "Limit"}, Period=120)},
        Parameters=declared,
    )
    described = stacks.change_set("c", changed, Parameters=parameter_list({"Limit": "9"}))
    assert told(described) == [("Modify", "Errors", "False")]
    assert details(described, "Errors") == [
        {
            "Target": {
                "Attribute": "Properties",
                "Name": "Period",
                "RequiresRecreation": "Never",
                "Path": "/Properties/Period",
                "BeforeValue": "60",
                "AfterValue": "120",
                "AttributeChangeType": "Modify",
            },
            "Evaluation": "Static",
            "ChangeSource": "DirectModification",
        },
        {
            "Target": {
                "Attribute": "Properties",
                "Name": "Threshold",
                "RequiresRecreation": "Never",
                "Path": "/Properties/Threshold",
                "BeforeValue": "5",
                "AfterValue": "9",
                "AttributeChangeType": "Modify",
            },
            "Evaluation": "Static",
            "ChangeSource": "ParameterReference",
            "CausingEntity": "Limit",
        },
    ]


def test_values_are_shown_only_to_those_who_ask(stacks: Stacks) -> None:
    stacks.create(body({"Errors": alarm(AlarmName="e", Threshold=5)}))
    stacks.change_set("c", body({"Errors": alarm(AlarmName="e", Threshold=9)}))
    (detail,) = details(stacks.described("c", IncludePropertyValues=False), "Errors")
    assert detail["Target"] == {
        "Attribute": "Properties",
        "Name": "Threshold",
        "RequiresRecreation": "Never",
    }


def test_a_replacement_reaches_those_who_refer_to_it(stacks: Stacks) -> None:
    def template(name: str) -> str:
        user = alarm(AlarmDescription={"Ref": "Errors"})
        return body({"Errors": alarm(AlarmName=name), "User": user, "Other": alarm()})

    stacks.create(template("one"))
    described = stacks.change_set("c", template("two"))
    assert told(described) == [("Modify", "Errors", "True"), ("Modify", "User", "False")]
    (detail,) = details(described, "User")
    assert detail["Target"]["AfterValue"] == UNKNOWN
    assert (detail["ChangeSource"], detail["CausingEntity"]) == ("ResourceReference", "Errors")
    change = described["Changes"][0]["ResourceChange"]
    assert (change["PolicyAction"], change["PhysicalResourceId"]) == ("ReplaceAndDelete", "one")


def test_an_attribute_of_what_changes_in_place_may_change(stacks: Stacks) -> None:
    def template(limit: int) -> str:
        user = alarm(AlarmName={"Fn::Sub": "after-${Errors.Arn}"})
        return body({"Errors": alarm(AlarmName="e", Threshold=limit), "User": user})

    stacks.create(template(5))
    described = stacks.change_set("c", template(9))
    assert told(described) == [("Modify", "Errors", "False"), ("Modify", "User", "Conditional")]
    (detail,) = details(described, "User")
    assert detail["Evaluation"] == "Dynamic"
    assert (detail["ChangeSource"], detail["CausingEntity"]) == ("ResourceAttribute", "Errors.Arn")
    assert stacks.execute("c") == "UPDATE_COMPLETE"
    assert ("User", "UPDATE_IN_PROGRESS") not in stacks.events()


def test_removals_come_last_and_say_what_becomes_of_the_resource(stacks: Stacks) -> None:
    kept = {**alarm(AlarmName="kept"), "DeletionPolicy": "Retain"}
    stacks.create(body({"Gone": alarm(AlarmName="gone"), "Kept": kept}))
    described = stacks.change_set("c", body(ERRORS))
    assert told(described) == [
        ("Add", "Errors", None),
        ("Remove", "Gone", None),
        ("Remove", "Kept", None),
    ]
    actions = [change["ResourceChange"].get("PolicyAction") for change in described["Changes"]]
    assert actions == [None, "Delete", "Retain"]


def test_what_is_beside_the_properties_is_a_change_of_its_scope(stacks: Stacks) -> None:
    stacks.create(body({"Errors": alarm(AlarmName="e")}))
    changed = {**alarm(AlarmName="e"), "Metadata": {"a": 1}, "DeletionPolicy": "Retain"}
    described = stacks.change_set("c", body({"Errors": changed}))
    assert described["Changes"][0]["ResourceChange"]["Scope"] == ["DeletionPolicy", "Metadata"]
    assert stacks.execute("c") == "UPDATE_COMPLETE"
    described = stacks.change_set("d", body({"Errors": changed}))
    assert described["StatusReason"] == NO_CHANGES


def test_secrets_stay_secret(stacks: Stacks) -> None:
    declared = {"Secret": {"Type": "String", "NoEcho": True}}
    template = body({"A": alarm(AlarmDescription={"Ref": "Secret"})}, Parameters=declared)
    stacks.create(template, Parameters=parameter_list({"Secret": "hush-hush"}))
    described = stacks.change_set("c", template, Parameters=parameter_list({"Secret": "psst"}))
    (detail,) = details(described, "A")
    assert detail["Target"]["AfterValue"] == "****"
    assert described["Parameters"] == parameter_list({"Secret": "****"})
    assert "hush-hush" not in str(described)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"A": {"B": 1, "C": 2}}, {"A": {"B": 3, "C": 2}}, [("/A/B", 1, 3)]),
        ({"A": [1, {"B": 2}]}, {"A": [1, {"B": 3}]}, [("/A/1/B", 2, 3)]),
        ({"A": [1]}, {"A": [1, 2]}, [("/A", [1], [1, 2])]),
        ({"A": 1}, {}, [("/A", 1, None)]),
        ({}, {"A": {"B": 1}}, [("/A", None, {"B": 1})]),
    ],
)
def test_two_values_are_told_apart_as_deep_as_they_are_alike(
    before: Any, after: Any, found: list[Any]
) -> None:
    assert list(leaves(before, after, "")) == found

"""What CloudFormation answers when it is asked, and what it refuses before it makes anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.cfn_world import (
    IAM,
    Stacks,
    alarm,
    body,
    open_stacks,
    parameter_list,
    role,
)

ERRORS = {"Errors": alarm(AlarmName="errors")}


@pytest.fixture
def stacks() -> Iterator[Stacks]:
    with open_stacks() as opened:
        yield opened


# -- refused --------------------------------------------------------------------------------------


def test_a_stack_under_way_cannot_be_updated_or_deleted(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    template = body({**ERRORS, "More": alarm()})
    stacks.client().update_stack(StackName="web", TemplateBody=template)
    stack_id = stacks.stack()["StackId"]
    assert stacks.refusal("update_stack", StackName="web", TemplateBody=body(ERRORS)) == (
        "ValidationError",
        f"Stack:{stack_id} is in UPDATE_IN_PROGRESS state and can not be updated.",
    )
    assert stacks.refusal("delete_stack", StackName="web")[1] == (
        f"Stack [{stack_id}] cannot be deleted while in status UPDATE_IN_PROGRESS"
    )
    assert stacks.settle() == "UPDATE_COMPLETE"


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        (
            {"Table": {"Type": "AWS::DynamoDB::Table"}},
            "Template format error: Unrecognized resource types: [AWS::DynamoDB::Table]",
        ),
        (
            {"A": alarm(AlarmDescription={"Ref": "Nobody"})},
            "Template format error: Unresolved resource dependencies [Nobody] in the Resources "
            "block of the template",
        ),
        (
            {"A": {**alarm(), "DependsOn": "Nobody"}},
            "Template format error: Unresolved resource dependencies [Nobody] in the Resources "
            "block of the template",
        ),
        (
            {"A": alarm(AlarmName={"Ref": "B"}), "B": alarm(AlarmName={"Ref": "A"})},
            "Circular dependency between resources: [A, B]",
        ),
        (
            {"A": alarm(AlarmDescription={"Fn::GetAtt": ["B", "Size"]}), "B": alarm()},
            "Template error: resource B does not support attribute type Size in Fn::GetAtt",
        ),
        (
            {"A": {**alarm(), "DeletionPolicy": "Keep"}},
            "Template format error: Unrecognized DeletionPolicy Keep for resource A",
        ),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_made(
    stacks: Stacks, resources: dict[str, Any], message: str
) -> None:
    refused = stacks.refusal("create_stack", StackName="web", TemplateBody=body(resources))
    assert refused == ("ValidationError", message)
    assert stacks.client().list_stacks()["StackSummaries"] == []


def test_outputs_are_looked_at_too(stacks: Stacks) -> None:
    template = body(ERRORS, Outputs={"Gone": {"Value": {"Ref": "Nobody"}}})
    assert stacks.refusal("create_stack", StackName="web", TemplateBody=template)[1] == (
        "Template format error: Unresolved resource dependencies [Nobody] in the Outputs block of "
        "the template"
    )


def test_what_a_condition_leaves_out_is_not_there(stacks: Stacks) -> None:
    sections = {
        "Parameters": {"Env": {"Type": "String"}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}},
        "Outputs": {"Slow": {"Condition": "IsProd", "Value": {"Ref": "Slow"}}},
    }
    slow = {**alarm(AlarmName="slow"), "Condition": "IsProd"}
    named = {"Fn::If": ["IsProd", {"Ref": "Slow"}, "none"]}
    template = body({**ERRORS, "Slow": slow, "User": alarm(AlarmDescription=named)}, **sections)
    stacks.create(template, Parameters=parameter_list({"Env": "dev"}))
    assert ("Slow", "CREATE_COMPLETE") not in stacks.events()
    assert stacks.outputs() == {}
    stacks.update(template, Parameters=parameter_list({"Env": "prod"}))
    assert stacks.outputs() == {"Slow": "slow"}
    stacks.update(template, Parameters=parameter_list({"Env": "dev"}))
    assert ("Slow", "DELETE_COMPLETE") in stacks.events()


def test_a_name_belongs_to_one_stack_at_a_time(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    assert stacks.refusal("create_stack", StackName="web", TemplateBody=body(ERRORS)) == (
        "AlreadyExistsException",
        "Stack [web] already exists",
    )


def test_an_update_that_changes_nothing_is_refused(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    assert stacks.refusal("update_stack", StackName="web", TemplateBody=body(ERRORS)) == (
        "ValidationError",
        "No updates are to be performed.",
    )
    assert stacks.refusal("update_stack", StackName="nobody", TemplateBody=body(ERRORS)) == (
        "ValidationError",
        "Stack [nobody] does not exist",
    )


def test_a_logical_id_keeps_its_type(stacks: Stacks) -> None:
    stacks.create(body(ERRORS))
    changed = body({"Errors": {"Type": "AWS::SQS::Queue"}})
    message = stacks.refusal("update_stack", StackName="web", TemplateBody=changed)[1]
    assert message.endswith("modifies resource type of the following resources: [Errors]")


@pytest.mark.parametrize(
    ("resource", "given", "missing"),
    [
        (role(), [], "CAPABILITY_IAM"),
        (role(RoleName="r"), IAM, "CAPABILITY_NAMED_IAM"),
    ],
)
def test_capabilities_are_asked_for(
    stacks: Stacks, resource: dict[str, Any], given: list[str], missing: str
) -> None:
    refused = stacks.refusal(
        "create_stack", StackName="web", TemplateBody=body({"R": resource}), Capabilities=given
    )
    assert refused == ("InsufficientCapabilitiesException", f"Requires capabilities : [{missing}]")


def test_named_iam_covers_iam(stacks: Stacks) -> None:
    template = body({"R": role()})
    assert stacks.create(template, Capabilities=["CAPABILITY_NAMED_IAM"]) == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    "params",
    [
        {"RollbackConfiguration": {"RollbackTriggers": [{"Arn": "a", "Type": "t"}]}},
        {"StackPolicyBody": "{}"},
        {"DeploymentConfig": {"Mode": "EXPRESS"}},
    ],
)
def test_what_the_sandbox_does_not_have_is_refused_not_ignored(
    stacks: Stacks, params: dict[str, Any]
) -> None:
    refused = stacks.refusal("create_stack", StackName="web", TemplateBody=body(ERRORS), **params)
    assert refused == ("ValidationError", f"Not there in the sandbox: {next(iter(params))}")


# -- the template ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.us-east-1.amazonaws.com/artifacts/web.json",
        "https://s3.amazonaws.com/artifacts/web.json",
        "https://artifacts.s3.us-east-1.amazonaws.com/web.json",
        "https://artifacts.s3.amazonaws.com/web.json?versionId=null",
        "http://127.0.0.1:4566/artifacts/web.json",
    ],
)
def test_a_template_is_fetched_from_s3_by_an_address_of_either_style(
    stacks: Stacks, url: str
) -> None:
    stacks.client("s3").create_bucket(Bucket="artifacts")
    stacks.client("s3").put_object(Bucket="artifacts", Key="web.json", Body=body(ERRORS))
    assert stacks.client().get_template_summary(TemplateURL=url)["ResourceTypes"] == [
        "AWS::CloudWatch::Alarm"
    ]


def test_a_template_that_is_not_in_s3_is_refused(stacks: Stacks) -> None:
    url = "https://s3.amazonaws.com/nowhere/web.json"
    code, message = stacks.refusal("create_stack", StackName="web", TemplateURL=url)
    assert (code, message) == (
        "ValidationError",
        "S3 error: The specified bucket does not exist",
    )
    assert stacks.refusal("create_stack", StackName="web", TemplateURL="ftp://a/b")[1] == (
        "TemplateURL must be a supported URL."
    )
    assert stacks.refusal("create_stack", StackName="web")[1] == (
        "Either Template URL or Template Body must be specified."
    )


def test_a_template_in_the_request_has_51200_bytes_at_most(stacks: Stacks) -> None:
    template = body(ERRORS, Description="x" * 51_200)
    code, message = stacks.refusal("create_stack", StackName="web", TemplateBody=template)
    assert code == "ValidationError"
    assert "length less than or equal to 51200" in message


def test_a_template_can_be_asked_for_as_it_came_and_as_it_was_read(stacks: Stacks) -> None:
    text = "Resources:\n  Handle:\n    Type: AWS::CloudFormation::WaitConditionHandle\n"
    stacks.create(text)
    assert stacks.client().get_template(StackName="web")["TemplateBody"] == text
    processed = stacks.client().get_template(StackName="web", TemplateStage="Processed")
    assert processed["TemplateBody"] == {
        "Resources": {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
    }


def test_a_template_is_summed_up_without_a_stack(stacks: Stacks) -> None:
    declared = {"Size": {"Type": "Number", "Default": 5, "AllowedValues": [5, 10]}}
    template = body({"R": role(), **ERRORS}, Parameters=declared)
    summary = stacks.client().get_template_summary(TemplateBody=template)
    assert summary["ResourceTypes"] == ["AWS::CloudWatch::Alarm", "AWS::IAM::Role"]
    assert summary["Capabilities"] == IAM
    assert "AWS::IAM::Role" in summary["CapabilitiesReason"]
    (size,) = summary["Parameters"]
    assert size["DefaultValue"] == "5"
    assert size["ParameterConstraints"] == {"AllowedValues": ["5", "10"]}
    validated = stacks.client().validate_template(TemplateBody=template)
    assert validated["Parameters"][0]["ParameterKey"] == "Size"


# -- looking --------------------------------------------------------------------------------------


def test_a_stack_as_it_is_described(stacks: Stacks) -> None:
    declared = {
        "Secret": {"Type": "String", "NoEcho": True},
        "Name": {"Type": "String", "Default": "x"},
    }
    resources = {"Errors": alarm(AlarmDescription={"Ref": "Secret"})}
    stacks.create(
        body(resources, Parameters=declared, Description="Hello."),
        Parameters=parameter_list({"Secret": "hush"}),
        Tags=[{"Key": "team", "Value": "ops"}],
        RoleARN="arn:aws:iam::000000000000:role/deployer",
    )
    shown = stacks.stack()
    assert shown["Description"] == "Hello."
    assert shown["Parameters"] == parameter_list({"Secret": "****", "Name": "x"})
    assert shown["Tags"] == [{"Key": "team", "Value": "ops"}]
    assert shown["RoleARN"].endswith(":role/deployer")
    assert shown["EnableTerminationProtection"] is False
    assert "hush" not in json.dumps(stacks.full_events(), default=str)


def test_events_come_newest_first_in_pages_of_a_hundred(stacks: Stacks) -> None:
    stacks.create(body({f"A{n}": alarm() for n in range(40)}))
    first = stacks.client().describe_stack_events(StackName="web")
    assert len(first["StackEvents"]) == 100
    assert first["StackEvents"][0]["ResourceStatus"] == "CREATE_COMPLETE"
    second = stacks.client().describe_stack_events(StackName="web", NextToken=first["NextToken"])
    assert len(second["StackEvents"]) == 22
    assert second["StackEvents"][-1]["ResourceStatus"] == "CREATE_IN_PROGRESS"
    assert "NextToken" not in second
    assert stacks.refusal("describe_stack_events", StackName="nobody") == (
        "ValidationError",
        "Stack [nobody] does not exist",
    )


def test_resources_are_listed_and_found_by_physical_id(stacks: Stacks) -> None:
    stacks.create(body({**ERRORS, "Other": alarm()}))
    listed = stacks.client().list_stack_resources(StackName="web")["StackResourceSummaries"]
    assert [each["LogicalResourceId"] for each in listed] == ["Errors", "Other"]
    found = stacks.client().describe_stack_resources(PhysicalResourceId="errors")
    assert [each["StackName"] for each in found["StackResources"]] == ["web", "web"]
    assert stacks.refusal("describe_stack_resource", StackName="web", LogicalResourceId="X") == (
        "ValidationError",
        "Resource X does not exist for stack web",
    )


def test_stacks_are_listed_by_status(stacks: Stacks) -> None:
    stacks.create(body({"A": alarm()}), "one")
    stacks.create(body({"A": alarm()}), "two")
    stacks.client().delete_stack(StackName="one")
    stacks.clock.advance(30)
    deleted = stacks.client().list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert [each["StackName"] for each in deleted] == ["one"]
    live = stacks.client().describe_stacks()["Stacks"]
    assert [each["StackName"] for each in live] == ["two"]

"""A SAM stack whose alias CodeDeploy moves: released, rolled back, cancelled, stuck, led out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.sandbox.cfn_world import IAM, Stacks, alarm, body, broken, open_stacks, zipped

ALIAS = "FnAliaslive"
ROLE = "arn:aws:iam::000000000000:role/service"
REPORTS = """
import boto3

def handler(event, context):
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="{status}",
    )
"""


@pytest.fixture
def stacks() -> Iterator[Stacks]:
    with open_stacks() as opened:
        yield opened


def function(code: str, **properties: Any) -> dict[str, Any]:
    """A function that SAM publishes and CodeDeploy rolls out."""
    given = {
        "InlineCode": f"def handler(event, context):\n    return {code!r}\n",
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Role": ROLE,
        "AutoPublishAlias": "live",
        "DeploymentPreference": preference("Canary10Percent5Minutes"),
    }
    return {"Type": "AWS::Serverless::Function", "Properties": {**given, **properties}}


def preference(kind: str, **hooks: Any) -> dict[str, Any]:
    wanted = {"Type": kind, "Alarms": [{"Ref": "Errors"}], "Role": ROLE}
    return {**wanted, "Hooks": hooks} if hooks else wanted


def hook(status: str = "Succeeded") -> dict[str, Any]:
    """A function that reports ``status`` to CodeDeploy, and is not rolled out itself."""
    source = REPORTS.format(status=status)
    made = function("", InlineCode=source, FunctionName="CodeDeployHook_h", Timeout=30)
    del made["Properties"]["AutoPublishAlias"], made["Properties"]["DeploymentPreference"]
    return made


def sam(code: str, others: Mapping[str, Any] | None = None, **properties: Any) -> str:
    """A template with the function ``Fn``, the alarm of its rollouts, and ``others``."""
    resources = {"Fn": function(code, **properties), "Errors": alarm(AlarmName="errors")}
    return body({**resources, **(others or {})}, Transform="AWS::Serverless-2016-10-31")


def deploy(stacks: Stacks, template: str, kind: str = "UPDATE", name: str = "c") -> str:
    stacks.change_set(name, template, ChangeSetType=kind, Capabilities=IAM)
    return stacks.execute(name)


def begin(stacks: Stacks, template: str) -> str:
    """Release ``template`` until CodeDeploy is at it. Returns the deployment's id."""
    before = len(deployments(stacks))
    stacks.change_set("c", template, Capabilities=IAM)
    stacks.client().execute_change_set(StackName="web", ChangeSetName="c")
    while len(deployments(stacks)) == before:
        stacks.clock.advance(1)
    stacks.clock.advance(10)
    return str(deployments(stacks)[0]["deploymentId"])


def deployments(stacks: Stacks) -> list[dict[str, Any]]:
    """All deployments, newest first."""
    client = stacks.client("codedeploy")
    ids = client.list_deployments()["deployments"]
    return [client.get_deployment(deploymentId=each)["deploymentInfo"] for each in ids]


def routing(stacks: Stacks) -> tuple[str, dict[str, float]]:
    """The alias: its version, and the weights beside it."""
    shown = stacks.client("lambda").get_alias(FunctionName=stacks.physical("Fn"), Name="live")
    weights = (shown.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {})
    return shown["FunctionVersion"], weights


def versions(stacks: Stacks) -> list[str]:
    listed = stacks.client("lambda").list_versions_by_function(FunctionName=stacks.physical("Fn"))
    return [version["Version"] for version in listed["Versions"]]


def turn_red(stacks: Stacks) -> None:
    stacks.client("cloudwatch").set_alarm_state(
        AlarmName="errors", StateValue="ALARM", StateReason="a test"
    )


def group(stacks: Stacks) -> dict[str, str]:
    names = {
        "applicationName": "ServerlessDeploymentApplication",
        "deploymentGroupName": "FnDeploymentGroup",
    }
    return {member: stacks.physical(logical_id) for member, logical_id in names.items()}


# -- released -------------------------------------------------------------------------------------


def test_the_first_deployment_makes_the_alias_without_codedeploy(stacks: Stacks) -> None:
    """With code from S3 and the roles that SAM makes, as most templates have them."""
    stacks.client("s3").create_bucket(Bucket="code")
    stacks.client("s3").put_object(Bucket="code", Key="one", Body=zipped(index="handler = print"))
    template = json.loads(sam("one", CodeUri="s3://code/one"))
    properties = template["Resources"]["Fn"]["Properties"]
    del properties["InlineCode"], properties["Role"], properties["DeploymentPreference"]["Role"]
    assert deploy(stacks, json.dumps(template), "CREATE") == "CREATE_COMPLETE"
    assert routing(stacks) == ("1", {})
    assert deployments(stacks) == []
    shown = stacks.client("codedeploy").get_deployment_group(**group(stacks))
    info = shown["deploymentGroupInfo"]
    assert info["deploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
    assert info["alarmConfiguration"]["alarms"] == [{"name": "errors"}]
    assert info["autoRollbackConfiguration"]["enabled"] is True
    attached = stacks.client("iam").list_attached_role_policies(
        RoleName=stacks.physical("CodeDeployServiceRole")
    )["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["AWSCodeDeployRoleForLambda"]
    stack_id = stacks.stack()["StackId"]
    stacks.client().delete_stack(StackName="web")
    assert stacks.settle(stack_id) == "DELETE_COMPLETE"
    assert stacks.client("iam").list_roles()["Roles"] == []


def test_a_function_carries_the_tags_of_its_stack(stacks: Stacks) -> None:
    stacks.change_set(
        "c",
        sam("one"),
        ChangeSetType="CREATE",
        Capabilities=IAM,
        Tags=[{"Key": "team", "Value": "ops"}],
    )
    stacks.execute("c")
    shown = stacks.client("lambda").get_function(FunctionName=stacks.physical("Fn"))
    assert shown["Tags"] == {
        "aws:cloudformation:logical-id": "Fn",
        "aws:cloudformation:stack-id": stacks.stack()["StackId"],
        "aws:cloudformation:stack-name": "web",
        "lambda:createdBy": "SAM",
        "team": "ops",
    }


def test_an_update_publishes_and_lets_codedeploy_move_the_alias(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    stacks.news()
    deployment = begin(stacks, sam("two"))
    assert routing(stacks) == ("1", {"2": 0.1})
    assert stacks.news()[-1] == (ALIAS, "UPDATE_IN_PROGRESS")
    (info,) = deployments(stacks)
    stack_id = stacks.stack()["StackId"]
    assert (info["creator"], info["externalId"]) == ("CloudFormation", stack_id)
    found = stacks.client("codedeploy").list_deployments(externalId=stack_id)
    assert found["deployments"] == [deployment]
    assert stacks.settle() == "UPDATE_COMPLETE"
    assert routing(stacks) == ("2", {})
    assert versions(stacks) == ["$LATEST", "1", "2"]
    news = stacks.news()
    assert news[:2] == [
        (ALIAS, "UPDATE_COMPLETE"),
        ("web", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
    ]
    assert news[2][1] == "DELETE_SKIPPED"
    assert news[3:] == [("web", "UPDATE_COMPLETE")]


def test_the_function_comes_first_then_its_version_then_the_alias(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    stacks.news()
    deploy(stacks, sam("two"))
    ends = ("UPDATE_COMPLETE", "CREATE_COMPLETE")
    order = [name for name, status in stacks.news() if status in ends]
    assert order[0] == "Fn"
    assert order[1].startswith("FnVersion")
    assert order[2:] == [ALIAS, "web"]


def test_codedeploy_is_told_which_versions_and_which_hooks(stacks: Stacks) -> None:
    wanted = preference("AllAtOnce", PreTraffic={"Ref": "Hook"}, PostTraffic={"Ref": "Hook"})
    deploy(stacks, sam("one", {"Hook": hook()}, DeploymentPreference=wanted), "CREATE")
    begin(stacks, sam("two", {"Hook": hook()}, DeploymentPreference=wanted))
    (info,) = deployments(stacks)
    revision = stacks.client("codedeploy").get_application_revision(
        applicationName=info["applicationName"], revision=info["revision"]
    )["revision"]
    assert json.loads(revision["appSpecContent"]["content"]) == {
        "version": 0.0,
        "Resources": [
            {
                ALIAS: {
                    "Type": "AWS::Lambda::Function",
                    "Properties": {
                        "Name": stacks.physical("Fn"),
                        "Alias": "live",
                        "CurrentVersion": "1",
                        "TargetVersion": "2",
                    },
                }
            }
        ],
        "Hooks": [
            {"BeforeAllowTraffic": "CodeDeployHook_h"},
            {"AfterAllowTraffic": "CodeDeployHook_h"},
        ],
    }


@pytest.mark.parametrize(
    ("status", "ending", "version"),
    [
        ("Succeeded", "UPDATE_COMPLETE", "2"),
        ("Failed", "UPDATE_ROLLBACK_COMPLETE", "1"),
    ],
)
def test_hooks_report_by_themselves(status: str, ending: str, version: str) -> None:
    others = {"Hook": hook(status)}
    wanted = preference("AllAtOnce", PreTraffic={"Ref": "Hook"})
    with open_stacks(listens=True) as stacks:
        deploy(stacks, sam("one", others, DeploymentPreference=wanted), "CREATE")
        assert deploy(stacks, sam("two", others, DeploymentPreference=wanted)) == ending
        assert routing(stacks) == (version, {})


def test_functions_of_one_stack_shift_side_by_side(stacks: Stacks) -> None:
    deploy(stacks, sam("one", {"Other": function("one")}), "CREATE")
    started = stacks.clock.now()
    assert deploy(stacks, sam("two", {"Other": function("two")})) == "UPDATE_COMPLETE"
    assert len(deployments(stacks)) == 2
    assert stacks.clock.now() - started < 400


def test_a_change_that_publishes_nothing_shifts_nothing(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    described = stacks.change_set("c", sam("one", Timeout=9), Capabilities=IAM)
    kinds = [change["ResourceChange"]["ResourceType"] for change in described["Changes"]]
    assert "AWS::Lambda::Version" not in kinds
    assert stacks.execute("c") == "UPDATE_COMPLETE"
    assert (routing(stacks), deployments(stacks)) == (("1", {}), [])
    shown = stacks.client("lambda").get_function_configuration(FunctionName=stacks.physical("Fn"))
    assert shown["Timeout"] == 9


def test_without_an_update_policy_the_alias_moves_at_once(stacks: Stacks) -> None:
    off = {"Enabled": False, "Type": "AllAtOnce"}
    deploy(stacks, sam("one", DeploymentPreference=off), "CREATE")
    assert deploy(stacks, sam("two", DeploymentPreference=off)) == "UPDATE_COMPLETE"
    assert (routing(stacks), deployments(stacks)) == (("2", {}), [])


# -- rolled back ----------------------------------------------------------------------------------


def test_a_red_alarm_rolls_alias_and_stack_back_and_the_version_stays(stacks: Stacks) -> None:
    deploy(stacks, sam("one", Environment={"Variables": {"STEP": "1"}}), "CREATE")
    begin(stacks, sam("two", Environment={"Variables": {"STEP": "2"}}))
    turn_red(stacks)
    assert stacks.settle() == "UPDATE_ROLLBACK_COMPLETE"
    assert routing(stacks) == ("1", {})
    assert versions(stacks) == ["$LATEST", "1", "2"]
    reason = stacks.reason(ALIAS, "UPDATE_FAILED")
    assert reason.startswith("One or more alarms have been activated according to the Amazon")
    assert reason.endswith("(Error code: ALARM_ACTIVE)")
    assert stacks.reason("web", "UPDATE_ROLLBACK_IN_PROGRESS") == (
        f"The following resource(s) failed to update: [{ALIAS}]. "
    )
    assert [d["creator"] for d in deployments(stacks)] == ["codeDeployRollback", "CloudFormation"]
    shown = stacks.client("lambda").get_function_configuration(FunctionName=stacks.physical("Fn"))
    assert shown["Environment"]["Variables"] == {"STEP": "1"}


def test_the_stack_turns_back_only_after_codedeploy_has(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    begin(stacks, sam("two"))
    turn_red(stacks)
    stacks.settle()
    rollback = deployments(stacks)[0]
    failed = next(e for e in stacks.full_events() if e["ResourceStatus"] == "UPDATE_FAILED")
    assert rollback["completeTime"] <= failed["Timestamp"]


def test_after_a_rollback_the_next_release_goes_through(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    begin(stacks, sam("two"))
    turn_red(stacks)
    stacks.settle()
    stacks.client("cloudwatch").set_alarm_state(
        AlarmName="errors", StateValue="OK", StateReason="a test"
    )
    assert deploy(stacks, sam("three")) == "UPDATE_COMPLETE"
    assert routing(stacks) == ("3", {})


def test_a_deployment_stopped_by_a_person_rolls_the_stack_back(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    deployment = begin(stacks, sam("two"))
    stacks.client("codedeploy").stop_deployment(deploymentId=deployment, autoRollbackEnabled=True)
    assert stacks.settle() == "UPDATE_ROLLBACK_COMPLETE"
    assert routing(stacks) == ("1", {})
    assert "MANUAL_STOP" in stacks.reason(ALIAS, "UPDATE_FAILED")


def test_cancelling_the_update_stops_the_deployment_and_leads_back(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    begin(stacks, sam("two"))
    stacks.client().cancel_update_stack(StackName="web")
    assert stacks.settle() == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.reason(ALIAS, "UPDATE_FAILED") == "Resource update cancelled"
    assert routing(stacks) == ("1", {})
    assert [d["status"] for d in deployments(stacks)] == ["Succeeded", "Stopped"]


def test_a_later_failure_rolls_the_alias_out_again_the_other_way(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    assert deploy(stacks, sam("two", {"Bad": broken(ALIAS)})) == "UPDATE_ROLLBACK_COMPLETE"
    assert routing(stacks) == ("1", {})
    creators = [d["creator"] for d in deployments(stacks)]
    assert creators == ["CloudFormationRollback", "CloudFormation"]


# -- stuck ----------------------------------------------------------------------------------------


def test_an_alias_moved_by_hand_fails_the_deployment(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    deploy(stacks, sam("two"))
    stacks.client("lambda").update_alias(
        FunctionName=stacks.physical("Fn"), Name="live", FunctionVersion="1"
    )
    deploy(stacks, sam("three"))
    assert "INVALID_LAMBDA_CONFIGURATION" in stacks.reason(ALIAS, "UPDATE_FAILED")


def test_a_deployment_of_somebody_else_is_in_the_way(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    deploy(stacks, sam("two"))
    target = {"Name": stacks.physical("Fn"), "Alias": "live"}
    properties = {**target, "CurrentVersion": "2", "TargetVersion": "1"}
    resource = {"Fn": {"Type": "AWS::Lambda::Function", "Properties": properties}}
    content = json.dumps({"version": 0.0, "Resources": [resource]})
    stacks.client("codedeploy").create_deployment(
        **group(stacks),
        revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
    )
    deploy(stacks, sam("three"))
    reason = stacks.reason(ALIAS, "UPDATE_FAILED")
    assert reason == "A conflicting deployment is in progress"


def test_an_alias_left_split_sticks_the_rollback_until_it_is_repaired(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    deployment = begin(stacks, sam("two"))
    stacks.client("codedeploy").stop_deployment(deploymentId=deployment, autoRollbackEnabled=False)
    assert stacks.settle() == "UPDATE_ROLLBACK_FAILED"
    assert routing(stacks) == ("1", {"2": 0.1})
    stacks.client("lambda").update_alias(
        FunctionName=stacks.physical("Fn"),
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {}},
    )
    stacks.client().continue_update_rollback(StackName="web")
    assert stacks.settle() == "UPDATE_ROLLBACK_COMPLETE"


def test_a_version_of_an_unchanged_function_is_no_new_one(stacks: Stacks) -> None:
    def template(*numbers: int) -> str:
        version = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Fn"}}}
        plain = function("one")
        del plain["Properties"]["AutoPublishAlias"], plain["Properties"]["DeploymentPreference"]
        resources = {"Fn": plain, **{f"V{n}": version for n in numbers}}
        return body(resources, Transform="AWS::Serverless-2016-10-31")

    deploy(stacks, template(1), "CREATE")
    assert deploy(stacks, template(1, 2)) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.reason("V2", "CREATE_FAILED") == (
        "A version for this Lambda function exists ( 1 ). Modify the function to create a new "
        "version."
    )
    assert versions(stacks) == ["$LATEST", "1"]


# -- the transform --------------------------------------------------------------------------------


def test_what_the_transform_refuses_fails_the_change_set(stacks: Stacks) -> None:
    resources = {"Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "a.b"}}}
    template = body(resources, Transform="AWS::Serverless-2016-10-31")
    described = stacks.change_set("c", template, ChangeSetType="CREATE")
    assert described["Status"] == "FAILED"
    assert described["StatusReason"].startswith(
        "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application "
        "Specification document. Number of errors found: 1. Resource with id [Fn] is invalid."
    )
    assert stacks.status() == "REVIEW_IN_PROGRESS"


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        ({"App": {"Type": "AWS::Serverless::Application"}}, "application of a repository"),
        ({"T": {"Type": "AWS::Serverless::SimpleTable"}}, "Unrecognized resource types"),
    ],
)
def test_what_lies_behind_the_transform_is_looked_at_too(
    stacks: Stacks, resources: dict[str, Any], words: str
) -> None:
    template = body(resources, Transform="AWS::Serverless-2016-10-31")
    described = stacks.change_set("c", template, ChangeSetType="CREATE")
    assert (described["Status"], words in described["StatusReason"]) == ("FAILED", True)


def test_a_macro_that_nobody_has_is_refused(stacks: Stacks) -> None:
    template = body({"E": alarm()}, Transform="MyMacro")
    refused = stacks.change_set("c", template, ChangeSetType="CREATE")
    assert refused["StatusReason"] == "No transform named MyMacro found."


def test_auto_expand_is_asked_for_by_those_who_see_no_change_set(stacks: Stacks) -> None:
    assert stacks.refusal("create_stack", StackName="web", TemplateBody=sam("one")) == (
        "InsufficientCapabilitiesException",
        "Requires capabilities : [CAPABILITY_AUTO_EXPAND]",
    )
    made = stacks.create(sam("one"), Capabilities=["CAPABILITY_AUTO_EXPAND"])
    assert made == "CREATE_COMPLETE"


def test_the_roles_that_the_transform_makes_want_their_capability_at_once(stacks: Stacks) -> None:
    template = json.loads(sam("one"))
    del template["Resources"]["Fn"]["Properties"]["Role"]
    assert stacks.refusal(
        "create_change_set",
        StackName="web",
        ChangeSetName="c",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(template),
    ) == ("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]")


def test_a_template_that_was_transformed_can_be_read(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    shown = stacks.client().get_template(StackName="web", TemplateStage="Processed")
    types = {each["Type"] for each in shown["TemplateBody"]["Resources"].values()}
    assert "AWS::Lambda::Alias" in types
    assert "AWS::Serverless::Function" not in types
    summary = stacks.client().get_template_summary(StackName="web")
    assert summary["DeclaredTransforms"] == ["AWS::Serverless-2016-10-31"]


def test_a_deleted_stack_takes_its_function_with_all_versions(stacks: Stacks) -> None:
    deploy(stacks, sam("one"), "CREATE")
    deploy(stacks, sam("two"))
    stack_id = stacks.stack()["StackId"]
    stacks.client().delete_stack(StackName="web")
    assert stacks.settle(stack_id) == "DELETE_COMPLETE"
    assert stacks.client("lambda").list_functions()["Functions"] == []
    assert stacks.client("codedeploy").list_applications()["applications"] == []

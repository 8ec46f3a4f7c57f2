"""The included stack, row by row: what makes it safe to release with, and to lift elsewhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.infra.translated import TEMPLATE, of_type, only, resources, source

PRESETS = [
    "Canary10Percent5Minutes",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
    "Linear10PercentEvery10Minutes",
    "AllAtOnce",
]


def variables(name: str) -> dict[str, Any]:
    found: dict[str, Any] = source()["Resources"][name]["Properties"]["Environment"]["Variables"]
    return found


def statements(role: str) -> list[dict[str, Any]]:
    policies = source()["Resources"][role]["Properties"]["Policies"]
    return [s for p in policies for s in p["PolicyDocument"]["Statement"]]


def allowed(role: str, action: str) -> Any:
    """The Resource of the statement that allows ``action``."""
    (found,) = [
        s["Resource"] for s in statements(role) if action in s["Action"] or s["Action"] == action
    ]
    return found


def test_cfn_lint_finds_nothing() -> None:
    command = [sys.executable, "-c", "from cfnlint.runner import main; main()", str(TEMPLATE)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


def test_the_function_is_called_through_the_alias_only() -> None:
    found = resources()
    _, api = only(found, "AWS::ApiGatewayV2::Api")
    uri = api["Properties"]["Body"]["paths"]["/version"]["get"]["x-amazon-apigateway-integration"]
    assert "${ServiceAliasprod}" in uri["uri"]["Fn::Sub"]
    assert uri["payloadFormatVersion"] == "2.0"
    _, permission = only(found, "AWS::Lambda::Permission")
    assert permission["Properties"]["FunctionName"] == {"Ref": "ServiceAliasprod"}


def test_the_function_gives_up_before_its_api_does() -> None:
    service = source()["Resources"]["Service"]["Properties"]
    event = service["Events"]["Version"]["Properties"]
    assert service["Timeout"] * 1000 < event.get("TimeoutInMillis", 30_000)


def test_logs_are_kept_for_a_while_and_not_for_ever() -> None:
    for group in of_type(resources(), "AWS::Logs::LogGroup").values():
        assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    for function in of_type(resources(), "AWS::Lambda::Function").values():
        assert function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] in resources()


def test_every_preset_of_sam_can_be_chosen() -> None:
    allowed_values = source()["Parameters"]["DeploymentPreferenceType"]["AllowedValues"]
    assert sorted(allowed_values) == sorted(PRESETS)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_preset_is_what_codedeploy_is_told(preset: str) -> None:
    _, group = only(resources(DeploymentPreferenceType=preset), "AWS::CodeDeploy::DeploymentGroup")
    assert group["Properties"]["DeploymentConfigName"] == {
        "Fn::Sub": ["CodeDeployDefault.Lambda${ConfigName}", {"ConfigName": preset}]
    }


def test_only_the_service_is_released_step_by_step() -> None:
    found = resources()
    assert list(of_type(found, "AWS::Lambda::Alias")) == ["ServiceAliasprod"]
    policy = found["ServiceAliasprod"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert policy["BeforeAllowTrafficHook"] == {"Ref": "PreTrafficHook"}
    assert policy["AfterAllowTrafficHook"] == {"Ref": "PostTrafficHook"}
    group = found[policy["DeploymentGroupName"]["Ref"]]["Properties"]
    assert set(group["AutoRollbackConfiguration"]["Events"]) == {
        "DEPLOYMENT_FAILURE",
        "DEPLOYMENT_STOP_ON_ALARM",
        "DEPLOYMENT_STOP_ON_REQUEST",
    }
    named = [alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]]
    assert sorted(named) == ["ErrorRateAlarm", "LowVolumeErrorsAlarm"]
    assert group["ServiceRoleArn"] == {"Fn::GetAtt": ["DeploymentRole", "Arn"]}
    assert "CodeDeployServiceRole" not in found


def test_the_alias_can_have_another_name() -> None:
    found = resources(AliasName="live-2")
    name, alias = only(found, "AWS::Lambda::Alias")
    assert (name, alias["Properties"]["Name"]) == ("ServiceAliasliveD2", "live-2")


@pytest.mark.parametrize(
    "edit", [{"Timeout": 4}, {"Handler": "other.handler"}, {"MemorySize": 256}]
)
def test_an_edit_of_the_template_publishes_a_version(edit: dict[str, Any]) -> None:
    before, _ = only(resources(), "AWS::Lambda::Version")
    body = source()
    body["Resources"]["Service"]["Properties"].update(edit)
    after, _ = only(resources(body), "AWS::Lambda::Version")
    assert before != after


def test_a_parameter_publishes_a_version_through_its_description() -> None:
    """SAM's hash does not see the values of parameters; CloudFormation replaces a version whose
    Description changes. What is in the environment must be in the description, and nothing else."""
    _, version = only(resources(), "AWS::Lambda::Version")
    described = version["Properties"]["Description"]["Fn::Sub"]
    used = {value["Ref"] for value in variables("Service").values()}
    assert used == {"Release", "FailurePercent", "LatencyMs"}
    assert used == {name for name in source()["Parameters"] if f"${{{name}}}" in described}


def test_a_version_that_is_replaced_or_removed_stays_published() -> None:
    _, version = only(resources(), "AWS::Lambda::Version")
    assert (version["DeletionPolicy"], version["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert "DeletionPolicy" not in resources()["Service"]


@pytest.mark.parametrize("name", ["ErrorRateAlarm", "LowVolumeErrorsAlarm"])
def test_an_alarm_watches_the_new_version_behind_the_alias(name: str) -> None:
    alarm = resources()[name]["Properties"]
    assert alarm["TreatMissingData"] == "notBreaching"
    assert [m["Id"] for m in alarm["Metrics"] if m.get("ReturnData", True)] == [
        alarm["Metrics"][0]["Id"]
    ]
    version, _ = only(resources(), "AWS::Lambda::Version")
    for metric in alarm["Metrics"][1:]:
        assert metric["MetricStat"]["Metric"]["Dimensions"] == [
            {"Name": "FunctionName", "Value": {"Ref": "Service"}},
            {"Name": "Resource", "Value": {"Fn::Sub": "${Service}:${AliasName}"}},
            {"Name": "ExecutedVersion", "Value": {"Fn::GetAtt": [version, "Version"]}},
        ]


def test_hooks_carry_the_stack_and_the_prefix_that_codedeploy_may_call() -> None:
    for name in ("PreTrafficHook", "PostTrafficHook"):
        made = source()["Resources"][name]["Properties"]["FunctionName"]["Fn::Sub"]
        assert made.startswith("CodeDeployHook_${AWS::StackName}_")
        assert len(made.replace("${AWS::StackName}", "s" * 44)) <= 64
        assert source()["Resources"][name]["Properties"]["DeploymentPreference"] == {
            "Enabled": False
        }


def test_hooks_outlive_the_slowest_call_they_can_make() -> None:
    found = resources()
    for name in ("PreTrafficHook", "PostTrafficHook"):
        hook, target = found[name]["Properties"], found["Service"]["Properties"]
        assert hook["Timeout"] > target["Timeout"] + 30


def test_the_first_hook_calls_the_exact_version_and_the_second_the_alias() -> None:
    found = resources()
    version, _ = only(found, "AWS::Lambda::Version")
    before = found["PreTrafficHook"]["Properties"]["Environment"]["Variables"]
    after = found["PostTrafficHook"]["Properties"]["Environment"]["Variables"]
    assert before["VERSION_ARN"] == {"Ref": version}
    assert after["ALIAS_ARN"] == {"Fn::Sub": "${Service.Arn}:${AliasName}"}
    assert before["VERSION"] == after["VERSION"] == {"Fn::GetAtt": [version, "Version"]}


def test_hooks_may_call_every_version_and_report_to_this_application_only() -> None:
    assert allowed("HookRole", "lambda:InvokeFunction") == {"Fn::Sub": "${Service.Arn}:*"}
    report = allowed("HookRole", "codedeploy:PutLifecycleEventHookExecutionStatus")["Fn::Sub"]
    assert report == (
        "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:"
        "deploymentgroup:${ServerlessDeploymentApplication}/*"
    )


def test_codedeploy_may_move_this_alias_call_these_hooks_read_these_alarms() -> None:
    alias = [{"Fn::GetAtt": ["Service", "Arn"]}, {"Fn::Sub": "${Service.Arn}:${AliasName}"}]
    assert allowed("DeploymentRole", "lambda:UpdateAlias") == alias
    assert allowed("DeploymentRole", "lambda:InvokeFunction") == [
        {"Fn::GetAtt": ["PreTrafficHook", "Arn"]},
        {"Fn::GetAtt": ["PostTrafficHook", "Arn"]},
    ]
    assert allowed("DeploymentRole", "cloudwatch:DescribeAlarms") == [
        {"Fn::GetAtt": ["ErrorRateAlarm", "Arn"]},
        {"Fn::GetAtt": ["LowVolumeErrorsAlarm", "Arn"]},
    ]


@pytest.mark.parametrize("role", ["ServiceRole", "HookRole", "DeploymentRole"])
def test_no_role_may_do_anything_to_everything(role: str) -> None:
    properties = source()["Resources"][role]["Properties"]
    assert "ManagedPolicyArns" not in properties
    for statement in statements(role):
        granted = statement["Resource"]
        assert "*" not in (granted if isinstance(granted, list) else [granted])
        assert not any(a.endswith("*") for a in statement["Action"])


def test_it_tells_where_everything_is() -> None:
    assert set(source()["Outputs"]) >= {
        "Endpoint",
        "FunctionName",
        "AliasName",
        "DeploymentApplication",
        "DeploymentGroup",
        "ErrorRateAlarm",
        "LowVolumeErrorsAlarm",
    }


def test_nothing_waits_for_itself() -> None:
    """No resource refers to one that, directly or not, refers to it."""
    found = resources()
    graph = {name: set(references(r)) & found.keys() for name, r in found.items()}
    done: set[str] = set()
    while ready := {name for name, needs in graph.items() if needs <= done} - done:
        done |= ready
    assert done == graph.keys()


def references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "Ref":
            yield item
        elif key == "Fn::GetAtt":
            yield item[0]
        elif key == "Fn::Sub":
            text = item[0] if isinstance(item, list) else item
            yield from (part.split("}")[0].split(".")[0] for part in text.split("${")[1:])
        yield from references(item)

"""The SAM CLI, unmodified, with the included stack: released, shifted, rolled back, deleted.

The fixtures are the story in order: ``built``, ``created`` by a first deploy, ``second`` through
the hooks and the shift, ``third`` stopped by its alarm.
"""

from __future__ import annotations

import json
import shutil
import sys
from datetime import timedelta
from typing import Any

import pytest

from lambdactl.sandbox.admin import streams
from lambdactl.sandbox.open import Sandbox
from tests_clients.conftest import ROOT, Client, Said, client

STACK = ("--stack-name", "shop")
RUNTIME = f"python{sys.version_info[0]}.{sys.version_info[1]}"
"""``sam build`` wants the interpreter of the function's runtime: the one we have."""


@pytest.fixture(scope="module")
def sam(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Client:
    place = tmp_path_factory.mktemp("sam") / "project"
    shutil.copytree(ROOT / "infra", place)
    template = place / "template.yml"
    template.write_text(template.read_text().replace("python3.13", RUNTIME))
    return client(".venv-samcli", "sam", sandbox, place)


@pytest.fixture(scope="module")
def built(sam: Client) -> Said:
    return sam("build", "--template-file", "template.yml")


def deploy(sam: Client, **parameters: str) -> Said:
    overrides = [f"{name}={value}" for name, value in parameters.items()]
    return sam(
        "deploy", *STACK, "--resolve-s3", "--no-confirm-changeset",
        "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM",
        *(["--parameter-overrides", *overrides] if overrides else []),
    )  # fmt: skip


@pytest.fixture(scope="module")
def created(sam: Client, built: Said) -> Said:
    assert built.code == 0, built.err
    return deploy(sam)


@pytest.fixture(scope="module")
def second(sam: Client, created: Said) -> Said:
    assert created.code == 0, created.err
    return deploy(sam, Release="second")


@pytest.fixture(scope="module")
def third(sam: Client, second: Said, sandbox: Sandbox) -> Said:
    """A version that fails most of its calls, while somebody calls it. Its canary would last half
    an hour: the alarm ends it after some minutes, of which a busy machine may need more."""
    assert second.code == 0, second.err
    calls = {"function": outputs(sandbox)["FunctionName"], "alias": "prod", "per_minute": 30}
    streams(sandbox.account).set(calls)
    slowly = {"DeploymentPreferenceType": "Canary10Percent30Minutes"}
    said = deploy(sam, Release="third", FailurePercent="60", **slowly)
    streams(sandbox.account).close()
    return said


def outputs(sandbox: Sandbox) -> dict[str, str]:
    stack = sandbox.client("cloudformation").describe_stacks(StackName="shop")["Stacks"][0]
    return {out["OutputKey"]: out["OutputValue"] for out in stack["Outputs"]}


def deployments(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Oldest first."""
    deploy = sandbox.client("codedeploy")
    ids = reversed(deploy.list_deployments()["deployments"])
    return [deploy.get_deployment(deploymentId=each)["deploymentInfo"] for each in ids]


def routing(sandbox: Sandbox) -> tuple[str, dict[str, float]]:
    name = outputs(sandbox)["FunctionName"]
    alias = sandbox.client("lambda").get_alias(FunctionName=name, Name="prod")
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {})
    return alias["FunctionVersion"], weights


def test_the_template_is_valid(sam: Client) -> None:
    said = sam("validate", "--lint", "--template-file", "template.yml")
    assert said.code == 0, said.out
    assert "is a valid SAM Template" in said.out


def test_it_builds(built: Said) -> None:
    assert built.code == 0, built.err
    assert "Build Succeeded" in built.out


def test_the_first_deploy_makes_the_stack_and_its_bucket(created: Said, sandbox: Sandbox) -> None:
    assert created.code == 0, created.err
    assert "Successfully created/updated stack - shop in us-east-1" in created.out
    names = [b["Name"] for b in sandbox.client("s3").list_buckets()["Buckets"]]
    assert any(name.startswith("aws-sam-cli-managed-") for name in names)
    assert outputs(sandbox)["AliasName"] == "prod"


def test_the_second_goes_through_hooks_and_shift(second: Said, sandbox: Sandbox) -> None:
    assert second.code == 0, second.err
    first = deployments(sandbox)[0]
    assert (first["status"], first["creator"]) == ("Succeeded", "CloudFormation")
    deploy = sandbox.client("codedeploy")
    targets = deploy.batch_get_deployment_targets(
        deploymentId=first["deploymentId"],
        targetIds=deploy.list_deployment_targets(deploymentId=first["deploymentId"])["targetIds"],
    )["deploymentTargets"]
    events = targets[0]["lambdaTarget"]["lifecycleEvents"]
    assert [(e["lifecycleEventName"], e["status"]) for e in events] == [
        ("BeforeAllowTraffic", "Succeeded"),
        ("AllowTraffic", "Succeeded"),
        ("AfterAllowTraffic", "Succeeded"),
    ]
    reports = [e for e in sandbox.door.journal if e.operation.startswith("PutLifecycleEventHook")]
    assert [entry.status for entry in reports] == [200, 200]


def test_the_third_is_rolled_back_by_its_alarm(third: Said, sandbox: Sandbox) -> None:
    assert third.code == 1
    assert "UPDATE_ROLLBACK_COMPLETE" in third.err
    stopped, rollback = deployments(sandbox)[1:3]
    assert (stopped["status"], stopped["errorInformation"]["code"]) == ("Stopped", "ALARM_ACTIVE")
    assert (rollback["status"], rollback["creator"]) == ("Succeeded", "codeDeployRollback")
    assert stopped["rollbackInfo"]["rollbackDeploymentId"] == rollback["deploymentId"]
    assert routing(sandbox) == ("2", {})


def test_it_lists_what_is_there(sam: Client, third: Said) -> None:
    as_json = ("--output", "json")
    told = sam.ok("list", "stack-outputs", *STACK, *as_json)
    assert {"OutputKey": "AliasName", "OutputValue": "prod", "Description": "Its alias."} in told
    template = ("--template-file", "template.yml")
    resources = sam.ok("list", "resources", *STACK, *as_json, *template)
    assert "ServiceAliasprod" in [each["LogicalResourceId"] for each in resources]
    endpoints = sam.ok("list", "endpoints", *STACK, *as_json, *template)
    api = next(each for each in endpoints if each["LogicalResourceId"] == "Api")
    assert api["CloudEndpoint"] != "-"


def test_it_invokes_the_function_and_reads_its_log(
    sam: Client, third: Said, sandbox: Sandbox
) -> None:
    """Its end time is the wall clock's now, unless it is told the account's."""
    said = sam("remote", "invoke", "Service", *STACK, "--event", "{}")
    assert said.code == 0, said.err
    assert json.loads(json.loads(said.out)["body"])["release"] == "second"
    assert "REPORT RequestId" in said.err
    now = sandbox.account.clock.utcnow() + timedelta(hours=1)
    until = ("--end-time", now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    logs = sam("logs", *STACK, "--name", "Service", *until)
    assert logs.code == 0, logs.err
    assert "START RequestId" in logs.out


def test_it_deletes_the_stack(sam: Client, third: Said, sandbox: Sandbox) -> None:
    said = sam("delete", *STACK, "--no-prompts")
    assert said.code == 0, said.err
    assert "Deleted successfully" in said.out
    assert sandbox.client("lambda").list_functions()["Functions"] == []

"""A function behind an alias, its hooks, its alarm and its deployment group: where endings happen.

Everything is an API call of the account's user, so the journal shows it as that. A method that has
to wait is a process of account time: whoever carries it out lets that time pass.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from lambdactl.sandbox.account import ACCESS_KEY_ID, Account
from lambdactl.sandbox.clock import Process
from lambdactl.sandbox.wire import Call

FUNCTION, ALIAS = "checkout", "live"
HOOK = "CodeDeployHook_checkout"
ALARM = "checkout-errors"
GROUP = {"applicationName": "checkout", "deploymentGroupName": "checkout-live"}
CANARY = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
ROLLS_BACK_ON = (
    "DEPLOYMENT_FAILURE",
    "DEPLOYMENT_STOP_ON_ALARM",
    "DEPLOYMENT_STOP_ON_REQUEST",
)
"""As SAM makes its groups."""
LOOK_S = 5.0
ANSWERS = """
def handler(event, context):
    return {{"release": {release!r}, "version": context.function_version}}
"""
REPORTS = """
import boto3

def handler(event, context):
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="{status}",
    )
"""
RAISES = """
def handler(event, context):
    raise RuntimeError("the check itself is broken")
"""
NEVER_REPORTS = """
def handler(event, context):
    print("checked, and told nobody")
"""
WAITS = """
import json

def handler(event, context):
    print("somebody has to look at this one:", json.dumps(event))
"""


class Stage:
    """One account, and what a scenario does in it."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def ask(self, service: str, operation: str, **params: Any) -> dict[str, Any]:
        """One API call, as the account's user makes it. Raises ApiError."""
        return self.account.door.perform(Call(service, operation, params, ACCESS_KEY_ID))

    def role(self, name: str) -> str:
        return f"arn:aws:iam::{self.account.id}:role/{name}"

    def built(self, *, hook: str | None = None) -> Process:
        """Two versions, the alias on the first, the group, a green alarm; ``hook`` is its code."""
        self._make_function(FUNCTION, ANSWERS.format(release="first"))
        yield from self.until(self._is_active)
        self.ask("lambda", "PublishVersion", FunctionName=FUNCTION)
        body = zipped(ANSWERS.format(release="second"))
        self.ask("lambda", "UpdateFunctionCode", FunctionName=FUNCTION, ZipFile=body)
        yield from self.until(self._is_active)
        self.ask("lambda", "PublishVersion", FunctionName=FUNCTION)
        self.ask("lambda", "CreateAlias", FunctionName=FUNCTION, Name=ALIAS, FunctionVersion="1")
        if hook is not None:
            self._make_function(HOOK, hook)
        self._make_alarm()
        self._make_group()
        yield LOOK_S

    def started(self, current: str = "1", target: str = "2", **more: Any) -> str:
        """Begin a deployment; ``before`` and ``after`` say whether the hook runs there."""
        spec = appspec(current, target, before=more.pop("before", 0), after=more.pop("after", 0))
        content = {"content": json.dumps(spec)}
        revision = {"revisionType": "AppSpecContent", "appSpecContent": content}
        answer = self.ask("codedeploy", "CreateDeployment", **GROUP, revision=revision, **more)
        return str(answer["deploymentId"])

    def ended(self, deployment_id: str) -> Process:
        """Until a deployment is over, and with it the rollback that follows."""
        yield from self.until(lambda: "completeTime" in self.info(deployment_id))
        back = self.info(deployment_id).get("rollbackInfo", {}).get("rollbackDeploymentId")
        if back:
            yield from self.until(lambda: "completeTime" in self.info(back))

    def at_its_hook(self, deployment_id: str) -> Process:
        """Until the hook has been called, and nobody has reported."""
        yield from self.until(lambda: self.info(deployment_id)["status"] == "InProgress")
        yield LOOK_S

    def until(self, done: Callable[[], bool]) -> Process:
        """Let time pass until ``done``."""
        while not done():
            yield LOOK_S

    def at_ten_percent(self) -> Process:
        """Until the canary has its tenth of the traffic."""
        yield from self.until(lambda: bool(self.routing()[1]))

    def info(self, deployment_id: str) -> dict[str, Any]:
        found = self.ask("codedeploy", "GetDeployment", deploymentId=deployment_id)
        told: dict[str, Any] = found["deploymentInfo"]
        return told

    def routing(self) -> tuple[str, dict[str, float]]:
        """Where the alias sends traffic: its version, and the weights beside it."""
        alias = self.ask("lambda", "GetAlias", FunctionName=FUNCTION, Name=ALIAS)
        weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        return alias["FunctionVersion"], dict(weights)

    def turn(self, state: str) -> None:
        """Set the alarm; with nobody writing its metric it stays as it is set."""
        why = "set by the scenario"
        self.ask("cloudwatch", "SetAlarmState", AlarmName=ALARM, StateValue=state, StateReason=why)

    def _is_active(self) -> bool:
        found = self.ask("lambda", "GetFunctionConfiguration", FunctionName=FUNCTION)
        states = found.get("State"), found.get("LastUpdateStatus")
        return states == ("Active", "Successful")

    def _make_function(self, name: str, source: str) -> None:
        self.ask(
            "lambda",
            "CreateFunction",
            FunctionName=name,
            Runtime="python3.13",
            Role=self.role("checkout"),
            Handler="index.handler",
            Timeout=30,
            Code={"ZipFile": zipped(source)},
        )

    def _make_alarm(self) -> None:
        self.ask(
            "cloudwatch",
            "PutMetricAlarm",
            AlarmName=ALARM,
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[
                {"Name": "FunctionName", "Value": FUNCTION},
                {"Name": "Resource", "Value": f"{FUNCTION}:{ALIAS}"},
            ],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=5.0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="ignore",
        )
        self.turn("OK")

    def _make_group(self) -> None:
        application = GROUP["applicationName"]
        self.ask(
            "codedeploy", "CreateApplication", applicationName=application, computePlatform="Lambda"
        )
        self.ask(
            "codedeploy",
            "CreateDeploymentGroup",
            **GROUP,
            serviceRoleArn=self.role("codedeploy"),
            deploymentConfigName=CANARY,
            deploymentStyle={
                "deploymentType": "BLUE_GREEN",
                "deploymentOption": "WITH_TRAFFIC_CONTROL",
            },
            autoRollbackConfiguration={"enabled": True, "events": list(ROLLS_BACK_ON)},
            alarmConfiguration={"enabled": True, "alarms": [{"name": ALARM}]},
        )


def appspec(current: str, target: str, *, before: bool, after: bool) -> dict[str, Any]:
    to = {"Name": FUNCTION, "Alias": ALIAS, "CurrentVersion": current, "TargetVersion": target}
    hooks = [{"BeforeAllowTraffic": HOOK}] if before else []
    hooks += [{"AfterAllowTraffic": HOOK}] if after else []
    return {
        "version": 0.0,
        "Resources": [{FUNCTION: {"Type": "AWS::Lambda::Function", "Properties": to}}],
        **({"Hooks": hooks} if hooks else {}),
    }


def zipped(source: str) -> bytes:
    """A package with ``source`` as its index.py; equal sources give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("index.py"), source)
    return buffer.getvalue()

"""A whole account with one function behind one alias, and CodeDeploy to move it.

The account is the sandbox, reached over its port as AWS is; its clock stands still until a wait of
ours moves it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from lambdactl.aws import Aws, connect
from lambdactl.aws.clock import AwsClock
from lambdactl.model import Target
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox

TARGET = Target("checkout", "live")
ROLE = "arn:aws:iam::000000000000:role/service"
CODE = """
import os

def handler(event, context):
    if os.environ.get("FAIL"):
        raise RuntimeError("as it was told to")
    return {"version": context.function_version}
"""


class Stage:
    """Version 1 behind ``live``, version 2 published; ``sleep`` moves the account's clock."""

    def __init__(self, sandbox: Sandbox, clock: ManualClock) -> None:
        variables = sandbox.environment()
        self.clock = clock
        self.calls_a_minute = 0
        self.aws: Aws = connect(
            region=variables["AWS_REGION"],
            endpoint_url=sandbox.endpoint,
            access_key=variables["AWS_ACCESS_KEY_ID"],
            secret_key=variables["AWS_SECRET_ACCESS_KEY"],
        )
        self.aws.buckets.set_pace(speed=1_000_000.0)
        # Between two answers, too, only our waits move the time: a busy machine does not.
        self.aws.clock = AwsClock(monotonic=clock.now)
        self.functions = sandbox.client("lambda")
        self.deployments = sandbox.client("codedeploy")
        self.alarms = sandbox.client("cloudwatch")

    def sleep(self, seconds: float) -> None:
        """A wait of ``seconds``, in which the alias is called."""
        for _ in range(round(self.calls_a_minute * seconds / 60.0)):
            self.functions.invoke(FunctionName=TARGET.function, Qualifier=TARGET.alias)
        self.clock.advance(seconds)

    def create(self) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("app.py", CODE)
        self.functions.create_function(
            FunctionName=TARGET.function,
            Runtime="python3.13",
            Handler="app.handler",
            Role=ROLE,
            Code={"ZipFile": buffer.getvalue()},
        )
        self.clock.advance(10.0)
        self.publish()
        self.functions.create_alias(
            FunctionName=TARGET.function, Name=TARGET.alias, FunctionVersion="1"
        )
        self.publish(GREETING="hello")

    def publish(self, **environment: str) -> int:
        """One more version, with these variables, Active when this returns."""
        self.functions.update_function_configuration(
            FunctionName=TARGET.function, Environment={"Variables": environment}
        )
        self.clock.advance(10.0)
        made = self.functions.publish_version(FunctionName=TARGET.function)
        self.clock.advance(10.0)
        return int(made["Version"])

    def make_group(self, *alarms: str) -> None:
        self.deployments.create_application(applicationName="app", computePlatform="Lambda")
        self.deployments.create_deployment_group(
            applicationName="app",
            deploymentGroupName="group",
            serviceRoleArn=ROLE,
            deploymentConfigName="CodeDeployDefault.LambdaCanary10Percent5Minutes",
            deploymentStyle={
                "deploymentType": "BLUE_GREEN",
                "deploymentOption": "WITH_TRAFFIC_CONTROL",
            },
            alarmConfiguration={
                "enabled": bool(alarms),
                "alarms": [{"name": name} for name in alarms],
            },
            autoRollbackConfiguration={
                "enabled": True,
                "events": [
                    "DEPLOYMENT_FAILURE",
                    "DEPLOYMENT_STOP_ON_ALARM",
                    "DEPLOYMENT_STOP_ON_REQUEST",
                ],
            },
        )

    def make_alarm(self) -> None:
        """``errors`` goes off when the alias fails at all."""
        dimensions = {"FunctionName": TARGET.function, "Resource": str(TARGET)}
        self.alarms.put_metric_alarm(
            AlarmName="errors",
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[{"Name": n, "Value": v} for n, v in dimensions.items()],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0.0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )

    def deploy(self, current: int, target: int, **hooks: str) -> str:
        """``hooks``: lifecycle event -> the function that is called for it."""
        properties = {
            "Name": TARGET.function,
            "Alias": TARGET.alias,
            "CurrentVersion": str(current),
            "TargetVersion": str(target),
        }
        resource = {"Type": "AWS::Lambda::Function", "Properties": properties}
        told = {"version": 0.0, "Resources": [{"checkout": resource}]}
        content = json.dumps({**told, "Hooks": [{event: name} for event, name in hooks.items()]})
        made: dict[str, Any] = self.deployments.create_deployment(
            applicationName="app",
            deploymentGroupName="group",
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
        )
        deployment_id: str = made["deploymentId"]
        return deployment_id

    def alias(self) -> dict[str, Any]:
        """The alias as plain boto3 reads it: what it serves and at which weights."""
        row = self.functions.get_alias(FunctionName=TARGET.function, Name=TARGET.alias)
        weights = row.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        return {"version": row["FunctionVersion"], "weights": weights}


@pytest.fixture
def stage() -> Iterator[Stage]:
    clock = ManualClock()
    with Sandbox(clock=clock, strict=True) as sandbox:
        made = Stage(sandbox, clock)
        made.create()
        yield made
        made.aws.close()
    assert sandbox.door.breaches == []

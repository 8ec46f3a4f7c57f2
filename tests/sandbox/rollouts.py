"""CodeDeploy and CloudWatch in an account that stands still, with a Lambda small enough to see
through: one function, its aliases under RevisionId, and hooks that are plain functions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.cloudwatch import CloudWatchService
from lambdactl.sandbox.codedeploy import CodeDeployService
from lambdactl.sandbox.open import close_account, open_account
from tests.sandbox.switchboard import client, connect

START = 1_800_000_000.0
ROLE = "arn:aws:iam::000000000000:role/deployer"
ALL_EVENTS = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
Hook = Callable[[dict[str, str]], None]
_BOUNDS = "RoutingConfig"


class TinyLambda:
    """``moves`` is every write of an alias: (account time, FunctionVersion, weights)."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.versions = {"1", "2", "3"}
        self.aliases: dict[str, dict[str, Any]] = {}
        self.hooks: dict[str, Hook] = {}
        self.invoked: list[tuple[float, str, dict[str, str]]] = []
        self.moves: list[tuple[float, str, dict[str, float]]] = []
        self.put("prod", "1")

    def put(self, name: str, version: str, weights: dict[str, float] | None = None) -> None:
        """Move an alias as somebody else does."""
        self.aliases[name] = {
            "AliasArn": f"arn:aws:lambda:us-east-1:000000000000:function:f:{name}",
            "Name": name,
            "FunctionVersion": version,
            "Description": "",
            "RevisionId": self._account.new_id(),
            **({_BOUNDS: {"AdditionalVersionWeights": weights}} if weights else {}),
        }

    def get_alias(self, params: dict[str, Any]) -> dict[str, Any]:
        if params["FunctionName"] != "f":
            name = params["FunctionName"]
            raise ApiError("ResourceNotFoundException", f"Function not found: {name}", 404)
        if params["Name"] not in self.aliases:
            raise ApiError("ResourceNotFoundException", "Cannot find alias arn: prod", 404)
        return dict(self.aliases[params["Name"]])

    def update_alias(self, params: dict[str, Any]) -> dict[str, Any]:
        alias = self.get_alias(params)
        if params["RevisionId"] != alias["RevisionId"]:
            raise ApiError(
                "PreconditionFailedException", "The Revision Id provided does not match", 412
            )
        weights = params[_BOUNDS]["AdditionalVersionWeights"]
        for version in (params["FunctionVersion"], *weights):
            if version not in self.versions:
                raise ApiError("ResourceNotFoundException", f"Function not found: f:{version}", 404)
        self.put(params["Name"], params["FunctionVersion"], weights)
        self.moves.append((self._account.clock.now(), params["FunctionVersion"], dict(weights)))
        return dict(self.aliases[params["Name"]])

    def invoke(self, params: dict[str, Any]) -> dict[str, Any]:
        assert params["InvocationType"] == "Event"
        name = params["FunctionName"].rpartition(":")[2]
        if name not in self.hooks:
            raise ApiError("ResourceNotFoundException", f"Function not found: {name}", 404)
        event = json.loads(params["Payload"])
        self.invoked.append((self._account.clock.now(), name, event))
        self.hooks[name](event)
        return {"StatusCode": 202}


class World:
    """One deployment group ``app``/``group`` on alias ``prod`` of function ``f``, at version 1."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        services = {
            "lambda": TinyLambda,
            "codedeploy": CodeDeployService,
            "cloudwatch": CloudWatchService,
        }
        self.account = open_account(self.clock, services=services)
        self.account.door.strict = True
        self.functions: TinyLambda = self.account.services["lambda"]
        self.service: CodeDeployService = self.account.services["codedeploy"]
        connect(self.account)
        self.deploy: Any = client("codedeploy")
        self.deploy.create_application(applicationName="app", computePlatform="Lambda")

    @property
    def watch(self) -> Any:
        return client("cloudwatch")

    def group(self, name: str = "group", **settings: Any) -> None:
        defaults = {"deploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes"}
        rollback = {"enabled": True, "events": ALL_EVENTS}
        self.deploy.create_deployment_group(
            applicationName="app",
            deploymentGroupName=name,
            serviceRoleArn=ROLE,
            **{"autoRollbackConfiguration": rollback, **defaults, **settings},
        )

    def start(self, current: str = "1", target: str = "2", **more: Any) -> str:
        """Create a deployment; ``before`` and ``after`` name its hooks."""
        spec = appspec(current, target, before=more.pop("before", ""), after=more.pop("after", ""))
        content = more.pop("content", json.dumps(spec))
        revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}}
        answer = self.deploy.create_deployment(
            **{
                "applicationName": "app",
                "deploymentGroupName": "group",
                "revision": revision,
                **more,
            }
        )
        return str(answer["deploymentId"])

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def info(self, deployment_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.deploy.get_deployment(deploymentId=deployment_id)
        return dict(found["deploymentInfo"])

    def target(self, deployment_id: str) -> dict[str, Any]:
        ids = self.deploy.list_deployment_targets(deploymentId=deployment_id)["targetIds"]
        answer = self.deploy.batch_get_deployment_targets(deploymentId=deployment_id, targetIds=ids)
        return dict(answer["deploymentTargets"][0]["lambdaTarget"])

    def events(self, deployment_id: str) -> list[str]:
        """The statuses of BeforeAllowTraffic, AllowTraffic and AfterAllowTraffic."""
        listed = self.target(deployment_id)["lifecycleEvents"]
        assert [e["lifecycleEventName"] for e in listed] == [
            "BeforeAllowTraffic",
            "AllowTraffic",
            "AfterAllowTraffic",
        ]
        return [event["status"] for event in listed]

    def alias(self) -> tuple[str, dict[str, float]]:
        alias = self.functions.aliases["prod"]
        return alias["FunctionVersion"], (alias.get(_BOUNDS) or {}).get(
            "AdditionalVersionWeights", {}
        )

    def moves(self) -> list[tuple[float, str, dict[str, float]]]:
        """(seconds since the first move, FunctionVersion, weights) of each."""
        first = self.functions.moves[0][0]
        return [
            (moment - first, version, weights) for moment, version, weights in self.functions.moves
        ]

    def hook(self, name: str, status: str | None = "Succeeded") -> None:
        """A hook that reports ``status`` at once; None never reports."""

        def run(event: dict[str, str]) -> None:
            if status is not None:
                self.report(event, status)

        self.functions.hooks[name] = run

    def report(self, event: dict[str, str], status: str) -> Any:
        return self.deploy.put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status=status,
        )

    def alarm(self, name: str = "red", state: str = "OK") -> None:
        """An alarm on a metric that nobody writes: it stays as it is set."""
        self.watch.put_metric_alarm(
            AlarmName=name,
            Namespace="n",
            MetricName="m",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1.0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="ignore",
        )
        self.set_alarm(name, state)

    def set_alarm(self, name: str, state: str) -> None:
        self.watch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")


@contextmanager
def world() -> Iterator[World]:
    made = World()
    yield made
    close_account(made.account)
    assert made.account.door.breaches == []


def appspec(current: str, target: str, *, before: str = "", after: str = "") -> dict[str, Any]:
    properties = {"Name": "f", "Alias": "prod", "CurrentVersion": current, "TargetVersion": target}
    spec: dict[str, Any] = {
        "version": 0.0,
        "Resources": [{"F": {"Type": "AWS::Lambda::Function", "Properties": properties}}],
    }
    hooks = [{"BeforeAllowTraffic": before}] if before else []
    hooks += [{"AfterAllowTraffic": after}] if after else []
    return {**spec, **({"Hooks": hooks} if hooks else {})}


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)

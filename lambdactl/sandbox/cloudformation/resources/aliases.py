"""AWS::Lambda::Alias, and with it the CodeDeploy rollout of a stack update.

With ``UpdatePolicy: CodeDeployLambdaAliasUpdate`` an update that changes the version does not touch
the alias: it starts a CodeDeploy deployment, which does, and waits for its end however long that
takes. A deployment that fails fails the alias. CodeDeploy may then roll back by a deployment of its
own; the alias is restored only after that one has ended, so that the two never fight over it.

The current version in the AppSpec is the one that the stack knows, not the one that the alias has:
an alias that somebody moved by hand makes the deployment fail with INVALID_LAMBDA_CONFIGURATION, as
on AWS (aws/serverless-application-model issue 291). The text of the failure is CodeDeploy's
errorInformation; what CloudFormation prints on AWS has not been verified.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import (
    Kind,
    Made,
    ResourceFailed,
    Site,
    deleted,
    is_missing,
)
from lambdactl.sandbox.cloudformation.shapes import as_input, required, without
from lambdactl.sandbox.cloudformation.walk import Cancelled, Work

_POLL_S = 5.0
_ENDED = frozenset({"Failed", "Stopped", "Succeeded"})
_UNDER_WAY = "DeploymentLimitExceededException"


class AliasKind(Kind):
    type = "AWS::Lambda::Alias"
    attributes = frozenset({"AliasArn"})
    fixed = frozenset({"FunctionName", "Name"})
    named_by = "Name"

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        """A new alias takes its version at once: the update policy acts on updates only."""
        required(properties, "FunctionName", "FunctionVersion", "Name")
        params = as_input("lambda", "CreateAlias", _plain(properties))
        made = yield from site.call("lambda", "CreateAlias", params)
        site.begun(made["AliasArn"])
        yield from _provision(site, {}, properties)
        return Made(made["AliasArn"], {"AliasArn": made["AliasArn"]})

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        before = resource.properties
        if before == properties:
            return Made(resource.physical_id, resource.attributes)
        moves = before["FunctionVersion"] != properties["FunctionVersion"]
        if site.policy is not None and moves:
            yield from _roll_out(site, before, properties)
            left = without(properties, "FunctionVersion", "RoutingConfig")
            if left != without(before, "FunctionVersion", "RoutingConfig"):
                yield from _set(site, left)
        else:
            yield from _set(site, properties)
        yield from _provision(site, before, properties)
        return Made(resource.physical_id, resource.attributes)

    def restore(self, site: Site, resource: StackResource, before: StackResource) -> Work[Made]:
        """Nothing to do where CodeDeploy has led the alias back; else roll out the old version."""
        wanted = before.properties
        shown = yield from site.call("lambda", "GetAlias", _address(wanted))
        weights = (shown.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
        is_back = shown["FunctionVersion"] == wanted["FunctionVersion"] and not weights
        if is_back:
            properties = {**resource.properties, "FunctionVersion": wanted["FunctionVersion"]}
            resource.properties = properties
        made = yield from self.update(site, resource, wanted)
        return made

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        yield from deleted(site, "lambda", "DeleteAlias", _address(resource.properties))


def _plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The alias's own members; the weights are a list in a template, a map in the API."""
    plain = without(properties, "ProvisionedConcurrencyConfig", "RoutingConfig")
    listed = (properties.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or []
    weights = {str(each["FunctionVersion"]): float(each["FunctionWeight"]) for each in listed}
    plain["RoutingConfig"] = {"AdditionalVersionWeights": weights}
    return plain


def _address(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"FunctionName": properties["FunctionName"], "Name": properties["Name"]}


def _set(site: Site, properties: Mapping[str, Any]) -> Work[None]:
    plain = _plain(properties)
    if "FunctionVersion" not in plain:
        del plain["RoutingConfig"]
    params = as_input("lambda", "UpdateAlias", {"Description": "", **plain})
    yield from site.call("lambda", "UpdateAlias", params)


def _provision(site: Site, before: Mapping[str, Any], properties: Mapping[str, Any]) -> Work[None]:
    name = "ProvisionedConcurrencyConfig"
    if before.get(name) == properties.get(name):
        return
    address = {"FunctionName": properties["FunctionName"], "Qualifier": properties["Name"]}
    if properties.get(name):
        wanted = as_input("lambda", f"Put{name}", properties[name])
        yield from site.call("lambda", f"Put{name}", {**address, **wanted})
    else:
        yield from deleted(site, "lambda", f"Delete{name}", address)


def _roll_out(site: Site, before: Mapping[str, Any], after: Mapping[str, Any]) -> Work[None]:
    """Let CodeDeploy move the alias, and wait until it has, or has not."""
    assert site.policy is not None
    content = _app_spec(site, before, after)
    params = {
        "applicationName": site.policy["ApplicationName"],
        "deploymentGroupName": site.policy["DeploymentGroupName"],
        "revision": {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
        "_creator": "CloudFormationRollback" if site.rolls_back else "CloudFormation",
        "_external_id": site.stack_id,
    }
    deployment = yield from _started(site, params)
    try:
        info = yield from _until_ended(site, deployment)
    except Cancelled:
        yield from _stop(site, deployment)
        raise
    if info["status"] == "Succeeded":
        return
    yield from _until_rolled_back(site, deployment)
    raise ResourceFailed(_why(info))


def _app_spec(site: Site, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    assert site.policy is not None
    properties = {
        "Name": after["FunctionName"],
        "Alias": after["Name"],
        "CurrentVersion": str(before["FunctionVersion"]),
        "TargetVersion": str(after["FunctionVersion"]),
    }
    hooks = [
        {event: site.policy[f"{event}Hook"]}
        for event in ("BeforeAllowTraffic", "AfterAllowTraffic")
        if site.policy.get(f"{event}Hook")
    ]
    target = {"Type": "AWS::Lambda::Function", "Properties": properties}
    spec: dict[str, Any] = {"version": 0.0, "Resources": [{site.logical_id: target}]}
    if hooks:
        spec["Hooks"] = hooks
    return json.dumps(spec)


def _started(site: Site, params: Mapping[str, Any]) -> Work[str]:
    try:
        started = yield from site.call("codedeploy", "CreateDeployment", params)
    except ApiError as error:
        if error.code == _UNDER_WAY:
            raise ResourceFailed("A conflicting deployment is in progress") from error
        raise
    return str(started["deploymentId"])


def _until_ended(site: Site, deployment: str) -> Work[dict[str, Any]]:
    while True:
        yield _POLL_S
        answer = yield from site.call("codedeploy", "GetDeployment", {"deploymentId": deployment})
        info: dict[str, Any] = answer["deploymentInfo"]
        if info["status"] in _ENDED:
            return info


def _until_rolled_back(site: Site, deployment: str) -> Work[None]:
    """Wait for the deployment by which CodeDeploy rolls back, if it started one."""
    yield _POLL_S
    answer = yield from site.call("codedeploy", "GetDeployment", {"deploymentId": deployment})
    rollback = (answer["deploymentInfo"].get("rollbackInfo") or {}).get("rollbackDeploymentId")
    if rollback:
        yield from _until_ended(site, rollback)


def _stop(site: Site, deployment: str) -> Work[None]:
    """The stack turns back: CodeDeploy is told so, and given the time to do it."""
    params = {"deploymentId": deployment, "autoRollbackEnabled": True}
    try:
        yield from site.call("codedeploy", "StopDeployment", params)
    except ApiError as error:
        if error.code != "DeploymentAlreadyCompletedException" and not is_missing(error):
            raise
    yield from _until_ended(site, deployment)
    yield from _until_rolled_back(site, deployment)


def _why(info: Mapping[str, Any]) -> str:
    error = info.get("errorInformation") or {}
    text = error.get("message") or f"The deployment ended as {info['status']}."
    return f"{text} (Error code: {error['code']})" if error.get("code") else str(text)

"""The operations on deployment groups."""

from __future__ import annotations

import re
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.clock import moment
from lambdactl.sandbox.codedeploy.configs import ALL_AT_ONCE
from lambdactl.sandbox.codedeploy.paging import page
from lambdactl.sandbox.codedeploy.records import Deployment, Group, Ledger
from lambdactl.sandbox.codedeploy.refusals import refused, too_many
from lambdactl.sandbox.codedeploy.revisions import without_content
from lambdactl.sandbox.tags import TagBook

MOST_AT_ONCE = 100
MOST_ALARMS = 10
EVENTS = ("DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
_SETTINGS = (
    "serviceRoleArn",
    "deploymentConfigName",
    "alarmConfiguration",
    "autoRollbackConfiguration",
    "deploymentStyle",
    "triggerConfigurations",
    "outdatedInstancesStrategy",
    "terminationHookEnabled",
)
_NOT_FOR_LAMBDA = (
    "autoScalingGroups",
    "blueGreenDeploymentConfiguration",
    "ec2TagFilters",
    "ec2TagSet",
    "ecsServices",
    "loadBalancerInfo",
    "onPremisesInstanceTagFilters",
    "onPremisesTagSet",
)
STYLE = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}


class Groups:
    """Deployment groups: how deployments of one kind move traffic, and what stops them."""

    account: Account
    ledger: Ledger
    tags: TagBook

    def create_deployment_group(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            application = self.ledger.application(params["applicationName"])
            name = params["deploymentGroupName"]
            if name in application.groups:
                raise refused(
                    "DeploymentGroupAlreadyExists", f"Deployment group already exists: {name}"
                )
            defaults = {"deploymentConfigName": ALL_AT_ONCE, "deploymentStyle": STYLE}
            settings = {**defaults, **self._settings(params)}
            group = application.groups[name] = Group(self.account.new_id(), name, settings)
            self.tags.add(f"deploymentgroup:{application.name}/{name}", params.get("tags") or ())
            return {"deploymentGroupId": group.id}

    def update_deployment_group(self, params: dict[str, Any]) -> dict[str, Any]:
        """What is not named stays as it is."""
        with self.account.lock:
            application = self.ledger.application(params["applicationName"])
            old, new = params["currentDeploymentGroupName"], params.get("newDeploymentGroupName")
            group = self.ledger.group(application.name, old)
            settings = self._settings(params)
            if new and new != old:
                if new in application.groups:
                    raise refused(
                        "DeploymentGroupAlreadyExists", f"Deployment group already exists: {new}"
                    )
                for deployment in self.ledger.of_group(application.name, old):
                    deployment.group = new
                application.groups[new] = application.groups.pop(old)
                group.name = new
            group.settings.update(settings)
            return {"hooksNotCleanedUp": []}

    def get_deployment_group(self, params: dict[str, Any]) -> dict[str, Any]:
        application, name = params["applicationName"], params["deploymentGroupName"]
        with self.account.lock:
            group = self.ledger.group(application, name)
            return {"deploymentGroupInfo": self._described(application, group)}

    def batch_get_deployment_groups(self, params: dict[str, Any]) -> dict[str, Any]:
        names = params["deploymentGroupNames"]
        if len(names) > MOST_AT_ONCE:
            raise too_many(MOST_AT_ONCE)
        with self.account.lock:
            application = self.ledger.application(params["applicationName"])
            found = [application.groups[name] for name in names if name in application.groups]
            missing = [name for name in names if name not in application.groups]
            output: dict[str, Any] = {
                "deploymentGroupsInfo": [self._described(application.name, g) for g in found]
            }
            if missing:
                output["errorMessage"] = f"No Deployment Group found for name: {missing[0]}"
            return output

    def list_deployment_groups(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            application = self.ledger.application(params["applicationName"])
            listed = page("deploymentGroups", list(application.groups), params)
            return {"applicationName": application.name, **listed}

    def delete_deployment_group(self, params: dict[str, Any]) -> dict[str, Any]:
        """A group that is not there is no error. [M: no such error]"""
        application, name = params["applicationName"], params["deploymentGroupName"]
        with self.account.lock:
            if found := self.ledger.applications.get(application):
                found.groups.pop(name, None)
            self.tags.forget(f"deploymentgroup:{application}/{name}")
        return {"hooksNotCleanedUp": []}

    def _settings(self, params: dict[str, Any]) -> dict[str, Any]:
        for name in _NOT_FOR_LAMBDA:
            if params.get(name):
                raise refused("InvalidInput", f"{name} is not for the Lambda compute platform")
        if "serviceRoleArn" in params and not _ROLE.fullmatch(params["serviceRoleArn"]):
            raise refused("InvalidRole", "The service role ARN was specified in an invalid format")
        if "deploymentConfigName" in params:
            self.ledger.config(params["deploymentConfigName"])
        if params.get("deploymentStyle", STYLE) != STYLE:
            raise refused(
                "InvalidDeploymentStyle",
                "Lambda deployments are of type BLUE_GREEN, WITH_TRAFFIC_CONTROL",
            )
        check_alarms(params.get("alarmConfiguration"))
        check_auto_rollback(params.get("autoRollbackConfiguration"))
        return {name: params[name] for name in _SETTINGS if name in params}

    def _described(self, application: str, group: Group) -> dict[str, Any]:
        info: dict[str, Any] = {
            "applicationName": application,
            "deploymentGroupId": group.id,
            "deploymentGroupName": group.name,
            "computePlatform": "Lambda",
            **group.settings,
        }
        if last := self.ledger.last(application, group.name):
            info["lastAttemptedDeployment"] = _brief(last)
        if good := self.ledger.last(application, group.name, "Succeeded"):
            info["lastSuccessfulDeployment"] = _brief(good)
            info["targetRevision"] = without_content(good.revision)
        return info


def check_alarms(alarms: dict[str, Any] | None) -> None:
    """InvalidAlarmConfigException, AlarmsLimitExceededException. [M]"""
    names = [alarm.get("name", "") for alarm in (alarms or {}).get("alarms") or ()]
    if len(names) > MOST_ALARMS:
        raise refused(
            "AlarmsLimitExceeded",
            f"The maximum number of alarms for a deployment group ({MOST_ALARMS}) was exceeded.",
        )
    enabled_without = bool(alarms and alarms.get("enabled") and not names)
    if enabled_without or len(set(names)) < len(names) or not all(names):
        raise refused("InvalidAlarmConfig", "The format of the alarm configuration is invalid.")


def check_auto_rollback(rollback: dict[str, Any] | None) -> None:
    events = (rollback or {}).get("events") or ()
    if (rollback and rollback.get("enabled") and not events) or set(events) - set(EVENTS):
        raise refused(
            "InvalidAutoRollbackConfig",
            "The automatic rollback configuration was specified in an invalid format.",
        )


def _brief(deployment: Deployment) -> dict[str, Any]:
    info = {
        "deploymentId": deployment.id,
        "status": deployment.status,
        "createTime": moment(deployment.created),
    }
    if deployment.completed is not None:
        info["endTime"] = moment(deployment.completed)
    return info

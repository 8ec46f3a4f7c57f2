"""The operations on deployments: start, look, list, stop."""

from __future__ import annotations

import re
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.clock import moment
from lambdactl.sandbox.codedeploy.groups import STYLE, check_alarms, check_auto_rollback
from lambdactl.sandbox.codedeploy.paging import page
from lambdactl.sandbox.codedeploy.records import Deployment, Group, Ledger
from lambdactl.sandbox.codedeploy.refusals import (
    busy,
    no_deployment,
    not_for_lambda,
    refused,
    too_many,
)
from lambdactl.sandbox.codedeploy.revisions import locate, register, without_content
from lambdactl.sandbox.codedeploy.starting import Starter

MOST_AT_ONCE = 25
"""Of BatchGetDeployments [M]; the limits page of the guide says 100."""
MOST_ACTIVE = 1_000
"""Deployments that may run in an account at a time. [D]"""
_ID = re.compile(r"d-[A-Z0-9]{9}")
_NO_ROLLBACK = {"enabled": False, "events": []}
_NO_ALARMS = {"enabled": False, "ignorePollAlarmFailure": False, "alarms": []}


class Deployments:
    """CreateDeployment and what can be asked about, or of, a deployment."""

    account: Account
    ledger: Ledger
    starter: Starter

    def create_deployment(self, params: dict[str, Any]) -> dict[str, Any]:
        """``_creator`` and ``_external_id`` are for CloudFormation, which is in this account."""
        if params.get("deploymentMode") == "RESTART":
            raise refused("InvalidInput", "deploymentMode RESTART is not for Lambda deployments")
        check_alarms(params.get("overrideAlarmConfiguration"))
        check_auto_rollback(params.get("autoRollbackConfiguration"))
        with self.account.lock:
            application = self.ledger.application(params["applicationName"])
            name = params.get("deploymentGroupName")
            if not name:
                raise refused("DeploymentGroupNameRequired", "Deployment Group name is missing")
            group = self.ledger.group(application.name, name)
            self._check_free(application.name, name)
            location = locate(params.get("revision"))
            known = register(application, location, self.account.clock.now(), name)
            deployment = self._made(params, group, known.location)
            self.starter.start(deployment)
            return {"deploymentId": deployment.id}

    def _check_free(self, application: str, group: str) -> None:
        running = [d for d in self.ledger.deployments.values() if d.active]
        for deployment in running:
            if (deployment.application, deployment.group) == (application, group):
                raise busy(group, deployment.id)
        if len(running) >= MOST_ACTIVE:
            raise refused(
                "DeploymentLimitExceeded", "The number of allowed deployments was exceeded."
            )

    def _made(self, params: dict[str, Any], group: Group, location: dict[str, Any]) -> Deployment:
        settings, application = group.settings, params["applicationName"]
        config = params.get("deploymentConfigName") or settings["deploymentConfigName"]
        override = params.get("overrideAlarmConfiguration")
        previous = self.ledger.last(application, group.name, "Succeeded")
        return Deployment(
            id=f"d-{self.account.token()}",
            application=application,
            group=group.name,
            config=self.ledger.config(config),
            revision=location,
            created=self.account.clock.now(),
            creator=params.get("_creator", "user"),
            role=settings["serviceRoleArn"],
            alarms=override or settings.get("alarmConfiguration") or _NO_ALARMS,
            overrides_alarms=override is not None,
            auto_rollback=(
                params.get("autoRollbackConfiguration")
                or settings.get("autoRollbackConfiguration")
                or _NO_ROLLBACK
            ),
            description=params.get("description"),
            external_id=params.get("_external_id"),
            previous_revision=previous.revision if previous else None,
        )

    def get_deployment(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            return {"deploymentInfo": described(self.deployment(params.get("deploymentId")))}

    def batch_get_deployments(self, params: dict[str, Any]) -> dict[str, Any]:
        """Ids that are well formed and unknown are left out. [?]"""
        ids = params["deploymentIds"]
        if len(ids) > MOST_AT_ONCE:
            raise too_many(MOST_AT_ONCE)
        for deployment_id in ids:
            check_id(deployment_id)
        with self.account.lock:
            known = self.ledger.deployments
            return {"deploymentsInfo": [described(known[i]) for i in ids if i in known]}

    def list_deployments(self, params: dict[str, Any]) -> dict[str, Any]:
        """Newest first. [V]"""
        application, group = params.get("applicationName"), params.get("deploymentGroupName")
        if application and not group:
            raise refused("DeploymentGroupNameRequired", "Deployment Group name is missing")
        if group and not application:
            raise refused("ApplicationNameRequired", "Application name is missing")
        with self.account.lock:
            if application and group:
                self.ledger.group(application, group)
                found = list(self.ledger.of_group(application, group))
            else:
                found = list(reversed(self.ledger.deployments.values()))
            return page("deployments", [d.id for d in found if _is_asked_for(d, params)], params)

    def stop_deployment(self, params: dict[str, Any]) -> dict[str, Any]:
        """The deployment's process sees it within a second; until then it is Pending. [?]"""
        with self.account.lock:
            deployment = self.deployment(params.get("deploymentId"))
            if not deployment.active:
                raise refused(
                    "DeploymentAlreadyCompleted",
                    f"The deployment {deployment.id} is already completed",
                )
            self.starter.stop(deployment, params.get("autoRollbackEnabled"))
        return {
            "status": "Pending",
            "statusMessage": "No more commands will be scheduled for execution in the deployment.",
        }

    def continue_deployment(self, params: dict[str, Any]) -> dict[str, Any]:
        """There is no pause in a Lambda deployment, and so no going on."""
        self.deployment(params.get("deploymentId"))
        raise not_for_lambda("ContinueDeployment")

    def skip_wait_time_for_instance_termination(self, params: dict[str, Any]) -> dict[str, Any]:
        self.deployment(params.get("deploymentId"))
        raise not_for_lambda("SkipWaitTimeForInstanceTermination")

    def delete_resources_by_external_id(self, params: dict[str, Any]) -> dict[str, Any]:
        """Forget the link to a CloudFormation stack. [M]"""
        with self.account.lock:
            for deployment in self.ledger.deployments.values():
                if params.get("externalId") and deployment.external_id == params["externalId"]:
                    deployment.external_id = None
        return {}

    def deployment(self, deployment_id: str | None) -> Deployment:
        """The deployment of this id, or the refusal."""
        if not deployment_id:
            raise refused("DeploymentIdRequired", "The deployment ID was not specified")
        check_id(deployment_id)
        if found := self.ledger.deployments.get(deployment_id):
            return found
        raise no_deployment(deployment_id)


def check_id(deployment_id: str) -> None:
    if not _ID.fullmatch(deployment_id):
        raise refused(
            "InvalidDeploymentId",
            f"Specified DeploymentId is not in the valid format: {deployment_id}",
        )


def _is_asked_for(deployment: Deployment, params: dict[str, Any]) -> bool:
    statuses = params.get("includeOnlyStatuses")
    if statuses and deployment.status not in statuses:
        return False
    if params.get("externalId") and deployment.external_id != params["externalId"]:
        return False
    span = params.get("createTimeRange") or {}
    start, end = span.get("start"), span.get("end")
    if start and end and start > end:
        raise refused("InvalidTimeRange", "The start of the time range is after its end")
    if start and deployment.created < start.timestamp():
        return False
    return not end or bool(deployment.created <= end.timestamp())


def described(deployment: Deployment) -> dict[str, Any]:
    """DeploymentInfo."""
    info: dict[str, Any] = {
        "applicationName": deployment.application,
        "deploymentGroupName": deployment.group,
        "deploymentConfigName": deployment.config.name,
        "deploymentId": deployment.id,
        "revision": without_content(deployment.revision),
        "status": deployment.status,
        "createTime": moment(deployment.created),
        "deploymentOverview": _overview(deployment),
        "creator": deployment.creator,
        "ignoreApplicationStopFailures": False,
        "autoRollbackConfiguration": deployment.auto_rollback,
        "updateOutdatedInstancesOnly": False,
        "deploymentStyle": STYLE,
        "instanceTerminationWaitTimeStarted": False,
        "fileExistsBehavior": "DISALLOW",
        "deploymentStatusMessages": [],
        "computePlatform": "Lambda",
        **_optional(deployment),
    }
    return info


def _optional(deployment: Deployment) -> dict[str, Any]:
    info: dict[str, Any] = {}
    if deployment.started is not None:
        info["startTime"] = moment(deployment.started)
    if deployment.completed is not None:
        info["completeTime"] = moment(deployment.completed)
    if deployment.description is not None:
        info["description"] = deployment.description
    if deployment.external_id is not None:
        info["externalId"] = deployment.external_id
    if deployment.previous_revision is not None:
        info["previousRevision"] = without_content(deployment.previous_revision)
    if deployment.error is not None:
        info["errorInformation"] = dict(zip(("code", "message"), deployment.error, strict=True))
    if deployment.overrides_alarms:
        info["overrideAlarmConfiguration"] = deployment.alarms
    if rollback := _rollback_info(deployment):
        info["rollbackInfo"] = rollback
    return info


def _rollback_info(deployment: Deployment) -> dict[str, str]:
    """Each side names the other. [V]"""
    info: dict[str, str] = {}
    if deployment.undoes is not None:
        info["rollbackTriggeringDeploymentId"] = deployment.undoes.id
    if deployment.undone_by is not None:
        info["rollbackDeploymentId"] = deployment.undone_by
    if deployment.rollback_message is not None:
        info["rollbackMessage"] = deployment.rollback_message
    return info


def _overview(deployment: Deployment) -> dict[str, int]:
    """A Lambda deployment has one target."""
    states = ("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Ready")
    return {state: int(deployment.target_status == state) for state in states}

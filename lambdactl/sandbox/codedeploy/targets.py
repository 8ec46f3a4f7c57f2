"""The operations on a deployment's target, which is one Lambda function, and on its hooks."""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.clock import moment
from lambdactl.sandbox.codedeploy.deployments import Deployments
from lambdactl.sandbox.codedeploy.records import Deployment
from lambdactl.sandbox.codedeploy.refusals import refused

STATUSES = ("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Unknown", "Ready")


class Targets(Deployments):
    """Targets are known from the moment in which a deployment has started."""

    def list_deployment_targets(self, params: dict[str, Any]) -> dict[str, Any]:
        """No target where the deployment failed before it had one. [I SAM 291, ?]"""
        filters = params.get("targetFilters") or {}
        for name in filters:
            if name != "TargetStatus":
                raise refused("InvalidTargetFilterName", f"The target filter {name} is invalid")
        with self.account.lock:
            deployment = self._started(params.get("deploymentId"))
            if deployment.spec is None:
                return {"targetIds": []}
            wanted = filters.get("TargetStatus") or STATUSES
            listed = deployment.target_status in wanted
            return {"targetIds": [deployment.spec.function] if listed else []}

    def batch_get_deployment_targets(self, params: dict[str, Any]) -> dict[str, Any]:
        ids = params.get("targetIds")
        if not ids:
            raise refused("DeploymentTargetIdRequired", "A deployment target ID was not provided.")
        with self.account.lock:
            deployment = self._started(params.get("deploymentId"))
            if len(ids) > 1:
                raise refused(
                    "DeploymentTargetListSizeExceeded",
                    "The target list of a Lambda deployment must have exactly one item.",
                )
            return {"deploymentTargets": [self._target(deployment, ids[0])]}

    def get_deployment_target(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            deployment = self._started(params.get("deploymentId"))
            return {"deploymentTarget": self._target(deployment, params["targetId"])}

    def list_deployment_instances(self, params: dict[str, Any]) -> dict[str, Any]:
        """The older calls know instances only."""
        self.deployment(params.get("deploymentId"))
        raise refused("InvalidComputePlatform", "A Lambda deployment has targets, not instances")

    def get_deployment_instance(self, params: dict[str, Any]) -> dict[str, Any]:
        return self.list_deployment_instances(params)

    def batch_get_deployment_instances(self, params: dict[str, Any]) -> dict[str, Any]:
        return self.list_deployment_instances(params)

    def put_lifecycle_event_hook_execution_status(self, params: dict[str, Any]) -> dict[str, Any]:
        """A hook's report, to be given once. [M]"""
        status, run_id = params.get("status"), params.get("lifecycleEventHookExecutionId", "")
        with self.account.lock:
            deployment = self.deployment(params.get("deploymentId"))
            if status not in ("Succeeded", "Failed"):
                raise refused(
                    "InvalidLifecycleEventHookExecutionStatus",
                    f"The status of a hook must be Succeeded or Failed, not {status}",
                )
            run = deployment.hooks.get(run_id)
            if run is None:
                raise refused(
                    "InvalidLifecycleEventHookExecutionId",
                    "The lifecycle event hook execution ID is not one of this deployment",
                )
            if run.result is not None or deployment.event(run.event).status != "InProgress":
                raise refused(
                    "LifecycleEventAlreadyCompleted",
                    f"The lifecycle event {run.event} is already completed",
                )
            run.result = "Succeeded" if status == "Succeeded" else "Failed"
        return {"lifecycleEventHookExecutionId": run_id}

    def _started(self, deployment_id: str | None) -> Deployment:
        deployment = self.deployment(deployment_id)
        if deployment.status == "Created":
            raise refused("DeploymentNotStarted", f"The deployment {deployment.id} has not started")
        return deployment

    def _target(self, deployment: Deployment, target_id: str) -> dict[str, Any]:
        spec = deployment.spec
        if spec is None or target_id not in (spec.function, f"{spec.function}:{spec.alias}"):
            raise refused(
                "DeploymentTargetDoesNotExist",
                f"The target {target_id} does not belong to the deployment {deployment.id}",
            )
        target: dict[str, Any] = {
            "deploymentId": deployment.id,
            "targetId": spec.function,
            "targetArn": self.account.arn("lambda", f"function:{spec.function}"),
            "status": deployment.target_status,
            "lifecycleEvents": [event.described() for event in deployment.events],
            "lambdaFunctionInfo": {
                "functionName": spec.function,
                "functionAlias": spec.alias,
                "currentVersion": spec.current,
                "targetVersion": spec.target,
                # A fraction, though the reference calls it a percentage. [V: 1.0 at the end]
                "targetVersionWeight": deployment.weight,
            },
        }
        if deployment.target_updated is not None:
            target["lastUpdatedAt"] = moment(deployment.target_updated)
        return {"deploymentTargetType": "LambdaTarget", "lambdaTarget": target}

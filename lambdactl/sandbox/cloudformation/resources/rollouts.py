"""CodeDeploy's application, deployment group and deployment config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import Kind, Made, Site, deleted
from lambdactl.sandbox.cloudformation.shapes import as_input, required, without
from lambdactl.sandbox.cloudformation.walk import Work


class ApplicationKind(Kind):
    type = "AWS::CodeDeploy::Application"
    fixed = frozenset({"ApplicationName", "ComputePlatform"})
    named_by = "ApplicationName"

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        name = properties.get("ApplicationName") or site.name(100)
        params = as_input(
            "codedeploy", "CreateApplication", {**properties, "ApplicationName": name}
        )
        yield from site.call("codedeploy", "CreateApplication", params)
        return Made(name)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        params = {"applicationName": resource.physical_id}
        yield from deleted(site, "codedeploy", "DeleteApplication", params)


class DeploymentGroupKind(Kind):
    type = "AWS::CodeDeploy::DeploymentGroup"
    fixed = frozenset({"ApplicationName", "DeploymentGroupName"})
    named_by = "DeploymentGroupName"

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        required(properties, "ApplicationName", "ServiceRoleArn")
        name = properties.get("DeploymentGroupName") or site.name(100)
        given = {**properties, "DeploymentGroupName": name}
        params = as_input("codedeploy", "CreateDeploymentGroup", given)
        yield from site.call("codedeploy", "CreateDeploymentGroup", params)
        return Made(name)

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        given = {
            **without(properties, "DeploymentGroupName", "Tags"),
            "CurrentDeploymentGroupName": resource.physical_id,
        }
        params = as_input("codedeploy", "UpdateDeploymentGroup", given)
        # What the template no longer has is switched off, not left as it was.
        params.setdefault("alarmConfiguration", {"enabled": False, "alarms": []})
        params.setdefault("autoRollbackConfiguration", {"enabled": False, "events": []})
        yield from site.call("codedeploy", "UpdateDeploymentGroup", params)
        return Made(resource.physical_id)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        params = {
            "applicationName": resource.properties["ApplicationName"],
            "deploymentGroupName": resource.physical_id,
        }
        yield from deleted(site, "codedeploy", "DeleteDeploymentGroup", params)


class DeploymentConfigKind(Kind):
    type = "AWS::CodeDeploy::DeploymentConfig"
    fixed = frozenset({"ComputePlatform", "DeploymentConfigName", "TrafficRoutingConfig"})
    named_by = "DeploymentConfigName"

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        name = properties.get("DeploymentConfigName") or site.name(100)
        given = {**properties, "DeploymentConfigName": name}
        params = as_input("codedeploy", "CreateDeploymentConfig", given)
        yield from site.call("codedeploy", "CreateDeploymentConfig", params)
        return Made(name)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        params = {"deploymentConfigName": resource.physical_id}
        yield from deleted(site, "codedeploy", "DeleteDeploymentConfig", params)

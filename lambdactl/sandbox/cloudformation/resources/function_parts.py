"""What belongs to a function: permissions, layers, event sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import Kind, Made, Site, deleted
from lambdactl.sandbox.cloudformation.shapes import as_input, required, without
from lambdactl.sandbox.cloudformation.walk import Work


class PermissionKind(Kind):
    """A statement of a function's resource policy; every change makes a new one."""

    type = "AWS::Lambda::Permission"
    attributes = frozenset({"Id"})
    fixed = frozenset(
        {
            "Action",
            "EventSourceToken",
            "FunctionName",
            "FunctionUrlAuthType",
            "InvokedViaFunctionUrl",
            "Principal",
            "PrincipalOrgID",
            "SourceAccount",
            "SourceArn",
        }
    )

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        required(properties, "Action", "FunctionName", "Principal")
        statement = site.name(100)
        params = as_input("lambda", "AddPermission", {**properties, "StatementId": statement})
        yield from site.call("lambda", "AddPermission", params)
        return Made(statement, {"Id": statement})

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        params = {
            "FunctionName": resource.properties["FunctionName"],
            "StatementId": resource.physical_id,
        }
        yield from deleted(site, "lambda", "RemovePermission", params)


class LayerVersionKind(Kind):
    type = "AWS::Lambda::LayerVersion"
    attributes = frozenset({"LayerVersionArn"})
    fixed = frozenset(
        {
            "CompatibleArchitectures",
            "CompatibleRuntimes",
            "Content",
            "Description",
            "LayerName",
            "LicenseInfo",
        }
    )

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        required(properties, "Content")
        named = {"LayerName": site.logical_id, **properties}
        params = as_input("lambda", "PublishLayerVersion", named)
        made = yield from site.call("lambda", "PublishLayerVersion", params)
        arn = made["LayerVersionArn"]
        return Made(arn, {"LayerVersionArn": arn})

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        layer, _, number = resource.physical_id.rpartition(":")
        params = {"LayerName": layer, "VersionNumber": int(number)}
        yield from deleted(site, "lambda", "DeleteLayerVersion", params)


class EventSourceMappingKind(Kind):
    type = "AWS::Lambda::EventSourceMapping"
    attributes = frozenset({"EventSourceMappingArn", "Id"})
    fixed = frozenset({"EventSourceArn", "StartingPosition", "StartingPositionTimestamp"})

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        required(properties, "FunctionName")
        params = as_input("lambda", "CreateEventSourceMapping", properties)
        made = yield from site.call("lambda", "CreateEventSourceMapping", params)
        arn = site.account.arn("lambda", f"event-source-mapping:{made['UUID']}")
        return Made(made["UUID"], {"Id": made["UUID"], "EventSourceMappingArn": arn})

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        given = {**without(properties, *self.fixed, "Tags"), "UUID": resource.physical_id}
        params = as_input("lambda", "UpdateEventSourceMapping", given)
        yield from site.call("lambda", "UpdateEventSourceMapping", params)
        return Made(resource.physical_id, resource.attributes)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        params = {"UUID": resource.physical_id}
        yield from deleted(site, "lambda", "DeleteEventSourceMapping", params)

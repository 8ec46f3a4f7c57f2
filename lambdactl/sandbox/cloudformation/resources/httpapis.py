"""API Gateway's HTTP APIs: an API is made from its OpenAPI body, a stage makes it answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import Kind, Made, Site, deleted
from lambdactl.sandbox.cloudformation.shapes import as_input, mismatch, required, without
from lambdactl.sandbox.cloudformation.walk import Work


class ApiKind(Kind):
    type = "AWS::ApiGatewayV2::Api"
    attributes = frozenset({"ApiEndpoint", "ApiId"})
    fixed = frozenset({"ProtocolType"})

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        operation, params = _request("CreateApi", "ImportApi", properties)
        made = yield from site.call("apigatewayv2", operation, params)
        attributes = {"ApiEndpoint": made["ApiEndpoint"], "ApiId": made["ApiId"]}
        return Made(made["ApiId"], attributes)

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        operation, params = _request("UpdateApi", "ReimportApi", without(properties, "Tags"))
        params["ApiId"] = resource.physical_id
        yield from site.call("apigatewayv2", operation, params)
        return Made(resource.physical_id, resource.attributes)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        params = {"ApiId": resource.physical_id}
        yield from deleted(site, "apigatewayv2", "DeleteApi", params)


def _request(
    plain: str, from_body: str, properties: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """The operation for an API with, and for one without, an OpenAPI body."""
    if "Body" not in properties:
        return plain, as_input("apigatewayv2", plain, properties)
    for name in properties:
        if name not in ("Body", "FailOnWarnings", "Basepath", "Tags"):
            raise mismatch("#", f"key [{name}] beside [Body] is not there in the sandbox")
    return from_body, {"Body": json.dumps(properties["Body"])}


class StageKind(Kind):
    type = "AWS::ApiGatewayV2::Stage"
    fixed = frozenset({"ApiId", "StageName"})

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        required(properties, "ApiId", "StageName")
        params = as_input("apigatewayv2", "CreateStage", properties)
        yield from site.call("apigatewayv2", "CreateStage", params)
        return Made(properties["StageName"])

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        params = as_input("apigatewayv2", "UpdateStage", without(properties, "Tags"))
        yield from site.call("apigatewayv2", "UpdateStage", params)
        return Made(resource.physical_id)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        params = {"ApiId": resource.properties["ApiId"], "StageName": resource.physical_id}
        yield from deleted(site, "apigatewayv2", "DeleteStage", params)

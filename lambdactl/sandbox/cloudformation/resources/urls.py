"""AWS::Lambda::Url: a function URL, of a function or of one of its aliases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import Kind, Made, Site, deleted
from lambdactl.sandbox.cloudformation.shapes import as_input, required, without
from lambdactl.sandbox.cloudformation.walk import Work


class UrlKind(Kind):
    type = "AWS::Lambda::Url"
    attributes = frozenset({"FunctionArn", "FunctionUrl"})
    fixed = frozenset({"Qualifier", "TargetFunctionArn"})

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        required(properties, "AuthType", "TargetFunctionArn")
        made = yield from self._put(site, "CreateFunctionUrlConfig", properties)
        return made

    def update(
        self,
        site: Site,
        resource: StackResource,  # noqa: ARG002
        properties: Mapping[str, Any],
    ) -> Work[Made]:
        made = yield from self._put(site, "UpdateFunctionUrlConfig", properties)
        return made

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        yield from deleted(site, "lambda", "DeleteFunctionUrlConfig", _address(resource.properties))

    def _put(self, site: Site, operation: str, properties: Mapping[str, Any]) -> Work[Made]:
        settings = without(properties, "Qualifier", "TargetFunctionArn")
        params = as_input("lambda", operation, {**settings, **_address(properties)})
        made = yield from site.call("lambda", operation, params)
        attributes = {name: made[name] for name in self.attributes}
        return Made(made["FunctionArn"], attributes)


def _address(properties: Mapping[str, Any]) -> dict[str, Any]:
    address = {"FunctionName": properties["TargetFunctionArn"]}
    if properties.get("Qualifier"):
        address["Qualifier"] = properties["Qualifier"]
    return address

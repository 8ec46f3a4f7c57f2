"""AWS::Lambda::Version: a new one publishes; removing one deletes exactly that version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import (
    Kind,
    Made,
    ResourceFailed,
    Site,
    deleted,
)
from lambdactl.sandbox.cloudformation.shapes import as_input, required, without
from lambdactl.sandbox.cloudformation.walk import Work

_POLL_S = 1.0


class VersionKind(Kind):
    type = "AWS::Lambda::Version"
    attributes = frozenset({"FunctionArn", "Version"})
    fixed = frozenset({"CodeSha256", "Description", "FunctionName"})

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        """Publish. Lambda answers an unchanged function with the version it has, which
        CloudFormation does not take for a new one."""
        required(properties, "FunctionName")
        known = yield from _numbers(site, properties["FunctionName"])
        plain = without(properties, "ProvisionedConcurrencyConfig", "RuntimePolicy")
        params = as_input("lambda", "PublishVersion", plain)
        published = yield from site.call("lambda", "PublishVersion", params)
        number = published["Version"]
        if number in known:
            raise ResourceFailed(
                f"A version for this Lambda function exists ( {number} ). Modify the function to "
                "create a new version."
            )
        site.begun(published["FunctionArn"])
        yield from _until_active(site, properties["FunctionName"], number)
        arn = published["FunctionArn"]
        yield from _provision(site, properties, number)
        return Made(arn, {"FunctionArn": arn, "Version": number})

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        yield from _provision(site, properties, resource.attributes["Version"])
        return Made(resource.physical_id, resource.attributes)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        number = str(resource.attributes.get("Version") or resource.physical_id.rpartition(":")[2])
        # Without a number DeleteFunction would take the whole function.
        assert re.fullmatch(r"[0-9]+", number)
        params = {"FunctionName": resource.properties["FunctionName"], "Qualifier": number}
        yield from deleted(site, "lambda", "DeleteFunction", params)


def _numbers(site: Site, function: str) -> Work[set[str]]:
    numbers: set[str] = set()
    params: dict[str, Any] = {"FunctionName": function}
    while True:
        page = yield from site.call("lambda", "ListVersionsByFunction", params)
        numbers |= {version["Version"] for version in page["Versions"]}
        if not page.get("NextMarker"):
            return numbers
        params["Marker"] = page["NextMarker"]


def _until_active(site: Site, function: str, number: str) -> Work[None]:
    while True:
        shown = yield from site.call(
            "lambda", "GetFunctionConfiguration", {"FunctionName": function, "Qualifier": number}
        )
        if shown.get("State", "Active") != "Pending":
            break
        yield from site.rest(_POLL_S)
    if shown.get("State") == "Failed":
        raise ResourceFailed(f"Version {number} failed to become active: {shown['StateReason']}")


def _provision(site: Site, properties: Mapping[str, Any], number: str) -> Work[None]:
    wanted = properties.get("ProvisionedConcurrencyConfig")
    if wanted:
        params = {
            **as_input("lambda", "PutProvisionedConcurrencyConfig", wanted),
            "FunctionName": properties["FunctionName"],
            "Qualifier": number,
        }
        yield from site.call("lambda", "PutProvisionedConcurrencyConfig", params)

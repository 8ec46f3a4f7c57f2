"""AWS::Logs::LogGroup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import (
    Kind,
    Made,
    Site,
    deleted,
    from_tag_list,
)
from lambdactl.sandbox.cloudformation.shapes import as_input, without
from lambdactl.sandbox.cloudformation.walk import Work


class LogGroupKind(Kind):
    type = "AWS::Logs::LogGroup"
    attributes = frozenset({"Arn"})
    fixed = frozenset({"LogGroupName"})
    named_by = "LogGroupName"

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        name = properties.get("LogGroupName") or site.name(200)
        given = without(properties, "RetentionInDays", "Tags")
        params = as_input("logs", "CreateLogGroup", {**given, "LogGroupName": name})
        tags = {**from_tag_list(properties.get("Tags")), **site.tags}
        yield from site.call("logs", "CreateLogGroup", {**params, "tags": tags} if tags else params)
        site.begun(name)
        yield from _retain(site, name, properties)
        return Made(name, {"Arn": site.account.arn("logs", f"log-group:{name}:*")})

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        name = resource.physical_id
        if "RetentionInDays" in properties:
            yield from _retain(site, name, properties)
        else:
            yield from deleted(site, "logs", "DeleteRetentionPolicy", {"logGroupName": name})
        return Made(name, resource.attributes)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        params = {"logGroupName": resource.physical_id}
        yield from deleted(site, "logs", "DeleteLogGroup", params)


def _retain(site: Site, name: str, properties: Mapping[str, Any]) -> Work[None]:
    if "RetentionInDays" in properties:
        days = int(properties["RetentionInDays"])
        params = {"logGroupName": name, "retentionInDays": days}
        yield from site.call("logs", "PutRetentionPolicy", params)

"""CloudWatch's alarms: putting one creates it or changes it in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import Kind, Made, Site, deleted
from lambdactl.sandbox.cloudformation.shapes import as_input
from lambdactl.sandbox.cloudformation.walk import Work


class AlarmKind(Kind):
    type = "AWS::CloudWatch::Alarm"
    attributes = frozenset({"Arn"})
    fixed = frozenset({"AlarmName"})
    named_by = "AlarmName"
    puts: ClassVar[str] = "PutMetricAlarm"

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        made = yield from self._put(site, properties.get("AlarmName") or site.name(255), properties)
        return made

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        made = yield from self._put(site, resource.physical_id, properties)
        return made

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        params = {"AlarmNames": [resource.physical_id]}
        yield from deleted(site, "cloudwatch", "DeleteAlarms", params)

    def _put(self, site: Site, name: str, properties: Mapping[str, Any]) -> Work[Made]:
        params = as_input("cloudwatch", self.puts, {**properties, "AlarmName": name})
        yield from site.call("cloudwatch", self.puts, params)
        return Made(name, {"Arn": site.account.arn("cloudwatch", f"alarm:{name}")})


class CompositeAlarmKind(AlarmKind):
    type = "AWS::CloudWatch::CompositeAlarm"
    puts = "PutCompositeAlarm"

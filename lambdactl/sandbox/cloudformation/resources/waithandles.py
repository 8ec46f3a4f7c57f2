"""AWS::CloudFormation::WaitConditionHandle: an address, and nothing behind it.

Templates use it as the resource that does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import Kind, Made, Site
from lambdactl.sandbox.cloudformation.walk import Work


class WaitConditionHandleKind(Kind):
    type = "AWS::CloudFormation::WaitConditionHandle"

    def create(
        self,
        site: Site,
        properties: Mapping[str, Any],  # noqa: ARG002
    ) -> Work[Made]:
        yield from ()
        host = f"cloudformation-waitcondition-{site.account.region}.s3.amazonaws.com"
        return Made(f"https://{host}/{site.stack_id}/{site.logical_id}")

    def delete(
        self,
        site: Site,  # noqa: ARG002
        resource: StackResource,  # noqa: ARG002
    ) -> Work[None]:
        yield from ()

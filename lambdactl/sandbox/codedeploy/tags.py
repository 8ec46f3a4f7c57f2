"""Tags of applications and deployment groups."""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.codedeploy.records import Ledger
from lambdactl.sandbox.codedeploy.refusals import no_application, no_group, refused
from lambdactl.sandbox.tags import TagBook


class Tags:
    """TagResource, UntagResource and ListTagsForResource."""

    account: Account
    ledger: Ledger
    tags: TagBook

    def tag_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            self.tags.add(self._resource(params["ResourceArn"]), params["Tags"])
        return {}

    def untag_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            self.tags.remove(self._resource(params["ResourceArn"]), params["TagKeys"])
        return {}

    def list_tags_for_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            return {"Tags": self.tags.of(self._resource(params["ResourceArn"]))}

    def _resource(self, arn: str) -> str:
        prefix = self.account.arn("codedeploy", "")
        if not arn.startswith(prefix):
            raise refused("InvalidArn", f"The specified ARN is not in a valid format: {arn}")
        resource = arn.removeprefix(prefix)
        kind, _, name = resource.partition(":")
        application, _, group = name.partition("/")
        if kind not in ("application", "deploymentgroup"):
            raise refused("ArnNotSupported", f"The specified ARN is not supported: {arn}")
        found = self.ledger.applications.get(application)
        if found is None:
            raise no_application(application)
        if kind == "deploymentgroup" and group not in found.groups:
            raise no_group(group)
        return resource

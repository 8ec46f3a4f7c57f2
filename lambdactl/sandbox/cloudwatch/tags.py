"""Tags of alarms, by ARN."""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.cloudwatch.records import AlarmBook
from lambdactl.sandbox.tags import TagBook


class Tags:
    """TagResource, UntagResource and ListTagsForResource."""

    account: Account
    book: AlarmBook
    tags: TagBook

    def tag_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            self.tags.add(self._known(params["ResourceARN"]), params["Tags"])
        return {}

    def untag_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            self.tags.remove(self._known(params["ResourceARN"]), params["TagKeys"])
        return {}

    def list_tags_for_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            return {"Tags": self.tags.of(self._known(params["ResourceARN"]))}

    def _known(self, arn: str) -> str:
        if any(alarm.arn == arn for alarm in self.book.alarms.values()):
            return arn
        raise ApiError("ResourceNotFoundException", f"There is no {arn}.", 404)

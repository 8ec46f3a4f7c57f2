"""Tags of alarms, by ARN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.cloudwatch.records import AlarmBook

MOST_TAGS = 50


class TagBook:
    def __init__(self) -> None:
        self._tags: dict[str, dict[str, str]] = {}

    def add(self, arn: str, tags: Iterable[Mapping[str, str]]) -> None:
        merged = {**self._tags.get(arn, {}), **{tag["Key"]: tag["Value"] for tag in tags}}
        if len(merged) > MOST_TAGS:
            raise ApiError("InvalidParameterValue", f"A resource has {MOST_TAGS} tags at most.")
        self._tags[arn] = merged

    def remove(self, arn: str, keys: Iterable[str]) -> None:
        for key in keys:
            self._tags.get(arn, {}).pop(key, None)

    def forget(self, arn: str) -> None:
        self._tags.pop(arn, None)

    def of(self, arn: str) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self._tags.get(arn, {}).items()]


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

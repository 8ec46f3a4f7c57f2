"""Tags on functions and on event source mappings; versions and aliases can have none."""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.functions.names import read_name
from lambdactl.sandbox.functions.refusals import function_not_found, invalid, not_found
from lambdactl.sandbox.functions.registry import Room

_NOT_TAGGABLE = (
    "Tags on function aliases and versions are not supported. "
    "Please specify either a function ARN or an event source mapping ARN."
)
_TAGS_LIMIT = 50


class Tags(Room):
    def tag_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            tags = self._tags(params["Resource"])
            merged = {**tags, **params["Tags"]}
            if len(merged) > _TAGS_LIMIT:
                raise invalid(f"Number of tags exceeds resource tag limit ({_TAGS_LIMIT}).")
            tags.update(params["Tags"])
        return {}

    def untag_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            tags = self._tags(params["Resource"])
            for key in params["TagKeys"]:
                tags.pop(key, None)
        return {}

    def list_tags(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            return {"Tags": dict(self._tags(params["Resource"]))}

    def _tags(self, arn: str) -> dict[str, str]:
        """The tags of the resource, to be read or changed in place."""
        head, _, uuid = arn.rpartition(":")
        if head.endswith(":event-source-mapping"):
            if uuid not in self.registry.mappings:
                raise not_found("The resource you requested does not exist.")
            return self.registry.mapping_tags.setdefault(uuid, {})
        name, qualifier = read_name(self.account, arn)
        if qualifier is not None:
            raise invalid(_NOT_TAGGABLE)
        function = self.registry.functions.get(name)
        if function is None:
            raise function_not_found(arn)
        return function.tags

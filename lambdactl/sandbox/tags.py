"""Tags as most services have them: pairs of Key and Value on a resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lambdactl.sandbox.errors import ApiError

MOST_TAGS = 50


class TagBook:
    """Tags by resource. ``refusal`` is the error code for more than :data:`MOST_TAGS` on one."""

    def __init__(self, refusal: str) -> None:
        self._refusal = refusal
        self._tags: dict[str, dict[str, str]] = {}

    def add(self, resource: str, tags: Iterable[Mapping[str, str]]) -> None:
        given = {tag.get("Key", ""): tag.get("Value", "") for tag in tags}
        merged = self._tags.get(resource, {}) | given
        if len(merged) > MOST_TAGS:
            raise ApiError(self._refusal, f"A resource has {MOST_TAGS} tags at most.")
        self._tags[resource] = merged

    def remove(self, resource: str, keys: Iterable[str]) -> None:
        for key in keys:
            self._tags.get(resource, {}).pop(key, None)

    def forget(self, resource: str) -> None:
        self._tags.pop(resource, None)

    def of(self, resource: str) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self._tags.get(resource, {}).items()]

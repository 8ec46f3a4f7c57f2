"""Published versions: immutable, numbered upwards, no number used twice.

Publishing is idempotent: where nothing changed since the last publish, the version that came of it
is returned again, whatever Description is asked for. A gap in the numbers is a version deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from lambdactl.sandbox.functions.descriptions import configuration, summary
from lambdactl.sandbox.functions.paging import page_size, read_marker, with_next, write_marker
from lambdactl.sandbox.functions.records import (
    LATEST_PUBLISHED,
    Function,
    FunctionVersion,
    position,
)
from lambdactl.sandbox.functions.refusals import check_revision, invalid
from lambdactl.sandbox.functions.registry import Room

_PAGE = 50
"""ListVersionsByFunction gives 50 a page, whatever MaxItems says."""


class Versions(Room):
    def publish_version(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, _ = self.registry.find(params)
            latest = function.latest
            check_revision(params.get("RevisionId"), latest.revision_id)
            _check_code(params.get("CodeSha256"), latest.package.sha256)
            self.registry.check_settled(function)
            version = self.published(function, params)
            return configuration(self.account, function, version, version.label)

    def published(self, function: Function, params: Mapping[str, Any]) -> FunctionVersion:
        """What a request publishes: a numbered version, or ``$LATEST.PUBLISHED`` anew."""
        if params.get("PublishTo") == "LATEST_PUBLISHED":
            return self._publish_latest(function)
        return self.publish(function, params.get("Description"))

    def _publish_latest(self, function: Function) -> FunctionVersion:
        latest, before = function.latest, function.latest_published
        if "CapacityProviderConfig" not in latest.settings.members:
            raise invalid("PublishTo is only supported for functions with a capacity provider.")
        size = latest.package.counted
        if before is None:
            self.registry.storage.take(size)
        else:
            self.registry.storage.exchange(before.package.counted, size)
            self.registry.retire(function, before)
        made = self._version(function, LATEST_PUBLISHED, latest.description)
        function.latest_published = made
        return made

    def publish(self, function: Function, description: str | None) -> FunctionVersion:
        """The version that holds what ``$LATEST`` holds now, made if there is none yet."""
        last = function.published.get(str(function.next_number - 1))
        if last is not None and not function.changed:
            return last
        latest = function.latest
        self.registry.storage.take(latest.package.counted)
        told = latest.description if description is None else description
        version = self._version(function, str(function.next_number), told)
        function.published[version.label] = version
        function.next_number += 1
        function.changed = False
        latest.revision_id = self.account.new_id()
        return version

    def _version(self, function: Function, label: str, description: str) -> FunctionVersion:
        """What ``$LATEST`` is now, under another label."""
        latest = function.latest
        now, revision = self.account.clock.now(), self.account.new_id()
        made = FunctionVersion(label, latest.settings, latest.package, description, now, revision)
        self.registry.activate_later(function, made)
        return made

    def list_versions_by_function(self, params: dict[str, Any]) -> dict[str, Any]:
        size = page_size(params, limit=_PAGE)
        with self.account.lock:
            function, _ = self.registry.find(params)
            marker = read_marker(params)
            after = -1.0 if marker is None else position(marker)
            later = (v for v in function.versions() if position(v.label) > after)
            chosen = list(islice(later, size + 1))
            versions = [
                summary(self.account, function, version, version.label) for version in chosen[:size]
            ]
        marker = write_marker(chosen[size - 1].label) if len(chosen) > size else None
        return with_next({"Versions": versions}, marker)


def _check_code(given: str | None, actual: str) -> None:
    if given is not None and given != actual:
        raise invalid(
            f"CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({actual}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )

"""Published versions: immutable, numbered upwards, no number used twice.

Publishing is idempotent: where nothing changed since the last publish, the version that came of it
is returned again, whatever Description is asked for. A gap in the numbers is a version deleted.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.functions.descriptions import configuration, summary
from lambdactl.sandbox.functions.paging import page_size, read_marker, with_next, write_marker
from lambdactl.sandbox.functions.records import LATEST, Function, FunctionVersion
from lambdactl.sandbox.functions.refusals import check_revision, invalid
from lambdactl.sandbox.functions.registry import Room

_PAGE = 50
"""ListVersionsByFunction gives 50 a page, whatever MaxItems says."""


class Versions(Room):
    def publish_version(self, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("PublishTo"):
            raise ApiError("NotImplemented", "the sandbox has no managed instances", 501)
        with self.account.lock:
            function, _ = self.registry.find(params)
            latest = function.latest
            check_revision(params.get("RevisionId"), latest.revision_id)
            _check_code(params.get("CodeSha256"), latest.package.sha256)
            self.registry.check_settled(function)
            version = self.publish(function, params.get("Description"))
            return configuration(self.account, function, version, version.label)

    def publish(self, function: Function, description: str | None) -> FunctionVersion:
        """The version that holds what ``$LATEST`` holds now, made if there is none yet."""
        last = function.published.get(str(function.next_number - 1))
        if last is not None and not function.changed:
            return last
        latest = function.latest
        self.registry.storage.take(latest.package.counted)
        version = FunctionVersion(
            str(function.next_number),
            latest.settings,
            latest.package,
            latest.description if description is None else description,
            self.account.clock.now(),
            self.account.new_id(),
        )
        function.published[version.label] = version
        function.next_number += 1
        function.changed = False
        latest.revision_id = self.account.new_id()
        self.registry.activate_later(function, version)
        return version

    def list_versions_by_function(self, params: dict[str, Any]) -> dict[str, Any]:
        size = page_size(params, limit=_PAGE)
        with self.account.lock:
            function, _ = self.registry.find(params)
            after = _number(read_marker(params))
            later = (v for v in function.versions() if _number(v.label) > after)
            chosen = list(islice(later, size + 1))
            versions = [
                summary(self.account, function, version, version.label) for version in chosen[:size]
            ]
        marker = write_marker(chosen[size - 1].label) if len(chosen) > size else None
        return with_next({"Versions": versions}, marker)


def _number(label: str | None) -> int:
    """The number of a version; 0 for ``$LATEST``, which comes first, -1 for before the first."""
    if label is None:
        return -1
    return 0 if label == LATEST else int(label)


def _check_code(given: str | None, actual: str) -> None:
    if given is not None and given != actual:
        raise invalid(
            f"CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({actual}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )

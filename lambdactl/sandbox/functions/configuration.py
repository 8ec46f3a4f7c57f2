"""Functions: made, shown, changed, listed. Only ``$LATEST`` ever changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lambdactl.sandbox.functions.descriptions import code_location, configuration, summary
from lambdactl.sandbox.functions.layers import Layers
from lambdactl.sandbox.functions.names import is_alias, read_name
from lambdactl.sandbox.functions.paging import page_size, read_marker, with_next, write_marker
from lambdactl.sandbox.functions.records import (
    LATEST,
    Function,
    FunctionVersion,
    Package,
    position,
)
from lambdactl.sandbox.functions.refusals import (
    check_revision,
    conflict,
    function_not_found,
    invalid,
)
from lambdactl.sandbox.functions.registry import Registry, Room
from lambdactl.sandbox.functions.settings import changed_settings, first_settings
from lambdactl.sandbox.functions.versions import Versions

_PAGE = 50
"""Of ListFunctions with FunctionVersion=ALL: 50 whatever MaxItems says."""


class Configuration(Room):
    def __init__(self, registry: Registry, versions: Versions, layers: Layers) -> None:
        super().__init__(registry)
        self._versions = versions
        self._layers = layers

    def create_function(self, params: dict[str, Any]) -> dict[str, Any]:
        name = read_name(self.account, params["FunctionName"]).function
        if name in self.registry.functions:
            raise conflict(f"Function already exist: {name}")
        package = self.registry.packages.read(params["Code"])
        with self.account.lock:
            if name in self.registry.functions:
                raise conflict(f"Function already exist: {name}")
            function = self._made(name, params, package)
            version = function.latest
            if params.get("Publish"):
                version = self._versions.published(function, _only(params, "PublishTo"))
            return configuration(self.account, function, version)

    def _made(self, name: str, params: dict[str, Any], package: Package) -> Function:
        settings = first_settings(name, params, self._layers.attached)
        latest = FunctionVersion(
            LATEST,
            settings,
            package,
            params.get("Description") or "",
            self.account.clock.now(),
            self.account.new_id(),
        )
        self.registry.storage.take(package.counted)
        function = Function(name, latest, tags=dict(params.get("Tags") or {}))
        self.registry.enlist(function)
        self.registry.activate_later(function, latest)
        return function

    def get_function(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, qualifier = self.registry.find(params)
            version = self._shown(function, qualifier)
            shown: dict[str, Any] = {
                "Configuration": configuration(self.account, function, version, qualifier),
                "Code": code_location(version, self.registry.packages.location(version.package)),
            }
            if function.tags:
                shown["Tags"] = dict(function.tags)
            if function.reserved is not None:
                shown["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
            return shown

    def get_function_configuration(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, qualifier = self.registry.find(params)
            version = self._shown(function, qualifier)
            return configuration(self.account, function, version, qualifier)

    def _shown(self, function: Function, qualifier: str | None) -> FunctionVersion:
        if qualifier and is_alias(qualifier) and qualifier not in function.aliases:
            raise function_not_found(self.registry.arn(function.name, qualifier))
        return self.registry.version_of(function, qualifier)

    def update_function_code(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            self._check_update(params)
        package = self.registry.packages.read(params)
        with self.account.lock:
            function = self._check_update(params)
            _check_package_type(function, package)
            if params.get("DryRun"):
                return configuration(self.account, function, function.latest)
            self.registry.storage.exchange(function.latest.package.counted, package.counted)
            function.latest.package = package
            function.latest.settings = changed_settings(
                function.latest.settings,
                {name: params[name] for name in ("Architectures",) if name in params},
                self._layers.attached,
            )
            self._changed(function)
            if not params.get("Publish"):
                return configuration(self.account, function, function.latest)
            version = self._versions.published(function, _only(params, "PublishTo"))
            return configuration(self.account, function, version, version.label)

    def update_function_configuration(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function = self._check_update(params)
            latest = function.latest
            latest.settings = changed_settings(latest.settings, params, self._layers.attached)
            latest.description = params.get("Description", latest.description)
            self._changed(function)
            return configuration(self.account, function, latest)

    def _check_update(self, params: dict[str, Any]) -> Function:
        function, qualifier = self.registry.find({"FunctionName": params["FunctionName"]})
        if qualifier not in (None, LATEST):
            raise invalid("Current operation does not support versions other than $LATEST.")
        check_revision(params.get("RevisionId"), function.latest.revision_id)
        self.registry.check_settled(function)
        return function

    def _changed(self, function: Function) -> None:
        """``$LATEST`` is not what it was: new RevisionId, new time, InProgress for a while."""
        latest = function.latest
        function.changed = True
        latest.updating = True
        latest.modified = self.account.clock.now()
        latest.revision_id = self.account.new_id()
        self.registry.retire(function, latest)
        self.registry.activate_later(function, latest)

    def list_functions(self, params: dict[str, Any]) -> dict[str, Any]:
        every = params.get("FunctionVersion") == "ALL"
        with self.account.lock:
            size = page_size(params, limit=_PAGE)
            chosen = list(islice(self._after(read_marker(params), every), size + 1))
            functions = [
                summary(self.account, function, version, version.label if every else None)
                for function, version in chosen[:size]
            ]
        marker = _marker(*chosen[size - 1]) if len(chosen) > size else None
        return with_next({"Functions": functions}, marker)

    def _after(self, marker: str | None, every: bool) -> Iterator[tuple[Function, FunctionVersion]]:
        """Functions by name, with all versions or ``$LATEST`` only, from behind ``marker``."""
        name, _, label = (marker or "").partition(":")
        start = bisect_left(self.registry.function_names, name)
        for each in islice(self.registry.function_names, start, None):
            function = self.registry.functions[each]
            versions = function.versions() if every else iter((function.latest,))
            passed = position(label) if each == name and label else -1.0
            for version in versions:
                if position(version.label) > passed:
                    yield function, version


def _marker(function: Function, version: FunctionVersion) -> str:
    return write_marker(f"{function.name}:{version.label}")


def _only(params: dict[str, Any], *names: str) -> dict[str, Any]:
    """A version published along with a write takes nothing else from it: its Description is
    the function's."""
    return {name: params[name] for name in names if name in params}


def _check_package_type(function: Function, package: Package) -> None:
    is_image = function.latest.settings.members["PackageType"] == "Image"
    if package.image_uri and not is_image:
        raise invalid(
            "Please don't provide ImageUri when updating a function with packageType Zip."
        )
    if is_image and not package.image_uri:
        raise invalid("Please provide ImageUri when updating a function with packageType Image.")

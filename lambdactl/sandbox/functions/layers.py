"""Layers: numbered packages that functions share. Each version counts against code storage."""

from __future__ import annotations

import re
from typing import Any

from lambdactl.sandbox.clock import stamp
from lambdactl.sandbox.functions.paging import page, with_next
from lambdactl.sandbox.functions.records import Layer, LayerVersion
from lambdactl.sandbox.functions.refusals import invalid, not_found
from lambdactl.sandbox.functions.registry import Room

_PAGE = 50
_ATTACHED_LIMIT = 5
_GONE = "The resource you requested does not exist."
_LAYER = re.compile(
    r"arn:[\w-]+:lambda:(?P<region>[\w-]+):(?P<account>\d{12}):layer:(?P<name>[\w-]+)"
    r"(?::(?P<number>\d+))?"
)


class Layers(Room):
    def publish_layer_version(self, params: dict[str, Any]) -> dict[str, Any]:
        name = _bare(params["LayerName"])
        package = self.registry.packages.read(params["Content"])
        names = ("Description", "LicenseInfo", "CompatibleRuntimes", "CompatibleArchitectures")
        members = {member: params[member] for member in names if params.get(member)}
        with self.account.lock:
            self.registry.storage.take(package.counted)
            layer = self.registry.layers.setdefault(name, Layer(name))
            made = LayerVersion(layer.next_number, package, members, self.account.clock.now())
            layer.versions[made.number] = made
            layer.next_number += 1
            return self._whole(layer, made)

    def get_layer_version(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            layer = self.registry.layers.get(_bare(params["LayerName"]))
            version = layer.versions.get(params["VersionNumber"]) if layer else None
            if layer is None or version is None:
                raise not_found(_GONE)
            return self._whole(layer, version)

    def get_layer_version_by_arn(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            found = self._find(params["Arn"])
            if found is None:
                raise not_found(_GONE)
            return self._whole(*found)

    def delete_layer_version(self, params: dict[str, Any]) -> dict[str, Any]:
        """One that is not there is deleted without complaint; functions that have it keep it."""
        with self.account.lock:
            layer = self.registry.layers.get(_bare(params["LayerName"]))
            version = layer.versions.pop(params["VersionNumber"], None) if layer else None
            if version is not None:
                self.registry.storage.give_back(version.package.counted)
        return {}

    def list_layers(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            newest = {name: _newest(layer, params) for name, layer in self.registry.layers.items()}
            matching = {name: version for name, version in newest.items() if version}
            chosen, marker = page(matching, params, limit=_PAGE)
            layers = [
                {
                    "LayerName": name,
                    "LayerArn": self._arn(name),
                    "LatestMatchingVersion": self._line(name, matching[name]),
                }
                for name in chosen
            ]
        return with_next({"Layers": layers}, marker)

    def list_layer_versions(self, params: dict[str, Any]) -> dict[str, Any]:
        """Newest first, as Lambda lists them."""
        with self.account.lock:
            layer = self.registry.layers.get(_bare(params["LayerName"]))
            if layer is None:
                return {"LayerVersions": []}
            found = {
                f"{999_999_999 - version.number:09d}": version
                for version in layer.versions.values()
                if _matches(version, params)
            }
            chosen, marker = page(found, params, limit=_PAGE)
            versions = [self._line(layer.name, found[key]) for key in chosen]
        return with_next({"LayerVersions": versions}, marker)

    def attached(self, arns: list[str]) -> list[dict[str, Any]]:
        """The Layers member of a function. A layer of another account is taken by its word: its
        code is not here, and the function runs without it."""
        if len(arns) > _ATTACHED_LIMIT:
            raise invalid(f"Cannot reference more than {_ATTACHED_LIMIT} layers.")
        return [{"Arn": arn, "CodeSize": self._attach(arn)} for arn in arns]

    def _attach(self, arn: str) -> int:
        found = self._find(arn)
        if found is not None:
            self.registry.attached_layers[arn] = found[1].package
            return found[1].package.size
        if f":{self.account.id}:" in arn:
            raise invalid(f"Layer version {arn} does not exist.")
        return 0

    def _find(self, arn: str) -> tuple[Layer, LayerVersion] | None:
        parts = _LAYER.fullmatch(arn)
        if not parts or not parts["number"] or parts["account"] != self.account.id:
            return None
        layer = self.registry.layers.get(parts["name"])
        version = layer.versions.get(int(parts["number"])) if layer else None
        return (layer, version) if layer and version else None

    def _arn(self, name: str) -> str:
        return self.account.arn("lambda", f"layer:{name}")

    def _line(self, name: str, version: LayerVersion) -> dict[str, Any]:
        return {
            "LayerVersionArn": f"{self._arn(name)}:{version.number}",
            "Version": version.number,
            "CreatedDate": stamp(version.created),
            **version.members,
        }

    def _whole(self, layer: Layer, version: LayerVersion) -> dict[str, Any]:
        content = {
            **self.registry.packages.location(version.package),
            "CodeSize": version.package.size,
            "CodeSha256": version.package.sha256,
        }
        return {
            "LayerArn": self._arn(layer.name),
            "Content": content,
            **self._line(layer.name, version),
        }


def _bare(name: str) -> str:
    found = _LAYER.fullmatch(name)
    return found["name"] if found else name


def _matches(version: LayerVersion, params: dict[str, Any]) -> bool:
    for asked, member in (
        ("CompatibleRuntime", "CompatibleRuntimes"),
        ("CompatibleArchitecture", "CompatibleArchitectures"),
    ):
        wanted = params.get(asked)
        if wanted and wanted not in version.members.get(member, [wanted]):
            return False
    return True


def _newest(layer: Layer, params: dict[str, Any]) -> LayerVersion | None:
    matching = [version for version in layer.versions.values() if _matches(version, params)]
    return matching[-1] if matching else None

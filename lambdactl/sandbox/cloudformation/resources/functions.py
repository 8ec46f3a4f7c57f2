"""AWS::Lambda::Function: made as CloudFormation makes it, and waited for until it is active."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import (
    Kind,
    Made,
    ResourceFailed,
    Site,
    deleted,
    from_tag_list,
)
from lambdactl.sandbox.cloudformation.shapes import as_input, members_of, required, without
from lambdactl.sandbox.cloudformation.walk import Work

_POLL_S = 1.0
_APART = ("Code", "FunctionName", "ReservedConcurrentExecutions", "Tags")
"""Properties that are no plain member of the function's configuration."""
_DEFAULTS: dict[str, Any] = {
    "DeadLetterConfig": {"TargetArn": ""},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "KMSKeyArn": "",
    "Layers": [],
    "MemorySize": 128,
    "SnapStart": {"ApplyOn": "None"},
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
}
"""What a property becomes when the template no longer has it."""


class FunctionKind(Kind):
    type = "AWS::Lambda::Function"
    attributes = frozenset({"Arn"})
    fixed = frozenset({"FunctionName", "PackageType"})
    named_by = "FunctionName"
    takes_tags = True

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        required(properties, "Code", "Role")
        name = properties.get("FunctionName") or site.name(64)
        given = _plain(properties)
        params = {
            **as_input("lambda", "CreateFunction", given),
            "FunctionName": name,
            "Code": _code(properties),
            "Tags": {**from_tag_list(properties.get("Tags")), **site.system_tags()},
        }
        made = yield from site.call("lambda", "CreateFunction", params)
        site.begun(name)
        yield from _until_active(site, name)
        yield from _reserve(site, name, {}, properties)
        return Made(name, {"Arn": made["FunctionArn"]})

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        name, before = resource.physical_id, resource.properties
        settings = _changed_settings(before, properties)
        if settings:
            params = {**settings, "FunctionName": name}
            yield from site.call("lambda", "UpdateFunctionConfiguration", params)
            yield from _until_updated(site, name)
        if any(before.get(key) != properties.get(key) for key in ("Code", "Architectures")):
            params = {"FunctionName": name, **_code(properties)}
            if "Architectures" in properties:
                params["Architectures"] = properties["Architectures"]
            yield from site.call("lambda", "UpdateFunctionCode", params)
            yield from _until_updated(site, name)
        yield from _reserve(site, name, before, properties)
        yield from _retag(site, resource, properties)
        return Made(name, resource.attributes)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        assert resource.physical_id
        params = {"FunctionName": resource.physical_id}
        yield from deleted(site, "lambda", "DeleteFunction", params)


def _plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration, under the API's names."""
    given = without(properties, *_APART)
    if "KmsKeyArn" in given:
        given["KMSKeyArn"] = given.pop("KmsKeyArn")
    return given


def _changed_settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    known = members_of("lambda", "UpdateFunctionConfiguration")
    old, new = _plain(before), _plain(after)
    changed = {name: value for name, value in new.items() if value != old.get(name)}
    dropped = {name: _DEFAULTS[name] for name in old if name not in new and name in _DEFAULTS}
    wanted = {name: value for name, value in changed.items() if name != "Architectures"}
    as_input("lambda", "CreateFunction", new)
    settings = {name: value for name, value in {**dropped, **wanted}.items() if name in known}
    return as_input("lambda", "UpdateFunctionConfiguration", settings)


def _code(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The Code property as the API takes it: source inside the template becomes a zip."""
    code = dict(properties["Code"])
    source = code.pop("ZipFile", None)
    if source is not None:
        is_node = str(properties.get("Runtime", "")).startswith("nodejs")
        code["ZipFile"] = _zipped("index.js" if is_node else "index.py", str(source))
    return code


def _zipped(name: str, source: str) -> bytes:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o644 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, source)
    return buffer.getvalue()


def _until_active(site: Site, name: str) -> Work[None]:
    while True:
        shown = yield from site.call("lambda", "GetFunctionConfiguration", {"FunctionName": name})
        if shown.get("State", "Active") != "Pending":
            break
        yield from site.rest(_POLL_S)
    if shown.get("State") == "Failed":
        raise ResourceFailed(f"Function {name} failed to become active: {shown['StateReason']}")


def _until_updated(site: Site, name: str) -> Work[None]:
    while True:
        shown = yield from site.call("lambda", "GetFunctionConfiguration", {"FunctionName": name})
        if shown.get("LastUpdateStatus", "Successful") != "InProgress":
            break
        yield from site.rest(_POLL_S)
    if shown.get("LastUpdateStatus") == "Failed":
        reason = shown.get("LastUpdateStatusReason", "")
        raise ResourceFailed(f"Function {name} failed to update: {reason}")


def _reserve(
    site: Site, name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Work[None]:
    reserved = after.get("ReservedConcurrentExecutions")
    if reserved == before.get("ReservedConcurrentExecutions"):
        return
    if reserved is None:
        yield from site.call("lambda", "DeleteFunctionConcurrency", {"FunctionName": name})
    else:
        params = {"FunctionName": name, "ReservedConcurrentExecutions": int(reserved)}
        yield from site.call("lambda", "PutFunctionConcurrency", params)


def _retag(site: Site, resource: StackResource, properties: Mapping[str, Any]) -> Work[None]:
    before = {**from_tag_list(resource.properties.get("Tags")), **resource.tags}
    after = {**from_tag_list(properties.get("Tags")), **site.tags}
    arn = resource.attributes["Arn"]
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    if changed:
        yield from site.call("lambda", "TagResource", {"Resource": arn, "Tags": changed})
    gone = [key for key in before if key not in after]
    if gone:
        yield from site.call("lambda", "UntagResource", {"Resource": arn, "TagKeys": gone})

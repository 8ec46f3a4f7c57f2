"""Patch operations: how REST APIs and stages are changed, one path after another.

A path that names what the sandbox does not have is refused before anything is changed by it.
Source: API Gateway's reference of UpdateRestApi and UpdateStage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lambdactl.sandbox.httpapi.routes import bad, missing
from lambdactl.sandbox.restapi.records import Api, Stage

Patch = Mapping[str, Any]
_TYPES = "/endpointConfiguration/types/"
_BINARY = "/binaryMediaTypes/"
_VARIABLE = "/variables/"


def _flag(text: str) -> bool:
    return text.lower() == "true"


_OF_API: dict[str, Callable[[str], Any]] = {
    "/name": str,
    "/description": str,
    "/disableExecuteApiEndpoint": _flag,
    "/minimumCompressionSize": int,
}
_OF_STAGE: dict[str, Callable[[str], Any]] = {
    "/description": str,
    "/deploymentId": str,
    "/cacheClusterEnabled": _flag,
    "/cacheClusterSize": str,
    "/documentationVersion": str,
    "/tracingEnabled": _flag,
}


def patch_api(api: Api, patches: Iterable[Patch]) -> None:
    members = dict(api.members)
    for patch in patches:
        path = patch["path"]
        if path.startswith(_TYPES):
            members["endpointConfiguration"] = {"types": [patch["value"]], "ipAddressType": "ipv4"}
        elif path.startswith(_BINARY):
            kind = _unescaped(path.removeprefix(_BINARY))
            kinds = [k for k in members.get("binaryMediaTypes") or () if k != kind]
            members["binaryMediaTypes"] = kinds + [kind] * (patch["op"] == "add")
        else:
            _change(members, _OF_API, patch)
    api.members = members


def patch_stage(api: Api, stage: Stage, patches: Iterable[Patch]) -> None:
    members = dict(stage.members)
    for patch in patches:
        if patch["path"].startswith(_VARIABLE):
            name = _unescaped(patch["path"].removeprefix(_VARIABLE))
            variables = {k: v for k, v in (members.get("variables") or {}).items() if k != name}
            if patch["op"] != "remove":
                variables[name] = patch["value"]
            members["variables"] = variables or None
        else:
            _change(members, _OF_STAGE, patch)
    members = {name: value for name, value in members.items() if value is not None}
    if members["deploymentId"] not in api.deployments:
        raise bad("Deployment id does not exist")
    stage.members = members


def _change(members: dict[str, Any], known: Mapping[str, Callable[[str], Any]], it: Patch) -> None:
    read = known.get(it["path"])
    if read is None:
        raise missing(f"a patch of {it['path']}")
    if it["op"] not in ("add", "replace", "remove"):
        raise bad(f"Invalid patch operation specified: {it['op']}")
    member = it["path"].removeprefix("/")
    if it["op"] == "remove":
        members.pop(member, None)
    else:
        members[member] = read(it["value"])


def _unescaped(part: str) -> str:
    """JSON Pointer's ``~1`` and ``~0``."""
    return part.replace("~1", "/").replace("~0", "~")

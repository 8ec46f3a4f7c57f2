"""API Gateway's REST APIs: an API is made from its document, a deployment is a picture of it, and
a stage shows one deployment.

A template makes a new Deployment wherever the document changes (SAM names it after a hash of it):
an API that was only imported anew answers as before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.resources.kind import (
    Kind,
    Made,
    Site,
    deleted,
    from_tag_list,
    is_missing,
)
from lambdactl.sandbox.cloudformation.shapes import as_input, mismatch, required, without
from lambdactl.sandbox.cloudformation.walk import Work
from lambdactl.sandbox.errors import ApiError

_APIS = "apigateway"
_OF_IMPORT = ("Body", "FailOnWarnings", "Mode", "Parameters", "Tags")
_OF_API = frozenset(
    {
        "BinaryMediaTypes",
        "Description",
        "DisableExecuteApiEndpoint",
        "EndpointConfiguration",
        "MinimumCompressionSize",
        "Name",
    }
)
_OF_STAGE = frozenset(
    {
        "CacheClusterEnabled",
        "CacheClusterSize",
        "DeploymentId",
        "Description",
        "DocumentationVersion",
        "TracingEnabled",
        "Variables",
    }
)


class RestApiKind(Kind):
    type = "AWS::ApiGateway::RestApi"
    attributes = frozenset({"RestApiId", "RootResourceId"})
    takes_tags = True

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        patches = list(_patches(_OF_API, {}, without(properties, *_OF_IMPORT)))
        if "Body" in properties:
            given = {"parameters": properties["Parameters"]} if "Parameters" in properties else {}
            params = {"body": _document(properties), **given}
            made = yield from site.call(_APIS, "ImportRestApi", params)
        else:
            required(properties, "Name")
            made = yield from site.call(_APIS, "CreateRestApi", {"name": str(properties["Name"])})
        site.begun(made["id"])
        yield from _patched(site, made["id"], patches)
        yield from _tagged(site, f"/restapis/{made['id']}", {}, _tags(site, properties))
        attributes = {"RestApiId": made["id"], "RootResourceId": made["rootResourceId"]}
        return Made(made["id"], attributes)

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        api_id, before = resource.physical_id, resource.properties
        rest = without(properties, *_OF_IMPORT)
        patches = list(_patches(_OF_API, before, rest))
        if "Body" in properties and properties["Body"] != before.get("Body"):
            body = _document(properties)
            params = {"restApiId": api_id, "mode": "overwrite", "body": body}
            yield from site.call(_APIS, "PutRestApi", params)
            patches = list(_patches(_OF_API, {}, rest))
        yield from _patched(site, api_id, patches)
        had = {**from_tag_list(before.get("Tags")), **resource.tags}
        yield from _tagged(site, f"/restapis/{api_id}", had, _tags(site, properties))
        return Made(api_id, resource.attributes)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        yield from deleted(site, _APIS, "DeleteRestApi", {"restApiId": resource.physical_id})


class DeploymentKind(Kind):
    type = "AWS::ApiGateway::Deployment"
    attributes = frozenset({"DeploymentId"})
    fixed = frozenset({"Description", "RestApiId", "StageDescription", "StageName"})

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        required(properties, "RestApiId")
        params = as_input(_APIS, "CreateDeployment", properties)
        made = yield from site.call(_APIS, "CreateDeployment", params)
        return Made(made["id"], {"DeploymentId": made["id"]})

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        """With the stage that it made, if no later deployment took that over."""
        api = {"restApiId": str(resource.properties["RestApiId"])}
        if name := resource.properties.get("StageName"):
            stage = {**api, "stageName": name}
            try:
                shown = yield from site.call(_APIS, "GetStage", stage)
            except ApiError as error:
                if not is_missing(error):
                    raise
                shown = {}
            if shown.get("deploymentId") == resource.physical_id:
                yield from deleted(site, _APIS, "DeleteStage", stage)
        params = {**api, "deploymentId": resource.physical_id}
        yield from deleted(site, _APIS, "DeleteDeployment", params)


class RestStageKind(Kind):
    type = "AWS::ApiGateway::Stage"
    fixed = frozenset({"RestApiId", "StageName"})
    named_by = "StageName"
    takes_tags = True

    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        required(properties, "DeploymentId", "RestApiId", "StageName")
        params = as_input(_APIS, "CreateStage", without(properties, "Tags"))
        params["tags"] = _tags(site, properties)
        yield from site.call(_APIS, "CreateStage", params)
        return Made(properties["StageName"])

    def update(
        self, site: Site, resource: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        api_id, name = str(properties["RestApiId"]), resource.physical_id
        apart = ("RestApiId", "StageName", "Tags")
        wanted = without(properties, *apart)
        changes = list(_patches(_OF_STAGE, resource.properties, wanted))
        if changes:
            params = {"restApiId": api_id, "stageName": name, "patchOperations": changes}
            yield from site.call(_APIS, "UpdateStage", params)
        had = {**from_tag_list(resource.properties.get("Tags")), **resource.tags}
        path = f"/restapis/{api_id}/stages/{name}"
        yield from _tagged(site, path, had, _tags(site, properties))
        return Made(name)

    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        params = {
            "restApiId": str(resource.properties["RestApiId"]),
            "stageName": resource.physical_id,
        }
        yield from deleted(site, _APIS, "DeleteStage", params)


def _document(properties: Mapping[str, Any]) -> bytes:
    return json.dumps(properties["Body"]).encode()


def _tags(site: Site, properties: Mapping[str, Any]) -> dict[str, str]:
    return {**site.tags, **from_tag_list(properties.get("Tags"))}


def _patched(site: Site, api_id: str, patches: list[dict[str, str]]) -> Work[None]:
    if patches:
        params = {"restApiId": api_id, "patchOperations": patches}
        yield from site.call(_APIS, "UpdateRestApi", params)


def _tagged(
    site: Site, path: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Work[None]:
    arn = f"arn:aws:apigateway:{site.account.region}::{path}"
    if gone := sorted(before.keys() - after.keys()):
        yield from site.call(_APIS, "UntagResource", {"resourceArn": arn, "tagKeys": gone})
    if after and after != before:
        yield from site.call(_APIS, "TagResource", {"resourceArn": arn, "tags": dict(after)})


def _patches(
    known: frozenset[str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[dict[str, str]]:
    """What leads from the properties ``before`` to those ``after``."""
    for name in sorted(after.keys() - known):
        raise mismatch("#", f"key [{name}] is not there in the sandbox")
    for name in sorted(known):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        match name:
            case "BinaryMediaTypes":
                yield from _each("/binaryMediaTypes", _as_map(was), _as_map(now))
            case "Variables":
                yield from _each("/variables", was or {}, now or {})
            case "EndpointConfiguration":
                yield _endpoint(now)
            case _:
                yield from _plain(name, now)


def _as_map(kinds: Any) -> dict[str, str]:
    return {str(kind): str(kind) for kind in kinds or ()}


def _plain(name: str, value: Any) -> Iterator[dict[str, str]]:
    path = f"/{name[:1].lower()}{name[1:]}"
    if value is None:
        yield {"op": "remove", "path": path}
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield {"op": "replace", "path": path, "value": text}


def _endpoint(value: Any) -> dict[str, str]:
    kinds = (value or {"Types": ["EDGE"]}).get("Types") or ["EDGE"]
    path = "/endpointConfiguration/types/0"
    return {"op": "replace", "path": path, "value": str(kinds[0])}


def _each(
    path: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[dict[str, str]]:
    """The slashes of a media type come escaped from the template."""
    for name in sorted(before.keys() | after.keys()):
        place = f"{path}/{name}"
        if name not in after:
            yield {"op": "remove", "path": place}
        elif before.get(name) != after[name]:
            op = "add" if path == "/binaryMediaTypes" else "replace"
            yield {"op": op, "path": place, "value": str(after[name])}

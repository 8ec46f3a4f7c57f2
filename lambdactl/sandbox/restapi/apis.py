"""The REST APIs, deployments and stages of an account, in the members of API Gateway.

ImportRestApi and PutRestApi take ``body``, a document of Swagger 2 or OpenAPI 3. Of what a document
or a call may ask for, what the sandbox would not do is refused: authorizers, API keys, resource
policies, canaries of a stage. (A canary of the function is another thing, and there.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import unquote

from lambdactl.sandbox.account import Account, ApiError, random_text
from lambdactl.sandbox.httpapi.apis import given, page_of
from lambdactl.sandbox.httpapi.routes import bad, missing, read_document, routes_of
from lambdactl.sandbox.restapi.patching import patch_api, patch_stage
from lambdactl.sandbox.restapi.records import Api, Deployment, Stage

Params = dict[str, Any]
T = TypeVar("T")
_PAGE = 25
_LONGEST_S = 29.0
_API_MEMBERS = (
    "binaryMediaTypes",
    "description",
    "disableExecuteApiEndpoint",
    "endpointConfiguration",
    "minimumCompressionSize",
    "name",
    "version",
)
_STAGE_MEMBERS = (
    "cacheClusterEnabled",
    "cacheClusterSize",
    "deploymentId",
    "description",
    "documentationVersion",
    "tracingEnabled",
    "variables",
)
_ABSENT = ("apiKeySource", "canarySettings", "cloneFrom", "policy")
_ABSENT_FROM_DOCUMENTS = (
    "securityDefinitions",
    "securitySchemes",
    "x-amazon-apigateway-policy",
)
_BINARY = "x-amazon-apigateway-binary-media-types"


class RestApiService:
    """API Gateway for REST APIs that are made from a document."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.apis: dict[str, Api] = {}

    # -- APIs ---------------------------------------------------------------------------------

    def create_rest_api(self, params: Params) -> Params:
        _refuse_absent(params)
        api = self._new()
        api.members |= given(params, _API_MEMBERS)
        api.tags |= params.get("tags") or {}
        return self._added(api)

    def import_rest_api(self, params: Params) -> Params:
        api = self._new()
        for name, value in (params.get("parameters") or {}).items():
            if name != "endpointConfigurationTypes":
                raise missing(f"the parameter {name} of an import")
            api.members["endpointConfiguration"] = {"types": [value], "ipAddressType": "ipv4"}
        _read(api, params["body"])
        return self._added(api)

    def put_rest_api(self, params: Params) -> Params:
        if params.get("mode") != "overwrite":
            raise missing("PutRestApi without mode=overwrite")
        with self._account.lock:
            api = self.find(params)
            _read(api, params["body"])
            return api.shown()

    def update_rest_api(self, params: Params) -> Params:
        with self._account.lock:
            api = self.find(params)
            patch_api(api, params.get("patchOperations") or ())
            return api.shown()

    def get_rest_api(self, params: Params) -> Params:
        with self._account.lock:
            return self.find(params).shown()

    def get_rest_apis(self, params: Params) -> Params:
        with self._account.lock:
            return _page(self.apis, params, Api.shown)

    def delete_rest_api(self, params: Params) -> Params:
        with self._account.lock:
            del self.apis[self.find(params).id]
        return {}

    # -- what is in one -----------------------------------------------------------------------

    def get_resources(self, params: Params) -> Params:
        whole = "methods" in (params.get("embed") or ())
        region = self._account.region
        with self._account.lock:
            api = self.find(params)
            paths = {path: path for path in api.resources}
            return _page(paths, params, lambda p: api.shown_resource(p, region, whole=whole))

    def get_resource(self, params: Params) -> Params:
        whole = "methods" in (params.get("embed") or ())
        with self._account.lock:
            api = self.find(params)
            for path, resource_id in api.resources.items():
                if resource_id == params["resourceId"]:
                    return api.shown_resource(path, self._account.region, whole=whole)
        raise _not_found("Invalid Resource identifier specified")

    def get_authorizers(self, params: Params) -> Params:
        """None: a document with authorizers is refused."""
        with self._account.lock:
            self.find(params)
        return {"items": []}

    # -- deployments and stages ---------------------------------------------------------------

    def create_deployment(self, params: Params) -> Params:
        """With ``stageName`` the stage of that name serves it, made if it is not there."""
        _refuse_absent(params)
        with self._account.lock:
            api = self.find(params)
            if not api.routes:
                raise bad("The REST API doesn't contain any methods")
            now = self._account.clock.utcnow()
            deployment = api.deploy(params.get("description"), now)
            if name := params.get("stageName"):
                said = {"description": params.get("stageDescription"), **params}
                stage = api.stages.get(name) or self._new_stage(api, name)
                stage.members |= given(said, ("description", "tracingEnabled", "variables"))
                stage.members |= {"deploymentId": deployment.id, "lastUpdatedDate": now}
            return deployment.shown()

    def get_deployment(self, params: Params) -> Params:
        with self._account.lock:
            return self._deployment(params).shown()

    def get_deployments(self, params: Params) -> Params:
        with self._account.lock:
            return _page(self.find(params).deployments, params, Deployment.shown)

    def delete_deployment(self, params: Params) -> Params:
        with self._account.lock:
            api, deployment = self.find(params), self._deployment(params)
            if any(stage.deployment_id == deployment.id for stage in api.stages.values()):
                raise bad("Active stages pointing to this deployment must be moved or deleted")
            del api.deployments[deployment.id]
        return {}

    def create_stage(self, params: Params) -> Params:
        _refuse_absent(params)
        name = params["stageName"]
        with self._account.lock:
            api = self.find(params)
            self._deployment(params)
            if name in api.stages:
                raise ApiError("ConflictException", "Stage already exists", 409)
            stage = self._new_stage(api, name)
            stage.members |= given(params, _STAGE_MEMBERS)
            stage.tags |= params.get("tags") or {}
            return stage.shown()

    def update_stage(self, params: Params) -> Params:
        with self._account.lock:
            api, stage = self.find(params), self._stage(params)
            patch_stage(api, stage, params.get("patchOperations") or ())
            stage.members["lastUpdatedDate"] = self._account.clock.utcnow()
            return stage.shown()

    def get_stage(self, params: Params) -> Params:
        with self._account.lock:
            return self._stage(params).shown()

    def get_stages(self, params: Params) -> Params:
        wanted = params.get("deploymentId")
        with self._account.lock:
            stages = self.find(params).stages.values()
            found = [s.shown() for s in stages if wanted in (None, s.deployment_id)]
        return {"item": sorted(found, key=lambda stage: str(stage["stageName"]))}

    def delete_stage(self, params: Params) -> Params:
        with self._account.lock:
            del self.find(params).stages[self._stage(params).name]
        return {}

    # -- tags ---------------------------------------------------------------------------------

    def tag_resource(self, params: Params) -> Params:
        with self._account.lock:
            self._tags(params["resourceArn"]).update(params["tags"])
        return {}

    def untag_resource(self, params: Params) -> Params:
        with self._account.lock:
            tags = self._tags(params["resourceArn"])
            for key in params["tagKeys"]:
                tags.pop(key, None)
        return {}

    def get_tags(self, params: Params) -> Params:
        with self._account.lock:
            return {"tags": dict(self._tags(params["resourceArn"]))}

    # -- finding ------------------------------------------------------------------------------

    def find(self, params: Mapping[str, Any]) -> Api:
        api = self.apis.get(params["restApiId"])
        if api is None:
            place = f"{self._account.id}:{params['restApiId']}"
            raise _not_found(f"Invalid API identifier specified {place}")
        return api

    def _deployment(self, params: Mapping[str, Any]) -> Deployment:
        deployment = self.find(params).deployments.get(params["deploymentId"])
        if deployment is None:
            raise _not_found("Invalid Deployment identifier specified")
        return deployment

    def _stage(self, params: Mapping[str, Any]) -> Stage:
        stage = self.find(params).stages.get(params["stageName"])
        if stage is None:
            raise _not_found("Invalid stage identifier specified")
        return stage

    def _tags(self, arn: str) -> dict[str, str]:
        """``arn:aws:apigateway:<region>::/restapis/<id>[/stages/<name>]``"""
        parts = unquote(arn).partition("::/restapis/")[2].split("/")
        if len(parts) == 3 and parts[1] == "stages":
            return self._stage({"restApiId": parts[0], "stageName": parts[2]}).tags
        return self.find({"restApiId": parts[0]}).tags

    def _new(self) -> Api:
        return Api(random_text(10), {"createdDate": self._account.clock.utcnow()}, {})

    def _added(self, api: Api) -> Params:
        with self._account.lock:
            self.apis[api.id] = api
            return api.shown()

    def _new_stage(self, api: Api, name: str) -> Stage:
        now = self._account.clock.utcnow()
        api.stages[name] = Stage(name, {"createdDate": now, "lastUpdatedDate": now}, {})
        return api.stages[name]


def _read(api: Api, body: bytes) -> None:
    """Make ``api`` what the document says."""
    document = read_document(body.decode())
    written = str(document.get("swagger") or document.get("openapi") or "")
    if not written.startswith(("2.", "3.")):
        raise bad("Invalid OpenAPI input: the document is neither Swagger 2 nor OpenAPI 3.")
    for name, value in {**document, **(document.get("components") or {})}.items():
        if name in _ABSENT_FROM_DOCUMENTS and value:
            raise missing(f"{name} in a document")
    routes = routes_of(document, payloads=(None, "1.0"), longest_s=_LONGEST_S)
    info = document.get("info") or {}
    named = {"name": info.get("title"), "version": info.get("version")}
    api.members |= {member: str(value) for member, value in named.items() if value}
    api.members |= given({"binaryMediaTypes": document.get(_BINARY)}, ("binaryMediaTypes",))
    api.take(routes)


def _refuse_absent(params: Mapping[str, Any]) -> None:
    for name in _ABSENT:
        if params.get(name):
            raise missing(name)


def _page(found: Mapping[str, T], params: Mapping[str, Any], shown: Callable[[T], Any]) -> Params:
    keys, position = page_of(sorted(found), params.get("position"), params.get("limit") or _PAGE)
    items = {"items": [shown(found[key]) for key in keys]}
    return {**items, "position": position} if position else items


def _not_found(message: str) -> ApiError:
    return ApiError("NotFoundException", message, 404)

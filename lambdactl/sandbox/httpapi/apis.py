"""The APIs and stages of an account, in the members of API Gateway V2.

ImportApi and ReimportApi take ``Body``, an OpenAPI 3 document as text or, from inside the account,
as an object; so does UpdateApi, for whoever changes an API as CloudFormation's properties have it.
A stage serves what the API holds at the moment if it is deployed automatically, else nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdactl.sandbox.account import Account, ApiError, random_text
from lambdactl.sandbox.httpapi.routes import ANYWHERE, DEFAULT, Route, read_routes, tags_of

_API_MEMBERS = ("CorsConfiguration", "Description", "DisableExecuteApiEndpoint", "Name", "Version")
_STAGE_MEMBERS = (
    "AccessLogSettings",
    "AutoDeploy",
    "DefaultRouteSettings",
    "Description",
    "RouteSettings",
    "StageVariables",
)


@dataclass(slots=True, eq=False)
class Stage:
    name: str
    members: dict[str, Any]
    tags: dict[str, str]

    @property
    def is_deployed(self) -> bool:
        return bool(self.members.get("AutoDeploy"))


@dataclass(slots=True, eq=False)
class Api:
    id: str
    members: dict[str, Any]
    tags: dict[str, str]
    routes: tuple[Route, ...] = ()
    integrations: dict[str, str] = field(default_factory=dict)
    """The key of a route -> the id of its integration."""
    stages: dict[str, Stage] = field(default_factory=dict)

    def stage_of(self, path: str) -> tuple[Stage, str] | None:
        """The stage that serves ``path``, and the path within it."""
        first, _, rest = path.lstrip("/").partition("/")
        stage = self.stages.get(first)
        if stage is not None and first != DEFAULT:
            return stage, f"/{rest}"
        default = self.stages.get(DEFAULT)
        return (default, path) if default else None


class HttpApiService:
    """API Gateway V2 for HTTP APIs; WebSocket APIs are not there, and say so."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.apis: dict[str, Api] = {}

    def create_api(self, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("ProtocolType", "HTTP") != "HTTP":
            raise ApiError("NotImplemented", "the sandbox has no WebSocket APIs", 501)
        api = Api(random_text(10), {}, {})
        api.members = {"CreatedDate": self._account.clock.utcnow(), "Name": api.id}
        self._change(api, params)
        api.tags |= params.get("Tags") or {}
        with self._account.lock:
            self.apis[api.id] = api
            return self._shown(api)

    import_api = create_api

    def update_api(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._account.lock:
            api = self.find(params)
            self._change(api, params)
            return self._shown(api)

    reimport_api = update_api

    def get_api(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._account.lock:
            return self._shown(self.find(params))

    def get_apis(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._account.lock:
            ids, token = _page(sorted(self.apis), params)
            return {"Items": [self._shown(self.apis[each]) for each in ids], **token}

    def get_integrations(self, params: dict[str, Any]) -> dict[str, Any]:
        """One for each operation of the document."""
        with self._account.lock:
            api = self.find(params)
            shown = {api.integrations[route.key]: route for route in api.routes}
            ids, token = _page(sorted(shown), params)
            region = self._account.region
            return {"Items": [_integration(i, shown[i], region) for i in ids], **token}

    def get_authorizers(self, params: dict[str, Any]) -> dict[str, Any]:
        """None: a document with authorizers is refused."""
        with self._account.lock:
            self.find(params)
        return {"Items": []}

    def delete_api(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._account.lock:
            del self.apis[self.find(params).id]
        return {}

    def create_stage(self, params: dict[str, Any]) -> dict[str, Any]:
        name = params["StageName"]
        with self._account.lock:
            api = self.find(params)
            if name in api.stages:
                raise ApiError("ConflictException", "Stage already exists", 409)
            now = self._account.clock.utcnow()
            members = {"CreatedDate": now, "LastUpdatedDate": now, **given(params, _STAGE_MEMBERS)}
            api.stages[name] = Stage(name, members, dict(params.get("Tags") or {}))
            return _shown_stage(api.stages[name])

    def update_stage(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._account.lock:
            stage = self._stage(params)
            stage.members |= given(params, _STAGE_MEMBERS)
            stage.members["LastUpdatedDate"] = self._account.clock.utcnow()
            return _shown_stage(stage)

    def get_stage(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._account.lock:
            return _shown_stage(self._stage(params))

    def get_stages(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._account.lock:
            stages = self.find(params).stages
            names, token = _page(sorted(stages), params)
            return {"Items": [_shown_stage(stages[name]) for name in names], **token}

    def delete_stage(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._account.lock:
            del self.find(params).stages[self._stage(params).name]
        return {}

    def tag_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._account.lock:
            self._tags(params["ResourceArn"]).update(params.get("Tags") or {})
        return {}

    def untag_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._account.lock:
            tags = self._tags(params["ResourceArn"])
            for key in params["TagKeys"]:
                tags.pop(key, None)
        return {}

    def get_tags(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._account.lock:
            return {"Tags": dict(self._tags(params["ResourceArn"]))}

    def find(self, params: Mapping[str, Any]) -> Api:
        api = self.apis.get(params["ApiId"])
        if api is None:
            place = f"{self._account.id}:{params['ApiId']}"
            raise _not_found(f"Invalid API identifier specified {place}")
        return api

    def _stage(self, params: Mapping[str, Any]) -> Stage:
        stage = self.find(params).stages.get(params["StageName"])
        if stage is None:
            raise _not_found("Invalid stage identifier specified")
        return stage

    def _change(self, api: Api, params: Mapping[str, Any]) -> None:
        if params.get("Body"):
            document, api.routes = read_routes(params["Body"])
            known = api.integrations
            api.integrations = {r.key: known.get(r.key) or random_text(7) for r in api.routes}
            info = document.get("info", {})
            named = {"Name": info.get("title"), "Version": info.get("version")}
            api.members |= {member: str(value) for member, value in named.items() if value}
            api.tags |= tags_of(document)
        api.members |= given(params, _API_MEMBERS)

    def _tags(self, arn: str) -> dict[str, str]:
        """``arn:aws:apigateway:<region>::/apis/<id>[/stages/<name>]``"""
        parts = arn.partition("::/apis/")[2].split("/")
        api = self.find({"ApiId": parts[0]})
        if len(parts) == 3 and parts[1] == "stages":
            return self._stage({"ApiId": parts[0], "StageName": parts[2]}).tags
        return api.tags

    def _shown(self, api: Api) -> dict[str, Any]:
        return {
            "ApiEndpoint": self._endpoint(api),
            "ApiId": api.id,
            "ApiKeySelectionExpression": "$request.header.x-api-key",
            "DisableExecuteApiEndpoint": False,
            "ProtocolType": "HTTP",
            "RouteSelectionExpression": "$request.method $request.path",
            "Tags": dict(api.tags),
            **api.members,
        }

    def _endpoint(self, api: Api) -> str:
        """Where the API answers: on this machine if the account listens, else AWS's address."""
        if self._account.endpoint:
            return f"{self._account.endpoint}/_aws/execute-api/{api.id}"
        return f"https://{domain_of(self._account, api.id)}"


def domain_of(account: Account, api_id: str) -> str:
    return f"{api_id}.execute-api.{account.region}.amazonaws.com"


def _shown_stage(stage: Stage) -> dict[str, Any]:
    defaults = {"AutoDeploy": False, "DefaultRouteSettings": {"DetailedMetricsEnabled": False}}
    rest = {"RouteSettings": {}, "StageVariables": {}, "Tags": dict(stage.tags)}
    return {"StageName": stage.name, **defaults, **rest, **stage.members}


def _integration(integration_id: str, route: Route, region: str) -> dict[str, Any]:
    return {
        "ConnectionType": "INTERNET",
        "IntegrationId": integration_id,
        "IntegrationMethod": "POST",
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": ANYWHERE.format(region=region, function=route.function),
        "PayloadFormatVersion": "2.0",
        "TimeoutInMillis": round(route.limit_s * 1000),
    }


def given(params: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: params[name] for name in names if params.get(name) is not None}


def page_of(keys: list[str], after: str | None, size: int) -> tuple[list[str], str | None]:
    """The keys of this page; the mark to go on from is the last of them."""
    left = [key for key in keys if key > (after or "")]
    return left[:size], left[size - 1] if len(left) > size else None


def _page(keys: list[str], params: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    size = int(params.get("MaxResults") or 100)
    page, token = page_of(keys, params.get("NextToken"), size)
    return page, {"NextToken": token} if token else {}


def _not_found(message: str) -> ApiError:
    return ApiError("NotFoundException", message, 404)

"""A request to a REST API: find stage and method, ask for leave, invoke, answer.

Where nothing is, AWS says 403, not 404. 500 where Lambda took the call not at all (a missing
permission, a throttle), 502 where the function failed or answered what is no response, 504 where
it took too long. Source: Lambda's "Handling errors with an API Gateway API".
"""

from __future__ import annotations

import json
import time
from dataclasses import replace

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.httpapi.apis import domain_of
from lambdactl.sandbox.httpapi.events import Answer, Entrance, Incoming
from lambdactl.sandbox.httpapi.proxy import is_permitted
from lambdactl.sandbox.httpapi.routes import Route, find_route
from lambdactl.sandbox.restapi.apis import RestApiService
from lambdactl.sandbox.restapi.events import is_binary, rest_event, rest_response_of
from lambdactl.sandbox.restapi.records import Api, Stage


def handle(account: Account, incoming: Incoming, api_id: str) -> Answer:
    """Status, headers and body of the response to one request, as API Gateway answers it.

    The stage is the first part of its path.
    """
    service: RestApiService = account.services["apigateway"]
    name, _, rest = incoming.path.lstrip("/").partition("/")
    with account.lock:
        api = service.apis.get(api_id)
        stage = api.stages.get(name) if api else None
        if api is None or stage is None or api.members.get("disableExecuteApiEndpoint"):
            return _said(403, "Forbidden", "ForbiddenException")
        routes = api.deployments[stage.deployment_id].routes
    # A slash at the end is no other resource: SAM's own example prints its URL with one.
    found = find_route(routes, incoming.method, f"/{rest}".rstrip("/") or "/")
    if found is None:
        kind = "MissingAuthenticationTokenException"
        return _said(403, "Missing Authentication Token", kind)
    return _passed_on(account, api, stage, found, replace(incoming, path=f"/{rest}"))


def _passed_on(
    account: Account,
    api: Api,
    stage: Stage,
    found: tuple[Route, dict[str, str]],
    incoming: Incoming,
) -> Answer:
    """The response of the method's function, with the id of the request."""
    route, parameters = found
    domain = domain_of(account, api.id)
    variables = stage.members.get("variables") or {}
    entrance = Entrance(route.key, api.id, account.id, domain, stage.name, parameters, variables)
    kinds = api.members.get("binaryMediaTypes") or ()
    resource_id = api.resources.get(route.path, "")
    event = rest_event(incoming, entrance, resource_id, kinds, account.clock.now())
    source = account.arn("execute-api", f"{api.id}/{stage.name}/{incoming.method}{route.path}")
    is_bytes = is_binary(incoming.headers.get("accept", ""), kinds)
    payload = json.dumps(event).encode()
    status, headers, content = _invoked(account, route, source, payload, is_bytes=is_bytes)
    context = event["requestContext"]
    ids = {"x-amzn-requestid": context["requestId"], "x-amz-apigw-id": context["extendedRequestId"]}
    return status, {**headers, **ids}, content


def _invoked(
    account: Account, route: Route, source: str, payload: bytes, *, is_bytes: bool
) -> Answer:
    try:
        if not is_permitted(account, route.function, source):
            return _failed(500)
        began = time.monotonic()
        params = {"FunctionName": route.function, "Payload": payload}
        done = account.call("lambda", "Invoke", params)
    except ApiError as error:
        return _said(501, error.message) if error.status == 501 else _failed(500)
    if time.monotonic() - began > route.limit_s:
        return _said(504, "Endpoint request timed out")
    if "FunctionError" in done:
        return _failed(502)
    return rest_response_of(done["Payload"], is_bytes=is_bytes) or _failed(502)


def _failed(status: int) -> Answer:
    return _said(status, "Internal server error", "InternalServerErrorException")


def _said(status: int, message: str, kind: str | None = None) -> Answer:
    headers = {"content-type": "application/json"}
    if kind:
        headers["x-amzn-errortype"] = kind
    return status, headers, json.dumps({"message": message}).encode()

"""A request to an API: find the route, ask whether the function may be invoked, invoke, answer.

API Gateway tells a caller little: 404 where there is no route, 503 where the function was throttled
or too slow, 500 for everything else, a missing permission and an error of the function included.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.httpapi.apis import HttpApiService, domain_of
from lambdactl.sandbox.httpapi.events import Answer, Entrance, Incoming, http_event, response_of
from lambdactl.sandbox.httpapi.routes import Route, find_route

_PRINCIPAL = "apigateway.amazonaws.com"
_ACTIONS = ("*", "lambda:*", "lambda:InvokeFunction")


def handle(account: Account, incoming: Incoming, api_id: str) -> Answer:
    """Status, headers and body of the response to one request, as API Gateway answers it."""
    service: HttpApiService = account.services["apigatewayv2"]
    with account.lock:
        api = service.apis.get(api_id)
        place = api.stage_of(incoming.path) if api else None
    if api is None or place is None or not place[0].is_deployed:
        return _said(404, "Not Found")
    stage, inner = place
    found = find_route(api.routes, incoming.method, inner)
    if found is None:
        return _said(404, "Not Found")
    route, parameters = found
    entrance = Entrance(
        route.key,
        api.id,
        account.id,
        domain_of(account, api.id),
        stage.name,
        parameters,
        stage.members.get("StageVariables") or {},
    )
    source = account.arn("execute-api", f"{api.id}/{stage.name}/{incoming.method}{inner}")
    return _passed_on(account, route, source, http_event(incoming, entrance, account.clock.now()))


def _passed_on(account: Account, route: Route, source: str, event: dict[str, Any]) -> Answer:
    """The response of the route's function, with the id of the request."""
    status, headers, content = _invoked(account, route, source, event)
    request_id = event["requestContext"]["requestId"]
    return status, {**headers, "apigw-requestid": request_id}, content


def _invoked(account: Account, route: Route, source: str, event: dict[str, Any]) -> Answer:
    try:
        if not is_permitted(account, route.function, source):
            return _said(500, "Internal Server Error")
        began = time.monotonic()
        params = {"FunctionName": route.function, "Payload": json.dumps(event).encode()}
        done = account.call("lambda", "Invoke", params)
    except ApiError as error:
        return _refused(error)
    if time.monotonic() - began > route.limit_s:
        return _said(503, "Service Unavailable")
    answer = None if "FunctionError" in done else response_of(done["Payload"])
    return answer or _said(500, "Internal Server Error")


def _refused(error: ApiError) -> Answer:
    if error.status == 429:
        return _said(503, "Service Unavailable")
    if error.status == 501:
        return _said(501, error.message)
    return _said(500, "Internal Server Error")


def is_permitted(account: Account, function: str, source: str) -> bool:
    """Whether the policy of exactly this qualifier lets the API in."""
    try:
        policy = account.call("lambda", "GetPolicy", {"FunctionName": function})["Policy"]
    except ApiError as error:
        if error.status == 404:
            return False
        raise
    statements = json.loads(policy)["Statement"]
    return any(_permits(account, statement, source) for statement in statements)


def _permits(account: Account, statement: Mapping[str, Any], source: str) -> bool:
    principal = statement["Principal"]
    service = principal.get("Service") if isinstance(principal, Mapping) else principal
    if service not in (_PRINCIPAL, "*") or statement["Action"] not in _ACTIONS:
        return False
    condition = statement.get("Condition", {})
    pattern = condition.get("ArnLike", {}).get("AWS:SourceArn", "*")
    owner = condition.get("StringEquals", {}).get("AWS:SourceAccount", account.id)
    return owner == account.id and _is_like(source, pattern)


def _is_like(text: str, pattern: str) -> bool:
    """IAM's ArnLike: ``*`` stands for any characters, ``?`` for one."""
    expression = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(expression, text) is not None


def _said(status: int, message: str) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps({"message": message}).encode()

"""The event that a REST API gives its function (payload format 1.0), and what comes back.

Source: API Gateway's "Lambda proxy integrations": input and output format.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl, unquote

from lambdactl.sandbox.clock import moment
from lambdactl.sandbox.httpapi.events import (
    Answer,
    Entrance,
    Headers,
    Incoming,
    spellings,
    status_of,
)

_IDENTITY = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
)


def rest_event(
    request: Incoming, entrance: Entrance, resource_id: str, binary: Sequence[str], at: float
) -> dict[str, Any]:
    """The event for one request that arrived at ``at``, in account time.

    ``request.path`` is within the stage; ``binary`` are the media types whose bodies are bytes.
    """
    pairs = parse_qsl(request.query, keep_blank_values=True)
    headers = {name.lower(): value for name, value in request.headers.items()}
    method, resource = request.method, entrance.route_key.partition(" ")[2]
    return {
        "resource": resource,
        "path": unquote(request.path),
        "httpMethod": method,
        "headers": headers or None,
        "multiValueHeaders": {name: [value] for name, value in headers.items()} or None,
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": _grouped(pairs) or None,
        "pathParameters": dict(entrance.parameters) or None,
        "stageVariables": dict(entrance.variables) or None,
        "requestContext": _context(request, entrance, resource_id, at),
        **_body(request.body, is_binary(headers.get("content-type", ""), binary)),
    }


def _context(request: Incoming, entrance: Entrance, resource_id: str, at: float) -> dict[str, Any]:
    agent = next((v for n, v in request.headers.items() if n.lower() == "user-agent"), None)
    identity = {**dict.fromkeys(_IDENTITY), "sourceIp": "127.0.0.1", "userAgent": agent}
    return {
        "accountId": entrance.account_id,
        "apiId": entrance.api_id,
        "domainName": entrance.domain,
        "domainPrefix": entrance.api_id,
        "extendedRequestId": base64.b64encode(uuid.uuid4().bytes[:11]).decode(),
        "httpMethod": request.method,
        "identity": identity,
        "path": f"/{entrance.stage}{unquote(request.path)}",
        "protocol": "HTTP/1.1",
        "requestId": str(uuid.uuid4()),
        "requestTime": f"{moment(at):%d/%b/%Y:%H:%M:%S +0000}",
        "requestTimeEpoch": int(at * 1000),
        "resourceId": resource_id,
        "resourcePath": entrance.route_key.partition(" ")[2],
        "stage": entrance.stage,
    }


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def is_binary(kinds: str, binary: Sequence[str]) -> bool:
    """Whether the first media type of a header is among those of the API."""
    first = kinds.partition(",")[0].partition(";")[0].strip().lower()
    return any(fnmatchcase(first or "*/*", pattern.lower()) for pattern in binary)


def _body(body: bytes, is_bytes: bool) -> dict[str, Any]:
    if is_bytes and body:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return {"body": body.decode(errors="replace") or None, "isBase64Encoded": False}


def rest_response_of(payload: bytes, *, is_bytes: bool) -> Answer | None:
    """The response that a function's result stands for; None for one that is malformed.

    Unlike an HTTP API a REST API guesses nothing: a result without statusCode, or with a body that
    is no string, is malformed. ``is_bytes``: the caller takes bytes, base64 is decoded for it.
    """
    result = json.loads(payload)
    if not isinstance(result, dict) or "statusCode" not in result:
        return None
    body = result.get("body")
    if not isinstance(body, str | None):
        return None
    try:
        content = (body or "").encode()
        if result.get("isBase64Encoded") and is_bytes:
            content = base64.b64decode(content, validate=True)
        return status_of(result["statusCode"]), _headers(result), content
    except (AttributeError, TypeError, ValueError):
        return None


def _headers(result: Mapping[str, Any]) -> Headers:
    """Those of ``headers``; a name that ``multiValueHeaders`` has, too, has all its values."""
    values = {str(n).lower(): [str(v)] for n, v in (result.get("headers") or {}).items()}
    for name, several in (result.get("multiValueHeaders") or {}).items():
        held = values.setdefault(str(name).lower(), [])
        held.extend(str(value) for value in several if str(value) not in held)
    values.setdefault("content-type", ["application/json"])
    headers: Headers = {}
    for name, held in values.items():
        headers.update(zip(spellings(name), held, strict=False))
    return headers

"""The event that an HTTP API gives its function (payload format 2.0), and what comes back."""

from __future__ import annotations

import base64
import itertools
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from lambdactl.sandbox.account import ACCOUNT_ID
from lambdactl.sandbox.clock import moment

Headers = dict[str, str]
Answer = tuple[int, Headers, bytes]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request. ``path`` and ``query`` are as they stand in the URL, still encoded."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Entrance:
    """The route of an API that took a request, and what it found in the path."""

    route_key: str
    api_id: str = "sandbox"
    account_id: str = ACCOUNT_ID
    domain: str = "sandbox"
    stage: str = "$default"
    parameters: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


def http_event(request: Incoming, entrance: Entrance, at: float) -> dict[str, Any]:
    """The event for one request that arrived at ``at``, in account time."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    cookies = headers.pop("cookie", "")
    optional = {
        "cookies": [cookie.strip() for cookie in cookies.split(";")] if cookies else None,
        "queryStringParameters": _joined(parse_qsl(request.query, keep_blank_values=True)),
        "pathParameters": dict(entrance.parameters),
        "stageVariables": dict(entrance.variables),
    }
    return {
        "version": "2.0",
        "routeKey": entrance.route_key,
        "rawPath": unquote(request.path),
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": _context(request, entrance, at),
        "isBase64Encoded": False,
        **{name: value for name, value in optional.items() if value},
        **_body(request.body, headers.get("content-type", "")),
    }


def _context(request: Incoming, entrance: Entrance, at: float) -> dict[str, Any]:
    agent = next((v for n, v in request.headers.items() if n.lower() == "user-agent"), "")
    return {
        "accountId": entrance.account_id,
        "apiId": entrance.api_id,
        "domainName": entrance.domain,
        "domainPrefix": entrance.api_id,
        "http": {
            "method": request.method,
            "path": unquote(request.path),
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": agent,
        },
        "requestId": uuid.uuid4().hex[:16],
        "routeKey": entrance.route_key,
        "stage": entrance.stage,
        "time": f"{moment(at):%d/%b/%Y:%H:%M:%S +0000}",
        "timeEpoch": int(at * 1000),
    }


def response_of(payload: bytes) -> Answer | None:
    """The response that a function's result stands for; None if it stands for none.

    A result without statusCode is the body itself: 200 and JSON.
    """
    result = json.loads(payload)
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else json.dumps(result, separators=(",", ":"))
        return 200, {"content-type": "application/json"}, text.encode()
    try:
        return status_of(result["statusCode"]), _headers(result), _content(result)
    except (TypeError, ValueError):
        return None


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """A name that is given twice has its values joined by commas."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    if not body:
        return {}
    textual = content_type.startswith("text/") or any(
        kind in content_type for kind in ("json", "xml", "javascript", "x-www-form-urlencoded")
    )
    try:
        if textual or not content_type:
            return {"body": body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        textual = False
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def status_of(value: Any) -> int:
    status = int(value)
    if not 100 <= status <= 599:
        raise ValueError(value)
    return status


def _headers(result: Mapping[str, Any]) -> Headers:
    given = result.get("headers") or {}
    headers = {str(name).lower(): str(value) for name, value in given.items()}
    headers.setdefault("content-type", "text/plain; charset=utf-8")
    headers.update(zip(spellings("set-cookie"), result.get("cookies") or (), strict=False))
    return headers


def spellings(name: str) -> Iterator[str]:
    """``name`` in one mix of cases after another: a mapping holds each header name once, and a
    client takes them all for the same."""
    for letters in itertools.product(*(dict.fromkeys((c, c.upper())) for c in name)):
        yield "".join(letters)


def _content(result: Mapping[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        return json.dumps(body, separators=(",", ":")).encode()
    if result.get("isBase64Encoded"):
        return base64.b64decode(body, validate=True)
    return body.encode()

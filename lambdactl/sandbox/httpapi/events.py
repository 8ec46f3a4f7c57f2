"""The event that an HTTP API gives its function (payload format 2.0), and what comes back."""

from __future__ import annotations

import base64
import itertools
import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

Headers = dict[str, str]
Answer = tuple[int, Headers, bytes]


def http_event(
    method: str = "GET",
    path: str = "/",
    *,
    at: float,
    route_key: str | None = None,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    api_id: str = "sandbox",
    account_id: str = "000000000000",
    domain: str = "",
    stage: str = "$default",
    parameters: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The event for one request. ``at`` is account time, ``query`` as it came, still encoded."""
    lowered = {name.lower(): value for name, value in (headers or {}).items()}
    cookies = lowered.pop("cookie", "")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key or f"{method} {path}",
        "rawPath": unquote(path),
        "rawQueryString": query,
        "headers": lowered,
        "requestContext": {
            "accountId": account_id,
            "apiId": api_id,
            "domainName": domain,
            "domainPrefix": api_id,
            "http": {
                "method": method,
                "path": unquote(path),
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": lowered.get("user-agent", ""),
            },
            "requestId": uuid.uuid4().hex[:16],
            "routeKey": route_key or f"{method} {path}",
            "stage": stage,
            "time": f"{datetime.fromtimestamp(at, UTC):%d/%b/%Y:%H:%M:%S +0000}",
            "timeEpoch": int(at * 1000),
        },
        "isBase64Encoded": False,
    }
    optional = {
        "cookies": [cookie.strip() for cookie in cookies.split(";")] if cookies else None,
        "queryStringParameters": _joined(parse_qsl(query, keep_blank_values=True)),
        "pathParameters": dict(parameters or {}),
        "stageVariables": dict(variables or {}),
    }
    event |= {name: value for name, value in optional.items() if value}
    return event | _body(body, lowered.get("content-type", ""))


def response_of(payload: bytes) -> Answer | None:
    """The response that a function's result stands for; None if it stands for none.

    A result without statusCode is the body itself: 200 and JSON.
    """
    result = json.loads(payload)
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else json.dumps(result, separators=(",", ":"))
        return 200, {"content-type": "application/json"}, text.encode()
    try:
        return _status(result["statusCode"]), _headers(result), _content(result)
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


def _status(value: Any) -> int:
    status = int(value)
    if not 100 <= status <= 599:
        raise ValueError(value)
    return status


def _headers(result: Mapping[str, Any]) -> Headers:
    given = result.get("headers") or {}
    headers = {str(name).lower(): str(value) for name, value in given.items()}
    headers.setdefault("content-type", "text/plain; charset=utf-8")
    headers.update(zip(_spellings("set-cookie"), result.get("cookies") or (), strict=False))
    return headers


def _spellings(name: str) -> Iterator[str]:
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

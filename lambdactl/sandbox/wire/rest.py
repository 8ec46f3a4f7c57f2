"""The REST protocols: which operation a method and a path mean, and what they carry.

An operation's address is a template, ``/2015-03-31/functions/{FunctionName}/aliases/{Name}``; its
members travel in the path, the query string, the headers and the body, as the model says of each.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from botocore.model import OperationModel
from botocore.parsers import ResponseParserError, create_parser

from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.wire.message import Request, Response
from lambdactl.sandbox.wire.models import service_model
from lambdactl.sandbox.wire.values import (
    format_time,
    from_json,
    json_bytes,
    malformed,
    parse_time,
    to_json,
    wire_name,
)

_LABEL = re.compile(r"\{([^}+]+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """Where an operation lives, and what a request must bring to mean it."""

    operation: str
    method: str
    path: re.Pattern[str]
    query: frozenset[str]
    headers: frozenset[str]
    literals: int

    def matches(self, method: str, path: str, query: set[str], headers: set[str]) -> bool:
        return (
            method == self.method
            and self.query <= query
            and self.headers <= headers
            and self.path.fullmatch(path) is not None
        )

    @property
    def rank(self) -> tuple[int, int]:
        return len(self.query) + len(self.headers), self.literals


def _route(model: OperationModel) -> Route:
    template, _, literal_query = model.http["requestUri"].partition("?")
    wanted = {"querystring": set[str](), "header": set[str]()}
    shape: Any = model.input_shape
    for name in shape.required_members if shape else ():
        member = shape.members[name]
        if member.serialization.get("location") in wanted:
            wanted[member.serialization["location"]].add(wire_name(name, member))
    wanted["querystring"] |= {part.partition("=")[0] for part in literal_query.split("&") if part}
    path = template.rstrip("/") or "/"
    return Route(
        operation=model.name,
        method=model.http["method"],
        path=re.compile(_path_expression(path)),
        query=frozenset(wanted["querystring"]),
        headers=frozenset(name.lower() for name in wanted["header"]),
        literals=len(_LABEL.sub("", path)),
    )


def _path_expression(template: str) -> str:
    expression, at = "", 0
    for label in _LABEL.finditer(template):
        expression += re.escape(template[at : label.start()])
        name = re.sub(r"\W", "_", label[1])
        expression += f"(?P<{name}>.+)" if label[2] else f"(?P<{name}>[^/]+)"
        at = label.end()
    return expression + re.escape(template[at:]) + "/?"


@lru_cache(maxsize=32)
def _routes(service: str) -> dict[str, Route]:
    """The routes of a service by operation, the most particular first."""
    model = service_model(service)
    operations = [model.operation_model(name) for name in model.operation_names]
    # A deprecated operation of S3 shares its address with its successor, which is what is meant.
    routes = [_route(operation) for operation in sorted(operations, key=lambda o: o.deprecated)]
    routes.sort(key=lambda route: route.rank, reverse=True)
    return {route.operation: route for route in routes}


def find_operation(service: str, request: Request) -> str | None:
    """The operation that ``request`` means, ``None`` if the service has no such address."""
    query, headers = set(request.query_parameters()), set(request.headers)
    for route in _routes(service).values():
        if route.matches(request.method, request.path, query, headers):
            return route.operation
    return None


def read_request(model: OperationModel, request: Request) -> dict[str, Any]:
    """The input members that ``request`` carries."""
    shape: Any = model.input_shape
    if shape is None:
        return {}
    route = _routes(model.service_model.service_name)[model.name]
    params = _read_places(shape, route, request)
    payload = shape.serialization.get("payload")
    kind = shape.members[payload].type_name if payload else "structure"
    if request.body and kind == "blob":
        params[payload] = request.body
    elif request.body and kind == "string":
        params[payload] = request.body.decode("utf-8", "replace")
    elif request.body and payload and model.service_model.protocol == "rest-xml":
        params[payload] = _read_xml(shape, request.body)[payload]
    elif request.body and payload:
        params[payload] = from_json(shape.members[payload], _json_object(request.body))
    elif not payload:
        params = from_json(shape, _json_object(request.body)) | params
    return params


def _read_xml(shape: Any, body: bytes) -> dict[str, Any]:
    """The members in a body of S3: its requests are written as its answers are."""
    try:
        told = {"status_code": 200, "headers": {}, "body": body}
        read: dict[str, Any] = create_parser("rest-xml").parse(told, shape)
        return read
    except (ResponseParserError, ValueError) as error:
        said = "The XML you provided was not well-formed or did not validate against our schema"
        raise ApiError("MalformedXML", said, 400) from error


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body) if body.strip() else {}
    except ValueError as error:
        raise malformed(f"Could not parse request body into json: {error}") from error
    if not isinstance(value, dict):
        raise malformed("Could not parse request body into json: not an object")
    return value


def _read_places(shape: Any, route: Route, request: Request) -> dict[str, Any]:
    labels = route.path.fullmatch(request.path)
    query = request.query_parameters()
    params: dict[str, Any] = {}
    for name, member in shape.members.items():
        wire = wire_name(name, member)
        match member.serialization.get("location"):
            case "uri" if labels:
                params[name] = _scalar(member, unquote(labels[re.sub(r"\W", "_", wire)]))
            case "querystring" if member.type_name == "map":
                params[name] = {key: values[0] for key, values in query.items()}
            case "querystring" if wire in query and member.type_name == "list":
                params[name] = [_scalar(member.member, text) for text in query[wire]]
            case "querystring" if wire in query:
                params[name] = _scalar(member, query[wire][0])
            case "header" if wire.lower() in request.headers:
                params[name] = _header_value(member, request.headers[wire.lower()])
            case "headers":
                params[name] = _prefixed(request.headers, wire)
    return params


def _prefixed(headers: Mapping[str, str], prefix: str) -> dict[str, str]:
    prefix = prefix.lower()
    return {name[len(prefix) :]: text for name, text in headers.items() if name.startswith(prefix)}


def _header_value(shape: Any, text: str) -> Any:
    if shape.serialization.get("jsonvalue"):
        return json.loads(base64.b64decode(text))
    if shape.type_name == "list":
        return [_scalar(shape.member, item.strip()) for item in text.split(",")]
    return _scalar(shape, text)


def _scalar(shape: Any, text: str) -> Any:
    try:
        match shape.type_name:
            case "integer" | "long":
                return int(text)
            case "float" | "double":
                return float(text)
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
            case "timestamp":
                return parse_time(text)
            case _:
                return text
    except (ValueError, KeyError) as error:
        raise malformed(f"{text!r} is not of type {shape.type_name}") from error


def write_response(model: OperationModel, output: dict[str, Any]) -> Response:
    """The answer of a rest-json operation."""
    shape: Any = model.output_shape
    response = Response(int(model.http.get("responseCode", 200)), {})
    if shape is None:
        return response
    body: dict[str, Any] = {}
    for name, value in output.items():
        if value is not None and name in shape.members:
            _place(response, body, shape.members[name], name, value)
    _write_body(response, shape, body)
    return response


def _place(response: Response, body: dict[str, Any], member: Any, name: str, value: Any) -> None:
    wire = wire_name(name, member)
    match member.serialization.get("location"):
        case "statusCode":
            response.status = int(value)
        case "header":
            response.headers[wire] = _header_text(member, value)
        case "headers":
            response.headers |= {wire + key: str(item) for key, item in value.items()}
        case _:
            body[name] = value


def _header_text(shape: Any, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if shape.type_name == "timestamp":
        return str(format_time(value, shape.serialization.get("timestampFormat", "rfc822")))
    return str(value)


def _write_body(response: Response, shape: Any, body: dict[str, Any]) -> None:
    payload = shape.serialization.get("payload")
    if payload is not None and shape.members[payload].type_name in ("blob", "string"):
        value = body.get(payload, b"")
        value = value.read() if hasattr(value, "read") else value
        response.body = value.encode() if isinstance(value, str) else bytes(value)
        return
    response.headers["Content-Type"] = "application/json"
    if response.status == 204:
        return
    content = to_json(shape, body)
    if payload is not None:
        content = content.get(wire_name(payload, shape.members[payload]), {})
    response.body = json_bytes(content)

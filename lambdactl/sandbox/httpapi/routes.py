"""The routes of an API, read from its OpenAPI document, and which of them a request takes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lambdactl.sandbox.account import ApiError

DEFAULT = "$default"
_INTEGRATION = "x-amazon-apigateway-integration"
_ANY = "x-amazon-apigateway-any-method"
_METHODS = frozenset({"delete", "get", "head", "options", "patch", "post", "put"})
_URI = re.compile(r"arn:[\w-]+:apigateway:[\w-]+:lambda:path/[\d-]+/functions/(.+)/invocations")
ANYWHERE = "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function}/invocations"
"""The URI of an integration that invokes ``function``."""
_LONGEST_S = 30.0


@dataclass(frozen=True, slots=True)
class Route:
    """``function`` is the ARN that is invoked, qualifier included; ``limit_s`` how long it may
    take."""

    method: str
    path: str
    function: str
    limit_s: float

    @property
    def key(self) -> str:
        return DEFAULT if self.path == DEFAULT else f"{self.method} {self.path}"

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The path parameters, decoded, if this route takes the request."""
        if self.path == DEFAULT:
            return {}
        if self.method not in ("ANY", method):
            return None
        names, pattern = _pattern(self.path)
        found = re.fullmatch(pattern, path)
        if found is None:
            return None
        return {n: unquote(v) for n, v in zip(names, found.groups(), strict=True)}

    @property
    def closeness(self) -> tuple[int, int, int]:
        """The most specific route wins: literal segments, then no greedy one, then the method."""
        if self.path == DEFAULT:
            return (-1, 0, 0)
        segments = self.path.split("/")
        literal = sum(not segment.startswith("{") for segment in segments)
        return (0 if self.path.endswith("+}") else 1, literal, self.method != "ANY")


def read_routes(body: str | Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[Route, ...]]:
    """The document and its routes. Raises ApiError for one that is not OpenAPI 3, and 501 for an
    integration that the sandbox does not have."""
    document = read_document(body) if isinstance(body, str) else body
    if not str(document.get("openapi", "")).startswith("3."):
        raise bad("Invalid OpenAPI input: the document is not of OpenAPI 3.")
    if (document.get("components") or {}).get("securitySchemes"):
        raise missing("authorizers (securitySchemes) in a document")
    return document, routes_of(document, payloads=("2.0",), longest_s=_LONGEST_S)


def routes_of(
    document: Mapping[str, Any], *, payloads: tuple[str | None, ...], longest_s: float
) -> tuple[Route, ...]:
    """The routes of a document, the most specific first. ``payloads`` are the format versions
    that its kind of API has here (None: none is written), ``longest_s`` the longest timeout."""
    routes = [
        _route(path, method, operation, payloads, longest_s)
        for path, operations in document.get("paths", {}).items()
        for method, operation in operations.items()
        if method in _METHODS or method == _ANY
    ]
    return tuple(sorted(routes, key=lambda route: route.closeness, reverse=True))


def find_route(
    routes: tuple[Route, ...], method: str, path: str
) -> tuple[Route, dict[str, str]] | None:
    """The route that takes a request, with its path parameters."""
    for route in routes:
        parameters = route.match(method, path)
        if parameters is not None:
            return route, parameters
    return None


def tags_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The tags that the document gives the API."""
    name = "x-amazon-apigateway-tag-value"
    return {t["name"]: t[name] for t in document.get("tags", ()) if name in t}


def read_document(text: str) -> Mapping[str, Any]:
    """A document that is JSON or YAML. Raises ApiError for what is neither."""
    try:
        document = json.loads(text)
    except ValueError:
        document = _parsed_yaml(text)
    if not isinstance(document, Mapping):
        raise bad("Invalid OpenAPI input: the document is not an object.")
    return document


def _parsed_yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise bad(f"Invalid OpenAPI input: {error}") from error


def _route(
    path: str,
    method: str,
    operation: Mapping[str, Any],
    payloads: tuple[str | None, ...],
    longest_s: float,
) -> Route:
    integration = operation.get(_INTEGRATION) or {}
    where = f"{method} {path}"
    if str(integration.get("type", "")).lower() != "aws_proxy":
        raise missing(f"{where}: an integration of type {integration.get('type')}")
    version = integration.get("payloadFormatVersion")
    if (str(version) if version is not None else None) not in payloads:
        raise missing(f"{where}: payload format version {version}")
    found = _URI.fullmatch(str(integration.get("uri", "")))
    if found is None:
        raise bad(f"Invalid integration URI of {where}: {integration.get('uri')}")
    limit_s = float(integration.get("timeoutInMillis", longest_s * 1000)) / 1000
    named = DEFAULT if path.strip("/") == DEFAULT else path
    return Route("ANY" if method == _ANY else method.upper(), named, found[1], limit_s)


def _pattern(path: str) -> tuple[list[str], str]:
    """``/a/{b}/{rest+}`` as the names of its parameters and a regular expression."""
    names, parts = [], []
    for piece in re.split(r"(\{[^}]+\})", path):
        if not piece.startswith("{"):
            parts.append(re.escape(piece))
        else:
            names.append(piece[1:-1].rstrip("+"))
            parts.append("(.+)" if piece.endswith("+}") else "([^/]+)")
    return names, "".join(parts)


def bad(message: str) -> ApiError:
    return ApiError("BadRequestException", message, 400)


def missing(what: str) -> ApiError:
    return ApiError("NotImplemented", f"not part of the sandbox's APIs: {what}", 501)

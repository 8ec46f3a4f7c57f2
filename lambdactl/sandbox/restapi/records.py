"""What is kept of a REST API, and how API Gateway shows it.

A deployment is a picture of the API's methods; a stage serves one deployment. What an import
changes is therefore seen by nobody until the API is deployed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lambdactl.sandbox.account import random_text
from lambdactl.sandbox.httpapi.routes import ANYWHERE, Route


@dataclass(frozen=True, slots=True)
class Deployment:
    id: str
    members: Mapping[str, Any]
    routes: tuple[Route, ...]

    def shown(self) -> dict[str, Any]:
        return {"id": self.id, **self.members}


@dataclass(slots=True, eq=False)
class Stage:
    name: str
    members: dict[str, Any]
    tags: dict[str, str]

    @property
    def deployment_id(self) -> str:
        return str(self.members["deploymentId"])

    def shown(self) -> dict[str, Any]:
        rest = {"cacheClusterEnabled": False, "cacheClusterStatus": "NOT_AVAILABLE"}
        settings: dict[str, Any] = {"methodSettings": {}, "tracingEnabled": False}
        tags = {"tags": dict(self.tags)} if self.tags else {}
        return {"stageName": self.name, **rest, **settings, **self.members, **tags}


@dataclass(slots=True, eq=False)
class Api:
    """``resources`` are the ids of its paths; the root has one from the beginning."""

    id: str
    members: dict[str, Any]
    tags: dict[str, str]
    routes: tuple[Route, ...] = ()
    deployments: dict[str, Deployment] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    resources: dict[str, str] = field(default_factory=lambda: {"/": random_text(10)})

    def take(self, routes: tuple[Route, ...]) -> None:
        """These methods instead of those it had. A path that stays keeps its id."""
        self.routes = routes
        paths = {"/", *(path for route in routes for path in _paths_to(route.path))}
        self.resources = {
            path: self.resources.get(path) or random_text(6) for path in sorted(paths)
        }

    def deploy(self, description: str | None, at: datetime) -> Deployment:
        said = {"description": description} if description else {}
        deployment = Deployment(random_text(6), {"createdDate": at, **said}, self.routes)
        self.deployments[deployment.id] = deployment
        return deployment

    def shown(self) -> dict[str, Any]:
        tags = {"tags": dict(self.tags)} if self.tags else {}
        return {
            "id": self.id,
            "apiKeySource": "HEADER",
            "disableExecuteApiEndpoint": False,
            "endpointConfiguration": {"types": ["EDGE"], "ipAddressType": "ipv4"},
            "rootResourceId": self.resources["/"],
            **self.members,
            **tags,
        }

    def shown_resource(self, path: str, region: str, *, whole: bool) -> dict[str, Any]:
        """One path. Its methods with what they invoke where ``whole``, else their names."""
        parent, _, last = path.rpartition("/")
        placed = {"parentId": self.resources[parent or "/"], "pathPart": last} if last else {}
        methods = {
            route.method: _method(route, self.resources[path], region) if whole else {}
            for route in self.routes
            if route.path == path
        }
        listed = {"resourceMethods": methods} if methods else {}
        return {"id": self.resources[path], "path": path, **placed, **listed}


def _method(route: Route, resource_id: str, region: str) -> dict[str, Any]:
    return {
        "httpMethod": route.method,
        "authorizationType": "NONE",
        "apiKeyRequired": False,
        "methodIntegration": {
            "type": "AWS_PROXY",
            "httpMethod": "POST",
            "uri": ANYWHERE.format(region=region, function=route.function),
            "passthroughBehavior": "WHEN_NO_MATCH",
            "timeoutInMillis": int(route.limit_s * 1000),
            "cacheNamespace": resource_id,
            "cacheKeyParameters": [],
        },
    }


def _paths_to(path: str) -> Iterator[str]:
    """``/a/b`` as ``/a`` and ``/a/b``."""
    parts = path.strip("/").split("/")
    for n in range(1, len(parts) + 1):
        yield "/" + "/".join(parts[:n])

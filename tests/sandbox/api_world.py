"""HTTP APIs as SAM declares them, for tests that call them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from lambdactl.sandbox.wire import Request, Response
from tests.sandbox.lambda_world import ARN, World

ECHO = "def handler(event, context): return {'statusCode': 200, 'body': event}"


def make_service(world: World) -> None:
    """``f`` behind the alias ``live``, and whoever is an API may invoke it."""
    world.create(source=ECHO)
    world.publish()
    world.client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    permit(world)


def permit(world: World, **params: Any) -> None:
    given = {
        "FunctionName": f"{ARN}:f:live",
        "StatementId": "api",
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
    }
    world.client.add_permission(**(given | params))


def document(*routes: str, **integration: Any) -> dict[str, Any]:
    """The document that SAM writes for these routes (``GET /version``)."""
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ARN}:f:live/invocations"
    given = {
        "httpMethod": "POST",
        "type": "aws_proxy",
        "uri": uri,
        "payloadFormatVersion": "2.0",
    }
    paths: dict[str, Any] = {}
    for route in routes:
        method, _, path = route.partition(" ")
        operation = {"x-amazon-apigateway-integration": given | integration, "responses": {}}
        paths.setdefault(path, {})[method] = operation
    return {
        "openapi": "3.0.1",
        "info": {"title": "service", "version": "1.0"},
        "paths": paths,
        "tags": [{"name": "httpapi:createdBy", "x-amazon-apigateway-tag-value": "SAM"}],
    }


def call(world: World, operation: str, **params: Any) -> dict[str, Any]:
    """A call as it goes over the wire: the document is text there."""
    if isinstance(params.get("Body"), dict):
        params["Body"] = json.dumps(params["Body"])
    return world.account.call("apigatewayv2", operation, params)


def open_api(world: World, *routes: str, stage: str = "$default", **integration: Any) -> str:
    """An API with these routes and one stage; its id."""
    body = document(*(routes or ("get /version",)), **integration)
    api_id: str = call(world, "ImportApi", Body=body)["ApiId"]
    call(world, "CreateStage", ApiId=api_id, StageName=stage, AutoDeploy=True)
    return api_id


def request(
    world: World, api_id: str, method: str, url: str, body: bytes = b"", **headers: str
) -> Response:
    parts = urlsplit(url)
    path = f"/_aws/execute-api/{api_id}{parts.path}"
    named = {"host": "127.0.0.1", **headers}
    return world.account.door.handle(Request(method, path, parts.query, named, body))


def message(response: Response) -> tuple[int, str]:
    return response.status, json.loads(response.body)["message"]

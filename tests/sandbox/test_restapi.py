"""A REST API in front of an alias: the event of format 1.0, permissions, responses, stages.

Sources: [D] AWS's documentation of REST APIs, [C] the document that aws-sam-translator writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.wire import Request
from tests.sandbox.api_world import document, make_service, message, permit, request
from tests.sandbox.lambda_world import World, open_world, zipped

ECHO = (
    "import json\n"
    "def handler(event, context): return {'statusCode': 200, 'body': json.dumps(event)}"
)


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as made:
        make_service(made)
        serve(made, ECHO)
        yield made


def serve(world: World, source: str) -> None:
    """``source`` behind the alias from now on."""
    world.client.update_function_code(FunctionName="f", ZipFile=zipped(source))
    world.clock.advance(30)
    version = world.client.publish_version(FunctionName="f")["Version"]
    world.clock.advance(30)
    world.client.update_alias(FunctionName="f", Name="live", FunctionVersion=version)


def call(world: World, operation: str, **params: Any) -> dict[str, Any]:
    if isinstance(params.get("body"), dict):
        params["body"] = json.dumps(params["body"]).encode()
    return world.account.call("apigateway", operation, params)


def swagger(*routes: str, **more: Any) -> dict[str, Any]:
    """The document that SAM writes for an implicit API."""
    made = document(*routes)
    for operations in made["paths"].values():
        for operation in operations.values():
            del operation["x-amazon-apigateway-integration"]["payloadFormatVersion"]
    return {"swagger": "2.0", "info": made["info"], "paths": made["paths"], **more}


def open_rest(world: World, *routes: str, **more: Any) -> str:
    """An API with these routes that the stage ``Prod`` serves; its id."""
    api_id: str = call(world, "ImportRestApi", body=swagger(*routes, **more))["id"]
    call(world, "CreateDeployment", restApiId=api_id, stageName="Prod")
    return api_id


def test_the_event(world: World) -> None:
    """[D] payload format 1.0, and the path with a slash at its end."""
    api_id = open_rest(world, "post /users/{name}/files/{rest+}")
    url = "/Prod/users/ann%20b/files/a/b/?x=1&y=%20&x=2"
    headers = {"content-type": "application/json", "user-agent": "test"}
    response = request(world, api_id, "POST", url, b'{"n": 1}', **headers)
    assert response.status == 200
    event = json.loads(response.body)
    context = event.pop("requestContext")
    assert response.headers["x-amzn-requestid"] == context.pop("requestId")
    assert response.headers["x-amz-apigw-id"] == context.pop("extendedRequestId")
    sent = {"host": "127.0.0.1", **headers}
    assert event == {
        "resource": "/users/{name}/files/{rest+}",
        "path": "/users/ann b/files/a/b/",
        "httpMethod": "POST",
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": {"x": "2", "y": " "},
        "multiValueQueryStringParameters": {"x": ["1", "2"], "y": [" "]},
        "pathParameters": {"name": "ann b", "rest": "a/b"},
        "stageVariables": None,
        "body": '{"n": 1}',
        "isBase64Encoded": False,
    }
    identity = context.pop("identity")
    assert (identity["sourceIp"], identity["userAgent"]) == ("127.0.0.1", "test")
    items = call(world, "GetResources", restApiId=api_id)["items"]
    assert context == {
        "accountId": "000000000000",
        "apiId": api_id,
        "domainName": f"{api_id}.execute-api.us-east-1.amazonaws.com",
        "domainPrefix": api_id,
        "httpMethod": "POST",
        "path": "/Prod/users/ann b/files/a/b/",
        "protocol": "HTTP/1.1",
        "requestTime": f"{world.clock.utcnow():%d/%b/%Y:%H:%M:%S +0000}",
        "requestTimeEpoch": int(world.clock.now() * 1000),
        "resourceId": next(i["id"] for i in items if i["path"].endswith("{rest+}")),
        "resourcePath": "/users/{name}/files/{rest+}",
        "stage": "Prod",
    }


def test_the_host_name_leads_there_too(world: World) -> None:
    api_id = open_rest(world, "get /hello")
    host = f"{api_id}.execute-api.us-east-1.amazonaws.com"
    response = world.account.door.handle(Request("GET", "/Prod/hello/", "", {"host": host}, b""))
    assert json.loads(response.body)["resource"] == "/hello"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/Prod/nothing", (403, "Missing Authentication Token")),
        ("/Prod", (403, "Missing Authentication Token")),
        ("/Test/hello", (403, "Forbidden")),
    ],
)
def test_where_nothing_is(world: World, url: str, said: tuple[int, str]) -> None:
    assert message(request(world, open_rest(world, "get /hello"), "GET", url)) == said


class Answered(NamedTuple):
    name: str
    source: str
    status: int
    body: bytes


INTERNAL = b'{"message": "Internal server error"}'
ANSWERS = [
    Answered("a response", "{'statusCode': 201, 'body': 'made'}", 201, b"made"),
    Answered("no status: nothing is guessed", "{'body': 'x'}", 502, INTERNAL),
    Answered("a body that is no text", "{'statusCode': 200, 'body': {}}", 502, INTERNAL),
    Answered("headers that are none", "{'statusCode': 200, 'headers': 'x'}", 502, INTERNAL),
    Answered("an error", "1 / 0", 502, INTERNAL),
]


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.name)
def test_what_the_function_answers(world: World, row: Answered) -> None:
    serve(world, f"def handler(event, context): return {row.source}")
    response = request(world, open_rest(world, "get /hello"), "GET", "/Prod/hello")
    assert (response.status, response.body) == (row.status, row.body)


def test_headers_with_several_values_and_a_body_of_bytes(world: World) -> None:
    result = (
        "{'statusCode': 200, 'headers': {'X-One': '1'}, 'body': 'AAE=', 'isBase64Encoded': True,"
        " 'multiValueHeaders': {'Set-Cookie': ['a=1', 'b=2']}}"
    )
    serve(world, f"def handler(event, context): return {result}")
    kinds = {"x-amazon-apigateway-binary-media-types": ["image/*"]}
    api_id = open_rest(world, "get /hello", **kinds)
    seen = request(world, api_id, "GET", "/Prod/hello", accept="image/png")
    assert seen.body == b"\x00\x01"
    assert seen.headers["x-one"] == "1"
    cookies = [v for n, v in seen.headers.items() if n.lower() == "set-cookie"]
    assert cookies == ["a=1", "b=2"]
    assert request(world, api_id, "GET", "/Prod/hello", accept="text/html").body == b"AAE="


def test_the_alias_must_let_this_method_in(world: World) -> None:
    """[C] SAM permits one method and path; without leave AWS says only that it failed."""
    api_id = open_rest(world, "get /hello", "get /other")
    world.client.remove_permission(FunctionName="f", Qualifier="live", StatementId="api")
    assert request(world, api_id, "GET", "/Prod/hello").status == 500
    arn = f"arn:aws:execute-api:us-east-1:000000000000:{api_id}/*/GET/hello"
    permit(world, SourceArn=arn)
    statuses = [request(world, api_id, "GET", f"/Prod/{p}").status for p in ("hello/", "other")]
    assert statuses == [200, 500]


def test_a_stage_serves_the_deployment_that_it_points_at(world: World) -> None:
    """[D] what is imported is seen when it is deployed."""
    api_id = open_rest(world, "get /hello")
    old = call(world, "GetStage", restApiId=api_id, stageName="Prod")["deploymentId"]
    root = call(world, "GetRestApi", restApiId=api_id)["rootResourceId"]
    body = swagger("get /other")
    call(world, "PutRestApi", restApiId=api_id, mode="overwrite", body=body)

    def statuses() -> list[int]:
        paths = ("hello", "other")
        return [request(world, api_id, "GET", f"/Prod/{path}").status for path in paths]

    assert statuses() == [200, 403]
    new = call(world, "CreateDeployment", restApiId=api_id)["id"]
    patch = {"op": "replace", "path": "/deploymentId", "value": new}
    in_use = {"restApiId": api_id, "deploymentId": old}
    with pytest.raises(ApiError, match="Active stages pointing to this deployment"):
        call(world, "DeleteDeployment", **in_use)
    call(world, "UpdateStage", restApiId=api_id, stageName="Prod", patchOperations=[patch])
    assert statuses() == [403, 200]
    call(world, "DeleteDeployment", **in_use)
    assert [d["id"] for d in call(world, "GetDeployments", restApiId=api_id)["items"]] == [new]
    assert call(world, "GetRestApi", restApiId=api_id)["rootResourceId"] == root


def test_what_a_client_reads(world: World) -> None:
    """The version's readers find the alias in the methods, as boto3 reads them."""
    api_id = open_rest(world, "get /a/b")
    pages = call(world, "GetRestApis", limit=1)
    assert [api["name"] for api in pages["items"]] == ["service"]
    whole = call(world, "GetResources", restApiId=api_id, embed=["methods"])["items"]
    paths = {each["path"]: each for each in whole}
    assert sorted(paths) == ["/", "/a", "/a/b"]
    assert paths["/a/b"]["parentId"] == paths["/a"]["id"]
    method = paths["/a/b"]["resourceMethods"]["GET"]
    assert method["methodIntegration"]["uri"].endswith("f:live/invocations")
    first = call(world, "GetResources", restApiId=api_id, limit=2)
    second = call(world, "GetResources", restApiId=api_id, limit=2, position=first["position"])
    assert [r["path"] for r in first["items"] + second["items"]] == ["/", "/a", "/a/b"]
    one = call(world, "GetResource", restApiId=api_id, resourceId=paths["/a"]["id"])
    assert one["pathPart"] == "a"
    assert call(world, "GetAuthorizers", restApiId=api_id)["items"] == []


def test_members_and_tags_are_patched(world: World) -> None:
    api_id = open_rest(world, "get /hello")
    patches = [
        {"op": "replace", "path": "/description", "value": "d"},
        {"op": "add", "path": "/binaryMediaTypes/image~1png"},
        {"op": "replace", "path": "/endpointConfiguration/types/0", "value": "REGIONAL"},
        {"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "true"},
    ]
    shown = call(world, "UpdateRestApi", restApiId=api_id, patchOperations=patches)
    assert (shown["description"], shown["binaryMediaTypes"]) == ("d", ["image/png"])
    assert shown["endpointConfiguration"]["types"] == ["REGIONAL"]
    assert request(world, api_id, "GET", "/Prod/hello").status == 403
    variables = [{"op": "replace", "path": "/variables/k", "value": "v"}]
    of_stage = {"restApiId": api_id, "stageName": "Prod"}
    stage = call(world, "UpdateStage", **of_stage, patchOperations=variables)
    assert stage["variables"] == {"k": "v"}
    for path in (f"/restapis/{api_id}", f"/restapis/{api_id}/stages/Prod"):
        arn = f"arn:aws:apigateway:us-east-1::{path}"
        call(world, "TagResource", resourceArn=arn, tags={"a": "1", "b": "2"})
        call(world, "UntagResource", resourceArn=arn, tagKeys=["b"])
        assert call(world, "GetTags", resourceArn=arn) == {"tags": {"a": "1"}}
    assert call(world, "GetStage", **of_stage)["tags"] == {"a": "1"}


def swagger_of_mock() -> dict[str, Any]:
    """What SAM writes for CORS: an answer without a function."""
    return {**document("options /x", type="mock"), "openapi": "3.0.1"}


class Refused(NamedTuple):
    name: str
    operation: str
    params: dict[str, Any]
    status: int


REFUSALS = [
    Refused("no API", "GetRestApi", {"restApiId": "none"}, 404),
    Refused("no stage", "GetStage", {"stageName": "x"}, 404),
    Refused("no deployment", "CreateStage", {"stageName": "x", "deploymentId": "x"}, 404),
    Refused("another document", "ImportRestApi", {"body": {"info": {}}}, 400),
    Refused("authorizers", "ImportRestApi", {"body": swagger(securityDefinitions={"a": {}})}, 501),
    Refused("an integration", "ImportRestApi", {"body": swagger_of_mock()}, 501),
    Refused("a policy", "CreateRestApi", {"name": "x", "policy": "{}"}, 501),
    Refused("no methods", "CreateDeployment", {"restApiId": "{empty}"}, 400),
    Refused("a merge", "PutRestApi", {"mode": "merge", "body": swagger("get /x")}, 501),
    Refused(
        "a patch",
        "UpdateRestApi",
        {"patchOperations": [{"op": "replace", "path": "/policy", "value": "{}"}]},
        501,
    ),
]


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.name)
def test_refused(world: World, row: Refused) -> None:
    api_id = open_rest(world, "get /hello")
    empty = call(world, "CreateRestApi", name="empty")["id"]
    named = {"restApiId": api_id} if row.operation not in ("ImportRestApi", "CreateRestApi") else {}
    params = {k: empty if v == "{empty}" else v for k, v in {**named, **row.params}.items()}
    with pytest.raises(ApiError) as caught:
        call(world, row.operation, **params)
    assert caught.value.status == row.status
    assert len(call(world, "GetRestApis")["items"]) == 2

"""An HTTP API in front of an alias: routes, the event of format 2.0, permissions, responses.

Sources: [D] AWS's documentation of HTTP APIs, [C] the document that aws-sam-translator writes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from lambdactl.sandbox.wire import Request
from tests.sandbox.api_world import make_service, message, open_api, permit, request
from tests.sandbox.lambda_world import World, open_world, zipped


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as made:
        make_service(made)
        yield made


# -- the event -----------------------------------------------------------------------------------


def test_the_event(world: World) -> None:
    """[D] payload format 2.0."""
    api_id = open_api(world, "post /users/{name}/files/{rest+}")
    response = request(
        world,
        api_id,
        "POST",
        "/users/ann%20b/files/a/b?x=1&y=%20&x=2",
        b'{"n": 1}',
        **{"Content-Type": "application/json", "cookie": "a=1; b=2", "user-agent": "test"},
    )
    assert response.status == 200
    event = json.loads(response.body)
    request_id = event["requestContext"].pop("requestId")
    assert response.headers["apigw-requestid"] == request_id
    assert event == {
        "version": "2.0",
        "routeKey": "POST /users/{name}/files/{rest+}",
        "rawPath": "/users/ann b/files/a/b",
        "rawQueryString": "x=1&y=%20&x=2",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "content-type": "application/json",
            "host": "127.0.0.1",
            "user-agent": "test",
        },
        "queryStringParameters": {"x": "1,2", "y": " "},
        "pathParameters": {"name": "ann b", "rest": "a/b"},
        "body": '{"n": 1}',
        "isBase64Encoded": False,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": api_id,
            "domainName": f"{api_id}.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": api_id,
            "http": {
                "method": "POST",
                "path": "/users/ann b/files/a/b",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "test",
            },
            "routeKey": "POST /users/{name}/files/{rest+}",
            "stage": "$default",
            "time": "15/Jan/2027:08:00:15 +0000",
            "timeEpoch": int(world.clock.now() * 1000),
        },
    }


@pytest.mark.parametrize(
    ("kind", "body", "encoded"),
    [
        ("text/plain", b"abc", False),
        ("application/json; charset=utf-8", b"{}", False),
        ("application/octet-stream", b"abc", True),
        ("text/plain", b"\xff", True),
    ],
)
def test_bodies_that_are_not_text_are_encoded(
    world: World, kind: str, body: bytes, encoded: bool
) -> None:
    api_id = open_api(world, "post /version")
    response = request(world, api_id, "POST", "/version", body, **{"content-type": kind})
    event = json.loads(response.body)
    expected = base64.b64encode(body).decode() if encoded else body.decode()
    assert (event["body"], event["isBase64Encoded"]) == (expected, encoded)


# -- routes --------------------------------------------------------------------------------------

ROUTES = ("get /version", "x-amazon-apigateway-any-method /version", "get /{id}", "get /{all+}")


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/version", "GET /version"),
        ("PUT", "/version", "ANY /version"),
        ("GET", "/other", "GET /{id}"),
        ("GET", "/other/path", "GET /{all+}"),
        ("PUT", "/other", None),
    ],
)
def test_the_most_specific_route_wins(
    world: World, method: str, path: str, key: str | None
) -> None:
    """[D] full matches, then parameters, then greedy ones; no route is a 404."""
    response = request(world, open_api(world, *ROUTES), method, path)
    if key is None:
        assert message(response) == (404, "Not Found")
    else:
        assert json.loads(response.body)["routeKey"] == key


def test_the_default_route_takes_the_rest(world: World) -> None:
    api_id = open_api(world, "get /version", "x-amazon-apigateway-any-method /$default")
    assert json.loads(request(world, api_id, "GET", "/version").body)["routeKey"] == "GET /version"
    assert json.loads(request(world, api_id, "DELETE", "/x").body)["routeKey"] == "$default"


def test_a_named_stage_is_the_first_part_of_the_path(world: World) -> None:
    api_id = open_api(world, stage="dev")
    event = json.loads(request(world, api_id, "GET", "/dev/version").body)
    assert (event["rawPath"], event["requestContext"]["stage"]) == ("/dev/version", "dev")
    assert message(request(world, api_id, "GET", "/version")) == (404, "Not Found")


def test_the_host_name_leads_there_too(world: World) -> None:
    api_id = open_api(world)
    host = f"{api_id}.execute-api.us-east-1.amazonaws.com"
    response = world.account.door.handle(Request("GET", "/version", "", {"host": host}, b""))
    assert json.loads(response.body)["headers"] == {"host": host}


# -- permission ----------------------------------------------------------------------------------

SOURCE = "arn:aws:execute-api:us-east-1:000000000000:{api}"


class Permission(NamedTuple):
    story: str
    params: dict[str, Any] | None
    status: int


PERMISSIONS = [
    Permission("[D] none", None, 500),
    Permission("[C] this route at any stage", {"SourceArn": SOURCE + "/*/GET/version"}, 200),
    Permission("[D] the stage by its name", {"SourceArn": SOURCE + "/$default/GET/*"}, 200),
    Permission("[D] another route", {"SourceArn": SOURCE + "/*/GET/other"}, 500),
    Permission("[D] another method", {"SourceArn": SOURCE + "/*/POST/version"}, 500),
    Permission(
        "[D] another API",
        {"SourceArn": "arn:aws:execute-api:us-east-1:000000000000:zzz/*/GET/version"},
        500,
    ),
    Permission("[D] another service", {"Principal": "s3.amazonaws.com"}, 500),
    Permission("[D] another account", {"SourceAccount": "111111111111"}, 500),
    Permission("[D] this account", {"SourceAccount": "000000000000"}, 200),
    Permission("[D] another action", {"Action": "lambda:GetFunction"}, 500),
    Permission("[V] on the function, not on its alias", {"FunctionName": "f"}, 500),
    Permission("[V] on the version, not on its alias", {"FunctionName": "f:1"}, 500),
]


@pytest.mark.parametrize("row", PERMISSIONS, ids=lambda row: row.story)
def test_permission(world: World, row: Permission) -> None:
    api_id = open_api(world)
    world.client.remove_permission(FunctionName="f", Qualifier="live", StatementId="api")
    if row.params is not None:
        permit(
            world,
            **{name: value.replace("{api}", api_id) for name, value in row.params.items()},
        )
    response = request(world, api_id, "GET", "/version")
    assert response.status == row.status
    assert (world.recorder.sums("Invocations")["f"] == 1) is (row.status == 200)


# -- responses -----------------------------------------------------------------------------------


class Result(NamedTuple):
    story: str
    source: str
    status: int
    headers: dict[str, str]
    body: bytes


JSON, TEXT = {"content-type": "application/json"}, {"content-type": "text/plain; charset=utf-8"}
INTERNAL = b'{"message": "Internal Server Error"}'
RESULTS = [
    Result("[D] nothing but a body", "{'a': 1}", 200, JSON, b'{"a":1}'),
    Result("[D] a string", "'hello'", 200, JSON, b"hello"),
    Result("[D] nothing", "None", 200, JSON, b"null"),
    Result("[D] a status", "{'statusCode': 204}", 204, TEXT, b""),
    Result("[D] a status as text", "{'statusCode': '201', 'body': 'x'}", 201, TEXT, b"x"),
    Result(
        "[D] headers",
        "{'statusCode': 200, 'headers': {'Content-Type': 'text/html', 'X-N': 1}, 'body': 'x'}",
        200,
        {"content-type": "text/html", "x-n": "1"},
        b"x",
    ),
    Result(
        "[D] cookies",
        "{'statusCode': 200, 'cookies': ['a=1', 'b=2']}",
        200,
        TEXT | {"set-cookie": "a=1", "set-cookiE": "b=2"},
        b"",
    ),
    Result(
        "[D] an encoded body",
        "{'statusCode': 200, 'body': '/w==', 'isBase64Encoded': True}",
        200,
        TEXT,
        b"\xff",
    ),
    Result("[D] a bad gateway of its own", "{'statusCode': 502}", 502, TEXT, b""),
    Result("[D] an exception", "1 / 0", 500, JSON, INTERNAL),
    Result("[D] no status at all", "{'statusCode': 'fine'}", 500, JSON, INTERNAL),
    Result(
        "[D] a body that is not base64",
        "{'statusCode': 200, 'body': '!', 'isBase64Encoded': True}",
        500,
        JSON,
        INTERNAL,
    ),
]


@pytest.mark.parametrize("row", RESULTS, ids=lambda row: row.story)
def test_results_become_responses(world: World, row: Result) -> None:
    world.client.update_alias(FunctionName="f", Name="live", FunctionVersion="$LATEST")
    world.client.update_function_code(
        FunctionName="f", ZipFile=zipped(f"def handler(event, context): return {row.source}")
    )
    world.advance()
    response = request(world, open_api(world), "GET", "/version")
    ours = {"apigw-requestid", "x-amzn-RequestId", "Date"}
    headers = {name: value for name, value in response.headers.items() if name not in ours}
    assert (response.status, headers, response.body) == (row.status, row.headers, row.body)


def test_a_throttled_function_is_a_503(world: World) -> None:
    api_id = open_api(world)
    world.client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    response = request(world, api_id, "GET", "/version")
    assert message(response) == (503, "Service Unavailable")


def test_a_function_that_is_too_slow_is_a_503(world: World) -> None:
    api_id = open_api(world, timeoutInMillis=0)
    response = request(world, api_id, "GET", "/version")
    assert message(response) == (503, "Service Unavailable")


def test_a_function_that_went_is_a_500(world: World) -> None:
    api_id = open_api(world)
    world.client.delete_function(FunctionName="f")
    response = request(world, api_id, "GET", "/version")
    assert message(response) == (500, "Internal Server Error")

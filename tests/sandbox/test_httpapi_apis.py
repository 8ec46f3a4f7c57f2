"""The APIs themselves: made, shown, changed, refused. [C] what aws-sam-translator writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lambdactl.sandbox.account import ApiError
from tests.sandbox.api_world import call, document, make_service, open_api, request
from tests.sandbox.lambda_world import ARN, World, open_world


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as made:
        make_service(made)
        yield made


def test_an_api_is_shown_as_it_was_made(world: World) -> None:
    """[C] title and tags come from the document; the endpoint can be reached where there is one."""
    api = call(world, "ImportApi", Body=document("get /version"))
    assert (api["Name"], api["Version"], api["ProtocolType"]) == ("service", "1.0", "HTTP")
    assert api["Tags"] == {"httpapi:createdBy": "SAM"}
    host = f"{api['ApiId']}.execute-api.us-east-1.amazonaws.com"
    assert api["ApiEndpoint"] == f"https://{host}"
    world.account.endpoint = "http://127.0.0.1:4000"
    shown = call(world, "GetApi", ApiId=api["ApiId"])
    assert shown["ApiEndpoint"] == f"http://127.0.0.1:4000/_aws/execute-api/{api['ApiId']}"
    assert [item["ApiId"] for item in call(world, "GetApis")["Items"]] == [api["ApiId"]]


def test_each_operation_of_a_document_has_its_integration(world: World) -> None:
    api_id = call(world, "ImportApi", Body=document("get /a", "post /b"))["ApiId"]
    first, second = call(world, "GetIntegrations", ApiId=api_id)["Items"]
    made = {first.pop("IntegrationId"), second.pop("IntegrationId")}
    assert len(made) == 2
    assert first == second
    assert first["IntegrationUri"] == (
        f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ARN}:f:live/invocations"
    )
    page = call(world, "GetIntegrations", ApiId=api_id, MaxResults="1")
    rest = call(world, "GetIntegrations", ApiId=api_id, NextToken=page["NextToken"])
    assert {i["IntegrationId"] for i in (*page["Items"], *rest["Items"])} == made
    call(world, "ReimportApi", ApiId=api_id, Body=document("get /a", "get /c"))
    again = {i["IntegrationId"] for i in call(world, "GetIntegrations", ApiId=api_id)["Items"]}
    assert len(again & made) == 1
    assert call(world, "GetAuthorizers", ApiId=api_id)["Items"] == []


def test_a_document_may_be_text(world: World) -> None:
    body = json.dumps(document("get /version"))
    api_id = call(world, "ImportApi", Body=body)["ApiId"]
    call(world, "CreateStage", ApiId=api_id, StageName="$default", AutoDeploy=True)
    assert request(world, api_id, "GET", "/version").status == 200
    call(world, "ReimportApi", ApiId=api_id, Body=json.dumps(document("get /other")))
    assert request(world, api_id, "GET", "/version").status == 404
    assert request(world, api_id, "GET", "/other").status == 200


def test_nothing_answers_without_a_deployed_stage(world: World) -> None:
    api_id = call(world, "ImportApi", Body=document("get /version"))["ApiId"]
    statuses = [request(world, api_id, "GET", "/version").status]
    call(world, "CreateStage", ApiId=api_id, StageName="$default")
    statuses.append(request(world, api_id, "GET", "/version").status)
    call(world, "UpdateStage", ApiId=api_id, StageName="$default", AutoDeploy=True)
    statuses.append(request(world, api_id, "GET", "/version").status)
    call(world, "DeleteStage", ApiId=api_id, StageName="$default")
    statuses.append(request(world, api_id, "GET", "/version").status)
    call(world, "DeleteApi", ApiId=api_id)
    statuses.append(request(world, api_id, "GET", "/version").status)
    assert statuses == [404, 404, 200, 404, 404]


def test_tags_of_apis_and_stages(world: World) -> None:
    api_id = open_api(world)
    for resource in (f"/apis/{api_id}", f"/apis/{api_id}/stages/$default"):
        arn = f"arn:aws:apigateway:us-east-1::{resource}"
        call(world, "TagResource", ResourceArn=arn, Tags={"team": "a", "cost": "1"})
        call(world, "UntagResource", ResourceArn=arn, TagKeys=["cost"])
        assert call(world, "GetTags", ResourceArn=arn)["Tags"]["team"] == "a"
    stage = call(world, "GetStage", ApiId=api_id, StageName="$default")
    assert stage["Tags"] == {"team": "a"}


REFUSALS: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("no API", "GetApi", {"ApiId": "none"}, 404, "NotFoundException"),
    ("no stage", "GetStage", {"ApiId": "{api}", "StageName": "x"}, 404, "NotFoundException"),
    (
        "a stage twice",
        "CreateStage",
        {"ApiId": "{api}", "StageName": "$default"},
        409,
        "ConflictException",
    ),
    ("no document", "ImportApi", {"Body": "[]"}, 400, "BadRequestException"),
    ("an old document", "ImportApi", {"Body": '{"swagger": "2.0"}'}, 400, "BadRequestException"),
    (
        "another URI",
        "ImportApi",
        {"Body": document("get /x", uri="https://example.com")},
        400,
        "BadRequestException",
    ),
    (
        "another integration",
        "ImportApi",
        {"Body": document("get /x", type="http_proxy")},
        501,
        "NotImplemented",
    ),
    (
        "the other payload format",
        "ImportApi",
        {"Body": document("get /x", payloadFormatVersion="1.0")},
        501,
        "NotImplemented",
    ),
    (
        "authorizers",
        "ImportApi",
        {"Body": {**document("get /x"), "components": {"securitySchemes": {"AWS_IAM": {}}}}},
        501,
        "NotImplemented",
    ),
    (
        "a WebSocket API",
        "CreateApi",
        {"Name": "w", "ProtocolType": "WEBSOCKET"},
        501,
        "NotImplemented",
    ),
]


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row[0])
def test_refused(world: World, row: tuple[str, str, dict[str, Any], int, str]) -> None:
    _, operation, params, status, code = row
    api_id = open_api(world)
    named = {k: api_id if v == "{api}" else v for k, v in params.items()}
    with pytest.raises(ApiError) as caught:
        call(world, operation, **named)
    assert (caught.value.status, caught.value.code) == (status, code)
    assert len(call(world, "GetApis")["Items"]) == 1

"""A REST API of a stack, as the SAM CLI's own first template declares it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lambdactl.sandbox.wire import Request
from tests.sandbox.cfn_world import Stacks, body, open_stacks
from tests.sandbox.test_cfn_resources import ROLE, deleted

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
URL = "https://${ServerlessRestApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/Prod/hello/"
CODE = (
    "def handler(event, context):\n"
    "    return {{'statusCode': 200, 'body': '{} ' + event['resource']}}\n"
)


@pytest.fixture
def stacks() -> Iterator[Stacks]:
    with open_stacks() as opened:
        yield opened


def hello(said: str, *paths: str, **api: Any) -> str:
    """``function`` with an Api event for each path, an alias and a canary."""
    events = {
        path.strip("/").title(): {"Type": "Api", "Properties": {"Path": path, "Method": "get"}}
        for path in paths
    }
    properties = {
        "InlineCode": CODE.format(said),
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Role": ROLE,
        "AutoPublishAlias": "live",
        "DeploymentPreference": {"Type": "Canary10Percent5Minutes", "Role": ROLE},
        "Events": events,
    }
    return body(
        {"Hello": {"Type": "AWS::Serverless::Function", "Properties": properties}},
        Transform="AWS::Serverless-2016-10-31",
        Globals={"Api": api} if api else {},
        Outputs={"Url": {"Value": {"Fn::Sub": URL}}},
    )


def get(stacks: Stacks, path: str = "/Prod/hello/") -> tuple[int, str]:
    host = stacks.outputs()["Url"].split("/")[2]
    response = stacks.account.door.handle(Request("GET", path, "", {"host": host}, b""))
    return response.status, response.body.decode()


def only_api(stacks: Stacks) -> dict[str, Any]:
    found: dict[str, Any]
    [found] = stacks.client("apigateway").get_rest_apis()["items"]
    return found


def test_the_first_template_of_the_sam_cli(stacks: Stacks) -> None:
    made = stacks.create(hello("one", "/hello"), Capabilities=CAPABILITIES)
    assert made == "CREATE_COMPLETE", stacks.full_events()
    api = only_api(stacks)
    assert stacks.outputs()["Url"] == (
        f"https://{api['id']}.execute-api.us-east-1.amazonaws.com/Prod/hello/"
    )
    assert get(stacks) == (200, "one /hello")
    client = stacks.client("apigateway")
    stages = client.get_stages(restApiId=api["id"])["item"]
    assert [stage["stageName"] for stage in stages] == ["Prod", "Stage"]
    resources = client.get_resources(restApiId=api["id"], embed=["methods"])["items"]
    assert ":live/invocations" in json.dumps(resources)
    stacks.client().update_stack(
        StackName="web", TemplateBody=hello("two", "/hello"), Capabilities=CAPABILITIES
    )
    stacks.clock.advance(60)
    alias = f"{stacks.physical('Hello')}:live"
    assert canary_of(stacks, alias) == {"2": 0.1}
    assert {get(stacks)[1] for _ in range(200)} == {"one /hello", "two /hello"}
    assert stacks.settle() == "UPDATE_COMPLETE"
    assert get(stacks) == (200, "two /hello")
    # The document names the alias, not the version: a release is no reason to deploy the API anew.
    assert len(client.get_deployments(restApiId=api["id"])["items"]) == 1
    deleted(stacks)
    assert client.get_rest_apis()["items"] == []


def canary_of(stacks: Stacks, alias: str) -> dict[str, float]:
    function, _, name = alias.partition(":")
    shown = stacks.client("lambda").get_alias(FunctionName=function, Name=name)
    found: dict[str, float] = shown["RoutingConfig"]["AdditionalVersionWeights"]
    return found


def test_another_document_is_another_deployment(stacks: Stacks) -> None:
    stacks.create(hello("one", "/hello"), Capabilities=CAPABILITIES)
    api = only_api(stacks)["id"]
    client = stacks.client("apigateway")
    [before] = client.get_deployments(restApiId=api)["items"]
    settings = {"Variables": {"k": "v"}, "BinaryMediaTypes": ["image~1png"], "Name": "shop"}
    template = hello("one", "/hello", "/bye", **settings)
    assert stacks.update(template, Capabilities=CAPABILITIES) == "UPDATE_COMPLETE"
    [after] = client.get_deployments(restApiId=api)["items"]
    assert after["id"] != before["id"]
    assert get(stacks, "/Prod/bye") == (200, "one /bye")
    assert client.get_stage(restApiId=api, stageName="Prod")["variables"] == {"k": "v"}
    shown = client.get_rest_api(restApiId=api)
    assert (shown["name"], shown["binaryMediaTypes"]) == ("shop", ["image/png"])
    template = hello("one", "/hello", EndpointConfiguration="REGIONAL")
    assert stacks.update(template, Capabilities=CAPABILITIES) == "UPDATE_COMPLETE"
    shown = client.get_rest_api(restApiId=api)
    assert shown["endpointConfiguration"]["types"] == ["REGIONAL"]
    assert get(stacks, "/Prod/bye")[0] == 403
    assert "variables" not in client.get_stage(restApiId=api, stageName="Prod")


def test_an_api_without_a_document_and_its_tags(stacks: Stacks) -> None:
    def plain(**properties: Any) -> str:
        return body({"A": {"Type": "AWS::ApiGateway::RestApi", "Properties": properties}})

    tags = [{"Key": "team", "Value": "a"}, {"Key": "old", "Value": "1"}]
    assert stacks.create(plain(Name="one", Tags=tags)) == "CREATE_COMPLETE"
    assert stacks.update(plain(Name="two", Tags=tags[:1])) == "UPDATE_COMPLETE"
    assert (only_api(stacks)["name"], only_api(stacks)["tags"]) == ("two", {"team": "a"})
    assert stacks.update(plain(Name="two", Policy={"Statement": []})) == "UPDATE_ROLLBACK_COMPLETE"
    assert only_api(stacks)["name"] == "two"

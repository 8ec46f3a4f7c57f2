"""The reads of a whole account: the exact requests, their pages, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore import xform_name

from lambdactl.aws import calling, deep, fleet, last_look, layers
from lambdactl.aws.parts import Parts
from lambdactl.errors import LambdactlError, UsageError
from lambdactl.model import VersionUse
from tests.aws.stubs import ARN, Script
from tests.aws.test_reads import version_row

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


@pytest.fixture
def quick(script: Script) -> Script:
    script.aws.buckets.set_pace(speed=1_000_000.0)
    return script


def row(name: str, version: str, **more: Any) -> dict[str, Any]:
    return {**version_row("1"), "FunctionName": name, "Version": version, **more}


def test_the_sweep_is_pages_of_fifty_of_every_version(quick: Script) -> None:
    layer = {"Arn": f"{ARN}:layer", "CodeSize": 77}
    first = [row("a", "$LATEST"), row("a", "3", Layers=[layer]), row("b", "$LATEST.PUBLISHED")]
    asked = {"FunctionVersion": "ALL", "MaxItems": 50}
    quick.expect("lambda", "list_functions", asked, {"Functions": first, "NextMarker": "m"})
    provider = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "arn:p"}}
    second = [
        row("a", "4", CapacityProviderConfig=provider, SnapStart={"ApplyOn": "PublishedVersions"})
    ]
    quick.expect("lambda", "list_functions", {**asked, "Marker": "m"}, {"Functions": second})
    one, two = fleet.sweep(quick.aws)
    assert [(name, v.number) for name, v in one.rows] == [("a", 0), ("a", 3)]
    assert one.layers == {f"{ARN}:layer": 77}
    ((_, version),) = two.rows
    assert version.managed and version.snap_start


def test_running_deployments_of_a_region_are_one_question(quick: Script) -> None:
    active = ["Created", "Queued", "InProgress", "Baking", "Ready"]
    quick.expect("codedeploy", "list_deployments", {"includeOnlyStatuses": active}, {})
    assert quick.aws.running_anywhere() == ()
    assert quick.aws.running_anywhere() == ()


def resource(kind: str, physical: str) -> dict[str, Any]:
    return {
        "LogicalResourceId": "X",
        "ResourceType": kind,
        "PhysicalResourceId": physical,
        "ResourceStatus": "CREATE_COMPLETE",
        "LastUpdatedTimestamp": NOW,
    }


def test_a_version_belongs_to_any_stack_that_names_it(quick: Script) -> None:
    stacks = [
        {"StackName": n, "StackStatus": s, "CreationTime": NOW}
        for n, s in (("shop", "UPDATE_COMPLETE"), ("other", "UPDATE_IN_PROGRESS"))
    ]
    quick.expect("cloudformation", "describe_stacks", {}, {"Stacks": stacks})
    made = [
        resource("AWS::Lambda::Function", "checkout"),
        resource("AWS::Lambda::Version", f"{ARN}:3"),
    ]
    quick.expect("cloudformation", "list_stack_resources", None, {"StackResourceSummaries": made})
    elsewhere = [resource("AWS::Lambda::Version", f"{ARN}:5")]
    quick.expect(
        "cloudformation", "list_stack_resources", None, {"StackResourceSummaries": elsewhere}
    )
    found = fleet.all_stacks(quick.aws)["checkout"]
    assert (found.name, found.versions) == ("shop", frozenset({3, 5}))


def metric(resource: str | None, version: str | None = None) -> dict[str, Any]:
    told = {"FunctionName": "fn", "Resource": resource, "ExecutedVersion": version}
    dimensions = [{"Name": k, "Value": v} for k, v in told.items() if v]
    return {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": dimensions}


def test_called_by_its_number_or_through_an_alias_within_grace(quick: Script) -> None:
    metrics = [
        metric(None),
        metric("fn:live"),
        metric("fn:7"),
        metric("fn:live", "5"),
        metric("fn:live", "6"),
        metric("other:8"),
    ]
    quick.expect("cloudwatch", "list_metrics", None, {"Metrics": metrics})
    results = [
        {"Id": "m0", "Values": [0.0], "Timestamps": [NOW], "StatusCode": "Complete"},
        {"Id": "m1", "Values": [2.0], "Timestamps": [NOW], "StatusCode": "Complete"},
    ]
    quick.expect("cloudwatch", "get_metric_data", None, {"MetricDataResults": results})
    uses = calling.called(quick.aws, "fn", {5, 6, 7, 8}, now=NOW, grace_s=86_400.0)
    assert [(u.version, u.rule) for u in uses] == [(7, 13), (6, 13)]


def test_half_an_answer_of_cloudwatch_is_an_error(quick: Script) -> None:
    quick.expect("cloudwatch", "list_metrics", None, {"Metrics": [metric("fn:live", "5")]})
    results = [{"Id": "m0", "Values": [], "Timestamps": [], "StatusCode": "InternalError"}]
    quick.expect("cloudwatch", "get_metric_data", None, {"MetricDataResults": results})
    with pytest.raises(LambdactlError, match="only a part"):
        calling.called(quick.aws, "fn", {5}, now=NOW, grace_s=86_400.0)


def get_function(state: str) -> dict[str, Any]:
    return {"Configuration": {"FunctionName": "checkout", "State": state}}


def test_the_last_look_at_a_version_is_its_policy_and_its_state(quick: Script) -> None:
    asked = {"FunctionName": "checkout", "Qualifier": "3"}
    quick.fails("lambda", "get_policy", "ResourceNotFoundException", status=404)
    quick.expect("lambda", "get_function", asked, get_function("Active"))
    assert last_look.need(quick.aws, "checkout", 3) is None
    quick.fails("lambda", "get_policy", "ResourceNotFoundException", status=404)
    quick.expect("lambda", "get_function", asked, get_function("Deleting"))
    assert last_look.need(quick.aws, "checkout", 3) == VersionUse(3, "it is Deleting", 18)
    quick.expect("lambda", "get_policy", asked, {"Policy": "{}"})
    assert last_look.need(quick.aws, "checkout", 3) == VersionUse(3, "resource policy", 11)


def test_sizes_of_layers_are_asked_only_where_they_are_not_known(quick: Script) -> None:
    listed = [{"LayerName": "deps", "LayerArn": "arn:deps"}]
    quick.expect("lambda", "list_layers", {}, {"Layers": listed})
    at = "2026-01-01T00:00:00.000+0000"
    versions = [
        {"LayerVersionArn": f"arn:deps:{n}", "Version": n, "CreatedDate": at} for n in (2, 1)
    ]
    quick.expect(
        "lambda", "list_layer_versions", {"LayerName": "deps"}, {"LayerVersions": versions}
    )
    asked = {"LayerName": "deps", "VersionNumber": 1}
    quick.expect("lambda", "get_layer_version", asked, {"Content": {"CodeSize": 9}})
    found = list(layers.layer_versions(quick.aws, {"arn:deps:2": 5}))
    assert [(v.number, v.code_size) for v in found] == [(2, 5), (1, 9)]
    quick.fails("lambda", "get_layer_version_policy", "ResourceNotFoundException", status=404)
    assert not layers.is_shared(quick.aws, found[1])
    quick.expect("lambda", "get_layer_version_policy", asked, {"Policy": "{}"})
    assert layers.is_shared(quick.aws, found[1])


@pytest.mark.parametrize("number", [0, -1, True, "3", None, 3.0])
def test_no_layer_version_without_a_number(quick: Script, number: Any) -> None:
    with pytest.raises(UsageError):
        quick.aws.delete_layer_version("deps", number)
    assert not quick.aws.calls


class Services:
    """A door behind which every service names version 7 of ``checkout`` somewhere."""

    region = "us-east-1"

    def __init__(self, failing: str = "") -> None:
        self.failing = failing
        self.asked: list[str] = []
        self.paged: dict[tuple[str, str], str] = {}

    def pages(
        self, service: str, operation: str, key: str, *_: Any, **__: Any
    ) -> Iterator[dict[str, Any]]:
        self._asked(service, operation)
        self.paged[service, operation] = key
        names = ("Name", "name", "ApiId", "id", "Id", "stateMachineArn", "GroupName")
        yield {**dict.fromkeys(names, "x"), "Arn": f"{ARN}:7"}

    def call(self, service: str, operation: str, *_: Any, **__: Any) -> dict[str, Any]:
        self._asked(service, operation)
        item = {"Name": "x", "LambdaFunctionARN": f"{ARN}:7"}
        if operation == "ListDistributions":
            return {"DistributionList": {"Items": [item], "IsTruncated": False}}
        return {"EventBuses": [item], "Buckets": [item], "definition": f'"Resource":"{ARN}:7"'}

    def _asked(self, service: str, operation: str) -> None:
        self.asked.append(f"{service}:{operation}")
        if service == self.failing:
            raise LambdactlError("no permission")


def test_every_source_of_a_deep_look_is_searched() -> None:
    door: Any = Services()
    parts = Parts()
    found = deep.search(door, parts)
    assert {u.by for u in found["checkout"]} == {f"named in {what}" for what in deep.SOURCES}
    assert {u.rule for u in found["checkout"]} == {14, 17}
    assert {u.version for u in found["checkout"]} == {7}
    assert parts.unread == []


def test_the_operations_of_a_deep_look_exist_and_page(quick: Script) -> None:
    door: Any = Services()
    deep.search(door, Parts())
    for action in door.asked:
        service, operation = action.split(":")
        client = quick.aws.client(service)
        assert operation in client.meta.service_model.operation_names
    for (service, operation), key in door.paged.items():
        client = quick.aws.client(service)
        assert client.can_paginate(xform_name(operation)), operation
        shape = client.meta.service_model.operation_model(operation).output_shape
        assert key in shape.members, operation


@pytest.mark.parametrize("service", ["stepfunctions", "apigateway", "events", "cloudfront", "s3"])
def test_one_source_that_fails_is_unread(service: str) -> None:
    door: Any = Services(failing=service)
    parts = Parts()
    deep.search(door, parts)
    assert len(parts.unread) == 1


def test_the_edge_is_asked_in_its_own_region_only() -> None:
    door: Any = Services()
    door.region = "eu-west-1"
    deep.search(door, Parts())
    assert not any(a.startswith("cloudfront") for a in door.asked)


def test_the_functions_of_a_stack_and_their_versions(quick: Script) -> None:
    made = [
        resource("AWS::Lambda::Function", "checkout"),
        {**resource("AWS::Lambda::Function", "cart"), "LogicalResourceId": "Y"},
        {**resource("AWS::SQS::Queue", "queue"), "LogicalResourceId": "Z"},
    ]
    quick.expect(
        "cloudformation",
        "list_stack_resources",
        {"StackName": "shop"},
        {"StackResourceSummaries": made},
    )
    assert quick.aws.stack_functions("shop") == ("cart", "checkout")
    rows = [version_row("$LATEST"), version_row("3")]
    asked = {"FunctionName": "checkout"}
    quick.expect("lambda", "list_versions_by_function", asked, {"Versions": rows})
    page = quick.aws.versions_of("checkout")
    assert [v.number for _, v in page.rows] == [0, 3]


def test_a_stack_that_is_gone_has_no_status(quick: Script) -> None:
    quick.fails("cloudformation", "describe_stacks", "ValidationError", message="does not exist")
    assert quick.aws.stack_status("shop") is None


def test_what_pins_versions_just_before_a_delete(quick: Script) -> None:
    mappings = [{"FunctionArn": f"{ARN}:3"}, {"FunctionArn": f"{ARN.replace('checkout', 'x')}:9"}]
    quick.expect("lambda", "list_event_source_mappings", {}, {"EventSourceMappings": mappings})
    for _ in range(2):
        quick.expect(
            "lambda",
            "list_provisioned_concurrency_configs",
            None,
            {"ProvisionedConcurrencyConfigs": [{"FunctionArn": f"{ARN}:4"}]},
        )
        quick.expect(
            "lambda",
            "list_function_event_invoke_configs",
            None,
            {"FunctionEventInvokeConfigs": [{"FunctionArn": f"{ARN}:5"}]},
        )
    first = quick.aws.pins("checkout")
    assert {(u.version, u.rule) for u in first} == {(3, 8), (4, 9), (5, 10)}
    assert quick.aws.pins("checkout") == first, "the mappings are a minute old at most"


def test_a_page_is_one_turn_at_the_limiter_and_its_end_is_none(quick: Script) -> None:
    taken: list[int] = []
    quick.aws.buckets.reads.wait = lambda: taken.append(1)  # type: ignore[method-assign]
    quick.expect("lambda", "list_aliases", None, {"Aliases": [], "NextMarker": "m"})
    quick.expect("lambda", "list_aliases", None, {"Aliases": []})
    assert quick.aws.aliases("checkout") == ()
    assert len(taken) == 2

"""Reads of Lambda: the exact requests, every page, and AWS's shapes in our words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lambdactl.aws import connect, reads
from lambdactl.errors import LambdactlError, NotFound, UsageError
from lambdactl.model import Alias, Place, Routing, Target, Version
from lambdactl.model_storage import Storage
from tests.aws.stubs import ACCOUNT, ARN, Script

TARGET = Target("checkout", "live")


def alias_row(weights: dict[str, float] | None = None, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "AliasArn": f"{ARN}:live",
        "Name": "live",
        "FunctionVersion": "41",
        "Description": "what callers use",
        "RevisionId": "rev-1",
        **changes,
    }
    if weights is not None:
        row["RoutingConfig"] = {"AdditionalVersionWeights": weights}
    return row


def version_row(version: str, **changes: Any) -> dict[str, Any]:
    return {
        "FunctionName": "checkout",
        "FunctionArn": f"{ARN}:{version}",
        "Version": version,
        "Role": "arn:aws:iam::123456789012:role/checkout",
        "CodeSize": 1_234,
        "CodeSha256": "sha",
        "LastModified": "2026-11-01T10:20:30.000+0000",
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "MemorySize": 128,
        "Timeout": 3,
        "Description": "",
        "PackageType": "Zip",
        "Architectures": ["arm64"],
        **changes,
    }


@pytest.mark.parametrize(
    ("row", "routing"),
    [
        (alias_row(), Routing(41)),
        (alias_row({}), Routing(41)),
        (alias_row({"42": 0.1}), Routing(41, 42, 10.0)),
        (alias_row({"42": 0.07}), Routing(41, 42, 7.0)),
        (alias_row({"42": 0.001}), Routing(41, 42, 0.1)),
        (alias_row({"42": 0.0}), Routing(41, 42, 0.0)),
        (alias_row(FunctionVersion="$LATEST"), Routing(None)),
    ],
)
def test_routing_as_aws_says_it(row: dict[str, Any], routing: Routing) -> None:
    assert reads.alias_from(row).routing == routing


@pytest.mark.parametrize("weight", [0.1, 7.0, 14.3, 33.3, 99.9])
def test_a_weight_survives_the_way_to_aws_and_back(weight: float) -> None:
    assert reads.percent_of(reads.share_of(weight)) == weight


def test_more_than_two_versions_are_not_guessed_at() -> None:
    with pytest.raises(LambdactlError, match="routes to 3 versions"):
        reads.alias_from(alias_row({"42": 0.1, "43": 0.1}))


def test_all_pages_of_aliases_are_read_and_never_filtered(script: Script) -> None:
    script.expect(
        "lambda",
        "list_aliases",
        {"FunctionName": "checkout"},
        {"Aliases": [alias_row(Name="live")], "NextMarker": "m"},
    )
    script.expect(
        "lambda",
        "list_aliases",
        {"FunctionName": "checkout", "Marker": "m"},
        {"Aliases": [alias_row(Name="beta")]},
    )
    assert [a.name for a in script.aws.aliases("checkout")] == ["beta", "live"]
    assert script.aws.calls["lambda:ListAliases"] == 2


def test_one_alias(script: Script) -> None:
    script.expect(
        "lambda", "get_alias", {"FunctionName": "checkout", "Name": "live"}, alias_row({"42": 0.5})
    )
    assert script.aws.alias(TARGET) == Alias(
        "live", f"{ARN}:live", Routing(41, 42, 50.0), "rev-1", "what callers use"
    )


def test_versions_come_oldest_first_without_the_mutable_ones(script: Script) -> None:
    rows = [version_row(v) for v in ("$LATEST", "$LATEST.PUBLISHED", "10", "9")]
    script.expect(
        "lambda", "list_versions_by_function", {"FunctionName": "checkout"}, {"Versions": rows}
    )
    found = reads.versions(script.aws, "checkout")
    assert [v.number for v in found] == [9, 10]
    assert found[0] == Version(
        number=9,
        published=datetime(2026, 11, 1, 10, 20, 30, tzinfo=UTC),
        description="",
        code_sha256="sha",
        code_size=1_234,
        runtime="python3.13",
        handler="app.handler",
        memory_mb=128,
        timeout_s=3,
        role="arn:aws:iam::123456789012:role/checkout",
        dead_letter_arn=None,
        architectures=("arm64",),
    )


def test_the_rare_members_of_a_version() -> None:
    row = version_row(
        "7",
        PackageType="Image",
        DeadLetterConfig={"TargetArn": "queue"},
        Layers=[{"Arn": "layer:1", "CodeSize": 1}],
        DurableConfig={"ExecutionTimeout": 60},
    )
    version = reads.version_from(row)
    assert (version.package_type, version.dead_letter_arn) == ("Image", "queue")
    assert (version.layers, version.durable) == (("layer:1",), True)
    assert reads.version_from(version_row("7", DeadLetterConfig={})).dead_letter_arn is None


def test_a_function_that_is_not_there_is_named(script: Script) -> None:
    script.fails("lambda", "list_aliases", "ResourceNotFoundException", status=404)
    with pytest.raises(NotFound, match="function checkout was not found in eu-west-1"):
        script.aws.aliases("checkout")


def test_functions_storage_state_and_provisioned_concurrency(script: Script) -> None:
    script.expect(
        "lambda", "list_functions", {}, {"Functions": [{"FunctionName": n} for n in ("b", "a")]}
    )
    script.expect(
        "lambda",
        "get_account_settings",
        {},
        {"AccountUsage": {"TotalCodeSize": 7}, "AccountLimit": {"TotalCodeSize": 100}},
    )
    script.expect(
        "lambda",
        "get_function_configuration",
        {"FunctionName": "checkout", "Qualifier": "42"},
        {"State": "Pending"},
    )
    rows = [{"FunctionArn": f"{ARN}:{q}"} for q in ("live", "33")]
    script.expect(
        "lambda",
        "list_provisioned_concurrency_configs",
        {"FunctionName": "checkout"},
        {"ProvisionedConcurrencyConfigs": rows},
    )
    assert script.aws.functions() == ("a", "b")
    assert script.aws.storage() == Storage(used=7, limit=100)
    assert reads.state(script.aws, "checkout", 42) == "Pending"
    assert reads.provisioned(script.aws, "checkout") == {"live", "33"}


def test_the_place_and_the_caller_are_asked_for_once(script: Script) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:user/op"
    script.expect("sts", "get_caller_identity", {}, {"Account": ACCOUNT, "Arn": arn})
    assert script.aws.place() == Place(ACCOUNT, "eu-west-1", "aws", None)
    assert script.aws.caller_arn() == arn
    assert script.aws.calls["sts:GetCallerIdentity"] == 1


def test_every_answer_sets_the_clock(script: Script) -> None:
    date = "Fri, 20 Nov 2026 14:00:00 GMT"
    script.expect("lambda", "get_alias", None, alias_row(), date=date)
    script.aws.alias(TARGET)
    told = script.aws.now() - datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
    assert 0.0 <= told.total_seconds() < 60.0


def test_a_missing_region_is_said_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    with pytest.raises(UsageError, match="no region is set"):
        connect().place()

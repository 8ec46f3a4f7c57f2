"""Sections 1.3 and 1.4: lists, rates, code storage."""

from __future__ import annotations

from botocore.config import Config

from lambdactl.sandbox import inside
from lambdactl.sandbox.fleet import seed_fleet
from lambdactl.sandbox.quotas import Quotas
from tests.sandbox.behaviours import Place, refused, row


@row("1.3", "M", "ListVersionsByFunction gives 50 a page, whatever MaxItems says")
def versions_come_by_fifty(p: Place) -> None:
    seed_fleet(p.account, functions=1, versions=60, prefix="g")
    page = p.lambda_.list_versions_by_function(FunctionName="g-0000", MaxItems=10_000)
    assert len(page["Versions"]) == 50
    rest = p.lambda_.list_versions_by_function(FunctionName="g-0000", Marker=page["NextMarker"])
    assert len(rest["Versions"]) == 11
    assert "NextMarker" not in rest


@row("1.3", "V", "$LATEST comes first, then the versions upwards")
def versions_are_in_order(p: Place) -> None:
    seed_fleet(p.account, functions=1, versions=12, prefix="g")
    listed = p.lambda_.list_versions_by_function(FunctionName="g-0000")["Versions"]
    assert [v["Version"] for v in listed] == ["$LATEST", *map(str, range(1, 13))]


@row(
    "1.3", "M", "ListFunctions with FunctionVersion=ALL: every version of every function, 50 a page"
)
def one_sweep_lists_all(p: Place) -> None:
    seed_fleet(p.account, functions=5, versions=20)
    pages = list(p.lambda_.get_paginator("list_functions").paginate(FunctionVersion="ALL"))
    assert [len(page["Functions"]) for page in pages] == [50, 50, 5]


@row("1.3", "M", "ListAliases pages by Marker")
def aliases_page(p: Place) -> None:
    p.function()
    for name in ("a", "b"):
        p.lambda_.create_alias(FunctionName="f", Name=name, FunctionVersion="2")
    page = p.lambda_.list_aliases(FunctionName="f", MaxItems=2)
    rest = p.lambda_.list_aliases(FunctionName="f", Marker=page["NextMarker"])
    names = [a["Name"] for a in (*page["Aliases"], *rest["Aliases"])]
    assert names == ["a", "b", "live"]


@row("1.3", "M", "ListEventSourceMappings without a function finds them all")
def one_sweep_finds_all_mappings(p: Place) -> None:
    p.function()
    p.function("g", versions=1)
    for name in ("f:1", "g"):
        source = p.account.arn("sqs", name.partition(":")[0])
        p.lambda_.create_event_source_mapping(FunctionName=name, EventSourceArn=source)
    assert len(p.lambda_.list_event_source_mappings()["EventSourceMappings"]) == 2


@row("1.3", "M", "Lists of 50 at most by their shape refuse more: 400")
def some_lists_refuse_more(p: Place) -> None:
    p.function()
    for call in (
        p.lambda_.list_provisioned_concurrency_configs,
        p.lambda_.list_function_url_configs,
        p.lambda_.list_function_event_invoke_configs,
    ):
        assert refused(call, FunctionName="f", MaxItems=51)[0] == 400


@row("1.3", "M", "Throttled: 429 TooManyRequestsException with its Reason")
def throttling_has_a_reason(p: Place) -> None:
    p.function()
    p.account.door.quotas = Quotas(p.clock.now)
    once = Config(retries={"total_max_attempts": 1})
    hasty = inside.client(p.account.door.handle, "lambda", p.account.region, once)
    for _ in range(30):
        hasty.get_account_settings()
    try:
        hasty.get_account_settings()
    except hasty.exceptions.TooManyRequestsException as error:
        answer = error.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert answer["Reason"] == "CallerRateLimitExceeded"


@row("1.3", "D", "15 calls a second for the control plane, GetFunction 100, GetPolicy 15, apart")
def rates_are_apart(p: Place) -> None:
    p.function()
    p.account.door.quotas = Quotas(p.clock.now)
    for _ in range(150):
        p.lambda_.get_function(FunctionName="f")
    for _ in range(30):
        p.lambda_.get_account_settings()
    p.clock.advance(1.0)
    for _ in range(15):
        p.lambda_.get_account_settings()


@row("1.4", "M", "GetAccountSettings: limits and usage, in one call without input")
def account_settings(p: Place) -> None:
    answer = p.lambda_.get_account_settings()
    assert answer["AccountLimit"]["TotalCodeSize"] == 80_530_636_800
    assert answer["AccountUsage"] == {"TotalCodeSize": 0, "FunctionCount": 0}


@row("1.4", "V", "Every published version counts in full, at once")
def versions_count(p: Place) -> None:
    p.function(versions=2)
    size = p.lambda_.get_function_configuration(FunctionName="f")["CodeSize"]
    used = p.lambda_.get_account_settings()["AccountUsage"]["TotalCodeSize"]
    assert used == 3 * size


@row("1.4", "M", "No room for the code: 400 CodeStorageExceededException")
def storage_is_full(p: Place) -> None:
    p.function(versions=1)
    p.change(Description="new")
    p.account.services["lambda"].registry.storage.limit = 1
    call = p.lambda_.publish_version
    assert refused(call, FunctionName="f") == (400, "CodeStorageExceededException")


@row("1.4", "M", "The limit that is shown is the account's, not a constant")
def the_limit_is_the_account_s(p: Place) -> None:
    p.account.services["lambda"].registry.storage.limit = 322_122_547_200
    limit = p.lambda_.get_account_settings()["AccountLimit"]["TotalCodeSize"]
    assert limit == 322_122_547_200

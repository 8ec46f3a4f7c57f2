"""An account that has been lived in: laid down fast, and no different from one made by calls."""

from __future__ import annotations

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.fleet import seed_fleet
from tests.conftest import ClientOf


def test_it_is_what_the_api_shows(account: Account, client: ClientOf) -> None:
    made = seed_fleet(account, functions=3, versions=60, seed=7)
    aws = client("lambda")
    pages = aws.get_paginator("list_functions").paginate(FunctionVersion="ALL")
    rows = [row for page in pages for row in page["Functions"]]
    assert len(rows) == 3 * 61
    assert sum(row["CodeSize"] for row in rows) == made.size
    used = aws.get_account_settings()["AccountUsage"]
    assert used == {"TotalCodeSize": made.size, "FunctionCount": 3}
    times = [r["LastModified"] for r in rows if r["FunctionName"] == "fleet-0000"]
    assert times[1:] == sorted(times[1:]), "older versions have older times"


def test_the_same_seed_is_the_same_account(account: Account) -> None:
    first = seed_fleet(account, functions=20, versions=12, seed=3)
    again = seed_fleet(account, functions=20, versions=12, seed=3, prefix="again")
    assert first.size == again.size
    assert [n for _, n in first.pinned] == [n for _, n in again.pinned]
    assert first.pinned and first.routed


def test_a_thousand_functions_fit_and_take_little(account: Account) -> None:
    made = seed_fleet(account, functions=1_000, versions=60)
    assert made.versions == 60_000
    registry = account.services["lambda"].registry
    assert registry.storage.used == made.size < registry.storage.limit
    packages = {id(v.package) for f in registry.functions.values() for v in f.versions()}
    assert len(packages) == 1_000, "the versions of a function share what is equal"


def test_the_versions_can_be_deleted_and_give_their_bytes_back(
    account: Account, client: ClientOf
) -> None:
    made = seed_fleet(account, functions=1, versions=5)
    aws = client("lambda")
    aws.delete_function(FunctionName="fleet-0000", Qualifier="1")
    used = aws.get_account_settings()["AccountUsage"]["TotalCodeSize"]
    assert used == made.size - made.size // 6

"""Code storage: what is free, how fast it fills, and when it is full."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lambdactl.plan.storage import Cached, Holding, StorageReport, is_billed
from lambdactl.render.spans import plain
from lambdactl.render.storage import gauge, storage_lines
from tests.plan.samples import NOW

GB = 1024**3
REPORT = StorageReport(
    taken=NOW,
    used=60 * GB,
    limit=75 * GB,
    functions=(Holding("checkout", 50 * GB, 600), Holding("cart", 9 * GB, 20)),
    layers=(Holding("deps", 1 * GB, 3),),
    cached=Cached(),
    published=3 * GB,
    prunable=30 * GB,
    prunable_versions=400,
)


def test_the_day_is_what_is_free_at_the_pace_of_thirty_days() -> None:
    assert REPORT.free == 15 * GB
    assert REPORT.pace == 3 * GB / 30
    assert REPORT.full_at == NOW + timedelta(days=150)
    assert REPORT.full_at_if_pruned == NOW + timedelta(days=450)


@pytest.mark.parametrize("published", [0, 1])
def test_without_growth_there_is_no_such_day(published: int) -> None:
    assert replace(REPORT, published=published).full_at is None


def test_an_account_over_its_limit_is_full_now() -> None:
    over = replace(REPORT, used=80 * GB)
    assert over.free == 0 and over.full_at == NOW
    assert plain(gauge(over, 10, ascii=True)) == "######===="


def test_the_gauge_is_used_of_that_prunable_and_free() -> None:
    assert plain(gauge(REPORT, 20, ascii=True)) == "########========...."
    assert plain(gauge(replace(REPORT, used=0, prunable=0), 4)) == "░░░░"


def test_snap_start_costs_by_memory_and_not_for_java() -> None:
    assert Cached(2, 2048).usd_a_month == pytest.approx(7.80, abs=0.01)
    assert is_billed("python3.13") and is_billed("dotnet8") and not is_billed("java21")


def test_the_whole_report_in_words() -> None:
    priced = replace(REPORT, cached=Cached(2, 2048), skipped=(("legacy", "no permission"),))
    lines = [plain(line).rstrip() for line in storage_lines(priced, ascii=True)]
    assert lines == [
        "Storage    ################================........  60.0 GB of 75.0 GB 80.0 %,"
        " free 15.0 GB",
        f"Full       on {NOW + timedelta(days=150):%Y-%m-%d} at 102.4 MB a day over the last"
        f" 30 days, pruned on {NOW + timedelta(days=450):%Y-%m-%d}",
        "Prune      would free up to 30.0 GB in 400 versions",
        "SnapStart  2 versions cached, 2,048 MB: about 7.80 USD a month (us-east-1)",
        "Not told   legacy: no permission",
        "",
        "FUNCTION     SIZE   SHARE  VERSIONS",
        "checkout  50.0 GB  83.3 %       600",
        "cart       9.0 GB  15.0 %        20",
        "",
        "LAYER    SIZE  SHARE  VERSIONS",
        "deps   1.0 GB  1.7 %         3",
    ]

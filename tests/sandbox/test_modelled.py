"""Modelled traffic: a fleet with a month of metrics, in a second and a few megabytes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.fleet import seed_fleet
from lambdactl.sandbox.modelled_traffic import model_traffic

NAME = "fleet-0000"
MEASURED = """
import os, subprocess, time
began = time.process_time()
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.fleet import seed_fleet
from lambdactl.sandbox.modelled_traffic import model_traffic
from lambdactl.sandbox.open import open_account

account = open_account(ManualClock())
made = seed_fleet(account, functions=1_000, versions=60)
print(made.versions, model_traffic(account, days=30))
spent = time.process_time() - began
resident = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True)
print(spent, int(resident.stdout) / 1024)
"""


@pytest.fixture
def fleet(account: Account) -> Iterator[Account]:
    seed_fleet(account, functions=3, versions=60)
    assert model_traffic(account, days=30) == 3
    yield account


def dimensions(version: str | None = None, name: str = NAME) -> list[dict[str, str]]:
    named = {"FunctionName": name}
    if version:
        named |= {"Resource": f"{name}:live", "ExecutedVersion": version}
    return [{"Name": key, "Value": value} for key, value in named.items()]


def values(account: Account, name: str, stat: str, version: str | None = None) -> list[float]:
    """By the hour, for the last day and the day to come."""
    now = account.clock.utcnow()
    metric = {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions(version)}
    query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": stat}}
    params: dict[str, Any] = {
        "MetricDataQueries": [query],
        "StartTime": now - timedelta(days=1),
        "EndTime": now + timedelta(days=1),
        "ScanBy": "TimestampAscending",
    }
    answer = account.call("cloudwatch", "GetMetricData", params)
    found: list[float] = answer["MetricDataResults"][0]["Values"]
    return found


def stable_of(account: Account) -> str:
    alias = account.call("lambda", "GetAlias", {"FunctionName": NAME, "Name": "live"})
    return str(alias["FunctionVersion"])


def test_a_fleet_is_ready_in_five_seconds_and_400_megabytes() -> None:
    """Processor time, in a process of its own: the machine may be busy with others.

    Resident memory as it is, not its peak: a child inherits the peak of the process that made it.
    """
    run = subprocess.run(
        [sys.executable, "-c", MEASURED], capture_output=True, text=True, check=True
    )
    made, measured = run.stdout.splitlines()
    assert made == "60000 1000"
    seconds, megabytes = map(float, measured.split())
    assert seconds < 5.0
    assert megabytes < 400.0


def test_the_same_question_has_the_same_answer(fleet: Account) -> None:
    first = values(fleet, "Invocations", "Sum")
    assert first == values(fleet, "Invocations", "Sum")
    assert len(first) in (24, 25)
    assert all(value > 0 for value in first)


def test_the_parts_of_a_metric_fit_together(fleet: Account) -> None:
    version = stable_of(fleet)
    calls = values(fleet, "Invocations", "Sum", version)
    assert values(fleet, "Errors", "SampleCount", version) == calls
    assert sum(values(fleet, "Errors", "Sum", version)) < sum(calls)
    medians, tails = (values(fleet, "Duration", stat, version) for stat in ("p50", "p99"))
    assert all(median < tail for median, tail in zip(medians, tails, strict=True))


def test_modelled_traffic_goes_on_and_follows_its_alias(fleet: Account) -> None:
    stable = stable_of(fleet)
    before = len(values(fleet, "Invocations", "Sum", stable))
    fleet.call(
        "lambda",
        "UpdateAlias",
        {
            "FunctionName": NAME,
            "Name": "live",
            "FunctionVersion": "5",
            "RoutingConfig": {"AdditionalVersionWeights": {"6": 0.25}},
        },
    )
    fleet.clock.advance(23 * 3600.0)  # type: ignore[attr-defined]
    assert len(values(fleet, "Invocations", "Sum", stable)) < before
    five, six = (sum(values(fleet, "Invocations", "Sum", v)) for v in ("5", "6"))
    assert 0.2 < six / (five + six) < 0.3


def test_modelled_metrics_are_listed_with_the_others(fleet: Account) -> None:
    fleet.services["cloudwatch"].record("AWS/Lambda", "Errors", {"A": "b"}, 1.0, "Count", 0.0)
    params = {"MetricName": "Invocations", "Dimensions": dimensions()}
    listed = fleet.call("cloudwatch", "ListMetrics", params)["Metrics"]
    versions = {
        d["Value"] for metric in listed for d in metric["Dimensions"] if d["Name"] != "FunctionName"
    }
    assert stable_of(fleet) in versions
    statistics = fleet.call(
        "cloudwatch",
        "GetMetricStatistics",
        {
            "Namespace": "AWS/Lambda",
            "MetricName": "Invocations",
            "Dimensions": dimensions(),
            "StartTime": fleet.clock.utcnow() - timedelta(hours=2),
            "EndTime": fleet.clock.utcnow(),
            "Period": 3600,
            "Statistics": ["Sum"],
        },
    )
    assert statistics["Datapoints"]


def test_the_account_s_own_series_has_about_all_calls(fleet: Account) -> None:
    now = fleet.clock.utcnow()
    asked = [
        {
            "Id": f"m{n}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Lambda",
                    "MetricName": "Invocations",
                    "Dimensions": each,
                },
                "Period": 86_400,
                "Stat": "Sum",
            },
        }
        for n, each in enumerate([[], *(dimensions(name=f"fleet-000{n}") for n in range(3))])
    ]
    answer = fleet.call(
        "cloudwatch",
        "GetMetricData",
        {"MetricDataQueries": asked, "StartTime": now - timedelta(days=2), "EndTime": now},
    )
    whole, *parts = (sum(result["Values"]) for result in answer["MetricDataResults"])
    assert whole == pytest.approx(sum(parts), rel=0.02)

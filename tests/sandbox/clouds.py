"""CloudWatch alone in an account that stands still, for the tests of metrics and alarms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.cloudwatch import CloudWatchService
from lambdactl.sandbox.open import close_account, open_account
from tests.sandbox.switchboard import client, connect

START = 1_800_000_000.0
"""Where a ManualClock starts: on the minute."""


class Cloud:
    """A clock, an account, CloudWatch, and a boto3 client of it."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.account: Account = open_account(self.clock, services={"cloudwatch": CloudWatchService})
        self.account.door.strict = True
        self.service: CloudWatchService = self.account.services["cloudwatch"]
        connect(self.account)
        self.client: Any = client("cloudwatch")

    def record(
        self,
        value: float,
        at: float = 0.0,
        *,
        name: str = "Errors",
        unit: str = "Count",
        **dims: str,
    ) -> None:
        """``at`` in seconds from the start."""
        dimensions = dims or {"FunctionName": "f"}
        self.service.record("AWS/Lambda", name, dimensions, value, unit, START + at)

    def minutes(self, *values: float | None, name: str = "Errors", first: float = 0.0) -> None:
        """One value for each minute from ``first`` (seconds from the start) on."""
        for number, value in enumerate(values):
            if value is not None:
                self.record(value, first + number * 60.0, name=name)


@contextmanager
def cloud() -> Iterator[Cloud]:
    made = Cloud()
    yield made
    close_account(made.account)
    assert made.account.door.breaches == []


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def metric(name: str = "Errors", *, namespace: str = "AWS/Lambda", **dims: str) -> dict[str, Any]:
    dimensions = dims or {"FunctionName": "f"}
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }


def query(
    id_: str = "m", name: str = "Errors", stat: str = "Sum", period: int = 60, **more: Any
) -> dict[str, Any]:
    stat_of = {"Metric": metric(name), "Period": period, "Stat": stat}
    return {"Id": id_, "MetricStat": stat_of, **more}

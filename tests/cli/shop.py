"""The account that commands are tried on: the one of the tests of ops, and what commands ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from lambdactl.aws.tally import Tally
from lambdactl.cli.target import Wanted
from lambdactl.errors import NotFound
from lambdactl.model import (
    Alarm,
    Inventory,
    Metrics,
    Minute,
    Place,
    Routing,
    Series,
    Snapshot,
    Target,
)
from tests.ops.account import Account
from tests.plan.samples import NOW, PLACE, inventory


class Shop(Account):
    """``connections`` are the targets that commands connected for; the rest is set by a test."""

    def __init__(self) -> None:
        self.tally = Tally()
        super().__init__(Routing(41))
        self.connections: list[Wanted] = []
        self.names: tuple[str, ...] = ("billing", "checkout")
        self.where: Place = PLACE
        self.alarms: tuple[Alarm, ...] = ()
        self.metrics: Metrics | None = None
        self.inventory: Inventory = inventory(self.versions)

    def place(self) -> Place:
        return self.where

    def caller_arn(self) -> str:
        return "arn:aws:sts::123456789012:assumed-role/operator/alice"

    def functions(self) -> tuple[str, ...]:
        return self.names

    def snapshot(self, target: Target, **wanted: Any) -> Snapshot:
        if target.function != "checkout":
            raise NotFound(f"function {target.function} was not found")
        seen = super().snapshot(target)
        live = seen.alias if target.alias == "live" else None
        return replace(
            seen,
            place=self.where,
            target=target,
            alias=live,
            alarms=self.alarms,
            metrics=self.metrics if wanted.get("metrics", True) else None,
            inventory=self.inventory if wanted.get("inventory") else None,
        )


def measured(**minutes: tuple[tuple[float, float], ...]) -> Metrics:
    """``v41=((100, 0), (100, 1))``: calls and errors of each minute before NOW."""
    series = {}
    for name, counts in minutes.items():
        number = int(name.removeprefix("v"))
        start = NOW - timedelta(minutes=len(counts))
        rows = [
            Minute(start + timedelta(minutes=n), calls, errors, 0.0, 12.0)
            for n, (calls, errors) in enumerate(counts)
        ]
        series[number] = Series(number, tuple(rows))
    return Metrics(NOW, 1800, series)

"""The stage with traffic that is counted, not run: thousands of calls a minute, the same each time.

Each wait puts the calls of its minutes into the account's CloudWatch, split as the alias is set.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from tests.ops.stage import TARGET, Stage


class MeasuredStage(Stage):
    """``failing`` is the share of each version's calls that fail, ``down`` a network that is away
    for so many waits."""

    def __init__(self, sandbox: Sandbox, clock: ManualClock) -> None:
        super().__init__(sandbox, clock)
        self.measured = sandbox.account.services["cloudwatch"]
        self.a_minute = 2_000
        self.failing = {1: 0.05, 2: 0.05}
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        left = seconds
        while left > 0.0:
            step = min(left, 15.0)
            self.measure(step)
            self.clock.advance(step)
            left -= step

    def measure(self, seconds: float) -> None:
        routed = self.alias()
        shares = {int(v): w for v, w in routed["weights"].items()}
        shares[int(routed["version"])] = 1.0 - sum(shares.values())
        for version, share in shares.items():
            calls = math.floor(self.a_minute * seconds / 60.0 * share)
            self.record(version, "Invocations", calls)
            self.record(version, "Errors", round(calls * self.failing.get(version, 0.0)))

    def record(self, version: int, name: str, value: float) -> None:
        alias = {"FunctionName": TARGET.function, "Resource": str(TARGET)}
        for dimensions in (alias, {**alias, "ExecutedVersion": str(version)}):
            self.measured.record("AWS/Lambda", name, dimensions, value, "Count", self.clock.now())


@pytest.fixture
def measured_stage() -> Iterator[MeasuredStage]:
    clock = ManualClock()
    with Sandbox(clock=clock, strict=True) as sandbox:
        made = MeasuredStage(sandbox, clock)
        made.create()
        made.sleep(600.0)
        yield made
        made.aws.close()
    assert sandbox.door.breaches == []

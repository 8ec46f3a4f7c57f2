"""The shop with a past and a fleet: what ``list``, ``events``, ``diff`` and ``logs`` ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lambdactl.aws.limiter import Buckets
from lambdactl.errors import LambdactlError, NotFound
from lambdactl.model import Alias, Deployment, Snapshot, Target
from lambdactl.model_configuration import Configuration, LogLine, RedAlarm
from lambdactl.model_history import AlarmChange, Endings
from lambdactl.model_stack import StackEvent
from tests.cli.shop import Shop
from tests.plan.samples import NOW, alias


class Archive(Shop):
    """``fleet`` are the aliases of other functions than checkout; the rest is set by a test."""

    def __init__(self) -> None:
        super().__init__()
        self.buckets = Buckets()
        self.fleet: dict[str, tuple[Alias, ...]] = {"billing": ()}
        self.reds: tuple[RedAlarm, ...] = ()
        self.ended = Endings()
        self.denied: dict[str, LambdactlError] = {}
        self.changed: list[AlarmChange] = []
        self.stacked: list[StackEvent] = []
        self.logged: list[list[LogLine]] = [[]]
        self.settings: dict[int, dict[str, Any]] = {}
        self.stack: str | None = None

    def snapshot(self, target: Target, **wanted: Any) -> Snapshot:
        if target.function in self.fleet:
            found = next(a for a in self.fleet[target.function] if a.name == target.alias)
            seen = super().snapshot(Target("checkout", "live"), **wanted)
            return replace(seen, target=target, alias=found, aliases=self.fleet[target.function])
        return replace(super().snapshot(target, **wanted), stack=self.stack)

    def aliases(self, function: str) -> tuple[Alias, ...]:
        if function in self.denied:
            raise self.denied[function]
        if function == "checkout":
            return super().aliases(function)
        self._called(f"aliases {function}")
        return self.fleet[function]

    def red_alarms(self) -> tuple[RedAlarm, ...]:
        self._called("red_alarms")
        return self.reds

    def endings(self, *, within: timedelta, most: int) -> Endings:
        self._called("endings")
        return self.ended

    def rollouts(self, target: Target, *, limit: int) -> tuple[Deployment, ...]:
        self._called("rollouts")
        return tuple(self.deployments.values())[::-1][:limit]

    def alarm_changes(self, name: str, *, since: datetime) -> tuple[AlarmChange, ...]:
        self._called(f"alarm_changes {name}")
        return tuple(c for c in self.changed if c.name == name and c.at >= since)

    def stack_events(self, stack: str, *, since: datetime) -> tuple[StackEvent, ...]:
        self._called(f"stack_events {stack}")
        return tuple(e for e in self.stacked if e.at >= since)

    def configuration(self, function: str, version: int) -> Configuration:
        self._called(f"configuration {version}")
        if version not in self.versions:
            raise NotFound(f"there is no version {version} of {function}")
        told = {"environment": {"TOKEN": "seal"}, **self.settings.get(version, {})}
        changes = told.pop("version", {})
        return Configuration(version=replace(self.versions[version], **changes), **told)

    def log_group(self, function: str, version: int) -> str:
        self._called(f"log_group {version}")
        return f"/aws/lambda/{function}"

    def log_lines(
        self,
        group: str,
        function: str,
        version: int | None,
        *,
        since: datetime,
        until: datetime,
        most: int | None = None,
    ) -> Sequence[LogLine]:
        self._called(f"log_lines {version}")
        found = self.logged.pop(0) if len(self.logged) > 1 else self.logged[0]
        return tuple(x for x in found if since <= x.at < until)


def said(number: int, message: str, *, ago_s: float = 60.0) -> LogLine:
    at = NOW - timedelta(seconds=ago_s)
    return LogLine(f"e{number}", at, "2026/11/20/[42]5f1c2a99", message)


def of(function: str, name: str, routing: Any) -> Alias:
    return replace(alias(name, routing), arn=f"arn:aws:lambda:eu-west-1:123456789012:{function}")

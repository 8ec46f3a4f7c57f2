"""A fleet on a stage: every answer is scripted, and what was asked is counted."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from lambdactl.errors import LambdactlError, PermissionDenied
from lambdactl.model import (
    Alias,
    Deployment,
    Minute,
    Routing,
    Series,
    Snapshot,
    Target,
    Unread,
)
from lambdactl.model_configuration import Listed, RedAlarm
from lambdactl.model_history import Ending
from lambdactl.ops.fleet import ALARMS, ENDED, RUNNING, Around, Asking, Member
from lambdactl.ops.fleet_measuring import Measured
from lambdactl.plan.storage import Outlook
from lambdactl.tui.fleet_reads import FleetReads
from lambdactl.verdict import assess
from tests.tui import builders

GIB = 1 << 30
STORAGE = Outlook(builders.NOW, 58 * GIB, 75 * GIB, 3 * GIB, 9 * GIB)


@dataclass
class FleetScript:
    """What AWS will say. ``snapshots`` of aliases that are moving, by name; all else rests."""

    functions: Sequence[str] = ()
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    running: tuple[Deployment, ...] = ()
    ended: tuple[Ending, ...] = ()
    red: tuple[RedAlarm, ...] = ()
    unread: tuple[str, ...] = ()
    """What of all that is asked once for the fleet could not be read; it is not told then."""
    calls: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Name -> calls and errors a minute; others have 120 calls, and no errors."""
    denied: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    """Functions without an alias."""
    storage_: Outlook | LambdactlError = STORAGE
    failing: dict[str, LambdactlError] = field(default_factory=dict)
    """``names``, ``around``, ``members`` or ``measure`` -> how it fails."""
    asked: Counter[str] = field(default_factory=Counter)
    order: list[str] = field(default_factory=list)
    """Functions in the order in which their aliases were asked for."""
    measured: list[tuple[Target, ...]] = field(default_factory=list)
    now: datetime = builders.NOW
    tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Function -> its tags; others have none."""
    tagged: list[str] = field(default_factory=list)
    """Functions in the order in which their tags were asked for."""
    gate: threading.Event | None = None
    """Where it is set, every function waits for it."""

    def reads(self, alias: str | None = None) -> FleetReads:
        return FleetReads(
            self.names,
            self.around,
            self.members,
            self.measure,
            self.storage,
            self.pace,
            self.tags_of,
            alias,
        )

    def ask(self, what: str) -> None:
        self.asked[what] += 1
        if what in self.failing:
            raise self.failing[what]

    def names(self) -> Iterator[tuple[Listed, ...]]:
        self.ask("names")
        for start in range(0, len(self.functions), 50):
            some = self.functions[start : start + 50]
            yield tuple(Listed(n, self.now - timedelta(days=3), 12 << 20) for n in some)

    def around(self) -> Around:
        self.ask("around")
        unread = tuple(Unread(part, "throttled") for part in self.unread)
        return Around(
            () if RUNNING in self.unread else self.running,
            () if ALARMS in self.unread else self.red,
            unread,
            self.now,
            () if ENDED in self.unread else self.ended,
        )

    def members(self, function: str, around: Around, asking: Asking) -> Iterator[Member]:
        if self.gate is not None:
            self.gate.wait()
        self.ask("members")
        self.order.append(function)
        if function in self.denied:
            told = f"no permission: lambda:ListAliases on function {function}"
            raise_or = PermissionDenied(told, action="lambda:ListAliases")
            yield Member(function, None, None, unread=str(raise_or), taken=self.now)
        elif function in self.bare:
            none = builders.no_alias()
            none = replace(none, target=Target(function, ""))
            yield Member(function, None, assess(none), taken=self.now)
        else:
            yield self.member(function, around, asking)

    def member(self, function: str, around: Around, asking: Asking) -> Member:
        target = Target(function, "live")
        snapshot = self.snapshots.get(str(target))
        red = tuple(a for a in around.red if (function, "live") in a.watches)
        moving = any(d.function == function for d in around.running)
        alias = snapshot.alias if snapshot else self.alias(target, Routing(len(function) + 1))
        assert alias is not None
        ending = around.ending_of(target)
        last, taken_back = (ending.deployment, ending.previous) if ending else (None, None)
        told = (red, None, moving, self.now, last.completed if last else None)
        if snapshot is not None and asking.closely(alias, target, moving):
            return Member(function, alias, assess(snapshot), snapshot, *told)
        rest = replace(builders.stable(), target=target, alias=alias, metrics=None)
        rest = replace(rest, deployment=last, previous=taken_back)
        return Member(function, alias, assess(rest), None, *told)

    def alias(self, target: Target, routing: Routing) -> Alias:
        arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{target}"
        return Alias(target.alias, arn, routing, "5f1c9ab0")

    def measure(self, targets: Sequence[Target], p95: bool) -> Mapping[Target, Measured]:
        self.measured.append(tuple(targets))
        self.ask("measure")
        return {t: self.measured_of(t, p95) for t in targets}

    def measured_of(self, target: Target, p95: bool) -> Measured:
        name = str(target) if target.alias else target.function
        calls, errors = self.calls.get(name, (120.0, 0.0))
        start = self.now.replace(second=0) - timedelta(minutes=29)
        slow = 42.0 if p95 else None
        minutes = tuple(
            Minute(
                start + timedelta(minutes=i),
                calls or None,
                errors if calls else None,
                None,
                slow if calls else None,
            )
            for i in range(30)
        )
        return Measured(self.now, Series(0, minutes), p95)

    def tags_of(self, function: str) -> Mapping[str, str]:
        self.ask("tags")
        self.tagged.append(function)
        return self.tags.get(function, {})

    def storage(self) -> Outlook:
        self.ask("storage")
        if isinstance(self.storage_, LambdactlError):
            raise self.storage_
        return self.storage_

    def pace(self) -> Iterator[Outlook | None]:
        self.ask("pace")
        yield None
        yield STORAGE


def of(name: str, snapshot: Snapshot) -> dict[str, Snapshot]:
    """``snapshot`` as one of the function ``name``."""
    target = Target(name, "live")
    return {str(target): replace(snapshot, target=target)}


def red(name: str, function: str) -> RedAlarm:
    return RedAlarm(
        name, builders.at("14:06:41"), "Threshold Crossed: 2 of 3 datapoints", builders.SUMMARY,
        frozenset({(function, "live")}),
    )  # fmt: skip


def ended(name: str, snapshot: Snapshot) -> Ending:
    """The rollout of ``snapshot``, which is over, as one of the function ``name``."""
    last = snapshot.deployment
    assert last is not None and not last.active
    return Ending(replace(last, id=f"d-{name}", function=name), snapshot.previous)


def story() -> FleetScript:
    """Eleven functions in every state that a fleet shows."""
    deployment = builders.deployment()
    return FleetScript(
        functions=(
            "auth-token", "cart-api", "checkout", "email-render", "geo-lookup", "image-resize",
            "inventory-sync", "legacy-import", "nightly-report", "payments-hook", "search-api",
        ),
        snapshots={
            **of("checkout", builders.failing()),
            **of("search-api", replace(builders.shifting())),
            **of("nightly-report", builders.no_data()),
            **of("inventory-sync", builders.by_hand()),
        },
        running=(
            replace(deployment, function="checkout"),
            replace(deployment, id="d-9Q", function="search-api"),
        ),
        red=(red("checkout-5xx", "checkout"), red("payments-dlq", "payments-hook")),
        calls={
            "auth-token:live": (8800.0, 2.0), "cart-api:live": (4100.0, 2.0),
            "geo-lookup:live": (0.0, 0.0), "image-resize:live": (760.0, 3.0),
            "payments-hook:live": (640.0, 26.0), "legacy-import": (3.0, 0.0),
        },
        bare=frozenset({"legacy-import"}),
    )  # fmt: skip


def many(count: int = 1000) -> FleetScript:
    """``count`` functions at rest."""
    return FleetScript(functions=tuple(f"fleet-{n:04d}" for n in range(count)))

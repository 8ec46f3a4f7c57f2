"""Snapshots made by hand: function ``checkout`` with versions 38 to 42, alias ``live`` on 41."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdactl.model import (
    Alias,
    Deployment,
    DeploymentStatus,
    Inventory,
    Place,
    Routing,
    Snapshot,
    Target,
    Version,
)

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
TARGET = Target("checkout", "live")
PLACE = Place("123456789012", "eu-west-1")
REVISION = "5f1c0000-1111-2222-3333-444444444444"


def version(number: int, **changes: Any) -> Version:
    """A version of 1,000 bytes, published ten days ago, Active."""
    values: dict[str, Any] = {
        "number": number,
        "published": NOW - timedelta(days=10),
        "description": "",
        "code_sha256": f"sha{number}",
        "code_size": 1_000,
        "runtime": "python3.13",
        "handler": "app.handler",
        "memory_mb": 128,
        "timeout_s": 3,
        "role": "arn:aws:iam::123456789012:role/checkout",
        "dead_letter_arn": None,
        "state": "Active",
    }
    return Version(**{**values, **changes})


def alias(name: str, routing: Routing) -> Alias:
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:checkout:{name}"
    return Alias(name, arn, routing, REVISION)


def deployment(status: str, **changes: Any) -> Deployment:
    """``d-1`` from 41 to 42 of ``checkout:live``."""
    values: dict[str, Any] = {
        "id": "d-1",
        "status": DeploymentStatus(status),
        "application": "app",
        "group": "group",
        "config_name": "CodeDeployDefault.LambdaCanary10Percent5Minutes",
        "creator": "CloudFormation",
        "created": NOW - timedelta(minutes=5),
        "function": "checkout",
        "alias": "live",
        "current_version": 41,
        "target_version": 42,
    }
    return Deployment(**{**values, **changes})


def snapshot(
    routing: Routing | None = None,
    *,
    numbers: Iterable[int] = range(38, 43),
    others: Iterable[Alias] = (),
    **changes: Any,
) -> Snapshot:
    """``live`` routes as ``routing`` says, to 41 alone if it says nothing."""
    live = alias("live", routing or Routing(41))
    values: dict[str, Any] = {
        "taken": NOW,
        "place": PLACE,
        "target": TARGET,
        "alias": live,
        "aliases": (live, *others),
        "versions": tuple(version(n) for n in numbers),
        "provisioned": frozenset(),
    }
    return Snapshot(**{**values, **changes})


def inventory(numbers: Iterable[int], **changes: Any) -> Inventory:
    """Nothing but aliases uses any version, and everything was read."""
    return Inventory(**{"policies_read": frozenset(numbers), **changes})

"""An account with a past: two deployments, a group with one alarm, and what it says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lambdactl.model import (
    Alarm,
    DeploymentConfig,
    DeploymentGroup,
    LifecycleEvent,
    Snapshot,
    Target,
)
from tests.cli.shop import Shop
from tests.plan.samples import NOW, deployment

LIVE = ("-f", "checkout:live", "-q")
CANARY = DeploymentConfig(
    "CodeDeployDefault.LambdaCanary10Percent5Minutes", "TimeBasedCanary", 10.0, 5
)
GROUP = DeploymentGroup("app", "group", CANARY.name, ("checkout-5xx",), True)
ALARM = Alarm(
    "checkout-5xx",
    "OK",
    NOW - timedelta(hours=2),
    "1 datapoint was not greater",
    0.0,
    "GreaterThanThreshold",
    "Errors > 0 for 1 of 1 x 60 s",
)
BEGUN = NOW - timedelta(days=2)
EVENTS = (
    LifecycleEvent("BeforeAllowTraffic", "Succeeded", BEGUN, BEGUN + timedelta(seconds=12)),
    LifecycleEvent("AllowTraffic", "Failed", BEGUN, BEGUN + timedelta(minutes=3), "alarm"),
    LifecycleEvent("AfterAllowTraffic", "Skipped"),
)
STOPPED = replace(
    deployment("Stopped"),
    created=BEGUN,
    completed=BEGUN + timedelta(minutes=3),
    error_code="ALARM_ACTIVE",
    error_message="alarm checkout-5xx",
    rolled_back_by="d-2",
    events=EVENTS,
)
BACK = replace(
    deployment("Succeeded"),
    id="d-2",
    created=BEGUN + timedelta(minutes=3),
    completed=BEGUN + timedelta(minutes=4),
    rolls_back="d-1",
    config_name="CodeDeployDefault.LambdaAllAtOnce",
    creator="codeDeployRollback",
    current_version=42,
    target_version=41,
)
Answers = Callable[..., None]


@pytest.fixture
def answers(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """``answers(traffic=week)``: what the account says; an exception is raised."""

    def says(**told: Any) -> None:
        for name, value in told.items():

            def method(*_: Any, _value: Any = value, **__: Any) -> Any:
                if isinstance(_value, Exception):
                    raise _value
                return _value

            monkeypatch.setattr(shop, name, method, raising=False)

    plain = shop.snapshot

    def snapshot(target: Target, **wanted: Any) -> Snapshot:
        return replace(plain(target, **wanted), group=GROUP, config=CANARY)

    monkeypatch.setattr(shop, "snapshot", snapshot)
    says(config=CANARY, rollouts=(BACK, STOPPED), rollout=STOPPED)
    return says

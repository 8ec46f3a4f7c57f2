"""The way to a sandbox over its port, as a command goes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lambdactl.aws import Aws, connect
from lambdactl.model import Target
from lambdactl.sandbox import fleet
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox

LIVE = Target("fleet-0000", "live")


def reach(sandbox: Sandbox, **otherwise: Any) -> Aws:
    known = sandbox.environment()
    said: dict[str, Any] = {
        "region": sandbox.account.region,
        "endpoint_url": sandbox.endpoint,
        "access_key": known["AWS_ACCESS_KEY_ID"],
        "secret_key": known["AWS_SECRET_ACCESS_KEY"],
    }
    return connect(**{**said, **otherwise})


@contextmanager
def grown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """An account with one function of twelve versions, ``live`` on the newest."""
    monkeypatch.setattr(fleet, "PARTS", dict.fromkeys(fleet.PARTS, 0.0))
    with Sandbox(clock=ManualClock()) as sandbox:
        fleet.seed_fleet(sandbox.account, functions=1, versions=12)
        yield sandbox

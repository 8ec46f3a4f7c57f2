"""An account of tiny services, and the two ways in that every test of the door goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from tests.sandbox.tiny import NOW, TINY


@pytest.fixture
def tiny() -> Iterator[Sandbox]:
    with Sandbox(clock=ManualClock(NOW), services=TINY, strict=True) as made:
        yield made


@pytest.fixture(params=["socket", "in process"])
def reach(request: pytest.FixtureRequest, tiny: Sandbox) -> Callable[..., Any]:
    """Makes clients that reach the account one way or the other."""
    if request.param == "in process":
        return tiny.client
    environment = tiny.environment()
    return lambda service: boto3.client(
        service,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name=environment["AWS_REGION"],
    )

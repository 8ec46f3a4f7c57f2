"""Lambda's control plane throttles by the account's clock, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.inside import client as make_client
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.quotas import Quotas
from lambdactl.sandbox.wire import Call
from tests.sandbox.tiny import TINY


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def quotas(clock: ManualClock) -> Quotas:
    return Quotas(clock.now)


def passed(quotas: Quotas, action: str, *, caller: str | None = "AKIA", calls: int = 500) -> int:
    service, _, operation = action.partition(":")
    call = Call(service, operation, {}, caller)
    return sum(not quotas.exceeded_by(call) for _ in range(calls))


@pytest.mark.parametrize(
    ("action", "at_once", "a_second"),
    [
        ("lambda:GetFunction", 200, 100),
        ("lambda:GetPolicy", 30, 15),
        ("lambda:UpdateAlias", 30, 15),
    ],
)
def test_a_bucket_is_emptied_and_fills_again(
    clock: ManualClock, quotas: Quotas, action: str, at_once: int, a_second: int
) -> None:
    assert passed(quotas, action) == at_once
    assert passed(quotas, action) == 0
    clock.advance(1)
    assert passed(quotas, action) == a_second
    clock.advance(3600)
    assert passed(quotas, action) == at_once


def test_everything_else_shares_one_bucket(quotas: Quotas) -> None:
    assert passed(quotas, "lambda:ListAliases", calls=20) == 20
    assert passed(quotas, "lambda:DeleteFunction", caller=None) == 10
    assert passed(quotas, "lambda:GetFunction") == 200


@pytest.mark.parametrize(
    ("action", "caller"),
    [("lambda:Invoke", "AKIA"), ("codedeploy:GetDeployment", "AKIA"), ("lambda:GetPolicy", None)],
)
def test_what_is_not_counted(quotas: Quotas, action: str, caller: str | None) -> None:
    assert passed(quotas, action, caller=caller) == 500


@pytest.fixture
def limited(clock: ManualClock, quotas: Quotas) -> Iterator[Sandbox]:
    with Sandbox(clock=clock, services=TINY, strict=True) as made:
        made.door.quotas = quotas
        yield made


def test_a_client_is_told_why_and_so_is_a_service_of_the_account(limited: Sandbox) -> None:
    once = Config(retries={"total_max_attempts": 1})
    client: Any = make_client(limited.door.handle, "lambda", "us-east-1", once)
    for _ in range(30):
        client.get_alias(FunctionName="f", Name="live")
    with pytest.raises(ClientError) as raised:
        client.get_alias(FunctionName="f", Name="live")
    response: Any = raised.value.response
    assert response["Error"]["Code"] == "TooManyRequestsException"
    assert response["Reason"] == "CallerRateLimitExceeded"
    with pytest.raises(ApiError, match="TooManyRequestsException: Rate exceeded"):
        limited.account.call("lambda", "UpdateAlias", {"FunctionName": "f", "Name": "live"})


def test_only_a_clock_that_runs_has_quotas() -> None:
    with Sandbox(clock=ManualClock(), services=TINY) as still:
        assert still.door.quotas is None
    with Sandbox(services=TINY) as running:
        assert running.door.quotas is not None

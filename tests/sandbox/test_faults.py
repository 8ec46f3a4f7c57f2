"""What can go wrong on purpose, as a client of AWS sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from lambdactl.sandbox import inside
from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.faults import (
    denied,
    dropped,
    expired,
    failing,
    half_sent,
    late,
    skewed,
    throttled,
)
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.wire import Call
from tests.sandbox.tiny import ONCE, TINY, error_of, over_socket

ClientOf = Callable[..., Any]

ALIAS = {"FunctionName": "f", "Name": "live"}
FAULTS = [
    (throttled(), "lambda", "get_alias", ALIAS, ("TooManyRequestsException", 429)),
    (
        throttled(),
        "codedeploy",
        "get_deployment",
        {"deploymentId": "d"},
        ("ThrottlingException", 400),
    ),
    (throttled(), "cloudformation", "describe_stacks", {}, ("Throttling", 400)),
    (throttled(), "s3", "list_buckets", {}, ("SlowDown", 503)),
    (expired(), "s3", "list_buckets", {}, ("ExpiredToken", 400)),
    (skewed(600.0), "s3", "list_buckets", {}, ("RequestTimeTooSkewed", 403)),
    (skewed(600.0), "cloudformation", "describe_stacks", {}, ("SignatureDoesNotMatch", 403)),
    (skewed(600.0), "lambda", "get_alias", ALIAS, ("InvalidSignatureException", 403)),
    (denied(), "lambda", "get_alias", ALIAS, ("AccessDeniedException", 403)),
    (denied(), "cloudformation", "describe_stacks", {}, ("AccessDenied", 403)),
    (expired(), "lambda", "get_alias", ALIAS, ("ExpiredTokenException", 403)),
    (expired(), "cloudformation", "describe_stacks", {}, ("ExpiredToken", 403)),
    (failing(), "lambda", "get_alias", ALIAS, ("ServiceUnavailable", 503)),
    (
        failing("ServiceException", "x", 500),
        "lambda",
        "get_alias",
        ALIAS,
        ("ServiceException", 500),
    ),
]


@pytest.mark.parametrize(("trouble", "service", "call", "params", "expected"), FAULTS)
def test_a_fault_strikes_as_the_service_would_say_it(
    tiny: Sandbox, trouble: Any, service: str, call: str, params: Any, expected: tuple[str, int]
) -> None:
    tiny.door.faults.add(f"{service}:*", trouble)
    client = over_socket(tiny, service, config=ONCE)
    assert error_of(getattr(client, call), **params)[:2] == expected


def test_access_denied_names_the_caller_and_the_action(tiny: Sandbox) -> None:
    tiny.door.faults.add("lambda:UpdateAlias", denied())
    message = error_of(tiny.client("lambda").update_alias, FunctionName="f", Name="live")[2]
    assert message == (
        "User: arn:aws:iam::000000000000:user/sandbox is not authorized to perform: "
        "lambda:UpdateAlias because no identity-based policy allows the lambda:UpdateAlias action"
    )


def test_a_client_gets_over_two_throttles(tiny: Sandbox) -> None:
    fault = tiny.door.faults.add("lambda:GetAlias", throttled(), times=2)
    config = Config(retries={"total_max_attempts": 3, "mode": "legacy"})
    client = over_socket(tiny, "lambda", config=config)

    def at_once(response: Any, **_: Any) -> int | None:
        return 0 if response[0].status_code == 429 else None

    client.meta.events.register_first("needs-retry.lambda.GetAlias", at_once)
    answer = client.get_alias(**ALIAS)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert (fault.struck, fault.left) == (2, 0)


def test_faults_pass_over_other_operations_and_the_calls_from_inside(tiny: Sandbox) -> None:
    tiny.door.faults.add("lambda:Update*", denied())
    tiny.client("lambda").get_alias(**ALIAS)
    tiny.account.call("lambda", "UpdateAlias", ALIAS)
    tiny.door.faults.add("lambda:Update*", throttled(), inside=True)
    with pytest.raises(ApiError, match="TooManyRequestsException"):
        tiny.account.call("lambda", "UpdateAlias", ALIAS)


def test_a_fault_can_let_calls_pass_first_and_be_removed(tiny: Sandbox) -> None:
    fault = tiny.door.faults.add("*", denied(), skip=2)
    client = tiny.client("lambda")
    client.get_alias(**ALIAS)
    client.get_alias(**ALIAS)
    assert error_of(client.get_alias, **ALIAS)[1] == 403
    tiny.door.faults.remove(fault)
    client.get_alias(**ALIAS)
    tiny.door.faults.add("*", denied())
    tiny.door.faults.clear()
    client.get_alias(**ALIAS)


def test_chance_is_the_same_in_every_run() -> None:
    def run() -> list[int]:
        with Sandbox(clock=ManualClock(), services=TINY) as sandbox:
            sandbox.door.faults.add("*", failing(status=400), chance=0.3)
            client = sandbox.client("lambda")
            for _ in range(40):
                try:
                    client.get_alias(**ALIAS)
                except ClientError as error:
                    assert error.response["Error"]["Code"] == "ServiceUnavailable"
            return [entry.status for entry in sandbox.door.journal]

    statuses = run()
    assert statuses == run()
    assert 4 <= statuses.count(400) <= 20


def test_a_late_answer_waits_outside_the_lock(tiny: Sandbox) -> None:
    waited: list[float] = []
    tiny.door.pause = waited.append
    tiny.door.faults.add("lambda:GetAlias", late(1.5))
    tiny.client("lambda").get_alias(**ALIAS)
    assert waited == [1.5]


@pytest.mark.parametrize("performed", [False, True])
def test_a_dropped_connection(tiny: Sandbox, reach: ClientOf, performed: bool) -> None:
    tiny.door.faults.add("lambda:UpdateAlias", dropped(performed=performed), times=5)
    client = reach("lambda")
    with pytest.raises(ConnectionClosedError):
        client.update_alias(FunctionName="f", Name="live", FunctionVersion="4")
    carried_out = len(tiny.account.services["lambda"].asked)
    assert carried_out == (tiny.door.journal.__len__() if performed else 0)
    assert {entry.status for entry in tiny.door.journal} == {0}


@pytest.mark.parametrize("socket", [True, False], ids=["socket", "in process"])
def test_half_of_an_answer_looks_empty_to_botocore_and_the_call_was_carried_out(
    tiny: Sandbox, socket: bool
) -> None:
    tiny.door.faults.add("lambda:UpdateAlias", half_sent(), times=1)
    client = over_socket(tiny, "lambda", config=ONCE) if socket else inside_once(tiny)
    assert set(client.update_alias(**ALIAS)) == {"ResponseMetadata"}
    assert [name for name, _ in tiny.account.services["lambda"].asked] == ["UpdateAlias"]
    assert client.update_alias(**ALIAS)["RevisionId"] == "r-2"


def inside_once(tiny: Sandbox) -> Any:
    return inside.client(tiny.door.handle, "lambda", tiny.account.region, ONCE)


def test_half_of_an_answer_between_services_is_a_failure(tiny: Sandbox) -> None:
    tiny.door.faults.add("lambda:*", half_sent(), inside=True)
    with pytest.raises(ApiError, match="InternalFailure"):
        tiny.account.call("lambda", "GetAlias", ALIAS)


def test_a_skewed_clock_is_told_by_how_much() -> None:
    strike = skewed(600.0, lambda: 1_800_000_000.0)
    error = strike(Call("lambda", "GetAlias", {}), "arn").error
    assert error is not None
    assert error.message == (
        "Signature expired: 20270115T075000Z is now earlier than 20270115T075500Z "
        "(20270115T080000Z - 5 min.)"
    )


def test_the_same_seed_strikes_the_same_calls(tiny: Sandbox) -> None:
    def struck() -> list[int]:
        tiny.door.faults.clear()
        tiny.door.faults.reseed(11)
        tiny.door.faults.add("lambda:*", failing(), chance=0.3)
        call = Call("lambda", "GetAlias", {}, "AKIA")
        return [n for n in range(40) if tiny.door.faults.strike(call, "arn") is not None]

    first = struck()
    assert 4 <= len(first) <= 20
    assert struck() == first

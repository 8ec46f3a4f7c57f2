"""An account with Lambda in it, for tests that speak to it as boto3 does."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lambdactl.sandbox import inside
from lambdactl.sandbox.account import REGION, Account
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.functions import LambdaService
from lambdactl.sandbox.httpapi import HttpApiService
from lambdactl.sandbox.open import close_account, open_account
from lambdactl.sandbox.restapi import RestApiService

ROLE = "arn:aws:iam::000000000000:role/service"
ARN = "arn:aws:lambda:us-east-1:000000000000:function"
ECHO = """
def handler(event, context):
    return {"version": context.function_version, "event": event}
"""


def zipped(source: str = ECHO, name: str = "app.py") -> bytes:
    """A zip of one file; equal sources give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), source)
    return buffer.getvalue()


def weights(**shares: float) -> dict[str, dict[str, float]]:
    """``weights(v2=0.1)``: RoutingConfig that gives a tenth to version 2."""
    return {"AdditionalVersionWeights": {key.removeprefix("v"): w for key, w in shares.items()}}


class Recorder:
    """A CloudWatch that keeps what it is told."""

    def __init__(self, account: Account) -> None:
        self.points: list[tuple[str, dict[str, str], float, str, float]] = []

    def record(
        self,
        namespace: str,
        name: str,
        dimensions: Mapping[str, str],
        value: float,
        unit: str,
        timestamp: float,
    ) -> None:
        assert namespace == "AWS/Lambda"
        self.points.append((name, dict(dimensions), value, unit, timestamp))

    def sums(self, name: str) -> Counter[str]:
        """The sum of a metric by its dimension values, as ``f/f:live/1``."""
        found: Counter[str] = Counter()
        for metric, dimensions, value, _, _ in self.points:
            if metric == name:
                found["/".join(dimensions.values())] += int(value)
        return found


_current: list[Account] = []


@lru_cache(maxsize=1)
def _client() -> Any:
    """One client for all tests, for making one takes longer than most of them: it asks whichever
    account is open, and asks once."""
    once = Config(retries={"total_max_attempts": 1})
    return inside.client(lambda it: _current[-1].door.handle(it), "lambda", REGION, once)


class World:
    """``client`` is boto3's, ``service`` the thing itself; ``advance`` moves the clock."""

    def __init__(self, account: Account, clock: ManualClock) -> None:
        self.account = account
        self.clock = clock
        self.client = _client()
        self.service: LambdaService = account.services["lambda"]
        self.recorder: Recorder = account.services["cloudwatch"]

    def advance(self, seconds: float = 5.0) -> None:
        self.clock.advance(seconds)

    def create(self, name: str = "f", source: str = ECHO, **members: Any) -> dict[str, Any]:
        """A function, Active when this returns."""
        given = {
            "Runtime": "python3.13",
            "Handler": "app.handler",
            "Role": ROLE,
            "Code": {"ZipFile": zipped(source)},
        }
        made: dict[str, Any] = self.client.create_function(FunctionName=name, **(given | members))
        self.advance()
        return made

    def publish(self, name: str = "f", **changes: Any) -> str:
        """One more version, Active when this returns; without ``changes`` of a new description."""
        count = len(self.service.registry.functions[name].published)
        changes = changes or {"Description": f"change {count}"}
        self.client.update_function_configuration(FunctionName=name, **changes)
        self.advance()
        version: str = self.client.publish_version(FunctionName=name)["Version"]
        self.advance()
        return version

    def versions(self, name: str = "f") -> list[str]:
        pages = self.client.get_paginator("list_versions_by_function").paginate(FunctionName=name)
        return [version["Version"] for page in pages for version in page["Versions"]]

    def invoke(self, event: Any = None, name: str = "f", **members: Any) -> dict[str, Any]:
        """Invoke, with the payload read: ``{"result": ..., "version": ..., "error": ...}``."""
        payload = json.dumps({} if event is None else event)
        answer = self.client.invoke(FunctionName=name, Payload=payload, **members)
        return {
            "result": json.loads(answer["Payload"].read() or b"null"),
            "version": answer.get("ExecutedVersion"),
            "error": answer.get("FunctionError"),
            "status": answer["StatusCode"],
            "log": answer.get("LogResult"),
        }

    def refusal(self, operation: str, **params: Any) -> tuple[int, str, str]:
        """Status, code and message of the error that a call must end with."""
        with pytest.raises(ClientError) as caught:
            getattr(self.client, operation)(**params)
        response = caught.value.response
        status = response["ResponseMetadata"]["HTTPStatusCode"]
        return status, response["Error"]["Code"], response["Error"]["Message"]


@contextmanager
def open_world() -> Iterator[World]:
    clock = ManualClock()
    services = {
        "lambda": LambdaService,
        "apigateway": RestApiService,
        "apigatewayv2": HttpApiService,
        "cloudwatch": Recorder,
    }
    account = open_account(clock, services=services)
    account.door.strict = True
    _current.append(account)
    try:
        yield World(account, clock)
    finally:
        _current.remove(account)
        close_account(account)
    assert account.door.breaches == []

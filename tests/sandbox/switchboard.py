"""boto3 clients that every test uses, each made once: whom they reach is switched instead.

Making a client costs more than most tests do.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.inside import boto3_client
from lambdactl.sandbox.wire import Request, Response

_reached: list[Account] = []


def connect(account: Account) -> None:
    """From now on every client of :func:`client` reaches ``account``."""
    _reached[:] = [account]


@cache
def client(service: str) -> Any:
    return boto3_client(_handle, service, "us-east-1")


def _handle(request: Request) -> Response:
    return _reached[0].door.handle(request)

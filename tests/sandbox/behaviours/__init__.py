"""What AWS does, one row a fact: its source's grade, and an exercise with plain boto3.

Grades: [M] botocore's model, [V] measured on AWS by a public test suite or thread, [D] AWS's
documentation, [C] the source of a public project, [I] a public issue. What nobody has verified is
an :class:`Open` question: what the sandbox chose, and why the product is safe either way.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import close_account, open_account
from tests.sandbox import rollouts
from tests.sandbox.lambda_world import ROLE, zipped
from tests.sandbox.switchboard import client, connect

INVALID, MISSING, CONFLICT, STALE = (
    "InvalidParameterValueException",
    "ResourceNotFoundException",
    "ResourceConflictException",
    "PreconditionFailedException",
)
Exercise = Callable[[Any], None]


@dataclass(frozen=True)
class Row:
    """``section`` is that of the facts: 1 Lambda, 2 CodeDeploy, 3 CloudWatch, 4 CloudFormation."""

    id: str
    section: str
    grade: str
    fact: str
    exercise: Exercise
    world: Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Open:
    """A question that nobody has answered."""

    section: str
    question: str
    chosen: str
    safe: str


ROWS: list[Row] = []


def row(
    section: str, grade: str, fact: str, *, deploys: bool = False
) -> Callable[[Exercise], Exercise]:
    """``deploys``: the exercise gets a world for deployments instead of a :class:`Place`."""

    def keep(exercise: Exercise) -> Exercise:
        name = exercise.__name__.replace("_", "-")
        world: Any = rollouts.world if deploys else open_place
        ROWS.append(Row(f"{section}-{name}", section, grade, fact, exercise, world))
        return exercise

    return keep


class Place:
    """A whole account; ``f`` with three versions and the alias ``live`` on the first if asked.

    An exercise that asks for ``account`` looks behind the API, or makes there what no API makes:
    it is for the sandbox alone. The others can be put to AWS: :mod:`.elsewhere`.
    """

    role = ROLE
    account: Any
    clock: Any

    @property
    def other_role(self) -> str:
        return f"{ROLE}-of-another"

    def __init__(self, account: Account, clock: ManualClock) -> None:
        self.account = account
        self.clock = clock
        self.lambda_: Any = client("lambda")
        self.watch: Any = client("cloudwatch")
        self.stacks: Any = client("cloudformation")

    def function(self, name: str = "f", versions: int = 3, **members: Any) -> None:
        given = {
            "Runtime": "python3.13",
            "Handler": "app.handler",
            "Role": self.role,
            "Code": {"ZipFile": zipped()},
        }
        self.lambda_.create_function(FunctionName=name, **(given | members))
        self.clock.advance(5.0)
        for _ in range(versions):
            self.publish(name)
        if versions:
            self.lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="1")

    def change(self, name: str = "f", **changes: Any) -> None:
        self.lambda_.update_function_configuration(FunctionName=name, **changes)
        self.clock.advance(5.0)

    def publish(self, name: str = "f") -> str:
        self.change(name, Description=str(uuid.uuid4()))
        version: str = self.lambda_.publish_version(FunctionName=name)["Version"]
        self.clock.advance(5.0)
        return version

    def alias(self, name: str = "live") -> dict[str, Any]:
        found: dict[str, Any] = self.lambda_.get_alias(FunctionName="f", Name=name)
        return found


def refused(call: Callable[..., Any], **params: Any) -> tuple[int, str]:
    """HTTP status and error code that a call must end with."""
    return told(call, **params)[:2]


def told(call: Callable[..., Any], **params: Any) -> tuple[int, str, str]:
    """HTTP status, error code and message."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    response = caught.value.response
    error = response["Error"]
    return response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"]


@contextmanager
def open_place() -> Iterator[Place]:
    clock = ManualClock()
    account = open_account(clock)
    connect(account)
    yield Place(account, clock)
    close_account(account)
    assert account.door.breaches == []

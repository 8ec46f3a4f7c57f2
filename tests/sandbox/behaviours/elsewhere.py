"""The rows of the table put to another account: to AWS, by whoever has an account there.

::

    python -m tests.sandbox.behaviours.elsewhere --region ap-south-2 --role arn:aws:iam::1...:role/r

The role is any that Lambda can assume. The Region must be empty, without functions, stacks and
alarms: what a row has made is deleted after it, and nothing of anybody else's could be meant. Rows
that look behind the API, and those that need hours, are for the sandbox alone; they are told as
such. A row that is not so on AWS is what this is for: the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.sandbox.behaviours import Place, Row, open_place
from tests.sandbox.behaviours.every import ROWS

LONGEST_S = 120.0
"""What a row may wait for where time cannot be moved."""
LOOK_S = 1.0
PATIENCE = Config(retries={"mode": "adaptive", "total_max_attempts": 8})


class OnlyInTheSandbox(Exception):
    """The row needs what an account elsewhere does not give."""


class Waiting:
    """A clock that cannot be moved: what is waited for is that every function has settled."""

    def __init__(self, place: Elsewhere, sleep: Callable[[float], None]) -> None:
        self._place = place
        self._sleep = sleep

    def advance(self, seconds: float) -> None:
        if seconds > LONGEST_S:
            raise OnlyInTheSandbox(f"it needs {seconds:g} s to pass")
        if seconds > 5.0:
            self._sleep(seconds)
        while not all(_is_settled(each) for each in self._place.functions()):
            self._sleep(LOOK_S)

    def __getattr__(self, name: str) -> Any:
        raise OnlyInTheSandbox(f"its clock has no {name}")


class Elsewhere(Place):
    """An account reached by plain boto3, as a row sees it."""

    def __init__(
        self, connect: Callable[..., Any], role: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.role = role
        self.lambda_ = connect("lambda", config=PATIENCE)
        self.watch = connect("cloudwatch", config=PATIENCE)
        self.stacks = connect("cloudformation", config=PATIENCE)
        self.clock = Waiting(self, sleep)
        self._sleep = sleep

    def __getattr__(self, name: str) -> Any:
        raise OnlyInTheSandbox(f"it looks at the {name}")

    @property
    def other_role(self) -> str:
        raise OnlyInTheSandbox("it needs a second role")

    def functions(self) -> list[dict[str, Any]]:
        names = [each["FunctionName"] for each in self.lambda_.list_functions()["Functions"]]
        get = self.lambda_.get_function_configuration
        return [get(FunctionName=name) for name in names]

    def contents(self) -> list[str]:
        """Every function, alarm and stack that is there."""
        alarms = self.watch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        return [
            *(f"function {each['FunctionName']}" for each in self.functions()),
            *(f"alarm {a['AlarmName']}" for kind in _ALARMS for a in alarms[kind]),
            *(f"stack {each['StackName']}" for each in self._stacks()),
        ]

    def empty(self) -> None:
        """Delete all of it: composite alarms before what they watch, stacks before functions."""
        for kind in _ALARMS:
            for each in self.watch.describe_alarms(AlarmTypes=[kind.removesuffix("s")])[kind]:
                self.watch.delete_alarms(AlarmNames=[each["AlarmName"]])
        for each in self._stacks():
            self.stacks.delete_stack(StackName=each["StackName"])
        while self._stacks():
            self._sleep(LOOK_S)
        for each in self.functions():
            self.lambda_.delete_function(FunctionName=each["FunctionName"])
        for mapping in self.lambda_.list_event_source_mappings()["EventSourceMappings"]:
            self.lambda_.delete_event_source_mapping(UUID=mapping["UUID"])

    def _stacks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.stacks.describe_stacks()["Stacks"]
        return found


_DIFFERENCES = (
    AssertionError, BotoCoreError, ClientError, LookupError, TypeError, pytest.fail.Exception,
)  # fmt: skip
_ALARMS = ("CompositeAlarms", "MetricAlarms")


def _is_settled(function: dict[str, Any]) -> bool:
    return bool(function["State"] != "Pending" and function["LastUpdateStatus"] != "InProgress")


@contextmanager
def emptied(place: Elsewhere) -> Iterator[Elsewhere]:
    """``place`` for one row, and nothing of it afterwards."""
    try:
        yield place
    finally:
        place.empty()


def put_to(place: Elsewhere, rows: Iterable[Row]) -> Iterator[tuple[Row, str]]:
    """Each row with ``so``, ``only here: why`` or ``not so: what was seen``."""
    for row in rows:
        if row.world is not open_place:
            yield row, "only here: it is told with services of the tests"
            continue
        with emptied(place):
            try:
                row.exercise(place)
            except OnlyInTheSandbox as reason:
                yield row, f"only here: {reason}"
            except _DIFFERENCES as difference:
                yield row, f"not so: {type(difference).__name__}: {difference}"
            else:
                yield row, "so"


def main(words: list[str]) -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--region", required=True)
    asked.add_argument("--role", required=True, help="an ARN that Lambda can assume")
    asked.add_argument("--profile")
    given = asked.parse_args(words)
    session = boto3.Session(profile_name=given.profile, region_name=given.region)
    place = Elsewhere(session.client, given.role)
    if there := place.contents():
        sys.stderr.write(f"{given.region} is not empty: {', '.join(there[:5])}\n")
        return 2
    wrong = 0
    for row, seen in put_to(place, ROWS):
        wrong += seen.startswith("not so")
        sys.stdout.write(f"{row.id}  {seen}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""An account with stacks in it, for tests that speak to CloudFormation as boto3 does.

Every client is boto3's, in process and without a socket; only where hooks call home does the
account listen. The clock is moved by hand.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdactl.sandbox.account import REGION, Account
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.inside import boto3_client
from lambdactl.sandbox.open import Sandbox, close_account, open_account

IAM = ["CAPABILITY_IAM"]
_current: list[Account] = []


@lru_cache(maxsize=8)
def _client(service: str) -> Any:
    return boto3_client(lambda request: _current[-1].door.handle(request), service, REGION)


def alarm(**properties: Any) -> dict[str, Any]:
    """The cheapest resource there is: named or not, changed in place, found by its name."""
    given = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 1,
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**given, **properties}}


def broken(*after: str) -> dict[str, Any]:
    """A resource that cannot be made, once ``after`` are."""
    properties = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": "nobody",
        "Principal": "events.amazonaws.com",
    }
    return {"Type": "AWS::Lambda::Permission", "Properties": properties, "DependsOn": list(after)}


def role(**properties: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust, **properties},
    }


def body(resources: Mapping[str, Any], **sections: Any) -> str:
    return json.dumps({"Resources": resources, **sections})


def zipped(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, source in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{name}.py"), source)
    return buffer.getvalue()


def parameter_list(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


class Stacks:
    """One stack, ``web``, seen through the API."""

    def __init__(self, account: Account, clock: ManualClock) -> None:
        self.account = account
        self.clock = clock
        self._seen = 0

    def client(self, service: str = "cloudformation") -> Any:
        return _client(service)

    def create(self, template: str, name: str = "web", **params: Any) -> str:
        """Create, and wait for the end. Returns the status."""
        self.client().create_stack(StackName=name, TemplateBody=template, **params)
        return self.settle(name)

    def update(self, template: str, name: str = "web", **params: Any) -> str:
        self.client().update_stack(StackName=name, TemplateBody=template, **params)
        return self.settle(name)

    def settle(self, name: str = "web", limit_s: float = 7200.0) -> str:
        """Move the clock until no operation is under way."""
        waited = 0.0
        while self.status(name).endswith("IN_PROGRESS"):
            assert waited < limit_s, f"{name} is still {self.status(name)}"
            self.clock.advance(5.0)
            waited += 5.0
        return self.status(name)

    def change_set(self, name: str, template: str, **params: Any) -> dict[str, Any]:
        """Create a change set and wait for it; as DescribeChangeSet shows it, values included."""
        given = {"StackName": "web", "ChangeSetName": name, "TemplateBody": template, **params}
        self.client().create_change_set(**given)
        self.clock.advance(5.0)
        return self.described(name)

    def described(self, name: str, **params: Any) -> dict[str, Any]:
        given: dict[str, Any] = {"IncludePropertyValues": True, **params}
        found: dict[str, Any] = self.client().describe_change_set(
            StackName="web", ChangeSetName=name, **given
        )
        return found

    def execute(self, name: str, **params: Any) -> str:
        self.client().execute_change_set(StackName="web", ChangeSetName=name, **params)
        return self.settle()

    def stack(self, name: str = "web") -> dict[str, Any]:
        found: dict[str, Any] = self.client().describe_stacks(StackName=name)["Stacks"][0]
        return found

    def status(self, name: str = "web") -> str:
        return str(self.stack(name)["StackStatus"])

    def outputs(self, name: str = "web") -> dict[str, str]:
        return {o["OutputKey"]: o["OutputValue"] for o in self.stack(name).get("Outputs", [])}

    def physical(self, logical_id: str, name: str = "web") -> str:
        detail = self.client().describe_stack_resource(
            StackName=name, LogicalResourceId=logical_id
        )["StackResourceDetail"]
        return str(detail["PhysicalResourceId"])

    def events(self, name: str = "web") -> list[tuple[str, str]]:
        """(logical id, status) of all events, oldest first."""
        return [(e["LogicalResourceId"], e["ResourceStatus"]) for e in self.full_events(name)]

    def full_events(self, name: str = "web") -> list[dict[str, Any]]:
        pages = self.client().get_paginator("describe_stack_events").paginate(StackName=name)
        return [event for page in pages for event in page["StackEvents"]][::-1]

    def news(self, name: str = "web") -> list[tuple[str, str]]:
        """The events since this was last asked."""
        events = self.events(name)
        news, self._seen = events[self._seen :], len(events)
        return news

    def reason(self, logical_id: str, status: str, name: str = "web") -> str:
        """The reason of the latest event of ``logical_id`` with ``status``."""
        reasons = [
            str(event.get("ResourceStatusReason"))
            for event in self.full_events(name)
            if (event["LogicalResourceId"], event["ResourceStatus"]) == (logical_id, status)
        ]
        return reasons[-1]

    def alarms(self) -> list[str]:
        """The names of all alarms of the account."""
        found = self.client("cloudwatch").describe_alarms()["MetricAlarms"]
        return [each["AlarmName"] for each in found]

    def threshold(self, name: str) -> float:
        found = self.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return float(found[0]["Threshold"])

    def refusal(self, operation: str, **params: Any) -> tuple[str, str]:
        """Code and message of the error that a call must end with."""
        with pytest.raises(ClientError) as caught:
            getattr(self.client(), operation)(**params)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]


@contextmanager
def open_stacks(*, listens: bool = False) -> Iterator[Stacks]:
    """An account of its own; ``listens`` where functions must reach it."""
    clock = ManualClock()
    if listens:
        with Sandbox(clock=clock, strict=True) as sandbox:
            yield from _entered(sandbox.account, clock)
        assert sandbox.door.breaches == []
        return
    account = open_account(clock)
    account.door.strict = True
    yield from _entered(account, clock)
    close_account(account)
    assert account.door.breaches == []


def _entered(account: Account, clock: ManualClock) -> Iterator[Stacks]:
    clock.settle = account.services["lambda"].settle
    _current.append(account)
    try:
        yield Stacks(account, clock)
    finally:
        _current.remove(account)

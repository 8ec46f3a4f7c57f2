"""CloudFormation against Lambda's quotas: it backs off in account time, and repeats."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lambdactl.sandbox.cloudformation.resources.kind import asked
from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.quotas import Quotas
from tests.sandbox.cfn_world import Stacks, body, open_stacks
from tests.sandbox.test_cfn_resources import function, resource

LATE = 100


@pytest.fixture
def stacks() -> Iterator[Stacks]:
    """With Lambda's quotas in force, and all that may be asked at once asked already."""
    with open_stacks() as opened:
        quotas = Quotas(opened.clock.now)
        opened.account.door.quotas = quotas
        yield opened


def exhaust(stacks: Stacks) -> None:
    with pytest.raises(ApiError, match="Rate exceeded"):
        for _ in range(1000):
            stacks.account.call("lambda", "ListFunctions", {})


def test_a_stack_with_two_functions_waits_until_it_may_ask(stacks: Stacks) -> None:
    alias = resource("AWS::Lambda::Version", FunctionName={"Ref": "A"})
    resources = {"A": function(FunctionName="a"), "B": function(FunctionName="b"), "V": alias}
    exhaust(stacks)
    stacks.client().create_stack(StackName="web", TemplateBody=body(resources))
    began = stacks.clock.now()
    exhaust(stacks)
    assert stacks.settle() == "CREATE_COMPLETE", stacks.full_events()
    assert stacks.clock.now() > began


def test_a_process_that_is_late_does_not_spend_its_attempts_in_one_moment(stacks: Stacks) -> None:
    """A running clock resumes what is late at once, as often as it has missed its turn."""
    exhaust(stacks)
    work = asked(stacks.account, "lambda", "ListFunctions", {})
    waits = [next(work) for _ in range(LATE)]
    assert set(waits) == {1.0}
    stacks.clock.advance(1.0)
    with pytest.raises(StopIteration) as done:
        next(work)
    assert done.value.value["Functions"] == []


def test_drift_is_looked_for_until_it_may_be_seen(stacks: Stacks) -> None:
    version = resource("AWS::Lambda::Version", FunctionName={"Ref": "A"})
    alias = resource(
        "AWS::Lambda::Alias",
        FunctionName={"Ref": "A"},
        FunctionVersion={"Fn::GetAtt": ["V", "Version"]},
        Name="live",
    )
    stacks.create(body({"A": function(), "V": version, "L": alias}))
    asked_for = stacks.client().detect_stack_drift(StackName="web")["StackDriftDetectionId"]
    stacks.clock.advance(4.9)
    exhaust(stacks)
    exhaust_for(stacks, 0.1)
    stacks.clock.advance(2)
    told = stacks.client().describe_stack_drift_detection_status(StackDriftDetectionId=asked_for)
    assert told["StackDriftStatus"] == "IN_SYNC"


def exhaust_for(stacks: Stacks, seconds: float) -> None:
    """Time passes, and somebody else uses up what Lambda allows in it."""
    stacks.clock.call_later(seconds / 2, lambda: exhaust(stacks))
    stacks.clock.advance(seconds)


def test_another_refusal_is_not_repeated(stacks: Stacks) -> None:
    work = asked(stacks.account, "lambda", "GetFunction", {"FunctionName": "none"})
    with pytest.raises(ApiError, match="Function not found"):
        next(work)

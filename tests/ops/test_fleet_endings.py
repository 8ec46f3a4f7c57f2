"""What the fleet says of a rollout that has just ended is what ``status`` says of it, whatever it
came to; and it costs one call while nothing else ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from lambdactl.aws import Aws, connect
from lambdactl.ops.fleet import Fleet, look_around, look_over
from lambdactl.sandbox.account import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.scenarios import SCENARIOS, Play, Scenario, Stage
from lambdactl.sandbox.scenarios.endings import ENDINGS
from lambdactl.verdict import State, assess

Account = Callable[[str], Aws]
LIST = "codedeploy:ListDeployments"
ENDED = {
    "succeeded": State.DONE,
    "hook-failed": State.ROLLED_BACK,
    "stopped": State.ROLLED_BACK,
    "alarm": State.ROLLED_BACK,
    "role-denied": State.FAILED,
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def account(clock: ManualClock) -> Iterator[Account]:
    """An account in which an ending has just come to pass."""
    with Sandbox(clock=clock) as sandbox:

        def played(name: str) -> Aws:
            (step,) = SCENARIOS[name].steps
            assert isinstance(step, Play)
            for seconds in step.act(Stage(sandbox.account)):
                clock.advance(seconds)
            return connect(
                region="us-east-1",
                endpoint_url=sandbox.endpoint,
                access_key=ACCESS_KEY_ID,
                secret_key=SECRET_ACCESS_KEY,
            )

        yield played


def listed(aws: Aws) -> Fleet:
    return look_over(aws, None, tell=lambda _done, _of: None)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda scenario: scenario.name)
def test_a_row_says_what_status_says(account: Account, ending: Scenario) -> None:
    aws = account(ending.name)
    for member in listed(aws).members:
        told, row = assess(aws.snapshot(member.target)), member.assessment
        assert row is not None and (row.state, row.text) == (told.state, told.text)


@pytest.mark.parametrize(("ending", "state"), ENDED.items())
def test_it_is_no_green_row_within_the_hour_and_no_news_after_it(
    account: Account, clock: ManualClock, ending: str, state: State
) -> None:
    aws = account(ending)
    (member,) = [m for m in listed(aws).members if m.function == "checkout"]
    assert member.assessment is not None and member.assessment.state is state
    assert member.ended is not None and member.snapshot is None, "nobody looked at it closely"
    clock.advance(3600)
    (member,) = [m for m in listed(aws).members if m.function == "checkout"]
    assert member.assessment is not None and member.assessment.state is State.STABLE
    assert member.ended is None


def test_what_has_ended_is_read_once(account: Account) -> None:
    aws = account("alarm")
    first = spent(aws)
    assert first == {
        LIST: 2,
        "codedeploy:BatchGetDeployments": 1,
        "codedeploy:ListDeploymentTargets": 2,
        "codedeploy:BatchGetDeploymentTargets": 2,
        "cloudwatch:DescribeAlarms": 1,
    }
    aws.forget("running")
    assert spent(aws) == {LIST: 2, "cloudwatch:DescribeAlarms": 1}


def spent(aws: Aws) -> Counter[str]:
    before = Counter(aws.calls)
    look_around(aws)
    return Counter({name: n for name, n in (aws.calls - before).items() if "sts" not in name})

"""What watching costs, by the sandbox's own journal, and that nothing is hidden for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from lambdactl.aws import Aws, connect, recurring
from lambdactl.errors import NotFound
from lambdactl.model import Routing, Snapshot, Target
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.faults import denied, throttled
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.scenarios import Stage

TARGET = Target("checkout", "live")
METRICS = "cloudwatch:GetMetricData"
ALARMS = "cloudwatch:DescribeAlarms"
ALIAS = "lambda:GetAlias"
IDS = "codedeploy:ListDeployments"


class Watching:
    """An operator who looks at ``checkout:live`` every five seconds of account time."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.stage = Stage(sandbox.account)
        keys = sandbox.environment()
        self.aws: Aws = connect(
            region=keys["AWS_REGION"],
            endpoint_url=keys["AWS_ENDPOINT_URL"],
            access_key=keys["AWS_ACCESS_KEY_ID"],
            secret_key=keys["AWS_SECRET_ACCESS_KEY"],
        )
        self.passed(self.stage.built())
        self.passed(self.stage.ended(self.stage.started()))

    def passed(self, process: Iterable[float]) -> None:
        for seconds in process:
            self.wait(seconds)

    def wait(self, seconds: float) -> None:
        clock = self.sandbox.account.clock
        assert isinstance(clock, ManualClock)
        clock.advance(seconds)

    def look(self, *, anew: bool = False) -> Snapshot:
        return recurring.look(self.aws, self.aws.place(), TARGET, anew=anew)

    def minutes(self, count: int) -> Counter[str]:
        """What ``count`` minutes of looks ask, by the journal."""
        self.sandbox.door.journal.clear()
        for _ in range(12 * count):
            self.wait(5.0)
            self.look()
        return Counter(entry.action for entry in self.sandbox.door.journal if entry.caller)


@pytest.fixture
def watching() -> Iterator[Watching]:
    with Sandbox(clock=ManualClock()) as sandbox:
        made = Watching(sandbox)
        yield made
        made.aws.close()


def test_at_rest_a_look_asks_for_the_alias_and_for_new_deployments(watching: Watching) -> None:
    watching.look()
    told = watching.minutes(5)
    assert 4 <= told[METRICS] <= 5
    assert told[ALIAS] + told["lambda:ListAliases"] == 60
    assert told[IDS] == 60
    assert 14 <= told[ALARMS] <= 20
    assert 8 <= told["lambda:ListVersionsByFunction"] <= 10
    assert told.total() <= 5 * 35


def test_while_it_moves_alias_deployment_and_alarms_are_asked_every_time(
    watching: Watching,
) -> None:
    watching.stage.started("2", "1")
    watching.passed(watching.stage.at_ten_percent())
    assert watching.look().active_deployment is not None
    told = watching.minutes(3)
    assert 2 <= told[METRICS] <= 3
    assert told[ALIAS] + told["lambda:ListAliases"] == 36
    assert told["codedeploy:BatchGetDeployments"] == 36
    assert told["codedeploy:BatchGetDeploymentTargets"] == 36
    assert told[ALARMS] == 36
    assert told[IDS] == 0
    assert told.total() <= 3 * 55


def test_the_tally_is_what_the_journal_says(watching: Watching) -> None:
    watching.look()
    before = watching.aws.tally.by_call()
    told = watching.minutes(2)
    sent = Counter(watching.aws.tally.by_call()) - Counter(before)
    assert sent == told


def test_a_whole_rollout_is_seen_at_the_next_look(watching: Watching) -> None:
    first = watching.look()
    assert first.alias is not None and first.alias.routing == Routing(2)
    begun = watching.stage.started("2", "1")
    watching.wait(5.0)
    seen = watching.look()
    assert seen.deployment is not None and seen.deployment.id == begun
    watching.passed(watching.stage.at_ten_percent())
    split = watching.look()
    assert split.alias is not None and split.alias.routing == Routing(2, 1, 10.0)
    watching.passed(watching.stage.ended(begun))
    over = watching.look()
    assert over.alias is not None and over.alias.routing == Routing(1)
    assert over.deployment is not None and not over.deployment.active


def test_a_rollback_that_nobody_here_asked_for_is_seen(watching: Watching) -> None:
    begun = watching.stage.started("2", "1")
    watching.passed(watching.stage.at_ten_percent())
    watching.look()
    watching.stage.ask("codedeploy", "StopDeployment", deploymentId=begun, autoRollbackEnabled=True)
    watching.passed(watching.stage.ended(begun))
    back = watching.look()
    assert back.alias is not None and back.alias.routing == Routing(2)
    assert back.previous is not None and back.previous.id == begun
    assert back.deployment is not None and back.deployment.rolls_back == begun


def test_a_shift_by_hand_and_an_alarm_are_seen_at_the_next_look(watching: Watching) -> None:
    watching.look()
    watching.stage.ask(
        "lambda", "UpdateAlias", FunctionName="checkout", Name="live",
        RoutingConfig={"AdditionalVersionWeights": {"1": 0.25}},
    )  # fmt: skip
    watching.wait(5.0)
    seen = watching.look()
    assert seen.alias is not None and seen.alias.routing == Routing(2, 1, 25.0)
    watching.stage.turn("ALARM")
    watching.wait(5.0)
    assert [a.state for a in watching.look().alarms] == ["ALARM"]


def test_what_is_of_an_earlier_look_says_when_it_was_read(watching: Watching) -> None:
    first = watching.look()
    assert dict(first.older) == {}
    watching.wait(10.0)
    second = watching.look()
    assert (second.taken - second.read_at("alarms")).total_seconds() == pytest.approx(10.0, abs=1.0)
    assert second.metrics is not None and first.metrics is not None
    assert second.metrics.taken == first.metrics.taken
    assert "deployment" not in second.older


def test_asked_to_read_anew_it_does_and_leaves_the_metrics_their_minute(
    watching: Watching,
) -> None:
    watching.look()
    watching.sandbox.door.journal.clear()
    watching.wait(5.0)
    anew = watching.look(anew=True)
    told = Counter(entry.action for entry in watching.sandbox.door.journal if entry.caller)
    assert set(anew.older) == {"metrics"}
    assert told[METRICS] == 0 and told[ALARMS] == 1 and told["lambda:ListAliases"] == 1


def test_what_is_forbidden_is_not_asked_again_at_once_but_by_whoever_asks_for_it(
    watching: Watching,
) -> None:
    for action in (METRICS, ALARMS, IDS):
        watching.sandbox.door.faults.add(action, denied())
    unread = {u.part for u in watching.look().unread}
    assert {"metrics", "deployment"} <= unread
    told = watching.minutes(1)
    assert told[METRICS] <= 1 and told[IDS] <= 1
    assert {"metrics", "deployment"} <= {u.part for u in watching.look().unread}
    watching.sandbox.door.faults.clear()
    watching.wait(5.0)
    assert watching.look(anew=True).unread == ()


def test_what_did_not_answer_is_asked_again_at_the_next_look(watching: Watching) -> None:
    watching.look()
    watching.wait(20.0)
    watching.sandbox.door.faults.add(ALARMS, throttled(), times=4)
    assert watching.look().unreadable("alarms") is not None
    watching.wait(5.0)
    assert watching.look().unreadable("alarms") is None


def test_an_alias_that_was_deleted_is_none_and_a_function_not_found(watching: Watching) -> None:
    watching.look()
    watching.stage.ask("lambda", "DeleteAlias", FunctionName="checkout", Name="live")
    watching.wait(5.0)
    assert watching.look().alias is None
    watching.stage.ask("lambda", "DeleteFunction", FunctionName="checkout")
    watching.wait(5.0)
    with pytest.raises(NotFound):
        watching.look()

"""``hook approve`` and ``hook fail``: a person answers for a hook, by the id that its log tells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import pytest

from lambdactl.aws.command_permissions import COMMANDS
from lambdactl.aws.permissions import User, action_of
from lambdactl.cli import session
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.scenarios import Stage
from lambdactl.sandbox.scenarios.stage import NEVER_REPORTS, WAITS
from tests.cli.conftest import Run

LIVE = ("-f", "checkout:live")
PUT = "codedeploy:PutLifecycleEventHookExecutionStatus"


class Waiting:
    """``checkout:live``, whose deployment waits for its hook ``BeforeAllowTraffic``."""

    def __init__(self, sandbox: Sandbox, hook: str) -> None:
        clock = sandbox.account.clock
        assert isinstance(clock, ManualClock)
        self.sandbox, self.advance = sandbox, clock.advance
        self.stage = Stage(sandbox.account)
        self.passed(self.stage.built(hook=hook))
        self.id = self.stage.started(before=True)
        self.passed(self.stage.at_its_hook(self.id))
        sandbox.account.services["lambda"].invocations.logs.flush()

    def passed(self, process: Iterable[float]) -> None:
        for seconds in process:
            self.advance(seconds)

    @property
    def writes(self) -> list[str]:
        """What the command line wrote: everything after the deployment was made."""
        told = [e.action for e in self.sandbox.door.journal if e.writes and e.caller]
        return told[told.index("codedeploy:CreateDeployment") + 1 :]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox(clock=ManualClock()) as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(session, "sleep", sandbox.account.clock.advance)  # type: ignore[attr-defined]
        yield sandbox


def test_an_approved_hook_lets_the_traffic_shift(made: Sandbox, cli: Run) -> None:
    waiting = Waiting(made, WAITS)
    said = cli("hook", "approve", *LIVE, "--yes")
    assert said.code == 0, said.err
    assert said.out == f"BeforeAllowTraffic of {waiting.id} answered Succeeded, by lambdactl\n"
    assert "execution id: the log of CodeDeployHook_checkout" in said.err
    assert "traffic begins to shift v1 → v2" in said.err
    assert waiting.writes == [PUT]
    waiting.passed(waiting.stage.at_ten_percent())
    assert waiting.stage.routing() == ("1", {"2": 0.1})


def test_a_failed_hook_ends_the_deployment_where_it_began(made: Sandbox, cli: Run) -> None:
    waiting = Waiting(made, WAITS)
    said = cli("hook", "fail", *LIVE, "--yes")
    assert said.code == 0, said.err
    waiting.passed(waiting.stage.ended(waiting.id))
    assert waiting.stage.info(waiting.id)["status"] == "Failed"
    assert waiting.stage.routing() == ("1", {})


def test_a_dry_run_answers_nothing(made: Sandbox, cli: Run) -> None:
    waiting = Waiting(made, WAITS)
    said = cli("hook", "approve", *LIVE, "-n")
    assert said.code == 0
    assert "BeforeAllowTraffic InProgress" in said.out
    assert "dry run: nothing was changed" in said.err
    assert waiting.writes == []


def test_where_no_log_tells_the_id_it_is_asked_for(made: Sandbox, cli: Run) -> None:
    waiting = Waiting(made, NEVER_REPORTS)
    said = cli("hook", "approve", *LIVE, "--yes")
    assert said.code == 9
    assert "does not tell the id of its execution" in said.err
    assert "lambdactl hook approve -f checkout:live --execution-id ID" in said.err
    deployment = made.account.services["codedeploy"].deployment(waiting.id)
    (run_id,) = deployment.hooks
    assert cli("hook", "approve", *LIVE, "--yes", "--execution-id", run_id).code == 0
    assert waiting.writes == [PUT]


def test_a_wrong_id_is_refused_by_codedeploy(made: Sandbox, cli: Run) -> None:
    Waiting(made, NEVER_REPORTS)
    said = cli("hook", "fail", *LIVE, "--yes", "--execution-id", "of-another")
    assert said.code != 0
    assert "InvalidLifecycleEventHookExecutionIdException" in said.err


def test_without_a_hook_that_waits_there_is_nothing_to_answer(made: Sandbox, cli: Run) -> None:
    waiting = Waiting(made, WAITS)
    assert cli("hook", "approve", *LIVE, "--yes").code == 0
    waiting.passed(waiting.stage.at_ten_percent())
    said = cli("hook", "approve", *LIVE, "--yes")
    assert said.code == 5
    assert f"{waiting.id} waits for no hook" in said.err


def test_the_answer_is_in_the_audit_log_without_its_id(made: Sandbox, cli: Run) -> None:
    waiting = Waiting(made, WAITS)
    cli("hook", "approve", *LIVE, "--yes")
    (entry,) = json.loads(cli("audit", "-o", "json").out)["data"]
    assert entry["verb"] == "approve" and entry["outcome"] == "done"
    assert entry["actions"] == [f"ReportHook {waiting.id}:BeforeAllowTraffic:Succeeded"]


def test_read_only_nothing_is_answered(
    made: Sandbox, cli: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = Waiting(made, WAITS)
    monkeypatch.setenv("LAMBDACTL_READ_ONLY", "1")
    assert cli("hook", "approve", *LIVE, "--yes").code == 5
    assert waiting.writes == []


def test_the_policy_of_the_operator_has_what_it_asks(made: Sandbox, cli: Run) -> None:
    Waiting(made, WAITS)
    before = list(made.door.journal)[-1].number
    assert cli("hook", "approve", *LIVE, "--yes").code == 0
    calls = [e for e in made.door.journal.since(before) if e.caller]
    asked = {action_of(e.service, e.operation) for e in calls} - {"sts:GetCallerIdentity"}
    assert asked <= set(COMMANDS[User.OPERATOR]["hook"])

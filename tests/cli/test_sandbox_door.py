"""``lambdactl sandbox fault``, ``journal`` and ``scenarios``, against a sandbox in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from lambdactl.cli import sandbox_door, state
from lambdactl.sandbox.account import ACCESS_KEY_ID
from lambdactl.sandbox.fault_orders import KINDS
from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.scenarios import SCENARIOS
from tests.cli.conftest import Run


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox(strict=True) as made:
        found = state.SandboxState(
            made.endpoint, made.account.region, made.account.id, ACCESS_KEY_ID, "", 1, 1.0
        )
        monkeypatch.setattr(state, "sandbox", lambda: found)
        yield made


def test_a_fault_is_added_strikes_and_is_cleared(cli: Run, running: Sandbox) -> None:
    said = cli("sandbox", "fault", "add", "lambda:Get*", "throttle", "--times", "2")
    assert said.code == 0
    assert said.out.splitlines()[0].split() == ["ACTION", "KIND", "LEFT", "CHANCE", "STRUCK"]
    assert said.out.splitlines()[1].split() == ["1", "lambda:Get*", "throttle", "2", "100%", "0"]
    client = running.client("lambda")
    assert client.get_account_settings()["ResponseMetadata"]["RetryAttempts"] == 2
    told = json.loads(cli("sandbox", "fault", "list", "-o", "json").out)
    assert [(each["left"], each["struck"]) for each in told] == [(0, 2)]
    assert cli("sandbox", "fault", "clear").err == "no faults are left\n"
    assert cli("sandbox", "fault", "list").err == "no faults are in force\n"


def test_an_error_of_ones_own_choice(cli: Run, running: Sandbox) -> None:
    chosen = ("--code", "TeapotException", "--status", "418", "--message", "short and stout")
    assert cli("sandbox", "fault", "add", "lambda:GetFunction", "error", *chosen).code == 0
    with pytest.raises(ClientError) as caught:
        running.client("lambda").get_function(FunctionName="f")
    assert caught.value.response["Error"]["Code"] == "TeapotException"
    assert caught.value.response["Error"]["Message"] == "short and stout"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 418


def test_one_of_several_faults_is_cleared_by_its_number(cli: Run, running: Sandbox) -> None:
    for kind in ("deny", "expire"):
        cli("sandbox", "fault", "add", "s3:*", kind)
    assert cli("sandbox", "fault", "clear", "1").err == "1 faults are left\n"
    assert [each.name for each in running.door.faults.listed()] == ["expire"]
    said = cli("sandbox", "fault", "clear", "1")
    assert (said.code, said.err.splitlines()[0]) == (2, "error: there is no fault 1")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("UpdateAlias", "deny"), "action 'UpdateAlias' is not * or service:Operation"),
        (("*", "nonsense"), "kind 'nonsense' is none of throttle, deny"),
        (("*", "deny", "--chance", "2"), "chance 2 is not within 0 and 1"),
        (("*", "error", "--status", "700"), "status 700 is not within 400 and 599"),
    ],
)
def test_a_bad_order_says_what_to_type(
    cli: Run, running: Sandbox, words: tuple[str, ...], message: str
) -> None:
    said = cli("sandbox", "fault", "add", *words)
    assert said.code == 2
    assert said.err.startswith(f"error: {message}")
    assert said.err.endswith("  try: lambdactl sandbox fault add --help\n")
    assert running.door.faults.listed() == ()


def test_the_help_has_every_kind_in_the_accounts_own_words(cli: Run) -> None:
    said = " ".join(cli("sandbox", "fault", "add", "--help").out.split())
    for name, (summary, _) in KINDS.items():
        assert f"{name} {summary.partition(';')[0].partition(', its')[0]}" in said


def test_the_journal_shows_who_called_what(cli: Run, running: Sandbox) -> None:
    running.client("sts").get_caller_identity()
    running.client("cloudwatch").delete_alarms(AlarmNames=[])
    with pytest.raises(ClientError):
        running.client("lambda").get_function(FunctionName="nope")
    lines = [line.split()[1:] for line in cli("sandbox", "journal").out.splitlines()]
    assert lines == [
        ["200", "read", ACCESS_KEY_ID, "sts:GetCallerIdentity"],
        ["200", "write", ACCESS_KEY_ID, "cloudwatch:DeleteAlarms"],
        ["404", "read", ACCESS_KEY_ID, "lambda:GetFunction", "ResourceNotFoundException"],
    ]
    (entry,) = json.loads(cli("sandbox", "journal", "--writes", "-o", "json").out)
    assert (entry["number"], entry["operation"], entry["writes"]) == (2, "DeleteAlarms", True)


def test_the_journal_goes_on_with_what_is_new(
    cli: Run, running: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.client("sts").get_caller_identity()
    looks = 0

    def another_call(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            raise KeyboardInterrupt
        running.client("lambda").list_functions()

    monkeypatch.setattr(sandbox_door, "sleep", another_call)
    said = cli("sandbox", "journal", "--follow", "-o", "jsonl")
    told = [json.loads(line)["operation"] for line in said.out.splitlines()]
    assert told == ["GetCallerIdentity", "ListFunctions"]
    assert said.code == 130


def test_the_scenarios_are_listed_with_one_line_each(cli: Run) -> None:
    said = cli("sandbox", "scenarios")
    assert [line.split()[0] for line in said.out.splitlines()[1:]] == list(SCENARIOS)
    told = json.loads(cli("sandbox", "scenarios", "-o", "json").out)
    assert [each["name"] for each in told] == list(SCENARIOS)
    assert all(len(line) <= 100 for line in said.out.splitlines())

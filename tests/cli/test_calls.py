"""How much each command asks of AWS: the calls, and the clients, held to a table.

Lambda answers fifteen control-plane calls a second to everybody together, and a client costs more
than the call it makes: a command that asks for more than its answer needs is slower for everyone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdactl.aws.door import Door
from lambdactl.sandbox import fleet
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.faults import denied, throttled
from lambdactl.sandbox.open import Sandbox
from lambdactl.state_home import cache_dir
from tests.cli.conftest import Run

STS = "sts:GetCallerIdentity"
ALIASES = "lambda:ListAliases"
VERSIONS = "lambda:ListVersionsByFunction"
ALIAS = "lambda:GetAlias"
LIVE = ("-f", "fleet-0000:live")
TAGS = "lambda:GetFunction"
GROUPS = (TAGS, "codedeploy:ListApplications")
"""Where the alias has no CodeDeploy group: the tags of its stack would lead to one."""
LOOK = (ALIASES, VERSIONS, *GROUPS)
SETTINGS = "lambda:GetFunctionConfiguration"
CHECKS = (SETTINGS, "lambda:ListProvisionedConcurrencyConfigs")
MEASURED = "cloudwatch:GetMetricData"
DEPLOYMENTS = "codedeploy:ListDeployments"
"""Those that run, and those that have ended within the hour."""
RED = "cloudwatch:DescribeAlarms"
FLEET = ("lambda:ListFunctions", DEPLOYMENTS, DEPLOYMENTS, RED, ALIASES)

TABLE: dict[tuple[str, ...], tuple[tuple[str, ...], set[str]]] = {
    ("versions",): ((ALIASES, VERSIONS), {"lambda"}),
    ("aliases",): ((ALIASES,), {"lambda"}),
    ("diff", "11", "12"): ((SETTINGS, SETTINGS), {"lambda"}),
    ("logs", "--version", "12"): ((SETTINGS, "logs:FilterLogEvents"), {"lambda", "logs"}),
    ("deployments",): (GROUPS, {"lambda", "codedeploy"}),
    ("list",): (FLEET, {"lambda", "codedeploy", "cloudwatch"}),
    ("events",): (LOOK, {"lambda", "codedeploy"}),
    ("status",): ((*LOOK, MEASURED), {"lambda", "codedeploy", "cloudwatch"}),
    ("abort", "-n"): (LOOK, {"lambda", "codedeploy"}),
    ("shift", "--to", "11", "--weight", "10", "-n"): ((*LOOK, *CHECKS), {"lambda", "codedeploy"}),
    ("shift", "--to", "11", "--weight", "10", "--yes"): (
        (*LOOK, *CHECKS, STS, "lambda:UpdateAlias", ALIAS),
        {"sts", "lambda", "codedeploy", "lambda for writes"},
    ),
    ("context", "list"): ((), set()),
    ("config", "show"): ((), set()),
    ("audit",): ((), set()),
}
"""What each asks with credentials that were used here before."""


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A function of twelve versions, ``live`` on the newest, where every command finds it."""
    monkeypatch.setattr(fleet, "PARTS", dict.fromkeys(fleet.PARTS, 0.0))
    with Sandbox(clock=ManualClock()) as sandbox:
        fleet.seed_fleet(sandbox.account, functions=1, versions=12)
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The clients that are made, in order."""
    made: list[str] = []
    make = Door._make

    def counted(door: Door, service: str, writes: bool) -> Any:
        made.append(f"{service} for writes" if writes else service)
        return make(door, service, writes)

    monkeypatch.setattr(Door, "_make", counted)
    return made


def asked(sandbox: Sandbox) -> Counter[str]:
    return Counter(entry.action for entry in sandbox.door.journal if entry.caller)


@pytest.mark.parametrize("words", TABLE, ids=" ".join)
def test_a_command_asks_for_what_its_answer_needs(
    cli: Run, grown: Sandbox, clients: list[str], words: tuple[str, ...]
) -> None:
    calls, wanted = TABLE[words]
    cli("aliases", *LIVE)
    before = asked(grown)
    clients.clear()
    said = cli(*words, *LIVE)
    assert said.code == 0, said.err
    assert asked(grown) - before == Counter(calls)
    assert sorted(clients) == sorted(wanted)


def test_credentials_that_were_never_used_here_are_asked_for_their_account_once(
    cli: Run, grown: Sandbox, clients: list[str]
) -> None:
    for _ in range(3):
        assert cli("aliases", *LIVE).code == 0
    assert asked(grown) == Counter({STS: 1, ALIASES: 3})
    assert clients == ["lambda", "sts", "lambda", "lambda"]


def test_a_wrong_account_is_never_reached_however_it_was_remembered(
    cli: Run, grown: Sandbox, working_directory: Path
) -> None:
    (working_directory / "lambdactl.toml").write_text('account_id = "123456789012"\n')
    for _ in range(2):
        said = cli("aliases", *LIVE)
        assert said.code == 4
        assert "these credentials are for account 000000000000, not for 123456789012" in said.err
    assert asked(grown) == Counter({STS: 2})
    file = cache_dir() / "accounts.json"
    file.write_text(file.read_text().replace("0" * 12, "123456789012"))
    said = cli("aliases", *LIVE)
    assert said.code == 4
    assert said.out == ""
    assert "account 000000000000 answered, not 123456789012" in said.err
    assert "000000000000, not for 123456789012" in cli("aliases", *LIVE).err


def test_throttling_is_said_once_and_the_answer_comes(cli: Run, grown: Sandbox) -> None:
    grown.door.faults.add(ALIASES, throttled(), times=1)
    grown.door.faults.add(VERSIONS, throttled(), times=1)
    said = cli("versions", *LIVE)
    assert said.code == 0
    assert said.err.count("AWS asks us to slow down (TooManyRequestsException)") == 1
    assert "v12" in said.out


def test_calls_are_logged_where_that_is_asked_for_and_nowhere_else(
    cli: Run, grown: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "calls.log"
    assert cli("versions", *LIVE).code == 0
    assert not log.exists()
    monkeypatch.setenv("LAMBDACTL_LOG", str(log))
    grown.door.faults.add(VERSIONS, denied())
    assert cli("versions", *LIVE).code == 13
    told = [line.split()[2:4] for line in log.read_text().splitlines()]
    assert told == [
        ["lambdactl", "begins"],
        [ALIASES, "200"],
        [VERSIONS, "403"],
        [VERSIONS, "failed:"],
    ]
    assert log.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("LAMBDACTL_LOG", str(tmp_path))
    said = cli("versions", *LIVE)
    assert said.code == 2
    assert f"LAMBDACTL_LOG: {tmp_path} cannot be written" in said.err


@pytest.mark.parametrize(
    ("name", "value", "words", "told"),
    [
        ("LAMBDACTL_FUNCTION", "fleet-0000:live", ("aliases", "-o", "name"), "fleet-0000:live\n"),
        ("LAMBDACTL_OUTPUT", "name", ("aliases", *LIVE), "fleet-0000:live\n"),
    ],
)
def test_the_environment_says_what_a_flag_would(
    cli: Run,
    grown: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    words: tuple[str, ...],
    told: str,
) -> None:
    monkeypatch.setenv(name, value)
    assert cli(*words).out == told


def test_no_input_by_environment_is_no_input(
    cli: Run, grown: Sandbox, monkeypatch: pytest.MonkeyPatch, person: Callable[..., None]
) -> None:
    person("y")
    monkeypatch.setenv("LAMBDACTL_NO_INPUT", "1")
    said = cli("shift", "--to", "11", "--weight", "10", *LIVE)
    assert said.code == 3
    assert "nobody can be asked" in said.err

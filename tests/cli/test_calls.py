"""How much each command asks of AWS: the calls, and the clients, held to a table.

Lambda answers fifteen control-plane calls a second to everybody together, and a client costs more
than the call it makes: a command that asks for more than its answer needs is slower for everyone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from lambdactl.aws.door import Door
from lambdactl.sandbox import fleet
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from tests.cli.conftest import Run

STS = "sts:GetCallerIdentity"
ALIASES = "lambda:ListAliases"
VERSIONS = "lambda:ListVersionsByFunction"
ALIAS = "lambda:GetAlias"
LIVE = ("-f", "fleet-0000:live")
LOOK = (STS, ALIASES, VERSIONS, "lambda:GetFunction", "codedeploy:ListApplications")
"""A look at an alias that no CodeDeploy group is of: its stack's tags lead to the group."""
CHECKS = ("lambda:GetFunctionConfiguration", "lambda:ListProvisionedConcurrencyConfigs")

TABLE: dict[tuple[str, ...], tuple[tuple[str, ...], set[str]]] = {
    ("versions",): ((STS, ALIASES, VERSIONS), {"sts", "lambda"}),
    ("aliases",): ((STS, ALIASES), {"sts", "lambda"}),
    ("status",): (
        (*LOOK, "cloudwatch:GetMetricData"),
        {"sts", "lambda", "codedeploy", "cloudwatch"},
    ),
    ("abort", "-n"): (LOOK, {"sts", "lambda", "codedeploy"}),
    ("shift", "--to", "11", "--weight", "10", "-n"): (
        (*LOOK, *CHECKS),
        {"sts", "lambda", "codedeploy"},
    ),
    ("shift", "--to", "11", "--weight", "10", "--yes"): (
        (*LOOK, *CHECKS, "lambda:UpdateAlias", ALIAS),
        {"sts", "lambda", "codedeploy", "lambda for writes"},
    ),
    ("context", "list"): ((), set()),
    ("config", "show"): ((), set()),
    ("audit",): ((), set()),
}


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


@pytest.mark.parametrize("words", TABLE, ids=" ".join)
def test_a_command_asks_for_what_its_answer_needs(
    cli: Run, grown: Sandbox, clients: list[str], words: tuple[str, ...]
) -> None:
    calls, wanted = TABLE[words]
    said = cli(*words, *LIVE)
    assert said.code == 0, said.err
    asked = Counter(entry.action for entry in grown.door.journal if entry.caller)
    assert asked == Counter(calls)
    assert sorted(clients) == sorted(wanted)

"""What every command owes whoever runs it: AWS's time, no word to anybody else, no pager."""

from __future__ import annotations

import ast
import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import lambdactl
from lambdactl.sandbox import fleet
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.open import Sandbox
from tests.cli.conftest import Run

LIVE = ("-f", "fleet-0000:live")
LATER = datetime(2041, 7, 1, 12, tzinfo=UTC)
"""AWS's time in these tests, which no machine that runs them shows."""
WALL_CLOCK = {
    "aws/clock.py": "until the first answer there is no other",
    "aws/known_accounts.py": "the age of a file of this machine",
    "cli/audit_view.py": "AWS is not asked what time it is",
    "cli/commands/doctor.py": "compares the two clocks",
    "cli/completing.py": "completion asks nobody",
    "cli/completion_cache.py": "the age of a file of this machine",
    "cli/hearing.py": "a log of what this machine did",
    "tui/session_log.py": "a log of what this machine did",
}


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setattr(fleet, "PARTS", dict.fromkeys(fleet.PARTS, 0.0))
    with Sandbox(clock=ManualClock(LATER.timestamp())) as sandbox:
        fleet.seed_fleet(sandbox.account, functions=1, versions=3)
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        yield sandbox


def reads_the_wall_clock(module: Path) -> bool:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    read = {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    return bool(read & {("time", "time"), ("datetime", "now"), ("date", "today")})


def test_only_what_is_about_this_machine_reads_its_clock() -> None:
    home = Path(lambdactl.__file__).parent
    modules = {str(m.relative_to(home)): m for m in home.rglob("*.py")}
    ours = {n: m for n, m in modules.items() if not n.startswith("sandbox/")}
    assert {n for n, m in ours.items() if reads_the_wall_clock(m)} <= set(WALL_CLOCK)


def test_now_is_what_aws_says_it_is(cli: Run, grown: Sandbox) -> None:
    seen = json.loads(cli("status", "-o", "json", *LIVE).out)["data"]
    times = [text for text in strings(seen) if text.startswith("20") and "T" in text]
    told = [datetime.fromisoformat(text) for text in times]
    assert max(told) >= LATER
    assert abs(max(told) - LATER).total_seconds() < 60
    assert cli("shift", "--to", "2", "--weight", "10", "--yes", *LIVE).code == 0
    (entry,) = json.loads(cli("audit", "-o", "json").out)["data"]
    assert abs(datetime.fromisoformat(entry["at"]) - LATER).total_seconds() < 60


def strings(data: Any) -> Iterator[str]:
    match data:
        case str():
            yield data
        case dict():
            for value in data.values():
                yield from strings(value)
        case list():
            for value in data:
                yield from strings(value)


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, int]]:
    """Every address that anything connects to."""
    found: set[tuple[str, int]] = set()
    connect = socket.socket.connect

    def noted(own: socket.socket, address: Any) -> None:
        found.add(address)
        connect(own, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    return found


@pytest.mark.parametrize(
    "words", [("versions",), ("status",), ("list",), ("doctor",), ("logs", "--version", "3")]
)
def test_nobody_but_aws_is_spoken_to(
    cli: Run, grown: Sandbox, reached: set[tuple[str, int]], words: tuple[str, ...]
) -> None:
    cli(*words, *LIVE)
    assert reached == {("127.0.0.1", int(grown.endpoint.rpartition(":")[2]))}


@pytest.mark.parametrize(
    "words", [("help", "formatting"), ("version",), ("audit",), ("config", "show")]
)
def test_what_needs_no_aws_speaks_to_nobody(
    cli: Run, reached: set[tuple[str, int]], words: tuple[str, ...]
) -> None:
    assert cli(*words).code == 0
    assert reached == set()


@pytest.mark.parametrize("words", [("help", "formatting"), ("versions", *LIVE)])
def test_no_pager_stands_between_a_person_and_the_text(
    cli: Run,
    grown: Sandbox,
    person: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    person()
    for name in ("PAGER", "AWS_PAGER", "MANPAGER"):
        monkeypatch.setenv(name, "false")
    started: list[Any] = []
    monkeypatch.setattr(subprocess.Popen, "__init__", lambda *a, **_: started.append(a))
    said = cli(*words)
    assert said.code == 0
    assert said.out
    assert started == []

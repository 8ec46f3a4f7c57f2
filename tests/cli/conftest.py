"""The command line as its users meet it: words in; stdout, stderr and an exit code out."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lambdactl.cli import run as entry
from lambdactl.cli import session
from lambdactl.cli.target import Wanted
from tests.cli.past import answers
from tests.cli.shop import Shop

__all__ = ["answers"]


@dataclass(frozen=True, slots=True)
class Said:
    """What one run of the program said."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


class Keyboard(io.StringIO):
    """A stdin that is a terminal, and on which these lines are typed."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own that no project file stands above."""
    place = tmp_path / "project"
    (place / ".git").mkdir(parents=True)
    monkeypatch.chdir(place)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return place


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Run:
    """``cli("shift", "--to", "2")``: the program in this process."""

    def run(*words: str) -> Said:
        code = entry.run(words)
        told = capsys.readouterr()
        return Said(code, told.out, told.err)

    return run


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``person("y")``: somebody sits there and types this."""

    def types(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", Keyboard("".join(f"{line}\n" for line in lines)))
        monkeypatch.setattr("lambdactl.cli.terminal._is_terminal", lambda _: True)
        monkeypatch.setenv("NO_COLOR", "1")

    return types


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    """An account behind every command: ``checkout:live`` at 41, versions 38 to 42."""
    made = Shop()

    def connected(meant: Wanted) -> Any:
        made.connections.append(meant)
        return made

    monkeypatch.setattr(session, "connected", connected)
    monkeypatch.setattr(session, "sleep", made.sleep)
    return made

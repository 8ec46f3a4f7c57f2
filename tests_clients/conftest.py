"""The AWS CLI and the SAM CLI, each from its own environment, with an account to talk to.

``make test-clients`` sets both environments up beside ``.venv``: SAM pins a boto3 of its own, so
the two cannot live together. The clients are processes that know nothing but the variables of
:meth:`Sandbox.environment`; neither is changed or configured any further.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lambdactl.sandbox.open import Sandbox

ROOT = Path(__file__).resolve().parent.parent
SPEED = 60.0
PATIENCE_S = 300.0
"""Wall-clock seconds that one command may take; the AWS CLI's waiters look every 15 or 30."""


CODE = """
def handler(event, context):
    return {{"says": {says!r}, "is": context.function_version}}
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What one run of a client said, and the code it ended with."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """stdout as JSON; ``None`` where the client says nothing."""
        return json.loads(self.out) if self.out.strip() else None


@dataclass(frozen=True, slots=True)
class Client:
    """A program, where it runs, and its whole environment."""

    program: Path
    place: Path
    environment: dict[str, str]

    def __call__(self, *words: str) -> Said:
        """Run it, whatever it ends with. Fails the test after :data:`PATIENCE_S`."""
        run = subprocess.run(
            [str(self.program), *words],
            cwd=self.place,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return Said(run.returncode, run.stdout, run.stderr)

    def ok(self, *words: str) -> Any:
        """Run it, and see that it succeeds; its stdout as JSON."""
        said = self(*words)
        assert said.code == 0, f"{' '.join(words)}\n{said.out}\n{said.err}"
        return said.data

    def refused(self, *words: str) -> str:
        """Run it, and see that AWS refuses; what it says on stderr."""
        said = self(*words)
        assert said.code in (254, 255), f"{' '.join(words)} ended with {said.code}\n{said.out}"
        return said.err.strip()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """An account on a loopback port, a minute of its time to a second, that holds its shapes."""
    with Sandbox(speed=SPEED, strict=True) as made:
        yield made
    assert made.door.breaches == []


def client(name: str, program: str, sandbox: Sandbox, place: Path) -> Client:
    """``program`` from the environment ``name`` beside this folder."""
    found = ROOT / name / "bin" / program
    if not found.exists():
        pytest.fail(f"{name} is not set up: make test-clients")
    environment = {
        "PATH": f"{found.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(place / "home"),
        "AWS_DEFAULT_OUTPUT": "json",
        "SAM_CLI_TELEMETRY": "0",
        **sandbox.environment(),
    }
    return Client(found, place, environment)


@pytest.fixture(scope="module")
def aws(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return client(".venv-awscli", "aws", sandbox, tmp_path_factory.mktemp("aws"))


def answer(aws: Client, name: str, qualifier: str) -> Any:
    """What the function says through the AWS CLI, which writes it into a file."""
    path = aws.place / "answer.json"
    aws.ok("lambda", "invoke", "--function-name", name, "--qualifier", qualifier, str(path))
    return json.loads(path.read_text())

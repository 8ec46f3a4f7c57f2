"""The sandbox as a child process: started, awaited, and gone when we are, however we end.

The child watches its stdin, which we hold open: when this process ends, even by a kill, the pipe
closes and the child ends with its workers. It has a session of its own, so a Ctrl-C in the terminal
reaches us first and we end it in order.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from lambdactl.cli.state import SandboxState
from lambdactl.errors import LambdactlError

PATIENCE_S = 20.0
"""For the child to end its workers before it is killed."""


@contextmanager
def sandbox_process(*, speed: float, listed: bool) -> Iterator[SandboxState]:
    """A sandbox on a free port. Raises LambdactlError with what it said if it does not come up."""
    words = ["sandbox", "start", "--port", "0", "--speed", f"{speed:g}", "--until-eof"]
    words += [] if listed else ["--unlisted"]
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(
            [sys.executable, "-m", "lambdactl", "--output", "jsonl", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,
        )
        try:
            yield _ready(child, said)
        finally:
            _end(child)


def _ready(child: subprocess.Popen[str], said: IO[str]) -> SandboxState:
    assert child.stdout is not None
    line = child.stdout.readline()
    if line:
        return SandboxState(**json.loads(line))
    child.wait()
    said.seek(0)
    raise LambdactlError(
        f"the sandbox did not start: it ended with code {child.returncode}",
        why=_message(said.read()),
        hint="lambdactl sandbox start   shows it in the foreground",
    )


def _message(said: str) -> str:
    """The child's own error, which it writes as JSON; anything else as it is."""
    last = said.strip().rpartition("\n")[2]
    try:
        error = json.loads(last)["error"]
        return str(error["message"])
    except (ValueError, TypeError, KeyError):
        return said.strip() or "it said nothing"


def _end(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.close()
    try:
        child.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    child.stdout.close()

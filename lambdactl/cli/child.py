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
from lambdactl.errors import LambdactlError, Unreachable

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
        except Unreachable as error:
            _tell_of_its_end(error, child, said)
            raise
        finally:
            _end(child)


def _ready(child: subprocess.Popen[str], said: IO[str]) -> SandboxState:
    assert child.stdout is not None
    line = child.stdout.readline()
    if line:
        return SandboxState(**json.loads(line))
    child.wait()
    raise LambdactlError(
        f"the sandbox did not start: it ended with code {child.returncode}",
        why=_message(said),
        hint="lambdactl sandbox start   shows it in the foreground",
    )


def _tell_of_its_end(error: Unreachable, child: subprocess.Popen[str], said: IO[str]) -> None:
    """It does not answer: whether it has ended, and what it said, belongs into the error."""
    if child.poll() is not None:
        error.why = f"the sandbox ended with code {child.returncode}: {_message(said)}"
        error.hint = "lambdactl sandbox start   shows it in the foreground"


def _message(said: IO[str]) -> str:
    """The child's own error, which it writes as JSON; anything else as it is."""
    said.seek(0)
    text = said.read().strip()
    try:
        error = json.loads(text.rpartition("\n")[2])["error"]
        return str(error["message"])
    except (ValueError, TypeError, KeyError):
        return text or "it said nothing"


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

"""What the door to AWS says beside its answers: that AWS wants fewer calls, and each call it made.

``LAMBDACTL_LOG`` names a file that gets a line for every answer and every failure: the time on this
machine, the process, the call, AWS's status and request id. No parameter and no content is in it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from lambdactl.cli.terminal import Terminal
from lambdactl.errors import UsageError

VARIABLE = "LAMBDACTL_LOG"


def slow_down_once(terminal: Terminal) -> Callable[[str, str], None]:
    """Says on stderr, once, that AWS asks for fewer calls, and that it is done."""
    told: list[str] = []
    lock = Lock()

    def tell(_call: str, code: str) -> None:
        with lock:
            first = not told
            told.append(code)
        if first:
            terminal.say(f"AWS asks us to slow down ({code}): asking less often, and again")

    return tell


def call_log() -> Callable[[str], None] | None:
    """Writes a line to the file that was asked for; None where none was. Raises UsageError."""
    name = os.environ.get(VARIABLE)
    if not name:
        return None
    path = Path(name).expanduser()
    _append(path, "lambdactl begins")
    return lambda line: _append(path, line)


def _append(path: Path, line: str) -> None:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, f"{at} {os.getpid()} {line}\n".encode())
        finally:
            os.close(file)
    except OSError as error:
        raise UsageError(
            f"{VARIABLE}: {path} cannot be written",
            why=error.strerror,
            hint=f"name another file, or unset {VARIABLE}",
        ) from error

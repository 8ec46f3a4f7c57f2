"""The console on a terminal of its own that goes away, or whose program is ended from outside."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import threading
import time
from collections.abc import Callable

import pytest

PATIENCE_S = 60.0
"""For how long a busy machine may take for what takes a moment."""
ON_SCREEN = b"\x1b[?1049h"
ASKED = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "b",
    "TERM": "xterm-256color",
}
WORDS = (sys.executable, "-m", "lambdactl", "tui", "-f", "checkout:live")


class Opened:
    """A console in a session of its own; ``end`` is our side of its terminal. What a hang-up means
    to it is said, for a run of the tests may ignore them itself."""

    def __init__(self, environ: dict[str, str], hang_up: signal.Handlers) -> None:
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGHUP, hang_up)
            os.execve(sys.executable, WORDS, environ)
        self.drawn = self.until_open()

    def until_open(self) -> bytes:
        """What it drew until its screen is there; fails where that does not come."""
        drawn, until = b"", time.monotonic() + PATIENCE_S
        while ON_SCREEN not in drawn:
            ready, _, _ = select.select([self.end], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise AssertionError(f"its screen does not open: {drawn!r}")
            drawn += os.read(self.end, 65536)
        return drawn

    def ended(self) -> int:
        """The exit code; fails where it goes on."""
        found: list[int] = []
        waiting = threading.Thread(target=lambda: found.append(os.waitpid(self.pid, 0)[1]))
        waiting.start()
        waiting.join(PATIENCE_S)
        if not found:
            os.kill(self.pid, signal.SIGKILL)
            waiting.join()
            raise AssertionError("it goes on without its terminal")
        return os.waitstatus_to_exitcode(found[0])

    def rest(self) -> bytes:
        """What it drew until its end."""
        drawn = b""
        try:
            while more := os.read(self.end, 65536):
                drawn += more
        except OSError:
            # Linux tells so that the other side was closed.
            return drawn
        return drawn


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[[signal.Handlers], Opened]:
    """It asks an address where nobody answers: what it shows is another test's affair."""
    for name, value in ASKED.items():
        monkeypatch.setenv(name, value)
    return lambda hang_up: Opened(dict(os.environ), hang_up)


def test_it_ends_with_its_terminal(opened: Callable[[signal.Handlers], Opened]) -> None:
    console = opened(signal.SIG_DFL)
    os.close(console.end)
    assert console.ended() == 129


def test_sigterm_leaves_the_terminal_as_it_was_found(
    opened: Callable[[signal.Handlers], Opened],
) -> None:
    console = opened(signal.SIG_DFL)
    os.kill(console.pid, signal.SIGTERM)
    told = console.rest()
    assert console.ended() == 143
    assert told.count(b"\x1b[?1049l") == 1 and told.count(b"\x1b[?25h") >= 1
    assert b"ended by SIGTERM: the console changes nothing by being closed" in told


def test_where_hang_ups_are_ignored_it_sees_that_nobody_is_there(
    opened: Callable[[signal.Handlers], Opened],
) -> None:
    console = opened(signal.SIG_IGN)
    os.close(console.end)
    assert console.ended() == 0

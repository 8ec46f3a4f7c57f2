"""What a console costs that is left open: its part of a core, and the bytes it sends to a terminal.

    python benchmarks/idle_console.py [--seconds 60] [--size 80x24] [--away]

A real process on a terminal of its own looks at ``checkout:live`` of a sandbox in this one, at rest
or, with ``--rollout``, while CodeDeploy shifts traffic. After a warm-up the user and system time of
its process are read twice; ``--away`` tells it first that the terminal has lost the focus. The
reach is 2 % of a core.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import signal
import struct
import sys
import tempfile
import termios
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from lambdactl.sandbox.open import Sandbox
from lambdactl.sandbox.scenarios import Stage

REACH = 2.0
WARM_UP_S = 15.0
FOCUS_LOST = b"\x1b[O"
WORDS = (sys.executable, "-m", "lambdactl", "tui", "-f", "checkout:live")


class Terminal:
    """A console on a terminal of ``size``; what it draws is counted and thrown away."""

    def __init__(self, size: tuple[int, int], environment: Mapping[str, str]) -> None:
        self.drawn = 0
        self.pid, self._end = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, WORDS, dict(environment))
        width, height = size
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                self.drawn += len(os.read(self._end, 65536))
            except OSError:
                # The console has closed its end.
                return

    def type(self, keys: bytes) -> None:
        os.write(self._end, keys)

    def cpu_s(self) -> float:
        """User and system time so far, all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        os.close(self._end)


def passed(process: Iterable[float]) -> None:
    for seconds in process:
        time.sleep(seconds)


def staged(sandbox: Sandbox, *, rollout: bool) -> None:
    stage = Stage(sandbox.account)
    passed(stage.built())
    if rollout:
        stage.started()
        passed(stage.at_ten_percent())


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seconds", type=float, default=60.0)
    words.add_argument("--size", default="80x24")
    words.add_argument("--away", action="store_true")
    words.add_argument("--rollout", action="store_true")
    asked = words.parse_args()
    width, _, height = asked.size.partition("x")
    with tempfile.TemporaryDirectory() as home, Sandbox() as sandbox:
        staged(sandbox, rollout=asked.rollout)
        environment = {
            **os.environ,
            **sandbox.environment(),
            "HOME": home,
            "TERM": "xterm-256color",
        }
        terminal = Terminal((int(width), int(height)), environment)
        try:
            time.sleep(WARM_UP_S)
            if asked.away:
                terminal.type(FOCUS_LOST)
            sandbox.door.journal.clear()
            before, drawn = terminal.cpu_s(), terminal.drawn
            time.sleep(asked.seconds)
            share = 100.0 * (terminal.cpu_s() - before) / asked.seconds
            calls = Counter(e.action for e in sandbox.door.journal if e.caller)
            told = f"{share:.2f} % of a core (reach {REACH:g} %)"
            print(
                f"{asked.size}: {told}, {(terminal.drawn - drawn) / asked.seconds:,.0f} B/s drawn"
            )
            for action, count in calls.most_common():
                print(f"  {count * 60.0 / asked.seconds:5.1f} /min  {action}")
        finally:
            terminal.close()
    sys.exit(share > REACH)


if __name__ == "__main__":
    main()

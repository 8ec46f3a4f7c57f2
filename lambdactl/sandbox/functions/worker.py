"""One execution environment: a process that has loaded one version and answers its invocations.

A worker runs in real time whatever the account's speed is, so Timeout counts wall-clock seconds.
One that runs out of time is killed with everything it started; one that exits is gone. Either way
the next invocation finds, or makes, another.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
INIT_LIMIT_S = 30.0
"""How long loading may take. AWS allows 10 s on hardware that is not shared with a build."""
_OUTPUT_LIMIT = 1 << 20
_CHUNK = 1 << 16


class Exited(Exception):
    """The process ended before it answered; the message is Lambda's for the way it ended."""


class TimedOut(Exception):
    """The invocation took longer than the function's Timeout."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a worker is started with. ``variables`` is its whole environment."""

    root: Path
    layers: tuple[Path, ...]
    variables: Mapping[str, str]

    @property
    def stream(self) -> str:
        return self.variables["AWS_LAMBDA_LOG_STREAM_NAME"]


@dataclass(frozen=True, slots=True)
class Answer:
    """``payload`` is JSON: what the handler returned, or the error if ``failed``."""

    payload: bytes
    failed: bool
    memory_mb: int
    duration_ms: float


class Worker:
    """``init_ms`` is how long loading took, None until it has; ``usable`` is False once the process
    must not be asked again."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.init_ms: float | None = None
        self.usable = True
        self.last_used = 0.0
        self._closed = False
        self._prints_open = True
        self._born = time.monotonic()
        self._answer = bytearray()
        self._output = bytearray()
        self._spawn()
        self._poll = select.poll()
        self._poll.register(self._answers, select.POLLIN)
        self._poll.register(self._prints, select.POLLIN)

    def _spawn(self) -> None:
        requests, self._requests = os.pipe()
        self._answers, answers = os.pipe()
        self._prints, prints = os.pipe()
        os.set_blocking(self._prints, False)
        start = self.start
        paths = [str(start.root), *(str(path) for path in start.layers)]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-P", str(BOOTSTRAP), str(requests), str(answers), *paths],
                stdin=subprocess.DEVNULL,
                stdout=prints,
                stderr=prints,
                pass_fds=(requests, answers),
                cwd=start.root,
                env=dict(start.variables),
                start_new_session=True,
            )
        finally:
            for descriptor in (requests, answers, prints):
                os.close(descriptor)

    @property
    def pid(self) -> int:
        return self._process.pid

    def load(self) -> None:
        """Wait until the handler is loaded. Raises :class:`Exited` or :class:`TimedOut`."""
        if self.init_ms is None:
            self._receive(time.monotonic() + INIT_LIMIT_S)
            self.init_ms = (time.monotonic() - self._born) * 1000

    def invoke(self, request: Mapping[str, Any], payload: bytes) -> Answer:
        """Run the handler once. ``request`` has id, arn and timeout_s (wall-clock seconds)."""
        began = time.monotonic()
        line = json.dumps({**request, "size": len(payload)}).encode()
        self._write(line + b"\n" + payload)
        header, body = self._receive(began + request["timeout_s"])
        self.last_used = time.monotonic()
        self.usable = not header.get("ends", False)
        duration_ms = (self.last_used - began) * 1000
        return Answer(body, header["failed"], header["memory_mb"], duration_ms)

    def output(self) -> str:
        """What the function has printed since this was last asked."""
        self._drain()
        text = self._output.decode(errors="replace")
        self._output.clear()
        return text

    def stop(self) -> None:
        """Kill the process and whatever it started. The last output stays to be read."""
        if self._closed:
            return
        self.kill()
        self._process.wait()
        self._drain()
        self._closed = True
        for descriptor in (self._requests, self._answers, self._prints):
            os.close(descriptor)

    def kill(self) -> None:
        """End the process, from any thread; whoever waits for its answer sees it gone."""
        self.usable = False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _write(self, message: bytes) -> None:
        left = memoryview(message)
        try:
            while left:
                left = left[os.write(self._requests, left) :]
        except BrokenPipeError:
            raise self._exited() from None

    def _receive(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        """The next whole answer: its header and its payload."""
        while (complete := self._taken()) is None:
            wait_ms = (deadline - time.monotonic()) * 1000
            if wait_ms <= 0:
                self.stop()
                raise TimedOut
            for descriptor, _ in self._poll.poll(wait_ms):
                if descriptor == self._prints:
                    self._drain()
                elif not self._read_answer():
                    raise self._exited()
        return complete

    def _read_answer(self) -> bool:
        data = os.read(self._answers, _CHUNK)
        self._answer += data
        return bool(data)

    def _taken(self) -> tuple[dict[str, Any], bytes] | None:
        end = self._answer.find(b"\n")
        if end < 0:
            return None
        header: dict[str, Any] = json.loads(self._answer[:end])
        last = end + 1 + header["size"]
        if len(self._answer) < last:
            return None
        body = bytes(self._answer[end + 1 : last])
        del self._answer[:last]
        return header, body

    def _drain(self) -> None:
        """Take what has been printed; beyond the limit it is read, so that the function can go on,
        and not kept."""
        while self._prints_open and not self._closed:
            try:
                data = os.read(self._prints, _CHUNK)
            except BlockingIOError:
                return
            if not data:
                self._poll.unregister(self._prints)
                self._prints_open = False
                return
            if len(self._output) < _OUTPUT_LIMIT:
                self._output += data

    def _exited(self) -> Exited:
        """The process closed its end: see how it ended, and clear up."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.returncode
        self.stop()
        return Exited(_ending(code))


def _ending(code: int | None) -> str:
    """The end of a runtime in Lambda's words; ``code`` None is one that we had to kill."""
    if code == 0:
        return "Runtime exited without providing a reason"
    how = f"exit status {code}"
    if code is None or code < 0:
        number = signal.SIGKILL if code is None else -code
        how = f"signal: {(signal.strsignal(number) or str(number)).lower()}"
    return f"Runtime exited with error: {how}"

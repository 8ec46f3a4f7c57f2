"""Ctrl-C as a wish: the call in flight is finished, what was done is said. A second one insists."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from lambdactl.cli.terminal import Terminal


@contextmanager
def stoppable(terminal: Terminal) -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed. Outside the main thread nobody can press it."""
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()
        terminal.insist("stopping after the call in flight; Ctrl-C again stops at once")

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)

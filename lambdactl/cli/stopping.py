"""Ctrl-C, and the two signals by which a run is ended from outside: SIGTERM (a pipeline that is
cancelled) and SIGHUP (a terminal that is closed).

All three end a run in the same way: what is left of it is said, and the audit log has its end. A
prune takes the first as a wish: the call in flight is finished, and what was deleted is counted.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from lambdactl.cli.terminal import Terminal

FROM_OUTSIDE = (signal.SIGTERM, signal.SIGHUP)
SHELL = 128
"""What a shell adds to the number of the signal that ended a program."""


class Ended(KeyboardInterrupt):
    """The run is ended by a signal, as by Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def exit_code(interrupt: KeyboardInterrupt) -> int:
    """130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
    number = interrupt.number if isinstance(interrupt, Ended) else signal.SIGINT
    return SHELL + number


def named(interrupt: KeyboardInterrupt) -> str:
    """``interrupted``, or ``ended by SIGTERM``."""
    if isinstance(interrupt, Ended):
        return f"ended by {signal.Signals(interrupt.number).name}"
    return "interrupted"


@contextmanager
def heeding_ends() -> Iterator[None]:
    """SIGTERM and SIGHUP raise :class:`Ended`, unless whoever started us has them ignored (nohup).

    Outside the main thread Python hears no signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [n for n in FROM_OUTSIDE if signal.getsignal(n) is signal.SIG_DFL]
    try:
        for number in ours:
            signal.signal(number, _end)
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, _frame: FrameType | None) -> None:
    raise Ended(number)


class Wish:
    """Whether, and by which signal, the run was asked to stop."""

    number: int | None = None

    def __call__(self) -> bool:
        return self.number is not None

    def interrupt(self) -> KeyboardInterrupt:
        if self.number in (None, signal.SIGINT):
            return KeyboardInterrupt()
        assert self.number is not None
        return Ended(self.number)


@contextmanager
def stoppable(terminal: Terminal) -> Iterator[Wish]:
    """The first signal is a wish, the second insists. Outside the main thread nobody can wish."""
    wish = Wish()
    if threading.current_thread() is not threading.main_thread():
        yield wish
        return

    def stop(number: int, _frame: FrameType | None) -> None:
        insisting, wish.number = wish(), number
        if insisting:
            raise wish.interrupt()
        terminal.insist("stopping after the call in flight; Ctrl-C again stops at once")

    heard = [n for n in (signal.SIGINT, *FROM_OUTSIDE) if signal.getsignal(n) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in heard}
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

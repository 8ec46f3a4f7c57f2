"""The terminal under the console, which may be closed, or lost with the connection it came by.

A console whose terminal is gone has nobody to draw for, and would read its end for ever: it ends.
SIGTERM and SIGHUP end it as its own key does, so that the terminal is left as it was found; then
they mean what they meant to whoever opened it.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TextIO

ENDS = (signal.SIGTERM, signal.SIGHUP)


def is_gone() -> bool:
    """Whether what keys are read from is no terminal any more."""
    try:
        termios.tcgetattr(sys.__stdin__.fileno() if sys.__stdin__ else 0)
    except (OSError, ValueError, termios.error):
        return True
    return False


class Unheard:
    """The stream that Textual draws on; what a terminal that is gone does not take is dropped.

    An error would end the thread that writes, and leaving would wait for that thread for ever.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            # Nobody is there who would miss it: is_gone() says so, and the console ends.
            return

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def drawing_unheard() -> Iterator[None]:
    """While the block runs Textual finds such a stream where it looks for stderr."""
    before = sys.__stderr__
    if before is not None:
        sys.__stderr__ = Unheard(before)  # type: ignore[misc,assignment]
    try:
        yield
    finally:
        sys.__stderr__ = before  # type: ignore[misc]


@contextmanager
def heeding_ends(leave: Callable[[], None]) -> Iterator[None]:
    """While the block runs a signal that ends the program calls ``leave``, in the loop that runs;
    after the block it is raised again, for the handler that was there before."""
    before = {n: signal.getsignal(n) for n in ENDS}
    ours = [n for n in ENDS if before[n] is not signal.SIG_IGN]
    heard: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        # A hang-up is followed by SIGCONT, on which Textual would take the terminal again.
        signal.signal(signal.SIGCONT, _nothing)
        heard.append(number)
        try:
            asyncio.get_running_loop().call_soon_threadsafe(leave)
        except RuntimeError:
            signal.signal(number, before[signal.Signals(number)])
            signal.raise_signal(number)

    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
    if heard:
        signal.raise_signal(heard[0])


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """The terminal is not taken again."""

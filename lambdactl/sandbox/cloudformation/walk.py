"""Many resources at once, each as soon as all that it needs is done.

CloudFormation works on independent resources side by side: ten aliases shift their traffic
together, not one after another. A piece of work is a generator that yields the account seconds it
wants to wait and returns whether it succeeded; the walk is itself such a generator.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Generator
from typing import TypeVar

from lambdactl.sandbox.cloudformation.graph import Graph

T = TypeVar("T")
Work = Generator[float, None, T]


class Cancelled(Exception):
    """Thrown into work that is under way when the operation turns back."""


class Walk:
    """Work on every node of ``graph``. ``failed`` has those that did not succeed.

    Without ``goes_on`` the first failure, or ``is_cancelled``, starts nothing more and cancels what
    is under way; with it only those that wait for a failure are left out.
    """

    def __init__(
        self,
        graph: Graph,
        work: Callable[[str], Work[bool]],
        *,
        is_cancelled: Callable[[], bool] = lambda: False,
        goes_on: bool = False,
    ) -> None:
        self.failed: list[str] = []
        self.done: set[str] = set()
        self._waiting = dict(graph)
        self._work = work
        self._is_cancelled = is_cancelled
        self._goes_on = goes_on
        self._turned_back = False
        self._queue: list[tuple[float, int, str, Work[bool]]] = []
        self._serial = itertools.count()
        self._now = 0.0

    def run(self) -> Work[bool]:
        """Whether everything was done."""
        self._start_ready()
        while self._queue:
            due, _, name, work = heapq.heappop(self._queue)
            if due > self._now:
                yield due - self._now
                self._now = due
            self._step(name, work)
            if self._must_turn_back():
                self._turn_back()
            self._start_ready()
        return not self.failed and not self._waiting

    def _start_ready(self) -> None:
        while not self._turned_back:
            ready = [name for name, needs in self._waiting.items() if needs <= self.done]
            if not ready:
                return
            for name in ready:
                del self._waiting[name]
                self._step(name, self._work(name))
            if self._must_turn_back():
                self._turn_back()

    def _step(self, name: str, work: Work[bool], *, is_cancelled: bool = False) -> None:
        try:
            wait = work.throw(Cancelled()) if is_cancelled else next(work)
        except StopIteration as end:
            if end.value:
                self.done.add(name)
            else:
                self.failed.append(name)
            return
        heapq.heappush(self._queue, (self._now + wait, next(self._serial), name, work))

    def _must_turn_back(self) -> bool:
        if self._turned_back or self._goes_on:
            return False
        return bool(self.failed) or self._is_cancelled()

    def _turn_back(self) -> None:
        self._turned_back = True
        under_way, self._queue = self._queue, []
        for _, _, name, work in sorted(under_way):
            self._step(name, work, is_cancelled=True)

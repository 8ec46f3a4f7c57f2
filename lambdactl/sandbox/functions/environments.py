"""Warm workers, by version: the one that answered last answers next, and more are started while all
are busy, up to a small number. Lambda would start up to a thousand; here a call waits for its turn.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from lambdactl.sandbox.functions.worker import Worker

PER_VERSION = 10
"""Workers of one version at a time; further calls wait."""
IN_ALL = 48
"""Workers of the account at a time; beyond it the longest idle ones end."""
IDLE_S = 120.0
"""Wall-clock seconds after which a worker that the others left nothing to do is ended."""
Key = tuple[str, str]
"""A function's name and a version's label."""


class Closed(Exception):
    """The account is being closed; nothing is started any more."""


@dataclass(slots=True, eq=False)
class _Pool:
    idle: list[Worker] = field(default_factory=list)
    size: int = 0
    retired: bool = False


class Environments:
    """Lends workers out, one call at a time each."""

    def __init__(self) -> None:
        self._pools: dict[Key, _Pool] = {}
        self._busy: set[Worker] = set()
        self._freed = threading.Condition()
        self._closed = False

    @contextmanager
    def borrow(self, key: Key, start: Callable[[], Worker]) -> Iterator[Worker]:
        """A worker of ``key``: an idle one, a new one, or the next that is given back."""
        pool, worker = self._take(key)
        if worker is None:
            worker = self._started(pool, start)
        try:
            yield worker
        except BaseException:
            worker.usable = False
            raise
        finally:
            self._give_back(pool, worker)

    def discard(self, key: Key) -> None:
        """End the workers of ``key``; those at work finish what they are at."""
        with self._freed:
            pool = self._pools.pop(key, None)
            if pool is None:
                return
            pool.retired = True
            idle, pool.idle = pool.idle, []
            self._freed.notify_all()
        _stop(idle)

    def count(self, key: Key | None = None) -> int:
        """Workers alive, of one version or of all."""
        with self._freed:
            if key is not None:
                return self._pools[key].size if key in self._pools else 0
            return sum(pool.size for pool in self._pools.values())

    def close(self) -> None:
        """End every worker, those at work too."""
        with self._freed:
            self._closed = True
            idle = [worker for pool in self._pools.values() for worker in pool.idle]
            busy = list(self._busy)
            for pool in self._pools.values():
                pool.idle = []
                pool.retired = True
            self._freed.notify_all()
        _stop(idle)
        for worker in busy:
            worker.kill()

    def _take(self, key: Key) -> tuple[_Pool, Worker | None]:
        """An idle worker of the pool, or None with a place reserved for a new one."""
        with self._freed:
            while not self._closed:
                pool = self._pools.setdefault(key, _Pool())
                if pool.idle:
                    worker = pool.idle.pop()
                    self._busy.add(worker)
                    return pool, worker
                if pool.size < PER_VERSION:
                    pool.size += 1
                    return pool, None
                self._freed.wait()
        raise Closed

    def _started(self, pool: _Pool, start: Callable[[], Worker]) -> Worker:
        try:
            worker = start()
        except BaseException:
            self._leave(pool)
            raise
        with self._freed:
            self._busy.add(worker)
            surplus = self._surplus()
            closed = self._closed
        _stop(surplus)
        if closed:
            worker.kill()
        return worker

    def _give_back(self, pool: _Pool, worker: Worker) -> None:
        with self._freed:
            self._busy.discard(worker)
            kept = worker.usable and not pool.retired
            if kept:
                worker.last_used = time.monotonic()
                pool.idle.append(worker)
                self._freed.notify_all()
            unneeded = _unneeded(pool)
        _stop(unneeded)
        if not kept:
            worker.stop()
            self._leave(pool)

    def _leave(self, pool: _Pool) -> None:
        with self._freed:
            pool.size -= 1
            self._freed.notify_all()

    def _surplus(self) -> list[Worker]:
        """The longest idle worker, taken out of its pool, if there are too many in all."""
        if sum(pool.size for pool in self._pools.values()) <= IN_ALL:
            return []
        idle = [(worker, pool) for pool in self._pools.values() for worker in pool.idle]
        if not idle:
            return []
        worker, pool = min(idle, key=lambda each: each[0].last_used)
        pool.idle.remove(worker)
        pool.size -= 1
        return [worker]


def _unneeded(pool: _Pool) -> list[Worker]:
    """The worker that has been idle longest, taken out, if that is too long."""
    if len(pool.idle) < 2 or time.monotonic() - pool.idle[0].last_used < IDLE_S:
        return []
    pool.size -= 1
    return [pool.idle.pop(0)]


def _stop(workers: list[Worker]) -> None:
    for worker in workers:
        worker.stop()

"""A few threads that each take the next job; what they tell comes out one event at a time.

The limiter that every delete passes is shared, so more threads are not faster than the rate: they
keep it busy while one of them waits for an answer. Whoever stops listening stops them: each ends
after the call that it is in.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Job = TypeVar("Job")
Told = TypeVar("Told")


class Ended:
    """A thread has nothing more to say; ``error`` is what ended it early."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def work(jobs: Iterable[Job], do: Callable[[Job], Iterator[Told]], workers: int) -> Iterator[Told]:
    """What ``do`` yields of every job. The first error stops all, and is raised when they have."""
    told: queue.Queue[Told | Ended] = queue.Queue()
    waiting, lock, stopping = iter(jobs), threading.Lock(), threading.Event()

    def run() -> None:
        try:
            while not stopping.is_set():
                with lock:
                    job = next(waiting, None)
                if job is None:
                    break
                for event in do(job):
                    told.put(event)
                    if stopping.is_set():
                        break
        except BaseException as error:  # noqa: BLE001 - it is raised where it is listened to
            stopping.set()
            told.put(Ended(error))
        else:
            told.put(Ended())

    threads = [threading.Thread(target=run, name=f"prune-{n}") for n in range(workers)]
    for thread in threads:
        thread.start()
    try:
        yield from listen(told, len(threads))
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def listen(told: queue.Queue[Told | Ended], threads: int) -> Iterator[Told]:
    first: BaseException | None = None
    while threads:
        event = told.get()
        if isinstance(event, Ended):
            threads -= 1
            first = first or event.error
        else:
            yield event
    if first is not None:
        raise first

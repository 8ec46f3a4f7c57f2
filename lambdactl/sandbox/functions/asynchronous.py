"""Asynchronous invocations: accepted at once, run from a queue, run again when they fail.

After a function error Lambda tries twice more, one minute and then two minutes later; after a
throttle it goes on trying, ever more slowly, until the event is too old. Those waits are account
time. Dead letter queues and destinations receive nothing here.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.functions.invoke import Invocation, Invocations
from lambdactl.sandbox.functions.names import read_name
from lambdactl.sandbox.functions.records import LATEST
from lambdactl.sandbox.functions.report import error_payload

_THREADS = 16
_RETRY_AFTER_S = (60.0, 120.0)
_MAXIMUM_AGE_S = 21_600
_LONGEST_WAIT_S = 300.0
OnDone = Callable[[Invocation], None]
log = logging.getLogger(__name__)


class InFlight:
    """Counts the work that has been handed to threads and is not done yet."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def submit(self, pool: Executor, work: Callable[..., None], *arguments: Any) -> bool:
        """Hand ``work`` to ``pool``; False if the pool has been shut down."""
        with self._changed:
            self._count += 1
        try:
            future = pool.submit(work, *arguments)
        except RuntimeError:
            self._ended()
            return False
        future.add_done_callback(self._done)
        return True

    def settle(self) -> None:
        """Wait until nothing is in flight."""
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0)

    def __len__(self) -> int:
        return self._count

    def _done(self, future: Future[None]) -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            log.error("an invocation failed inside the sandbox", exc_info=error)
        self._ended()

    def _ended(self) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()


@dataclass(slots=True)
class _Event:
    name: str
    qualifier: str | None
    payload: bytes
    request_id: str
    accepted: float
    on_done: OnDone | None
    failures: int = 0
    throttles: int = 0


class Events:
    """``in_flight`` also counts what traffic hands over, so that :meth:`settle` waits for it."""

    def __init__(self, invocations: Invocations) -> None:
        self._invocations = invocations
        self._registry = invocations.registry
        self._account = invocations.account
        self.in_flight = InFlight()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="lambda-event")

    def accept(
        self,
        function: str,
        qualifier: str | None,
        payload: bytes,
        on_done: OnDone | None = None,
    ) -> None:
        """Accept an event, as Invoke with InvocationType=Event does.

        ``function`` may be an ARN with its qualifier. Raises ApiError if there is no such function
        or it cannot run here; ``on_done`` is called, in another thread, with the last attempt.
        """
        name, qualifier = read_name(self._account, function, qualifier)
        self._invocations.check_runnable(name, qualifier)
        now = self._account.clock.now()
        event = _Event(name, qualifier, payload, self._account.new_id(), now, on_done)
        self._submit(event)

    def settle(self) -> None:
        """Block until no code runs for an event or for traffic. What waits for a retry is not in
        flight: it waits for the clock."""
        self.in_flight.settle()

    def _submit(self, event: _Event) -> None:
        self.in_flight.submit(self._pool, self._attempt, event)

    def _attempt(self, event: _Event) -> None:
        try:
            done = self._invocations.run(
                event.name, event.qualifier, event.payload, event.request_id
            )
        except ApiError as error:
            payload = error_payload(error.code, error.message)
            done = Invocation(event.request_id, "", payload, failed=True)
            again = self._after_throttle(event) if error.status == 429 else None
        else:
            again = self._after_error(event) if done.failed else None
        if again is not None:
            self._account.clock.call_later(again, lambda: self._submit(event))
        elif event.on_done is not None:
            event.on_done(done)

    def _after_error(self, event: _Event) -> float | None:
        """Account seconds until the next attempt, None if this was the last."""
        allowed = int(self._setting(event, "MaximumRetryAttempts", len(_RETRY_AFTER_S)))
        event.failures += 1
        if event.failures > allowed:
            return None
        return self._unless_too_old(event, _RETRY_AFTER_S[event.failures - 1])

    def _after_throttle(self, event: _Event) -> float | None:
        wait = min(2.0**event.throttles, _LONGEST_WAIT_S)
        event.throttles += 1
        return self._unless_too_old(event, wait)

    def _unless_too_old(self, event: _Event, wait: float) -> float | None:
        oldest = self._setting(event, "MaximumEventAgeInSeconds", _MAXIMUM_AGE_S)
        age = self._account.clock.now() + wait - event.accepted
        return wait if age <= oldest else None

    def _setting(self, event: _Event, member: str, default: int) -> int:
        with self._account.lock:
            function = self._registry.functions.get(event.name)
            kept = function.event_invoke.get(event.qualifier or LATEST) if function else None
            return int(kept.members.get(member, default)) if kept else default

    def close(self) -> None:
        """End the threads; what was queued is not run. Close the invocations first."""
        self._pool.shutdown(wait=True, cancel_futures=True)

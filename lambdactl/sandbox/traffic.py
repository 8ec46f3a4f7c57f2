"""Traffic: callers of an alias, so many a minute, whose calls run the real code.

The calls are a process on the account's clock, spaced as those of independent callers are, and
seeded. Each is handed to a bounded pool of threads, so the clock never waits for a function. A call
that finds too many others unanswered is not made, and counted as skipped: the numbers of a run say
what was really called.
"""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.clock import Process
from lambdactl.sandbox.functions import LambdaService
from lambdactl.sandbox.httpapi import Entrance, Incoming, http_event

_THREADS = 32
_UNANSWERED = 256
_ROUTE = Entrance("GET /version")

Payload = Callable[[float], bytes]
"""The payload of one call, made from the account time at which it is sent."""


def version_request(at: float) -> bytes:
    """GET /version, as an HTTP API passes it on."""
    headers = {"user-agent": "lambdactl-sandbox-traffic", "accept": "application/json"}
    return json.dumps(http_event(Incoming("GET", "/version", headers=headers), _ROUTE, at)).encode()


class Traffic:
    """``per_minute`` calls an account minute to ``function`` through ``alias``.

    ``answered`` and ``failed`` count calls by the version that ran, ``refused`` by error code where
    none did, ``skipped`` those that were not made because too many were unanswered.
    """

    def __init__(
        self,
        account: Account,
        function: str,
        alias: str,
        per_minute: float,
        seed: int = 1,
        *,
        payload: Payload = version_request,
    ) -> None:
        self.function = function
        self.alias = alias
        self.sent = 0
        self.skipped = 0
        self.answered: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._account = account
        self._lambda: LambdaService = account.services["lambda"]
        self._per_minute = per_minute
        self._payload = payload
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._unanswered = 0
        self._wave = 0
        """Counts starts and stops: a process of an earlier wave ends when it wakes."""
        self._running = False
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="traffic")

    @property
    def per_minute(self) -> float:
        """Calls an account minute; may be set while running, 0 for none."""
        return self._per_minute

    @per_minute.setter
    def per_minute(self, rate: float) -> None:
        self._per_minute = rate
        if self._running:
            self.start()

    @property
    def running(self) -> bool:
        return self._running

    def start(self) -> None:
        self._wave += 1
        self._running = True
        if self._per_minute > 0:
            self._account.clock.spawn(self._flow(self._wave, self._per_minute / 60))

    def stop(self) -> None:
        """Call no more; what was called is still answered."""
        self._wave += 1
        self._running = False

    def close(self) -> None:
        """Stop for good, and wait for the last answers."""
        self.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _flow(self, wave: int, per_second: float) -> Process:
        while True:
            yield self._random.expovariate(per_second)
            if wave != self._wave:
                return
            self._send()

    def _send(self) -> None:
        with self._lock:
            if self._unanswered >= _UNANSWERED:
                self.skipped += 1
                return
            self._unanswered += 1
        payload = self._payload(self._account.clock.now())
        if self._lambda.events.in_flight.submit(self._pool, self._call, payload):
            self.sent += 1

    def _call(self, payload: bytes) -> None:
        try:
            done = self._lambda.run(self.function, self.alias, payload)
        except ApiError as error:
            with self._lock:
                self._unanswered -= 1
                self.refused[error.code] += 1
            return
        with self._lock:
            self._unanswered -= 1
            self.answered[done.version] += 1
            if done.failed:
                self.failed[done.version] += 1

"""Token buckets in front of AWS, so that others keep their share of it.

Lambda answers 15 control-plane calls a second for an account and region, shared with
CloudFormation, CodeDeploy and every console; a CodeDeploy deployment has failed because somebody
else used them up. GetFunction has 100 a second of its own and GetPolicy 15. Every call to Lambda
passes through here: the few of one command at once, the many of a fleet or a prune at half of what
there is. While a prune deletes, its deletes and the looks between them share one limiter, by
default under a third of the quota. What this program asks of one account and region in one process
draws on the same buckets, however often it connected.

When AWS says that there are too many calls, ours and others' together, the rate is halved, and
given back step by step while it says nothing. So with the other services, whose quotas nobody
publishes: they are not limited before that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import partial

READS_A_SECOND = 8.0
READS_AT_ONCE = 7
"""More than one look asks for, so that it is not slowed at all; with what may follow within the
same second it is still not the whole quota."""
DELETES_A_SECOND = 4.9
POLICIES_A_SECOND = 12.0
POLICIES_AT_ONCE = 3
FUNCTIONS_A_SECOND = 60.0
FUNCTIONS_AT_ONCE = 30
OTHERS_A_SECOND = 10.0
"""Of a service that has asked for fewer calls, until it has not done so for a while."""
SLOWEST = 0.5
SAME_S = 0.5
"""Refusals so close together are one: of calls that were under way at the same time."""
QUIET_S = 10.0
STEPS = 8
"""After each ten seconds without a refusal an eighth of the rate is given back."""


class Limiter:
    """``wait()`` returns when one more call may be made; ``rate`` is calls a second.

    ``burst`` calls that were due and not made may be caught up on at once, and so many in the
    beginning.
    """

    def __init__(
        self,
        rate: float,
        *,
        burst: int = 0,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._full = self._rate = rate
        self._burst = burst
        self._sleep = sleep
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._next: float | None = None
        self._refused: float | None = None
        self._quiet_since = 0.0

    @property
    def rate(self) -> float:
        """What is kept to now."""
        return self._rate

    @rate.setter
    def rate(self, calls_a_second: float) -> None:
        with self._lock:
            self._full = self._rate = calls_a_second

    @property
    def slowed(self) -> bool:
        """Whether it is slower than it was set to be."""
        with self._lock:
            self._recover(self._monotonic())
            return self._rate < self._full

    def wait(self) -> None:
        with self._lock:
            now = self._monotonic()
            self._recover(now)
            earliest = now - self._burst / self._rate
            due = earliest if self._next is None else max(self._next, earliest)
            self._next = due + 1.0 / self._rate
        if due > now:
            self._sleep(due - now)

    def slow_down(self) -> None:
        """Half the rate, and nothing is caught up on: AWS said that there were too many calls."""
        with self._lock:
            now = self._monotonic()
            self._quiet_since = now
            if self._refused is not None and now - self._refused < SAME_S:
                return
            self._refused = now
            self._rate = max(self._rate / 2.0, min(SLOWEST, self._rate))
            self._next = now if self._next is None else max(self._next, now)

    def _recover(self, now: float) -> None:
        while self._rate < self._full and now - self._quiet_since >= QUIET_S:
            self._quiet_since += QUIET_S
            self._rate = min(self._rate + self._full / STEPS, self._full)


class Buckets:
    """A limiter for each of Lambda's quotas, and for every service that has asked for fewer."""

    def __init__(
        self,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limiter = partial(Limiter, sleep=sleep, monotonic=monotonic)
        self.reads = self._limiter(READS_A_SECOND, burst=READS_AT_ONCE - 1)
        self.deletes = self._limiter(DELETES_A_SECOND, burst=1)
        self.policies = self._limiter(POLICIES_A_SECOND, burst=POLICIES_AT_ONCE - 1)
        self.functions = self._limiter(FUNCTIONS_A_SECOND, burst=FUNCTIONS_AT_ONCE - 1)
        self._speed = 1.0
        self._sharing = 0
        self._lock = threading.Lock()
        self._others: dict[str, Limiter] = {}

    def of(self, service: str, operation: str) -> Limiter | None:
        """The limiter that a call must pass; None where nobody has asked for fewer."""
        if service != "lambda":
            return self._slowed(service)
        match operation:
            case "DeleteFunction" | "DeleteLayerVersion":
                return self.deletes
            case "GetPolicy":
                return self.policies
            case "GetFunction":
                return self.functions
            case _:
                return self.deletes if self._sharing else self.reads

    def slow_down(self, service: str, operation: str) -> None:
        """AWS has refused this call for being one too many."""
        found = self.of(service, operation)
        if found is None:
            found = self._others.setdefault(service, self._limiter(OTHERS_A_SECOND * self._speed))
        found.slow_down()

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Inside, reads draw on the limiter of the deletes: its rate is that of both."""
        with self._lock:
            self._sharing += 1
        try:
            yield
        finally:
            with self._lock:
                self._sharing -= 1

    def set_pace(self, *, deletes: float | None = None, speed: float = 1.0) -> None:
        """Deletes a second, and how many seconds of the account's clock one of ours is."""
        self._speed = speed
        self.reads.rate = READS_A_SECOND * speed
        self.deletes.rate = (deletes or DELETES_A_SECOND) * speed
        self.policies.rate = POLICIES_A_SECOND * speed
        self.functions.rate = FUNCTIONS_A_SECOND * speed

    def _slowed(self, service: str) -> Limiter | None:
        found = self._others.get(service)
        if found is not None and not found.slowed:
            self._others.pop(service, None)
            return None
        return found


_of_places: dict[Hashable, Buckets] = {}


def of_place(place: Hashable, mine: Buckets) -> Buckets:
    """The buckets that this process has for an account and region; ``mine`` where it has none."""
    return _of_places.setdefault(place, mine)

"""Token buckets in front of Lambda's control plane, so that others keep their share of it.

Lambda answers 15 control-plane calls a second for an account and region, shared with
CloudFormation, CodeDeploy and every console; a CodeDeploy deployment has failed because somebody
else used them up. GetFunction has 100 a second of its own and GetPolicy 15. A bulk of calls (the
policies of every version, the deletes of a prune) passes through here and is never throttled at
all. While a prune deletes, its deletes and the looks between them share one limiter, by default
under a third of the quota.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

READS_A_SECOND = 8.0
DELETES_A_SECOND = 4.9
POLICIES_A_SECOND = 12.0
FUNCTIONS_A_SECOND = 60.0
SLOWEST = 0.5


class Limiter:
    """``wait()`` returns when one more call may be made; ``rate`` is calls a second.

    ``burst`` calls that were due and not made may be caught up on at once.
    """

    def __init__(
        self,
        rate: float,
        *,
        burst: int = 0,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rate = rate
        self._burst = burst
        self._sleep = sleep
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._next: float | None = None

    def wait(self) -> None:
        with self._lock:
            now = self._monotonic()
            earliest = now - self._burst / self.rate
            due = now if self._next is None else max(self._next, earliest)
            self._next = due + 1.0 / self.rate
        if due > now:
            self._sleep(due - now)

    def slow_down(self) -> None:
        """Half the rate: AWS said that there were too many calls, ours and others' together."""
        with self._lock:
            self.rate = max(self.rate / 2.0, min(SLOWEST, self.rate))


class Buckets:
    """One limiter for each of Lambda's quotas that a bulk of our calls draws on."""

    def __init__(self) -> None:
        self.reads = Limiter(READS_A_SECOND)
        self.deletes = Limiter(DELETES_A_SECOND, burst=1)
        self.policies = Limiter(POLICIES_A_SECOND)
        self.functions = Limiter(FUNCTIONS_A_SECOND)
        self.bulk = False
        """Whether every read of Lambda passes through here, not only those that come in bulk."""

    def of(self, service: str, operation: str) -> Limiter | None:
        """The limiter that a call must pass; None where it is one of a few."""
        if service != "lambda":
            return None
        match operation:
            case "DeleteFunction" | "DeleteLayerVersion":
                return self.deletes
            case "GetPolicy":
                return self.policies
            case "GetFunction":
                return self.functions if self.bulk else None
            case "ListDurableExecutionsByFunction":
                return self.reads
            case _:
                return self.reads if self.bulk else None

    def share(self) -> None:
        """From now on reads draw on the limiter of the deletes: its rate is that of both."""
        self.bulk = True
        self.reads = self.deletes

    def set_pace(self, *, deletes: float | None = None, speed: float = 1.0) -> None:
        """Deletes a second, and how many seconds of the account's clock one of ours is."""
        self.bulk = True
        self.reads.rate = READS_A_SECOND * speed
        self.deletes.rate = (deletes or DELETES_A_SECOND) * speed
        self.policies.rate = POLICIES_A_SECOND * speed
        self.functions.rate = FUNCTIONS_A_SECOND * speed

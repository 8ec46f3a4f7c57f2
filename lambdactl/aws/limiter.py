"""A token bucket in front of Lambda's control plane, so that others keep their share of it.

Lambda answers 15 control-plane calls a second for an account and region, shared with
CloudFormation, CodeDeploy and every console; a CodeDeploy deployment has failed because somebody
else used them up. A bulk of calls (the policies of every version, the deletes of a prune) passes
through here and is never throttled at all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

READS_A_SECOND = 8.0
DELETES_A_SECOND = 5.0


class Limiter:
    """``wait()`` returns when one more call may be made; ``rate`` is calls a second."""

    def __init__(
        self,
        rate: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rate = rate
        self._sleep = sleep
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        with self._lock:
            now = self._monotonic()
            due = max(now, self._next)
            self._next = due + 1.0 / self.rate
        if due > now:
            self._sleep(due - now)

    def slow_down(self) -> None:
        """Half the rate: AWS said that there were too many calls, ours and others' together."""
        with self._lock:
            self.rate = max(self.rate / 2.0, 0.5)

"""How often Lambda's control plane may be asked: quotas per account and Region.

GetFunction 100 a second, GetPolicy 15, everything else together 15, shared by every caller: the
operator's loop over a thousand versions and the CodeDeploy deployment that only wants to move its
alias. Running functions is not counted. Source: Lambda quotas, "Rate of ... API requests".

AWS does not publish how much it lets pass at once. Here it is two seconds' worth.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from lambdactl.sandbox.wire import Call

RATES = {"GetFunction": 100.0, "GetPolicy": 15.0}
RATE_OF_THE_REST = 15.0
BURST_S = 2.0
DATA_PLANE = frozenset({"Invoke", "InvokeAsync", "InvokeWithResponseStream"})


class _Bucket:
    """Tokens that come back at ``rate`` a second of account time."""

    def __init__(self, rate: float, now: float) -> None:
        self.rate = rate
        self._tokens = rate * BURST_S
        self._at = now

    def take(self, now: float) -> bool:
        gained = max(now - self._at, 0.0) * self.rate
        self._tokens = min(self._tokens + gained, self.rate * BURST_S)
        self._at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


class Quotas:
    """Lambda's quotas, by the account's clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._rest = _Bucket(RATE_OF_THE_REST, now())
        self._own = {operation: _Bucket(rate, now()) for operation, rate in RATES.items()}

    def exceeded_by(self, call: Call) -> bool:
        """Whether ``call`` is one too many; if not, it is counted."""
        if call.service != "lambda" or call.operation in DATA_PLANE:
            return False
        if call.operation == "GetPolicy" and call.caller is None:
            # An HTTP API asks whether it may call the function. AWS decides that elsewhere.
            return False
        with self._lock:
            return not self._own.get(call.operation, self._rest).take(self._now())

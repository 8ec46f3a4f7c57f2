"""What can go wrong on purpose: a list of faults that sits inside the door.

Every call asks the list; the first fault that fits strikes. ``chance`` is drawn from a seeded
generator, so that a run can be repeated::

    door.faults.add("lambda:UpdateAlias", throttled(), times=2)
    door.faults.add("cloudwatch:*", late(0.5), chance=0.1)
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.wire import Call
from lambdactl.sandbox.wire.models import speaks


class ConnectionDropped(Exception):
    """The client gets no answer, only a closed connection."""


@dataclass(frozen=True, slots=True)
class Blow:
    """What one strike does: wait ``delay_s`` wall-clock seconds, answer ``error`` if there is one,
    close the connection if ``drops``, before the call is performed or, if ``performed``, after."""

    error: ApiError | None = None
    delay_s: float = 0.0
    drops: bool = False
    performed: bool = False


Trouble = Callable[[Call, str], Blow]
"""Made of the call and of the ARN of the caller."""


def throttled() -> Trouble:
    """Too many requests, as each service says it."""

    def strike(call: Call, _caller_arn: str) -> Blow:
        if call.service == "lambda":
            reason = {"Reason": "CallerRateLimitExceeded", "retryAfterSeconds": "1"}
            return Blow(ApiError("TooManyRequestsException", "Rate exceeded", 429, **reason))
        code = "Throttling" if speaks(call.service, "query") else "ThrottlingException"
        return Blow(ApiError(code, "Rate exceeded", 400))

    return strike


def denied() -> Trouble:
    """IAM says no, and names the action."""

    def strike(call: Call, caller_arn: str) -> Blow:
        message = (
            f"User: {caller_arn} is not authorized to perform: {call.action} because no "
            f"identity-based policy allows the {call.action} action"
        )
        by_query = speaks(call.service, "query") or call.service == "s3"
        return Blow(ApiError("AccessDenied" if by_query else "AccessDeniedException", message, 403))

    return strike


def expired() -> Trouble:
    """The session token has run out."""

    def strike(call: Call, _caller_arn: str) -> Blow:
        by_query = speaks(call.service, "query") or call.service == "s3"
        code = "ExpiredToken" if by_query else "ExpiredTokenException"
        message = "The security token included in the request is expired"
        return Blow(ApiError(code, message, 403))

    return strike


def failing(
    code: str = "ServiceUnavailable", message: str = "Service unavailable", status: int = 503
) -> Trouble:
    """An error of your choice."""
    return lambda _call, _caller_arn: Blow(ApiError(code, message, status))


def late(seconds: float) -> Trouble:
    """The answer comes ``seconds`` of the wall clock later."""
    return lambda _call, _caller_arn: Blow(delay_s=seconds)


def dropped(*, performed: bool = False) -> Trouble:
    """No answer at all; with ``performed`` the call was carried out all the same."""
    return lambda _call, _caller_arn: Blow(drops=True, performed=performed)


@dataclass(slots=True)
class Fault:
    """``left`` is how often it still strikes, ``None`` for ever; ``struck`` how often it did."""

    action: str
    trouble: Trouble
    left: int | None
    skip: int
    chance: float
    inside: bool
    struck: int = 0

    def fits(self, call: Call) -> bool:
        if self.left == 0 or (call.caller is None and not self.inside):
            return False
        return fnmatchcase(call.action, self.action)


class Faults:
    """The faults in force, in the order in which they were added."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(
        self,
        action: str,
        trouble: Trouble,
        *,
        times: int | None = None,
        skip: int = 0,
        chance: float = 1.0,
        inside: bool = False,
    ) -> Fault:
        """Let ``trouble`` strike calls whose action fits ``action`` (``lambda:Get*``, ``*``).

        ``skip`` calls pass first, then it strikes ``times`` times; ``inside`` also strikes the
        calls that the account's own services make.
        """
        fault = Fault(action, trouble, times, skip, chance, inside)
        with self._lock:
            self._faults.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        with self._lock:
            self._faults.remove(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def strike(self, call: Call, caller_arn: str) -> Blow | None:
        """What happens to ``call``, ``None`` if nothing does."""
        with self._lock:
            for fault in self._faults:
                if fault.fits(call) and self._hits(fault):
                    return fault.trouble(call, caller_arn)
        return None

    def _hits(self, fault: Fault) -> bool:
        if fault.skip > 0:
            fault.skip -= 1
            return False
        if fault.chance < 1.0 and self._random.random() >= fault.chance:
            return False
        if fault.left is not None:
            fault.left -= 1
        fault.struck += 1
        return True

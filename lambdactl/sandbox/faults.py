"""What can go wrong on purpose: a list of faults that sits inside the door.

Every call asks the list; the first fault that fits strikes. ``chance`` is drawn from a seeded
generator, so that a run can be repeated::

    door.faults.add("lambda:UpdateAlias", throttled(), times=2)
    door.faults.add("cloudwatch:*", late(0.5), chance=0.1)
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.turned_away import Why, turned_away
from lambdactl.sandbox.wire import Call
from lambdactl.sandbox.wire.models import speaks


class ConnectionDropped(Exception):
    """The client gets no answer, only a closed connection."""


@dataclass(frozen=True, slots=True)
class Blow:
    """What one strike does: wait ``delay_s`` wall-clock seconds, answer ``error`` if there is one,
    close the connection if ``drops``, before the call is performed or, if ``performed``, after;
    with ``cut`` the call is performed, and half of its answer is sent."""

    error: ApiError | None = None
    delay_s: float = 0.0
    drops: bool = False
    performed: bool = False
    cut: bool = False


Trouble = Callable[[Call, str], Blow]
"""Made of the call and of the ARN of the caller."""


def throttled() -> Trouble:
    """Too many requests, as each service says it."""

    def strike(call: Call, _caller_arn: str) -> Blow:
        if call.service == "lambda":
            reason = {"Reason": "CallerRateLimitExceeded", "retryAfterSeconds": "1"}
            return Blow(ApiError("TooManyRequestsException", "Rate exceeded", 429, **reason))
        if call.service == "s3":
            return Blow(ApiError("SlowDown", "Please reduce your request rate.", 503))
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
        return Blow(turned_away(call.service, Why.DENIED, message))

    return strike


def expired() -> Trouble:
    """The session token has run out."""

    def strike(call: Call, _caller_arn: str) -> Blow:
        in_s3 = "The provided token has expired."
        elsewhere = "The security token included in the request is expired"
        message = in_s3 if call.service == "s3" else elsewhere
        return Blow(turned_away(call.service, Why.EXPIRED, message))

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


def half_sent() -> Trouble:
    """The call is carried out, and the connection closes in the middle of the answer.

    botocore does not count what it gets: it reads half of a JSON answer as an empty one, and says
    200. A client that trusts what a write answers is caught by this.
    """
    return lambda _call, _caller_arn: Blow(cut=True)


def skewed(seconds: float, now: Callable[[], float] = time.time) -> Trouble:
    """The caller's clock is ``seconds`` behind: its signature is no longer valid. [D]"""

    def strike(call: Call, _caller_arn: str) -> Blow:
        if call.service == "s3":
            message = "The difference between the request time and the current time is too large."
            return Blow(turned_away("s3", Why.SKEWED, message))
        there = now()
        signed, oldest, here = (_stamp(t) for t in (there - seconds, there - _VALID_S, there))
        message = f"Signature expired: {signed} is now earlier than {oldest} ({here} - 5 min.)"
        return Blow(turned_away(call.service, Why.SKEWED, message))

    return strike


_VALID_S = 300.0
"""How old a signature may be."""


def _stamp(at: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))


@dataclass(slots=True)
class Fault:
    """``left`` is how often it still strikes, ``None`` for ever; ``struck`` how often it did.
    ``number`` is the list's own, from 1 on; ``name`` what its trouble is called."""

    action: str
    trouble: Trouble
    left: int | None
    skip: int
    chance: float
    inside: bool
    number: int = 0
    name: str = ""
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
        self._numbers = itertools.count(1)

    def reseed(self, seed: int) -> None:
        """Begin the chances again: the same calls are then struck as before."""
        with self._lock:
            self._random.seed(seed)

    def listed(self) -> tuple[Fault, ...]:
        """The faults in force, in the order in which they are asked."""
        with self._lock:
            return tuple(self._faults)

    def add(
        self,
        action: str,
        trouble: Trouble,
        *,
        times: int | None = None,
        skip: int = 0,
        chance: float = 1.0,
        inside: bool = False,
        name: str = "",
    ) -> Fault:
        """Let ``trouble`` strike calls whose action fits ``action`` (``lambda:Get*``, ``*``).

        ``skip`` calls pass first, then it strikes ``times`` times; ``inside`` also strikes the
        calls that the account's own services make.
        """
        number = next(self._numbers)
        fault = Fault(action, trouble, times, skip, chance, inside, number, name)
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

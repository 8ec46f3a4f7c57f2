"""Faults as words: what the command line and the admin path order, and what they are told.

An order is a JSON object: ``action`` (``lambda:Update*``), ``kind`` (a name of :data:`KINDS`), and
what the kind takes; ``times``, ``skip``, ``chance`` and ``inside`` are for every kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.faults import (
    Fault,
    Faults,
    Trouble,
    denied,
    dropped,
    expired,
    failing,
    half_sent,
    late,
    skewed,
    throttled,
)

Order = Mapping[str, Any]
SECONDS = {"latency": 1.0, "skew": 600.0}
"""What ``seconds`` is where the order does not say."""

KINDS: dict[str, tuple[str, Callable[[Account, Order], Trouble]]] = {
    "throttle": ("too many requests, as each service says it", lambda *_: throttled()),
    "deny": ("access denied to the operation", lambda *_: denied()),
    "expire": ("the session token has expired", lambda *_: expired()),
    "error": (
        "one of your choice: --code, --message, --status; 503 unless told",
        lambda _account, order: _failing(order),
    ),
    "latency": (
        "the answer comes --seconds of the wall clock later",
        lambda _account, order: late(_seconds(order, "latency")),
    ),
    "drop": (
        "the connection closes without an answer; with --performed after the call was carried out",
        lambda _account, order: dropped(performed=bool(order.get("performed"))),
    ),
    "half": ("half of the answer is sent, and the connection closes", lambda *_: half_sent()),
    "skew": (
        "the caller's clock is --seconds behind, its signature has expired",
        lambda account, order: skewed(_seconds(order, "skew"), account.clock.now),
    ),
}
"""Each kind's name, its line in the help, and how its trouble is made."""


def order_fault(account: Account, faults: Faults, order: Order) -> Fault:
    """Put the fault that was ordered into force. Raises ApiError 400 with what is wrong."""
    kind, action = order.get("kind"), order.get("action")
    if not isinstance(kind, str) or kind not in KINDS:
        raise _bad(f"kind {kind!r} is none of {', '.join(KINDS)}")
    if not isinstance(action, str) or (action != "*" and ":" not in action):
        raise _bad(f"action {action!r} is not * or service:Operation, as lambda:UpdateAlias")
    trouble = KINDS[kind][1](account, order)
    times, skip = _whole(order, "times", None, 1), _whole(order, "skip", 0, 0) or 0
    if (seed := _whole(order, "seed", None, 0)) is not None:
        faults.reseed(seed)
    return faults.add(
        action,
        trouble,
        times=times,
        skip=skip,
        chance=_number(order, "chance", 1.0, 1.0),
        inside=bool(order.get("inside")),
        name=kind,
    )


def described(fault: Fault) -> dict[str, Any]:
    """A fault in force, as the admin path tells it."""
    return {
        "number": fault.number,
        "action": fault.action,
        "kind": fault.name or "trouble",
        "left": fault.left,
        "skip": fault.skip,
        "chance": fault.chance,
        "inside": fault.inside,
        "struck": fault.struck,
    }


def remove_fault(faults: Faults, number: str) -> None:
    """Take the fault of this number away; ApiError 404 if there is none."""
    for fault in faults.listed():
        if str(fault.number) == number:
            faults.remove(fault)
            return
    raise ApiError("NotFound", f"there is no fault {number}", 404)


def _failing(order: Order) -> Trouble:
    code, message = order.get("code"), order.get("message")
    status = _whole(order, "status", 503, 400) or 503
    if status > 599:
        raise _bad(f"status {status} is not within 400 and 599")
    said = str(code or ("ServiceUnavailable" if status >= 500 else "ValidationException"))
    return failing(said, str(message or "a fault of the sandbox"), status)


def _seconds(order: Order, kind: str) -> float:
    return _number(order, "seconds", SECONDS[kind], 86_400.0)


def _whole(order: Order, name: str, default: int | None, least: int) -> int | None:
    value = order.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise _bad(f"{name} {value!r} is not a whole number from {least} on")
    return value


def _number(order: Order, name: str, default: float, most: float) -> float:
    value = order.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise _bad(f"{name} {value!r} is not a number")
    if not 0 <= value <= most:
        raise _bad(f"{name} {value:g} is not within 0 and {most:g}")
    return float(value)


def _bad(message: str) -> ApiError:
    return ApiError("BadRequest", message, 400)

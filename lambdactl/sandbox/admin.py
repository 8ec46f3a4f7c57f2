"""What AWS does not have and a sandbox needs: is it up, and who calls its functions.

``GET /_sandbox/health``
    the account, its region, its time and how fast that runs
``GET /_sandbox/traffic``
    every stream of calls: how many were sent, and which version answered or failed them
``POST /_sandbox/traffic`` ``{"function": ..., "alias": ..., "per_minute": ..., "seed": 0}``
    that many calls a minute of account time through the alias; 0 ends them
``POST /_sandbox/executions`` ``{"function": ..., "version": ..., "name": ..., "status": ...}``
    a durable execution on that version, RUNNING unless told
``POST /_sandbox/replicas`` ``{"function": ..., "version": ..., "replicated": true}``
    whether Lambda@Edge has replicas of that version, which then cannot be deleted
``GET /_sandbox/faults``, ``POST /_sandbox/faults`` ``{"action": ..., "kind": ...}``
    the faults in force, and one more (see :mod:`lambdactl.sandbox.fault_orders`)
``DELETE /_sandbox/faults``, ``DELETE /_sandbox/faults/3``
    all of them away, or one
``GET /_sandbox/journal?after=17``
    the calls since the one of this number: when, what, by whom, how it ended, was it a write

Every request carries the header ``x-sandbox: admin``. A page in the user's browser can post to any
port of the machine, but it cannot set a header without being asked back first, and we do not answer
that question.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.errors import ApiError
from lambdactl.sandbox.fault_orders import described, order_fault, remove_fault
from lambdactl.sandbox.traffic import Traffic
from lambdactl.sandbox.wire import Request, Response

PREFIX = "/_sandbox/"
HEADER = "x-sandbox"
LIMIT = 60_000.0
"""Calls a minute of account time: a thousand a second is more than a laptop runs."""


def handle(account: Account, request: Request) -> Response:
    """Answer a request below :data:`PREFIX`, always in JSON."""
    try:
        return _json(200, _answer(account, request))
    except ApiError as error:
        return _json(error.status, {"error": error.code, "message": error.message})


def _answer(account: Account, request: Request) -> dict[str, Any]:
    if request.headers.get(HEADER) != "admin":
        raise ApiError("Forbidden", f"the header {HEADER} is missing", 403)
    match request.method, request.path.removeprefix(PREFIX):
        case "GET", "health":
            return health(account)
        case "GET", "traffic":
            return {"streams": streams(account).described()}
        case "POST", "traffic":
            return streams(account).set(_object(request.body))
        case "POST", "executions":
            return put_execution(account, _object(request.body))
        case "POST", "replicas":
            return put_replicas(account, _object(request.body))
        case _, path if path == "journal" or path.partition("/")[0] == "faults":
            return _door(account, request, path)
        case _, path:
            raise ApiError("NotFound", f"{request.method} {PREFIX}{path} is not there", 404)


def _door(account: Account, request: Request, path: str) -> dict[str, Any]:
    """What is asked of the door: its faults and its journal."""
    door = account.door
    match request.method, path.partition("/"):
        case "GET", ("faults", "", _):
            return {"faults": [described(fault) for fault in door.faults.listed()]}
        case "POST", ("faults", "", _):
            return described(order_fault(account, door.faults, _object(request.body)))
        case "DELETE", ("faults", "", _):
            door.faults.clear()
            return {"faults": []}
        case "DELETE", ("faults", _, number):
            remove_fault(door.faults, number)
            return {"faults": [described(fault) for fault in door.faults.listed()]}
        case "GET", ("journal", "", _):
            after = request.query_parameters().get("after", ["0"])[0]
            if not after.isdecimal():
                raise ApiError("BadRequest", f"after {after!r} is not a number", 400)
            return {"entries": [asdict(entry) for entry in door.journal.since(int(after))]}
    raise ApiError("NotFound", f"{request.method} {PREFIX}{path} is not there", 404)


def put_execution(account: Account, wanted: dict[str, Any]) -> dict[str, Any]:
    """Let a version have a durable execution, or set the status of the one of that name."""
    names = ("function", "version", "name")
    given = {**{name: _text(wanted, name) for name in names}, "status": "RUNNING"}
    if "status" in wanted:
        given["status"] = _text(wanted, "status")
    account.services["lambda"].put_execution(**given)
    return given


def put_replicas(account: Account, wanted: dict[str, Any]) -> dict[str, Any]:
    """Let Lambda@Edge have replicas of a version, or no longer."""
    replicated = wanted.get("replicated", True)
    if not isinstance(replicated, bool):
        raise ApiError("BadRequest", "replicated is neither true nor false", 400)
    function, version = _text(wanted, "function"), _text(wanted, "version")
    account.services["lambda"].replicate(function, version, replicated=replicated)
    return {"function": function, "version": version, "replicated": replicated}


def health(account: Account) -> dict[str, Any]:
    return {
        "account_id": account.id,
        "region": account.region,
        "endpoint": account.endpoint,
        "now": account.clock.utcnow().isoformat(),
        "speed": getattr(account.clock, "speed", None),
    }


class Streams:
    """The calls that are made in this account, one stream to an alias."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._streams: dict[tuple[str, str], Traffic] = {}

    def set(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Start a stream, or change the rate of the one that is there; 0 ends it."""
        function, alias = _text(wanted, "function"), _text(wanted, "alias")
        per_minute, seed = _rate(wanted), _seed(wanted)
        self._account.call("lambda", "GetAlias", {"FunctionName": function, "Name": alias})
        with self._account.lock:
            known = self._streams.get((function, alias))
            if known is None:
                known = Traffic(self._account, function, alias, per_minute, seed)
                self._streams[function, alias] = known
                known.start()
            else:
                known.per_minute = per_minute
        return {"function": function, "alias": alias, "per_minute": per_minute}

    def described(self) -> list[dict[str, Any]]:
        return [
            {
                "function": stream.function,
                "alias": stream.alias,
                "per_minute": stream.per_minute,
                "sent": stream.sent,
                "skipped": stream.skipped,
                "answered": dict(stream.answered),
                "failed": dict(stream.failed),
                "refused": dict(stream.refused),
            }
            for stream in list(self._streams.values())
        ]

    def close(self) -> None:
        """End every stream: before the functions go away that they call."""
        for stream in self._streams.values():
            stream.close()
        self._streams.clear()


def streams(account: Account) -> Streams:
    """The account's streams; they live among its services, and are closed with them."""
    with account.lock:
        found: Streams = account.services.setdefault("_streams", Streams(account))
    return found


def _object(body: bytes) -> dict[str, Any]:
    try:
        wanted = json.loads(body)
    except ValueError as error:
        raise ApiError("BadRequest", f"the body is not JSON: {error}", 400) from error
    if not isinstance(wanted, dict):
        raise ApiError("BadRequest", "the body is not a JSON object", 400)
    return wanted


def _text(wanted: dict[str, Any], name: str) -> str:
    value = wanted.get(name)
    if not isinstance(value, str) or not value:
        raise ApiError("BadRequest", f"{name} is missing", 400)
    return value


def _rate(wanted: dict[str, Any]) -> float:
    value = wanted.get("per_minute")
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise ApiError("BadRequest", "per_minute is not a number", 400)
    if not 0 <= value <= LIMIT:
        raise ApiError("BadRequest", f"per_minute {value:g} is not within 0 and {LIMIT:g}", 400)
    return float(value)


def _seed(wanted: dict[str, Any]) -> int:
    value = wanted.get("seed", 0)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ApiError("BadRequest", "seed is not a whole number", 400)
    return value


def _json(status: int, content: dict[str, Any]) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(content).encode())

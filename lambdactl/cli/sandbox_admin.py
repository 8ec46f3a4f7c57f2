"""What we ask of a running sandbox beside AWS's own API: health, traffic, faults, journal."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from lambdactl.cli import state
from lambdactl.errors import LambdactlError, Unreachable, UsageError
from lambdactl.model import Target

HEADERS = {"x-sandbox": "admin", "content-type": "application/json"}
PATIENCE_S = 10.0


def running() -> state.SandboxState:
    """The sandbox that runs; UsageError if none does."""
    found = state.sandbox()
    if found is None:
        raise UsageError(
            "the sandbox is not running",
            why="none that was started on this machine answers",
            hint="lambdactl sandbox start",
        )
    return found


def health(endpoint: str) -> dict[str, Any]:
    """The account's time and speed."""
    return _ask(endpoint, "health")


def streams(endpoint: str) -> list[dict[str, Any]]:
    """Who is being called: function, alias, per_minute, calls."""
    found: list[dict[str, Any]] = _ask(endpoint, "traffic")["streams"]
    return found


def send_traffic(endpoint: str, target: Target, per_minute: float) -> None:
    """So many calls a minute of account time through the alias; 0 ends them."""
    wanted = {"function": target.function, "alias": target.alias, "per_minute": per_minute}
    _ask(endpoint, "traffic", wanted)


def add_fault(endpoint: str, order: dict[str, Any]) -> dict[str, Any]:
    """One more fault; UsageError with what is wrong about the order."""
    return _ask(endpoint, "faults", order)


def faults_of(endpoint: str) -> list[dict[str, Any]]:
    """The faults in force, in the order in which they are asked."""
    found: list[dict[str, Any]] = _ask(endpoint, "faults")["faults"]
    return found


def clear_faults(endpoint: str, number: int | None) -> list[dict[str, Any]]:
    """Take one fault away, or all; those that are left."""
    path = "faults" if number is None else f"faults/{number}"
    left: list[dict[str, Any]] = _ask(endpoint, path, method="DELETE")["faults"]
    return left


def journal_of(endpoint: str, after: int) -> list[dict[str, Any]]:
    """The calls since the one of that number."""
    found: list[dict[str, Any]] = _ask(endpoint, f"journal?after={after}")["entries"]
    return found


def _ask(
    endpoint: str, path: str, body: dict[str, Any] | None = None, method: str | None = None
) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    address = f"{endpoint}/_sandbox/{path}"
    request = Request(address, data=data, headers=HEADERS, method=method)
    # The sandbox is on this machine: a proxy of the environment could only send it elsewhere.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE_S) as response:
            answer: dict[str, Any] = json.load(response)
    except HTTPError as error:
        said = json.loads(error.read()).get("message", "")
        if path.startswith("faults"):
            raise UsageError(said, hint="lambdactl sandbox fault add --help") from error
        raise LambdactlError(f"the sandbox refused {path}: {said}") from error
    except (URLError, OSError) as error:
        raise Unreachable(
            f"the sandbox at {endpoint} does not answer",
            why=str(error),
            hint="lambdactl sandbox start",
        ) from error
    return answer

"""What we ask of a running sandbox beside AWS's own API: its health, and traffic."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from lambdactl.errors import LambdactlError, Unreachable
from lambdactl.model import Target

HEADERS = {"x-sandbox": "admin", "content-type": "application/json"}
PATIENCE_S = 10.0


def health(endpoint: str) -> dict[str, Any]:
    """The account's time and speed."""
    return _ask(endpoint, "health")


def streams(endpoint: str) -> list[dict[str, Any]]:
    """Who is being called: function, alias, per_minute, calls."""
    found: list[dict[str, Any]] = _ask(endpoint, "traffic")["streams"]
    return found


def send_traffic(endpoint: str, target: Target, per_minute: float, *, seed: int = 0) -> None:
    """So many calls a minute of account time through the alias; 0 ends them."""
    wanted = {
        "function": target.function,
        "alias": target.alias,
        "per_minute": per_minute,
        "seed": seed,
    }
    _ask(endpoint, "traffic", wanted)


def _ask(endpoint: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{endpoint}/_sandbox/{path}", data=data, headers=HEADERS)
    # The sandbox is on this machine: a proxy of the environment could only send it elsewhere.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE_S) as response:
            answer: dict[str, Any] = json.load(response)
    except HTTPError as error:
        said = json.loads(error.read()).get("message", "")
        raise LambdactlError(f"the sandbox refused {path}: {said}") from error
    except (URLError, OSError) as error:
        raise Unreachable(
            f"the sandbox at {endpoint} does not answer",
            why=str(error),
            hint="lambdactl sandbox start",
        ) from error
    return answer

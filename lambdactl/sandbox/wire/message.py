"""What travels: an HTTP request, an HTTP response, and the call that the two speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. ``path`` is still percent-encoded, ``query`` has no question mark, the
    names of ``headers`` are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def query_parameters(self) -> dict[str, list[str]]:
        parameters: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            parameters.setdefault(name, []).append(value)
        return parameters


@dataclass(slots=True)
class Response:
    """An HTTP response. ``headers`` lack Content-Length: whoever sends the body counts it."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    cut: bool = False
    """Send only half of it, and close the connection: a fault."""


@dataclass(slots=True)
class Call:
    """One API call: botocore's names for the service and the operation, and the input members.

    ``caller`` is the access key id that signed it, or ``None`` for a call that one service of the
    account makes to another.
    """

    service: str
    operation: str
    params: dict[str, Any]
    caller: str | None = None
    cut: bool = False
    """Only half of the answer is to be sent: a fault."""

    @property
    def action(self) -> str:
        """As a policy names it: ``lambda:UpdateAlias``."""
        return f"{self.service}:{self.operation}"

    @property
    def writes(self) -> bool:
        """Whether the operation may change anything, judged by AWS's naming rule."""
        return not self.operation.startswith(READING_VERBS)


READING_VERBS = (
    "BatchGet",
    "Describe",
    "Detect",
    "Estimate",
    "Filter",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Search",
    "Simulate",
    "Validate",
)

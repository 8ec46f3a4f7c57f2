"""The errors among log lines, in groups, each with the call that it belongs to.

Two errors are in one group when they differ only in numbers, ids, addresses and times. A line that
does not name its request is of the one that its stream began last: a worker serves one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lambdactl.model_configuration import LogLine

_ERROR = re.compile(
    r"\[(?:ERROR|CRITICAL|FATAL)\]|\b(?:ERROR|FATAL|CRITICAL)\b|Task timed out"
    r"|\bTraceback \(most recent call last\)|\"errorType\"|\bRuntime\.\w+"
    r"|\b\w+(?:Error|Exception)\b|Error Type:|\bStatus: (?:error|timeout)\b"
    r"|\"level\":\s*\"(?i:error|fatal|critical)\""
)
_VARIABLE = (
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"\b0x[0-9a-f]+\b", re.IGNORECASE), "<address>"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b\d+(?:\.\d+)?"), "<n>"),
)
_ID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_REQUEST = re.compile(
    rf"(?:\bRequestId: |\"(?:requestId|AWSRequestId|request_id)\":\s*\""
    rf"|^(?:\[\w+\]\t)?\d{{4}}-\d\d-\d\dT\S+[\t ])({_ID})",
    re.IGNORECASE,
)
_BEGUN = re.compile(r"^START RequestId: |\"platform\.start\"")
_TRACEBACK = "Traceback (most recent call last)"
STREAMS_KEPT = 1_000
_PLATFORM = ("START RequestId:", "END RequestId:", "INIT_START ", "EXTENSION\t", "LOGS\t")


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors that say the same. ``message`` is the newest of them, as it is."""

    pattern: str
    count: int
    first: datetime
    last: datetime
    message: str
    request_id: str | None = None
    """Of the call that the newest belongs to; None where no line tells it."""


class Requests:
    """Which call each line belongs to; what a stream began is known from look to look."""

    def __init__(self) -> None:
        self._begun: dict[str, str] = {}

    def of(self, lines: Iterable[LogLine]) -> dict[str, str]:
        """Line id -> request id, for the lines that tell it; ``lines`` are oldest first."""
        known: dict[str, str] = {}
        for line in lines:
            found = _REQUEST.search(line.message)
            if found is not None and _BEGUN.search(line.message):
                self._begun.pop(line.stream, None)
                self._begun[line.stream] = found.group(1)
            named = found.group(1) if found else self._begun.get(line.stream)
            if named is not None:
                known[line.id] = named
        while len(self._begun) > STREAMS_KEPT:
            # The stream that has been silent for longest.
            del self._begun[next(iter(self._begun))]
        return known


def is_error(line: LogLine) -> bool:
    """Whether a line tells a failure: by a level, an exception's name, or Lambda's own words."""
    return not line.message.startswith(_PLATFORM) and _ERROR.search(line.message) is not None


def errors_among(lines: Iterable[LogLine]) -> list[LogLine]:
    """The errors, each once: some runtimes log the head of a traceback as a line of its own, just
    below the error that it belongs to."""
    before: dict[str, bool] = {}
    found = []
    for line in lines:
        below = before.get(line.stream, False) and line.message.startswith(_TRACEBACK)
        before[line.stream] = is_error(line)
        if before[line.stream] and not below:
            found.append(line)
    return found


def group_errors(
    lines: Sequence[LogLine], requests: Mapping[str, str] | None = None
) -> tuple[ErrorGroup, ...]:
    """The errors among ``lines``, most frequent first, then newest.

    ``requests`` are the calls of the lines, where more than these lines are needed to know them.
    """
    known = Requests().of(lines) if requests is None else requests
    found: dict[str, list[LogLine]] = {}
    for line in errors_among(lines):
        found.setdefault(pattern_of(line.message), []).append(line)
    groups = (_grouped(pattern, same, known) for pattern, same in found.items())
    return tuple(sorted(groups, key=lambda g: (-g.count, -g.last.timestamp(), g.pattern)))


def _grouped(pattern: str, same: Sequence[LogLine], requests: Mapping[str, str]) -> ErrorGroup:
    newest = max(same, key=lambda line: line.at)
    return ErrorGroup(
        pattern,
        len(same),
        first=min(line.at for line in same),
        last=newest.at,
        message=newest.message,
        request_id=requests.get(newest.id),
    )


def pattern_of(message: str) -> str:
    """The first line of a message, without what differs from call to call."""
    text = message.strip().partition("\n")[0].replace("\t", " ")
    for variable, name in _VARIABLE:
        text = variable.sub(name, text)
    return " ".join(text.split())

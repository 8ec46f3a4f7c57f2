"""Log lines of one version as they come, and the errors among them in groups.

CloudWatch Logs takes a line in when it can, out of order between streams; each look goes back over
the last minute, and a line is told once by its id. Two errors are in one group when they differ
only in numbers, ids, addresses and quoted text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lambdactl.aws import Aws
from lambdactl.model_configuration import LogLine

DELAY = timedelta(minutes=1)
"""How late a line may be taken in."""

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
_PLATFORM = ("START RequestId:", "END RequestId:", "INIT_START ", "EXTENSION\t", "LOGS\t")


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors that say the same. ``message`` is the newest of them, as it is."""

    pattern: str
    count: int
    first: datetime
    last: datetime
    message: str


def follow_lines(
    look: Callable[[datetime], Sequence[LogLine]],
    *,
    since: datetime,
    wait: Callable[[], bool],
) -> Iterator[LogLine]:
    """Every line from ``since`` on, once, as it comes, until ``wait`` says that it is over."""
    seen: dict[str, datetime] = {}
    newest = since
    while True:
        for line in look(max(since, newest - DELAY)):
            if line.id not in seen:
                seen[line.id] = line.at
                newest = max(newest, line.at)
                yield line
        seen = {i: at for i, at in seen.items() if at >= newest - 2 * DELAY}
        if not wait():
            return


def looking(
    aws: Aws, group: str, function: str, version: int
) -> Callable[[datetime], Sequence[LogLine]]:
    """Looks at one log group from a time up to AWS's now."""

    def look(since: datetime) -> Sequence[LogLine]:
        until = aws.now() + timedelta(seconds=1)
        return aws.log_lines(group, function, version, since=since, until=until)

    return look


def is_error(line: LogLine) -> bool:
    """Whether a line tells a failure: by a level, an exception's name, or Lambda's own words."""
    return not line.message.startswith(_PLATFORM) and _ERROR.search(line.message) is not None


def group_errors(lines: Sequence[LogLine]) -> tuple[ErrorGroup, ...]:
    """The errors among ``lines``, most frequent first, then newest."""
    found: dict[str, list[LogLine]] = {}
    for line in lines:
        if is_error(line):
            found.setdefault(pattern_of(line.message), []).append(line)
    groups = (
        ErrorGroup(
            pattern,
            len(same),
            min(x.at for x in same),
            max(x.at for x in same),
            max(same, key=lambda x: x.at).message,
        )
        for pattern, same in found.items()
    )
    return tuple(sorted(groups, key=lambda g: (-g.count, -g.last.timestamp(), g.pattern)))


def pattern_of(message: str) -> str:
    """The first line of a message, without what differs from call to call."""
    text = message.strip().partition("\n")[0].replace("\t", " ")
    for variable, name in _VARIABLE:
        text = variable.sub(name, text)
    return " ".join(text.split())

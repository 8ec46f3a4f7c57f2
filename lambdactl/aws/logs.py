"""What one version logged, out of a log group that all versions of a function write to.

A stream belongs to one worker and is named by the day the worker was started and its version:
``2026/11/20/[42]5f1c...``; in a group that functions share the function's name stands before the
bracket. [D] FilterLogEvents takes a prefix of stream names, so it is asked once for each day on
which a worker that still logs may have been started.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from lambdactl.aws.configurations import configuration, default_group
from lambdactl.aws.door import Door
from lambdactl.errors import NotFound
from lambdactl.model_configuration import LogLine

OLDEST_WORKER = timedelta(days=1)
"""How long before its newest line a worker may have been started."""
MILLISECOND = timedelta(milliseconds=1)


def group_of(door: Door, function: str, number: int) -> str:
    """The log group of one version; NotFound where there is no such version."""
    return configuration(door, function, number).log_group


def group_of_hook(door: Door, hook: str) -> tuple[str, str]:
    """(name, log group) of a function as an AppSpec names it: by name or ARN, with a qualifier."""
    answer = door.call(
        "lambda", "GetFunctionConfiguration", f"hook function {hook}", FunctionName=hook
    )
    name: str = answer["FunctionName"]
    return name, (answer.get("LoggingConfig") or {}).get("LogGroup") or default_group(name)


def lines(
    door: Door,
    group: str,
    function: str,
    number: int | None,
    *,
    since: datetime,
    until: datetime,
    most: int | None = None,
) -> tuple[LogLine, ...]:
    """What version ``number``, or every version, logged from ``since`` on, oldest first; the first
    ``most`` lines of it. NotFound where the group is not there, for Lambda makes it with the first
    line."""
    rows = (
        row
        for prefix in prefixes(group, function, number, since, until)
        for row in filtered(door, group, prefix, since, until)
        if is_of(row["logStreamName"], function, number)
    )
    try:
        told = {row["eventId"]: row for row in islice(rows, most)}
    except NotFound as error:
        if error.aws_code != "ResourceNotFoundException":
            raise
        raise NotFound(
            f"there is no log group {group}",
            why="Lambda makes it with the first line, if the function's role may",
            hint=f"check that the role of {function} has logs:CreateLogGroup and logs:PutLogEvents",
        ) from error
    found = (line_from(row) for row in told.values())
    return tuple(sorted(found, key=lambda line: line.at))


def prefixes(
    group: str, function: str, number: int | None, since: datetime, until: datetime
) -> Iterator[str]:
    own = f"[{number}]" if number is not None and group == default_group(function) else ""
    first = (since.astimezone(UTC) - OLDEST_WORKER).date()
    days = (until.astimezone(UTC).date() - first).days
    for n in range(days + 1):
        yield f"{first + timedelta(days=n):%Y/%m/%d}/{own}"


def filtered(
    door: Door, group: str, prefix: str, since: datetime, until: datetime
) -> Iterator[dict[str, Any]]:
    yield from door.pages(
        "logs",
        "FilterLogEvents",
        "events",
        f"log group {group}",
        logGroupName=group,
        logStreamNamePrefix=prefix,
        startTime=int(since.timestamp() * 1000),
        endTime=int(until.timestamp() * 1000),
    )


def is_of(stream: str, function: str, number: int | None) -> bool:
    """Whether a worker of this version wrote the stream."""
    worker = stream.rpartition("/")[2]
    if number is None:
        # A stream that names no function is of the one whose group it is in.
        return worker.startswith(("[", f"{function}["))
    return worker.startswith((f"[{number}]", f"{function}[{number}]"))


def line_from(row: dict[str, Any]) -> LogLine:
    at = datetime.fromtimestamp(0, UTC) + row["timestamp"] * MILLISECOND
    return LogLine(row["eventId"], at, row["logStreamName"], row["message"].rstrip("\n"))

"""Log lines as they come, each once: what a look may be late with, and what it leaves out.

CloudWatch Logs takes a line in when it can, out of order between streams; each look goes back over
the last minute, and a line is told once by its id. A look that may read a limited number of lines
says when that was not all, and the next one goes on from now: who follows wants what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lambdactl.aws import Aws
from lambdactl.errors import NotFound
from lambdactl.model_configuration import LogLine

DELAY = timedelta(minutes=1)
"""How late a line may be taken in."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Lines from ``since`` to ``until`` on AWS's clock, oldest first."""

    lines: tuple[LogLine, ...]
    since: datetime
    until: datetime
    cut_at: datetime | None = None
    """The time of the last line that was read, where there were more; None where it was all."""
    missing: NotFound | None = None
    """Why there is nothing to read: the log group is not there."""


Look = Callable[[datetime], Looked]
"""Reads from a time up to now."""


def looking(
    aws: Aws, group: str, function: str, version: int | None, *, most: int | None = None
) -> Look:
    """Looks at what one version, or every one, logged to ``group``; ``most`` lines at a time."""

    def look(since: datetime) -> Looked:
        until = aws.now() + timedelta(seconds=1)
        return read(aws, group, function, version, since=since, until=until, most=most)

    return look


def read(
    aws: Aws,
    group: str,
    function: str,
    version: int | None,
    *,
    since: datetime,
    until: datetime,
    most: int | None = None,
) -> Looked:
    try:
        lines = aws.log_lines(group, function, version, since=since, until=until, most=most)
    except NotFound as error:
        return Looked((), since, until, missing=error)
    full = most is not None and len(lines) >= most
    return Looked(tuple(lines), since, until, lines[-1].at if full else None)


class Tail:
    """What one version logs from ``since`` on, as it comes."""

    def __init__(self, look: Look, since: datetime) -> None:
        self._look = look
        self._since = since
        self._newest = since
        self._seen: dict[str, datetime] = {}

    def more(self) -> Looked:
        """What has come since the last look; every line is told once."""
        found = self._look(max(self._since, self._newest - DELAY))
        new = tuple(line for line in found.lines if line.id not in self._seen)
        self._seen |= {line.id: line.at for line in new}
        newest = max((line.at for line in new), default=self._newest)
        self._newest = max(self._newest, newest if found.cut_at is None else found.until)
        self._seen = {i: at for i, at in self._seen.items() if at >= self._newest - 2 * DELAY}
        return replace(found, lines=new)


def follow_lines(look: Look, *, since: datetime, wait: Callable[[], bool]) -> Iterator[LogLine]:
    """Every line from ``since`` on, once, as it comes, until ``wait`` says that it is over."""
    tail = Tail(look, since)
    while True:
        yield from tail.more().lines
        if not wait():
            return

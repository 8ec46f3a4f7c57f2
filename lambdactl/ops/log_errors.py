"""The errors of one version since a time, in groups that grow from look to look.

Each look reads only what may be new, and keeps the errors: the rest of what a version logs is not
held. What could not be read for its size is said, never counted as no error.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from lambdactl.aws import Aws
from lambdactl.errors import NotFound
from lambdactl.model import Deployment, Snapshot
from lambdactl.model_configuration import LogLine
from lambdactl.ops.log_lines import ErrorGroup, Requests, errors_among, group_errors
from lambdactl.ops.log_tail import Tail, looking, read

MOST_READ = 10_000
"""Lines that one look reads at most: one page of CloudWatch Logs, or a few."""
ERRORS_KEPT = 2_000
LONGEST = timedelta(hours=1)
"""So far back a first look goes: what a version logged before is for a query, not for a pane."""
SHORTEST = timedelta(minutes=15)
AFTER = timedelta(minutes=2)
"""For how long after a rollout its last calls may still log."""


@dataclass(frozen=True, slots=True)
class Errors:
    """What a version logged as errors from ``since`` to ``until``, on AWS's clock."""

    version: int
    group: str
    groups: tuple[ErrorGroup, ...]
    since: datetime
    until: datetime
    read: int
    """Lines that were read, errors or not."""
    left_out: tuple[tuple[datetime, datetime], ...] = ()
    """Stretches of which there was more than is read at once."""
    forgotten: int = 0
    """Errors that are not counted any more: the oldest, where there are too many."""
    missing: NotFound | None = None
    """Why there is nothing: the log group is not there."""
    over: bool = False
    """It is of a time that is over: what is not there may have expired."""

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)


class ErrorLog:
    """``look`` again and again for the errors of one version; not to be shared by two threads."""

    def __init__(self, aws: Aws, function: str, version: int, since: datetime) -> None:
        self._aws = aws
        self._function = function
        self._version = version
        self._since = since
        self._group = ""
        self._tail: Tail | None = None
        self._requests = Requests()
        self._lines: deque[LogLine] = deque(maxlen=ERRORS_KEPT)
        self._of: dict[str, str] = {}
        self._read = 0
        self._counted = 0
        self._left_out: list[tuple[datetime, datetime]] = []

    def look(self) -> Errors:
        """Raises what the reads raise; what was found before is kept for the next look."""
        if self._tail is None:
            self._group = self._aws.log_group(self._function, self._version)
            look = looking(
                self._aws, self._group, self._function, self._version, most=MOST_READ
            )  # fmt: skip
            self._tail = Tail(look, self._since)
        found = self._tail.more()
        self._keep(found.lines)
        if found.cut_at is not None:
            self._left_out = [*self._left_out[-9:], (found.cut_at, found.until)]
        return Errors(
            version=self._version,
            group=self._group,
            groups=group_errors(tuple(self._lines), self._of),
            since=self._since,
            until=found.until,
            read=self._read,
            left_out=tuple(self._left_out),
            forgotten=self._counted - len(self._lines),
            missing=found.missing,
        )

    def _keep(self, lines: tuple[LogLine, ...]) -> None:
        self._read += len(lines)
        of = self._requests.of(lines)
        errors = errors_among(lines)
        self._counted += len(errors)
        self._lines.extend(errors)
        kept = {line.id for line in self._lines}
        self._of = {i: request for i, request in (self._of | of).items() if i in kept}


def errors_between(
    aws: Aws, function: str, version: int, since: datetime, until: datetime
) -> Errors:
    """The errors of a time that is over."""
    group = aws.log_group(function, version)
    found = read(aws, group, function, version, since=since, until=until, most=MOST_READ)
    left_out = () if found.cut_at is None else ((found.cut_at, until),)
    groups = group_errors(found.lines)
    return Errors(
        version,
        group,
        groups,
        since,
        until,
        len(found.lines),
        left_out,
        missing=found.missing,
        over=True,
    )


def version_to_hear(snapshot: Snapshot) -> int | None:
    """The version that somebody must judge: the canary, the one that a deployment brings or that
    was just taken back; else the stable one. None for $LATEST."""
    routing = snapshot.alias.routing if snapshot.alias else None
    last = forward_of(snapshot)
    news = last is not None and (
        last.completed is None or snapshot.taken - last.completed < LONGEST
    )
    if routing is not None and routing.canary is not None:
        return routing.canary
    if last is not None and news and last.target_version is not None:
        return last.target_version
    return routing.stable if routing is not None else None


def forward_of(snapshot: Snapshot) -> Deployment | None:
    """The last deployment that brought a version, not one that took it back."""
    last = snapshot.deployment
    return snapshot.previous if last is not None and last.rolls_back else last


def errors_since(snapshot: Snapshot, version: int) -> datetime:
    """From when on errors of ``version`` are worth a look: since it got traffic, at most an hour,
    and at least a quarter of one."""
    last = forward_of(snapshot)
    began = snapshot.split_since
    if last is not None and last.target_version == version:
        began = _allowed(last) or began
    latest = snapshot.taken - SHORTEST
    return max(min(began or latest, latest), snapshot.taken - LONGEST)


def window_of_errors(deployment: Deployment) -> tuple[datetime, datetime] | None:
    """While the new version of a past deployment got traffic; None where it never did."""
    began = _allowed(deployment)
    if began is None or deployment.completed is None:
        return None
    return began, deployment.completed + AFTER


def _allowed(deployment: Deployment) -> datetime | None:
    event = deployment.event("AllowTraffic")
    return event.started if event else None

"""The events of a stack as they come, each told once.

DescribeStackEvents lists newest first and never says what is new, so the log remembers the ids of
what it told, and reads only as far back as events may still come out of order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

from lambdactl.aws.door import Door
from lambdactl.model_stack import StackEvent

DISORDER = timedelta(seconds=5)
"""How far the events of a stack may come out of order."""
STARTS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
"""The stack's own status with which every operation on it begins."""


class StackLog:
    """``mark`` or ``rewind`` says where the log starts; ``read`` tells what came since."""

    def __init__(self, door: Door, stack_id: str) -> None:
        self.door = door
        self.stack_id = stack_id
        self._seen: set[str] = set()
        self._newest: datetime | None = None

    def mark(self) -> None:
        """Start now: everything up to here is history."""
        rows = self._rows()
        newest = next(rows, None)
        if newest is not None:
            self._start(newest, [newest, *just_before(newest, rows)])

    def rewind(self) -> None:
        """Start at the beginning of the operation that is under way, or of the last one."""
        rows = self._rows()
        for event in rows:
            if event.is_of(self.stack_id) and event.status in STARTS:
                self._start(event, just_before(event, rows))
                return

    def read(self) -> tuple[StackEvent, ...]:
        """What happened since the last ``read``, oldest first."""
        since = self._newest - DISORDER if self._newest else None
        recent = takewhile(lambda e: since is None or e.at >= since, self._rows())
        fresh = [event for event in recent if event.id not in self._seen]
        if not fresh:
            return ()
        self._seen |= {event.id for event in fresh}
        self._newest = max(event.at for event in fresh)
        # Reversed first: of two events of the same moment the later one stands first in the answer.
        fresh.reverse()
        return tuple(sorted(fresh, key=lambda e: e.at))

    def _start(self, at: StackEvent, history: list[StackEvent]) -> None:
        self._newest = at.at
        self._seen = {event.id for event in history}

    def _rows(self) -> Iterator[StackEvent]:
        return newest_first(self.door, self.stack_id, self.stack_id.split("/")[1])


def newest_first(door: Door, stack: str, name: str) -> Iterator[StackEvent]:
    """Every event of a stack; a page is asked for when it is needed."""
    rows = door.pages(
        "cloudformation", "DescribeStackEvents", "StackEvents", f"stack {name}", StackName=stack
    )
    return (event_from(row) for row in rows)


def events_since(door: Door, stack: str, since: datetime) -> tuple[StackEvent, ...]:
    """What happened to the stack of this name, oldest first."""
    told = takewhile(lambda e: e.at >= since - DISORDER, newest_first(door, stack, stack))
    return tuple(sorted((e for e in told if e.at >= since), key=lambda e: e.at))


def just_before(event: StackEvent, rows: Iterator[StackEvent]) -> list[StackEvent]:
    return list(takewhile(lambda e: e.at >= event.at - DISORDER, rows))


def event_from(row: Mapping[str, Any]) -> StackEvent:
    return StackEvent(
        id=row["EventId"],
        at=row["Timestamp"].astimezone(UTC),
        logical_id=row.get("LogicalResourceId", ""),
        physical_id=row.get("PhysicalResourceId"),
        type=row.get("ResourceType", ""),
        status=row.get("ResourceStatus", ""),
        reason=row.get("ResourceStatusReason"),
        token=row.get("ClientRequestToken"),
    )


def is_end(event: StackEvent, stack_id: str) -> bool:
    """Whether the operation on the stack is over with this event."""
    return event.is_of(stack_id) and not event.status.endswith("_IN_PROGRESS")

"""Everything AWS still tells of what happened to one alias, in one order: newest first.

One look knows its versions, its alarms and its last deployment. CodeDeploy knows the deployments
before that, CloudWatch the earlier states of the alarms, CloudFormation what the stack went
through. What cannot be read is told as that, at the time of the look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Literal

from lambdactl.aws import Aws
from lambdactl.errors import CredentialsError, LambdactlError
from lambdactl.model import Snapshot
from lambdactl.ops.differences import history, passage
from lambdactl.ops.events import (
    AlarmChanged,
    DeploymentEnded,
    DeploymentStarted,
    Event,
    LifecycleEventChanged,
    PartUnread,
    StackEventSeen,
)

DEPLOYMENTS = 10
"""So many rollouts back."""
STATES: dict[str | None, Literal["OK", "ALARM", "INSUFFICIENT_DATA"]] = {
    "OK": "OK",
    "ALARM": "ALARM",
    "INSUFFICIENT_DATA": "INSUFFICIENT_DATA",
}


def past(aws: Aws, snapshot: Snapshot, *, since: datetime) -> tuple[Event, ...]:
    """What happened to the snapshot's target from ``since`` on, newest first."""
    told = [
        *history(snapshot),
        *(PartUnread(snapshot.taken, u.part, u.reason, u.hint) for u in snapshot.unread),
        *read_part(snapshot, "deployments", lambda: _rollouts(aws, snapshot)),
        *read_part(snapshot, "alarm history", lambda: alarm_events(aws, snapshot, since)),
        *read_part(snapshot, "stack events", lambda: stack_seen(aws, snapshot, since)),
    ]
    once = {_what(event): event for event in told if event.at >= since}
    oldest_first = sorted(once.values(), key=lambda event: event.at)
    return tuple(oldest_first[::-1])


def read_part(
    snapshot: Snapshot, part: str, read: Callable[[], Iterator[Event]]
) -> tuple[Event, ...]:
    """A part of the past; one that cannot be read is an event itself, not an empty past."""
    try:
        return tuple(read())
    except CredentialsError:
        raise
    except LambdactlError as error:
        return (PartUnread(snapshot.taken, part, str(error), error.hint),)


def _rollouts(aws: Aws, snapshot: Snapshot) -> Iterator[Event]:
    if snapshot.deployment is None:
        return
    for deployment in aws.rollouts(snapshot.target, limit=DEPLOYMENTS):
        yield from passage(deployment)


def alarm_events(aws: Aws, snapshot: Snapshot, since: datetime) -> Iterator[Event]:
    """Of the alarms that guard the alias now. An entry that tells no state is none of a change."""
    for alarm in snapshot.alarms:
        for change in aws.alarm_changes(alarm.name, since=since):
            state = STATES.get(change.became)
            if state is not None:
                then = replace(alarm, state=state, updated=change.at, reason=change.summary)
                yield AlarmChanged(change.at, change.was, then)


def stack_seen(aws: Aws, snapshot: Snapshot, since: datetime) -> Iterator[Event]:
    if snapshot.stack is None:
        return
    for seen in aws.stack_events(snapshot.stack, since=since):
        yield StackEventSeen(
            seen.at, snapshot.stack, seen.logical_id, seen.type, seen.status, seen.reason
        )


def _what(event: Event) -> object:
    """What makes two events the same one, though two sources tell it."""
    match event:
        case DeploymentStarted() | DeploymentEnded():
            return type(event), event.deployment.id
        case LifecycleEventChanged():
            return type(event), event.deployment_id, event.name, event.status
        case AlarmChanged():
            return type(event), event.alarm.name, event.at.replace(microsecond=0)
        case _:
            return event

"""What happened, told from what was seen: between two looks, or in the past that one look knows.

AWS has no stream of these things, so an event is the difference of two snapshots. Where AWS gave
the time of what happened (a lifecycle event, an alarm, a deployment) the event carries that time,
else the time of the look that saw it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from lambdactl.model import Alarm, Deployment, LifecycleEvent, Metrics, Snapshot, Unread
from lambdactl.ops.events import (
    AlarmChanged,
    AliasMoved,
    DeploymentEnded,
    DeploymentStarted,
    Event,
    LifecycleEventChanged,
    PartUnread,
    Rate,
    RatesMeasured,
    VersionDeleted,
    VersionPublished,
)

MINUTE = timedelta(minutes=1)


def changes(before: Snapshot | None, after: Snapshot) -> tuple[Event, ...]:
    """What happened between two looks at one target, oldest first.

    Without an earlier look nothing is known to have changed; only what could not be read is told.
    """
    if before is None:
        return tuple(unread(None, after))
    # The sort is stable: what carries one time stays in this order, of cause and effect.
    caused = (
        *versions(before, after),
        *alarms(before, after),
        *deployments(before, after),
        *alias(before, after),
        *ended(before, after),
        *rates(before.metrics, after.metrics),
        *unread(before, after),
    )
    return tuple(sorted(caused, key=lambda event: event.at))


def history(snapshot: Snapshot) -> tuple[Event, ...]:
    """What one look knows of the past, newest first: versions, deployments, alarms, with times."""
    events: list[Event] = [
        VersionPublished(v.published, v) for v in snapshot.versions if v.published is not None
    ]
    for deployment in (snapshot.previous, snapshot.deployment):
        if deployment is not None:
            events += passage(deployment)
    events += [AlarmChanged(a.updated, None, a) for a in snapshot.alarms if a.updated is not None]
    oldest_first = sorted(events, key=lambda event: event.at)
    return tuple(oldest_first[::-1])


def passage(deployment: Deployment) -> Iterator[Event]:
    """Everything that one deployment has been through, oldest first."""
    if deployment.created is not None:
        yield DeploymentStarted(deployment.created, deployment)
    for event in deployment.events:
        if event.started is not None and event.status != "Pending":
            yield of_lifecycle(deployment, event, None, event.started)
    if deployment.completed is not None and not deployment.active:
        yield DeploymentEnded(deployment.completed, deployment)


def versions(before: Snapshot, after: Snapshot) -> Iterator[Event]:
    known = {v.number for v in before.versions}
    there = {v.number for v in after.versions}
    for version in after.versions:
        if version.number not in known:
            yield VersionPublished(version.published or after.taken, version)
    for version in before.versions:
        if version.number not in there:
            yield VersionDeleted(
                after.taken, after.target.function, version.number, version.code_size
            )


def alarms(before: Snapshot, after: Snapshot) -> Iterator[Event]:
    """Alarms whose state is another one; of those not seen before only what is in ALARM."""
    known: dict[str, Alarm] = {a.name: a for a in before.alarms}
    for alarm in after.alarms:
        was = known.get(alarm.name)
        if was is None and alarm.state == "ALARM":
            yield AlarmChanged(alarm.updated or after.taken, None, alarm)
        elif was is not None and was.state != alarm.state:
            yield AlarmChanged(alarm.updated or after.taken, was.state, alarm)


def deployments(before: Snapshot, after: Snapshot) -> Iterator[Event]:
    """Starts and lifecycle events of the newest deployment, and how the one it rolls back ended."""
    known = {d.id: d for d in (before.previous, before.deployment) if d is not None}
    if after.previous is not None and after.previous.id in known:
        was = known[after.previous.id]
        yield from lifecycle(was, after.previous, after.taken)
        if was.active and not after.previous.active:
            yield DeploymentEnded(after.previous.completed or after.taken, after.previous)
    if after.deployment is None:
        return
    if after.deployment.id not in known:
        yield DeploymentStarted(after.deployment.created or after.taken, after.deployment)
    yield from lifecycle(known.get(after.deployment.id), after.deployment, after.taken)


def ended(before: Snapshot, after: Snapshot) -> Iterator[Event]:
    deployment = after.deployment
    if deployment is None or deployment.active:
        return
    known = (before.previous, before.deployment)
    was = next((d for d in known if d is not None and d.id == deployment.id), None)
    if was is None or was.active:
        yield DeploymentEnded(deployment.completed or after.taken, deployment)


def lifecycle(was: Deployment | None, now: Deployment, seen: datetime) -> Iterator[Event]:
    """The lifecycle events of ``now`` whose status differs from before; Pending says nothing."""
    known = {e.name: e.status for e in was.events} if was is not None else {}
    for event in now.events:
        if event.status != "Pending" and event.status != known.get(event.name):
            yield of_lifecycle(now, event, known.get(event.name), seen)


def of_lifecycle(
    deployment: Deployment, event: LifecycleEvent, before: str | None, seen: datetime
) -> LifecycleEventChanged:
    took = event.ended - event.started if event.ended and event.started else None
    return LifecycleEventChanged(
        at=event.ended or event.started or deployment.completed or seen,
        deployment_id=deployment.id,
        name=event.name,
        status=event.status,
        before=before,
        message=event.message,
        duration_s=took.total_seconds() if took is not None else None,
    )


def alias(before: Snapshot, after: Snapshot) -> Iterator[Event]:
    if after.alias is None or (before.alias and before.alias.routing == after.alias.routing):
        return
    driver = driving(before, after)
    # Seen now; but what CodeDeploy moves, it has moved by the time its deployment ends.
    ended = driver.completed if driver is not None and not driver.active else None
    yield AliasMoved(
        at=min(ended, after.taken) if ended is not None else after.taken,
        target=after.target,
        before=before.alias.routing if before.alias else None,
        after=after.alias.routing,
        revision_id=after.alias.revision_id,
        by="CodeDeploy" if driver is not None else None,
    )


def driving(before: Snapshot, after: Snapshot) -> Deployment | None:
    """The deployment that was running at some time between the two looks, if one was."""
    now = after.deployment
    if now is None:
        return None
    was = before.deployment
    ran = now.active or was is None or was.id != now.id or was.active
    return now if ran else None


def rates(before: Metrics | None, after: Metrics | None) -> Iterator[Event]:
    """The minutes that have closed, and have been measured, since the last look."""
    if after is None:
        return
    known = measured(before) if before is not None else set()
    new = measured(after) - known
    if not new:
        return
    yield RatesMeasured(
        at=max(new) + MINUTE,
        since=min(new),
        rates=tuple(
            Rate(
                number,
                calls=sum(m.invocations or 0.0 for m in series.minutes if m.start in new),
                errors=sum(m.errors or 0.0 for m in series.minutes if m.start in new),
            )
            for number, series in sorted(after.series.items())
        ),
    )


def measured(metrics: Metrics) -> set[datetime]:
    """The closed minutes in which CloudWatch has a count for at least one version."""
    return {
        minute.start
        for series in metrics.series.values()
        for minute in series.minutes
        if minute.invocations is not None and minute.start + MINUTE <= metrics.taken
    }


def unread(before: Snapshot | None, after: Snapshot) -> Iterator[Event]:
    known: tuple[Unread, ...] = before.unread if before is not None else ()
    for part in after.unread:
        if part not in known:
            yield PartUnread(after.taken, part.part, part.reason, part.hint)

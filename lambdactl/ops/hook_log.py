"""What the function of a hook logged while one deployment waited for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lambdactl.aws import Aws
from lambdactl.errors import NotFound
from lambdactl.model import Deployment, LifecycleEvent
from lambdactl.model_configuration import LogLine
from lambdactl.ops.log_tail import Looked, read

HOOK_TIMEOUT = timedelta(hours=1)
"""A hook that has not called back within an hour fails (CodeDeploy's lifecycle event hooks)."""
LATER = timedelta(seconds=60)
"""A function may log on after it has called back; CloudWatch takes lines in late."""
MOST_READ = 2_000
LINES_KEPT = 500


@dataclass(frozen=True, slots=True)
class HookLog:
    """``function`` is None where the deployment has no hook for the event."""

    deployment_id: str
    event: LifecycleEvent
    function: str | None = None
    group: str = ""
    lines: tuple[LogLine, ...] = ()
    since: datetime | None = None
    """None where CodeDeploy has not called the hook."""
    until: datetime | None = None
    cut_at: datetime | None = None
    """Where there were more lines than are read: the time of the last one that was."""
    missing: NotFound | None = None


def hook_log(aws: Aws, deployment: Deployment, name: str) -> HookLog:
    """The log of one hook of ``deployment``, the last lines of it.

    Other deployments may have the same function for a hook; what it logged meanwhile is told by
    time alone. NotFound where the deployment has no such lifecycle event.
    """
    event = deployment.event(name)
    if event is None:
        raise NotFound(f"{deployment.id} has no lifecycle event {name}")
    function = aws.hooks(deployment.id).get(name)
    if function is None or event.started is None:
        return HookLog(deployment.id, event, function)
    own, group = aws.hook_group(function)
    found = _lines(aws, own, group, event, event.started)
    return HookLog(
        deployment.id,
        event,
        own,
        group,
        found.lines[-LINES_KEPT:],
        found.since,
        found.until,
        found.cut_at,
        found.missing,
    )


def hook_logs(aws: Aws, deployment: Deployment) -> tuple[HookLog, ...]:
    """Of every hook that the deployment has."""
    names = aws.hooks(deployment.id)
    there = [e.name for e in deployment.events if e.name in names]
    return tuple(hook_log(aws, deployment, name) for name in there)


def _lines(aws: Aws, function: str, group: str, event: LifecycleEvent, started: datetime) -> Looked:
    end = event.ended or started + HOOK_TIMEOUT
    until = min(end + LATER, aws.now() + timedelta(seconds=1))
    since = started - timedelta(seconds=1)
    return read(aws, group, function, None, since=since, until=until, most=MOST_READ)


def left_s(event: LifecycleEvent, now: datetime) -> float | None:
    """Seconds until CodeDeploy gives a waiting hook up; None where nothing waits for it."""
    if event.status != "InProgress" or event.started is None:
        return None
    return max(0.0, (event.started + HOOK_TIMEOUT - now).total_seconds())

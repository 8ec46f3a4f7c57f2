"""A rollout that is over, put together again from what AWS still holds of it.

CodeDeploy keeps what became of it and when; CloudWatch its minutes for 15 days, and coarser periods
for longer; an alarm its states for 30 days. [D] What is not held any more is unread, with the
reason: a past that is forgotten is not a past without events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lambdactl.aws import Aws
from lambdactl.aws.parts import Parts
from lambdactl.errors import NotFound, Refused
from lambdactl.model import (
    Alarm,
    Alias,
    Deployment,
    DeploymentConfig,
    DeploymentStatus,
    Metrics,
    Routing,
    Snapshot,
    Target,
    Unread,
    Version,
    label,
)
from lambdactl.ops.differences import passage
from lambdactl.ops.events import AlarmChanged, Event, PartUnread, VersionPublished
from lambdactl.ops.looking_back import judged_from, pair_of, read_past, within
from lambdactl.ops.past import alarm_events, read_part, stack_seen
from lambdactl.verdict.hindsight import (
    Hindsight,
    Window,
    unmeasured,
    window_between,
    window_of,
)

BEFORE = timedelta(minutes=30)
"""What happened in so long before a rollout belongs to its story: its version was published."""


@dataclass(frozen=True, slots=True)
class Revisited:
    """``forward`` brought the new version, ``back`` took it back, where one did."""

    asked: Deployment
    forward: Deployment
    back: Deployment | None
    snapshot: Snapshot
    """As the alias was when the rollout had ended, ``taken`` then."""
    hindsight: Hindsight
    events: tuple[Event, ...]
    """Oldest first."""

    @property
    def began(self) -> datetime | None:
        return self.forward.created

    @property
    def ended(self) -> datetime:
        return self.snapshot.taken


def revisited(aws: Aws, target: Target, deployment_id: str) -> Revisited:
    """NotFound where there is no such deployment of ``target``; Refused while it is running."""
    asked = aws.rollout(target, deployment_id)
    forward, back = both(aws, target, asked)
    running = next((d for d in (back, forward) if d is not None and d.active), None)
    if running is not None:
        raise Refused(
            f"{running.id} is still running: the rollout screen shows it",
            hint=f"lambdactl status -f {target}",
        )
    return Revisit(aws, target, asked, forward, back).take()


def both(aws: Aws, target: Target, asked: Deployment) -> tuple[Deployment, Deployment | None]:
    """The deployment that went forward, and the one that undid it. One of them may be gone."""
    if asked.rolls_back:
        undone = _found(aws, target, asked.rolls_back)
        return (undone, asked) if undone is not None else (asked, None)
    return asked, _found(aws, target, asked.rolled_back_by) if asked.rolled_back_by else None


def _found(aws: Aws, target: Target, deployment_id: str) -> Deployment | None:
    try:
        return aws.rollout(target, deployment_id)
    except NotFound as error:
        if error.aws_code is None:
            raise
        return None


class Revisit:
    """The parts of one revisit, each read alone."""

    def __init__(
        self,
        aws: Aws,
        target: Target,
        asked: Deployment,
        forward: Deployment,
        back: Deployment | None,
    ) -> None:
        self.aws = aws
        self.target = target
        self.asked = asked
        self.forward = forward
        self.back = back
        self.parts = Parts()
        last = back or forward
        self.ended = last.completed or last.created or aws.now()
        self.since = (forward.created or self.ended) - BEFORE

    def take(self) -> Revisited:
        now = self.aws.snapshot(self.target, metrics=False)
        config = self.parts.read("config", lambda: self.aws.config(self.forward.config_name), None)
        changed = tuple(read_part(now, "alarm history", lambda: self._changes(now)))
        window = window_of(self.forward, self.aws.now())
        metrics = self._metrics()
        snapshot = replace(
            now,
            taken=self.ended,
            alias=self._alias(now, config),
            versions=self._versions(now.versions),
            deployment=self.back or self.forward,
            previous=self.forward if self.back is not None else None,
            config=config,
            group=None,
            alarms=self._alarms(now, changed),
            metrics=metrics,
            split_since=None,
            weight_since=None,
            unsplit_at=None,
            provisioned=None,
            inventory=None,
        )
        snapshot = replace(snapshot, unread=tuple(self.parts.unread))
        return Revisited(
            self.asked,
            self.forward,
            self.back,
            snapshot,
            self._hindsight(window, metrics, now.versions),
            tuple(self._events(now, snapshot, changed)),
        )

    def _metrics(self) -> Metrics | None:
        """Of the whole rollout, though no traffic was shifted: the stable version served."""
        window = window_between(self.since + BEFORE, self.ended, self.aws.now())
        if isinstance(window, str):
            self.parts.unread.append(Unread("metrics", window))
            return None
        return self.parts.read(
            "metrics",
            lambda: read_past(self.aws, self.target, self.forward, window, more=True),
            None,
        )

    def _hindsight(
        self, window: Window | str, metrics: Metrics | None, versions: Sequence[Version]
    ) -> Hindsight:
        if isinstance(window, str) or metrics is None:
            return unmeasured(None, window if isinstance(window, str) else "not read")
        return judged_from(self.forward, window, within(metrics, window), versions)

    def _alias(self, now: Snapshot, config: DeploymentConfig | None) -> Alias | None:
        routing = routing_after(self.forward, self.back, config)
        if routing is None:
            self.parts.unread.append(
                Unread("routing", "how the alias was left is not told by CodeDeploy")
            )
            return None
        arn = now.alias.arn if now.alias else ""
        return Alias(self.target.alias, arn, routing, revision_id="")

    def _versions(self, versions: Sequence[Version]) -> tuple[Version, ...]:
        """Those of then that are still there; of the two that matter it is said if not."""
        there = {v.number for v in versions}
        for number in pair_of(self.forward):
            if number not in there:
                told = f"{label(number)} has been deleted since: what it was is not known any more"
                self.parts.unread.append(Unread(label(number), told))
        return tuple(v for v in versions if v.published is None or v.published <= self.ended)

    def _changes(self, now: Snapshot) -> Iterator[Event]:
        return alarm_events(self.aws, now, self.since)

    def _alarms(self, now: Snapshot, changed: Sequence[Event]) -> tuple[Alarm, ...]:
        """Those that guard the alias now, as they were then, where that is still known."""
        told = [e for e in changed if isinstance(e, AlarmChanged)]
        if len(told) < len(changed):
            unread = next(e for e in changed if isinstance(e, PartUnread))
            self.parts.unread.append(Unread("alarms", unread.reason, unread.hint))
            return ()
        then = {a.name: alarm_at(a, told, self.ended) for a in now.alarms}
        lost = sorted(name for name, alarm in then.items() if alarm is None)
        if lost:
            reason = f"CloudWatch holds no state of {', '.join(lost)} from then"
            self.parts.unread.append(Unread("alarms", reason))
        return tuple(a for a in then.values() if a is not None)

    def _events(self, now: Snapshot, snapshot: Snapshot, changed: Sequence[Event]) -> list[Event]:
        told: list[Event] = [
            VersionPublished(v.published, v) for v in snapshot.versions if v.published is not None
        ]
        for deployment in (self.forward, self.back):
            told += passage(deployment) if deployment is not None else ()
        told += (e for e in changed if isinstance(e, AlarmChanged))
        if self.forward.creator.startswith("CloudFormation"):
            told += read_part(now, "stack events", lambda: stack_seen(self.aws, now, self.since))
        kept = [e for e in told if isinstance(e, PartUnread) or self.since <= e.at <= self.ended]
        lost = (PartUnread(self.ended, u.part, u.reason, u.hint) for u in snapshot.unread)
        return [*sorted(kept, key=lambda e: e.at), *lost]


def alarm_at(alarm: Alarm, changed: Sequence[AlarmChanged], at: datetime) -> Alarm | None:
    """``alarm`` as it was at a time; None where neither its state nor its history reaches back."""
    if alarm.updated is not None and alarm.updated <= at:
        return alarm
    own = sorted((e for e in changed if e.alarm.name == alarm.name), key=lambda e: e.at)
    before = [e.alarm for e in own if e.at <= at]
    if before:
        return before[-1]
    following = next((e.before for e in own if e.at > at), None)
    match following:
        case "OK" | "ALARM" | "INSUFFICIENT_DATA":
            return replace(alarm, state=following, updated=None, reason="")
        case _:
            return None


def routing_after(
    forward: Deployment, back: Deployment | None, config: DeploymentConfig | None
) -> Routing | None:
    """How the alias was routed when the rollout had ended, as far as CodeDeploy tells it."""
    if back is not None and back.status is DeploymentStatus.Succeeded:
        return Routing(back.target_version)
    if forward.status is DeploymentStatus.Succeeded:
        return Routing(forward.target_version)
    allowed = forward.event("AllowTraffic")
    if allowed is None or allowed.started is None or forward.target_version is None:
        return Routing(forward.current_version)
    if config is None or allowed.ended is None:
        return None
    lasted = (allowed.ended - allowed.started).total_seconds()
    reached = [weight for offset, weight in config.steps() if offset <= lasted]
    weight = reached[-1] if reached else 0.0
    if weight >= 100.0:
        return Routing(forward.target_version)
    return Routing(forward.current_version, forward.target_version, weight)

"""``follow``: look again and again until a rollout, and the rollback that it may need, has ended.

What changed between two looks is told as events; the last event says what the rollout came to. A
deployment that failed or was stopped is not the end where its group rolls back: CodeDeploy then
makes a second deployment, and only when that is over, or has not appeared for a while, is it known
where the alias stays. A split that was made by hand has ended when the alias routes to one version.

Failures that pass by themselves are told and waited out; credentials that have run out are not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from lambdactl.errors import LambdactlError, WaitTimeout
from lambdactl.model import Deployment, DeploymentStatus, Routing, Snapshot, Target
from lambdactl.ops.differences import changes
from lambdactl.ops.events import Event, LookFailed, Outcome, RolloutEnded
from lambdactl.ops.waiting import PATIENCE, Waiting
from lambdactl.plan.routing import alias_of

if TYPE_CHECKING:
    from lambdactl.aws import Aws

ROLLBACK_LOOKS = 6
"""So many looks after a deployment has failed its rollback deployment must have appeared."""


def ignore(_snapshot: Snapshot) -> None:
    """Nobody but the events' reader looks."""


def never(_snapshot: Snapshot) -> bool:
    """Nothing but the end ends it."""
    return False


def follow(
    aws: Aws,
    target: Target,
    *,
    interval_s: float = 5.0,
    wait_s: float | None = None,
    sleep: Callable[[float], None] = time.sleep,
    deployment_id: str | None = None,
    since: Snapshot | None = None,
    seen: Callable[[Snapshot], None] = ignore,
    until: Callable[[Snapshot], bool] = never,
) -> Iterator[Event]:
    """Events until the rollout of ``target`` has ended; RolloutEnded is the last.

    ``until`` ends it sooner, without RolloutEnded, at a look of which it is true.

    ``deployment_id`` names the deployment to follow; without it, the one that runs, or the split
    that is there. ``since`` is the look that the first one is compared with. Every snapshot is
    handed to ``seen``, for those who draw. Where nothing is going on there are no events.

    Raises WaitTimeout after ``wait_s`` seconds of waiting, NotFound (function, alias, deployment),
    CredentialsError, and what goes on failing.
    """
    waiting = Waiting(sleep, interval_s, wait_s)
    watched = Watched(aws, target, deployment_id)
    yield from looks(waiting, watched, since, seen, until)


def looks(
    waiting: Waiting,
    watched: Watched,
    before: Snapshot | None,
    seen: Callable[[Snapshot], None],
    until: Callable[[Snapshot], bool],
) -> Iterator[Event]:
    """What each look tells, until the end is confirmed."""
    while True:
        answer = waiting.look(watched.look)
        if isinstance(answer, LambdactlError):
            yield LookFailed(watched.aws.now(), answer)
        else:
            seen(answer)
            yield from changes(before, answer)
            before = answer
            if until(answer):
                return
            if watched.has_ended(answer):
                if watched.is_confirmed():
                    yield from watched.outcome(answer)
                    return
                continue
        if waiting.over:
            raise timed_out(watched.target, waiting.waited_s)
        waiting.pause()


class Watched:
    """The rollout that is followed: one deployment and its rollback, or a split made by hand."""

    def __init__(self, aws: Aws, target: Target, deployment_id: str | None) -> None:
        self.aws = aws
        self.target = target
        self.deployment_id = deployment_id
        self.split: Routing | None = None
        self.deployment: Deployment | None = None
        self.rollback: Deployment | None = None
        self.looks_for_rollback = 0
        self.blind_looks = 0
        self.first = True
        self.ends_seen = 0

    @property
    def idle(self) -> bool:
        """Neither a deployment nor a split was there to be followed."""
        return self.deployment_id is None and self.split is None

    def look(self) -> Snapshot:
        snapshot = self.aws.snapshot(self.target, afresh=self.deployment is None)
        if snapshot.alias is None:
            alias_of(snapshot)
        if not self.is_blind(snapshot):
            self.choose(snapshot)
            self.find(snapshot)
        return snapshot

    def is_blind(self, snapshot: Snapshot) -> bool:
        """Whether this look could not see CodeDeploy; raises when that does not pass."""
        unread = snapshot.unreadable("deployment")
        self.blind_looks = self.blind_looks + 1 if unread else 0
        if unread is not None and self.blind_looks >= PATIENCE:
            raise LambdactlError(
                f"cannot follow {self.target}: its deployments could not be read",
                why=unread.reason,
                hint=unread.hint,
            )
        return unread is not None

    def choose(self, snapshot: Snapshot) -> None:
        """On the first look, what to follow: what was asked for, what runs, or the split."""
        if not self.first:
            return
        self.first = False
        running = snapshot.active_deployment
        if self.deployment_id is None and running is not None:
            # Who starts to look during a rollback wants to know of the deployment it undoes too.
            self.deployment_id = running.rolls_back or running.id
        if self.deployment_id is None and snapshot.alias is not None:
            routing = snapshot.alias.routing
            self.split = routing if routing.split else None

    def find(self, snapshot: Snapshot) -> None:
        """The deployment and its rollback as they are now, wherever they are to be seen."""
        if self.deployment_id is None:
            return
        self.deployment = self.see(snapshot, self.deployment_id)
        if self.deployment.rolled_back_by is not None:
            self.rollback = self.see(snapshot, self.deployment.rolled_back_by)
        elif snapshot.deployment and snapshot.deployment.rolls_back == self.deployment_id:
            self.rollback = snapshot.deployment

    def see(self, snapshot: Snapshot, deployment_id: str) -> Deployment:
        here = (snapshot.deployment, snapshot.previous)
        known = next((d for d in here if d is not None and d.id == deployment_id), None)
        return known or self.aws.deployment(deployment_id)

    def has_ended(self, snapshot: Snapshot) -> bool:
        if self.blind_looks:
            return False
        if self.deployment is None:
            return snapshot.alias is None or not snapshot.alias.routing.split
        if self.rollback is not None:
            return not self.rollback.active and not self.deployment.active
        if self.deployment.active or self.deployment.status is DeploymentStatus.Succeeded:
            return not self.deployment.active
        return self.no_rollback_comes(snapshot)

    def is_confirmed(self) -> bool:
        """An end is seen twice: the alias was read before the deployment, and may move between."""
        self.ends_seen += 1
        return self.idle or self.ends_seen > 1

    def no_rollback_comes(self, snapshot: Snapshot) -> bool:
        """It failed or was stopped, and no deployment undoes it, though it was waited for."""
        self.looks_for_rollback += 1
        group = snapshot.group
        failed = self.deployment is not None and self.deployment.status is DeploymentStatus.Failed
        if failed and group is not None and not group.auto_rollback:
            return True
        return self.looks_for_rollback > ROLLBACK_LOOKS

    def outcome(self, snapshot: Snapshot) -> Iterator[Event]:
        routing = snapshot.alias.routing if snapshot.alias else None
        if not self.idle:
            yield RolloutEnded(
                at=self.ended_at() or snapshot.taken,
                target=self.target,
                outcome=self.result(routing),
                routing=routing,
                deployment=self.deployment,
                rollback=self.rollback,
            )

    def result(self, routing: Routing | None) -> Outcome:
        if self.deployment is None:
            promoted = self.split is not None and routing == Routing(self.split.canary)
            return "succeeded" if promoted else "rolled back"
        if self.deployment.status is DeploymentStatus.Succeeded:
            return "succeeded"
        if self.rollback is not None and self.rollback.status is DeploymentStatus.Succeeded:
            return "rolled back"
        return "stopped" if self.deployment.status is DeploymentStatus.Stopped else "failed"

    def ended_at(self) -> datetime | None:
        last = self.rollback or self.deployment
        return last.completed if last is not None else None


def timed_out(target: Target, waited_s: float) -> WaitTimeout:
    return WaitTimeout(
        f"the rollout of {target} has not ended after {waited_s:.0f} s; it goes on by itself",
        hint=f"lambdactl status -f {target} --watch",
    )

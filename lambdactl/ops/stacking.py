"""``deploy`` after the yes: execute the change set, tell what happens to the stack and its aliases.

The generators only look. Whoever stops iterating, at any event, leaves CloudFormation and
CodeDeploy at work, and :func:`attach_deploy` tells the operation from its beginning to whoever
comes back. While the stack updates an alias, the alias is looked at as every rollout is, so that a
deploy tells the same events as the console and ``status --watch``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from lambdactl.aws import change_sets, stacks
from lambdactl.aws.stack_log import StackLog, is_end
from lambdactl.errors import LambdactlError, NotFound
from lambdactl.model import Snapshot, Target
from lambdactl.model_stack import StackEvent
from lambdactl.ops.deploy import Prepared
from lambdactl.ops.differences import changes, passage
from lambdactl.ops.events import Event, LookFailed, StackEventSeen
from lambdactl.ops.stack_events import (
    DeployEvent,
    SeenOf,
    StackOperationEnded,
    StackOperationStarted,
)
from lambdactl.ops.waiting import Waiting

if TYPE_CHECKING:
    from lambdactl.aws import Aws

CANCELLED = ("Resource creation cancelled", "Resource update cancelled")
"""What CloudFormation says of resources that failed because another one did."""


def execute_deploy(
    aws: Aws,
    prepared: Prepared,
    *,
    interval_s: float = 5.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[DeployEvent]:
    """Execute the change set that was shown, and follow it to its end.

    The last event is StackOperationEnded. Raises Stale where the stack has changed since it was
    shown (nothing was done), CredentialsError while AWS goes on by itself.
    """
    change_set = prepared.change_set
    log = StackLog(aws, change_set.stack_id)
    log.mark()
    change_sets.execute(aws, change_set, change_set.name)
    yield StackOperationStarted(
        aws.now(), change_set.stack, "create" if change_set.creates else "update"
    )
    watched = {s.target: s for s in prepared.snapshots.values()}
    yield from follow(aws, change_set.stack, log, watched, Waiting(sleep, interval_s, None))


def attach_deploy(
    aws: Aws,
    stack: str,
    *,
    interval_s: float = 5.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[DeployEvent]:
    """Tell the operation that is under way on ``stack``, or its last one, from its beginning.

    NotFound where there is no such stack. The last event is StackOperationEnded.
    """
    state = stacks.stack_state(aws, stack)
    if state is None:
        raise NotFound(
            f"there is no stack {stack}", hint=f"lambdactl deploy --stack-name {stack}   makes it"
        )
    log = StackLog(aws, state.id)
    log.rewind()
    yield from follow(aws, state.name, log, {}, Waiting(sleep, interval_s, None))


def follow(
    aws: Aws, stack: str, log: StackLog, watched: Mapping[Target, Snapshot], waiting: Waiting
) -> Iterator[DeployEvent]:
    rollouts = Rollouts(aws, watched)
    failure: str | None = None
    while True:
        told: list[DeployEvent] = []
        events = waiting.look(log.read)
        if isinstance(events, LambdactlError):
            told.append(LookFailed(aws.now(), events))
            events = ()
        for event in events:
            told.append(seen(stack, event))
            failure = failure or why_it_failed(event)
            rollouts.notice(event)
        told += rollouts.look(waiting)
        # The stack and its aliases are two sources: by time they make one story.
        yield from sorted(told, key=lambda e: e.at)
        end = next((e for e in events if is_end(e, log.stack_id)), None)
        if end is not None:
            yield ended(aws, stack, log, end, failure)
            return
        waiting.pause()


def seen(stack: str, event: StackEvent) -> StackEventSeen:
    return StackEventSeen(
        at=event.at,
        stack=stack,
        logical_id=event.logical_id,
        resource_type=event.type,
        status=event.status,
        reason=event.reason,
    )


def why_it_failed(event: StackEvent) -> str | None:
    """The reason of a resource that failed by itself."""
    if not event.status.endswith("_FAILED") or event.reason is None:
        return None
    if event.reason.startswith(CANCELLED):
        return None
    return f"{event.logical_id}: {event.reason}"


def ended(
    aws: Aws, stack: str, log: StackLog, end: StackEvent, failure: str | None
) -> StackOperationEnded:
    state = stacks.stack_state(aws, log.stack_id)
    return StackOperationEnded(
        at=end.at,
        stack=stack,
        status=end.status,
        reason=failure or end.reason,
        outputs=state.outputs if state else {},
        targets=stacks.targets(stacks.resources(aws, log.stack_id)) if state else (),
    )


class Rollouts:
    """The aliases that the stack is moving, each compared with the look before."""

    def __init__(self, aws: Aws, before: Mapping[Target, Snapshot]) -> None:
        self._aws = aws
        self._before: dict[Target, Snapshot] = dict(before)
        self._moving: set[Target] = set()

    def notice(self, event: StackEvent) -> None:
        """An alias that the stack works on is looked at until the operation has ended.

        Not only until the alias is done with: where it failed, the rollback is still to come.
        """
        target = stacks.target_of(event.physical_id)
        if event.type == "AWS::Lambda::Alias" and target is not None:
            self._moving.add(target)

    def look(self, waiting: Waiting) -> Iterator[SeenOf | Event]:
        """What happened to each, which is named where there are several."""
        are_several = len(self._moving | self._before.keys()) > 1
        for target in sorted(self._moving, key=str):
            answer = waiting.look(partial(self._aws.snapshot, target))
            if isinstance(answer, LambdactlError):
                yield LookFailed(self._aws.now(), answer)
                continue
            for event in happened(self._before.get(target), answer):
                yield SeenOf(target, event) if are_several else event
            self._before[target] = answer


def happened(before: Snapshot | None, after: Snapshot) -> Iterator[Event]:
    """What happened; at the first look of somebody who came late, the deployment so far."""
    if before is None and after.active_deployment is not None:
        yield from passage(after.active_deployment)
    yield from changes(before, after)

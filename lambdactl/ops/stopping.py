"""Abort of a running deployment: stop with rollback, see the rollback to its end, verify the alias.

CodeDeploy undoes a deployment by a second one with its own id, which appears after the first has
stopped. When both are over the alias itself is read: only its routing is proof. One that was left
split is repaired with its revision id, and never while any deployment still runs. Ctrl-C at any
time leaves CodeDeploy at work: it needs nobody to watch.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

from lambdactl.errors import PartlyDone, Stale, WaitTimeout
from lambdactl.model import Alias, Deployment, DeploymentStatus
from lambdactl.ops.differences import lifecycle
from lambdactl.ops.events import (
    AliasVerified,
    DeploymentEnded,
    DeploymentStarted,
    DeploymentStopRequested,
    Event,
    LookFailed,
)
from lambdactl.ops.rerouting import reroute
from lambdactl.ops.waiting import Waiting
from lambdactl.plan.actions import StopDeployment, UpdateAlias
from lambdactl.plan.routing import describe, shift_command

if TYPE_CHECKING:
    from lambdactl.aws import Aws

ROLLBACK_LOOKS = 10
"""So many looks after a deployment has ended its rollback deployment must have appeared."""


def stop(
    action: StopDeployment,
    aws: Aws,
    *,
    sleep: Callable[[float], None],
    interval_s: float,
    wait_s: float,
) -> Iterator[Event]:
    """Ends with AliasVerified. Raises Stale (it had succeeded), WaitTimeout, PartlyDone."""
    waiting = Waiting(sleep, interval_s, wait_s)
    yield from request(action, aws)
    stopped = yield from until_ended(action, action.deployment_id, aws, waiting)
    if stopped.status is DeploymentStatus.Succeeded:
        raise too_late(action, stopped)
    rollback = yield from find_rollback(stopped, aws, waiting)
    if rollback is not None:
        yield DeploymentStarted(rollback.created or aws.now(), rollback)
        yield from until_ended(action, rollback.id, aws, waiting, from_start=True)
    yield from settle(action, stopped, aws, sleep, interval_s)


def request(action: StopDeployment, aws: Aws) -> Iterator[Event]:
    try:
        aws.stop_deployment(action.deployment_id)
    except Stale as error:
        # It ended between the look and the stop: undone by itself, or all the way through.
        ended = aws.deployment(action.deployment_id)
        if ended.status is DeploymentStatus.Succeeded:
            raise too_late(action, ended) from error
        return
    yield DeploymentStopRequested(aws.now(), action.deployment_id)


def too_late(action: StopDeployment, ended: Deployment) -> Stale:
    target, canary = action.target, ended.target_version
    back = action.restores.stable
    return Stale(
        f"{ended.id} had succeeded before it could be stopped: {target} is at v{canary}",
        why="nothing was stopped and nothing was changed",
        hint=shift_command(target, back, 100.0) if back is not None else None,
    )


def until_ended(
    action: StopDeployment,
    deployment_id: str,
    aws: Aws,
    waiting: Waiting,
    *,
    from_start: bool = False,
) -> Generator[Event, None, Deployment]:
    """Look until it has ended; ``from_start`` tells what came before the first look too."""
    known: Deployment | None = None
    while True:
        answer = waiting.look(lambda: aws.deployment(deployment_id))
        if isinstance(answer, Deployment):
            if known is not None or from_start:
                yield from lifecycle(known, answer, aws.now())
            known = answer
            if not answer.active:
                yield DeploymentEnded(answer.completed or aws.now(), answer)
                return answer
        else:
            yield LookFailed(aws.now(), answer)
        if waiting.over:
            raise not_yet(action, deployment_id)
        waiting.pause()


def not_yet(action: StopDeployment, deployment_id: str) -> WaitTimeout:
    return WaitTimeout(
        f"{deployment_id} has not ended yet; CodeDeploy goes on by itself",
        why=f"{action.deployment_id} was asked to stop, with rollback",
        hint=f"lambdactl status -f {action.target} --watch   or again: "
        f"lambdactl abort -f {action.target}",
    )


def find_rollback(
    stopped: Deployment, aws: Aws, waiting: Waiting
) -> Generator[Event, None, Deployment | None]:
    """The deployment that undoes ``stopped``; None where none appears: it had moved nothing yet,
    or nothing was there to go back to."""
    for _ in range(ROLLBACK_LOOKS):
        answer = waiting.look(lambda: aws.deployment(stopped.id))
        if not isinstance(answer, Deployment):
            yield LookFailed(aws.now(), answer)
        elif answer.rolled_back_by is not None:
            return aws.deployment(answer.rolled_back_by)
        waiting.pause()
    return None


def settle(
    action: StopDeployment,
    stopped: Deployment,
    aws: Aws,
    sleep: Callable[[float], None],
    interval_s: float,
) -> Iterator[Event]:
    """Only the alias's own routing is proof that traffic is back."""
    there = aws.alias(action.target)
    if there.routing == action.restores:
        yield AliasVerified(aws.now(), action.target, there.routing, there.revision_id)
        return
    refuse_foreign(action, stopped, there)
    running = aws.running(action.target.function)
    if running:
        raise PartlyDone(
            f"{stopped.id} is stopped, but {action.target} is at {describe(there.routing)}",
            why=f"{running[0].id} is {running[0].status.value}, so the alias is not ours to move",
            hint=f"lambdactl status -f {action.target} --watch",
        )
    repair = UpdateAlias(action.target, there.routing, action.restores, there.revision_id)
    yield from reroute(repair, aws, sleep=sleep, interval_s=interval_s)


def refuse_foreign(action: StopDeployment, stopped: Deployment, there: Alias) -> None:
    """Repair what the deployment left, never what somebody else has chosen since."""
    ours = {action.restores.stable, stopped.current_version, stopped.target_version}
    if there.routing.versions <= ours:
        return
    raise PartlyDone(
        f"{stopped.id} is stopped, but {action.target} was moved by somebody else",
        why=f"it routes {describe(there.routing)}; {describe(action.restores)} was expected",
        hint=f"lambdactl status -f {action.target}",
    )

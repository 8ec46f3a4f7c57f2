"""A deploy, from a template to a stack at rest: for ``deploy``, ``demo`` and scenarios.

All of them go the same way, and the same way to AWS as to the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lambdactl.cli import state
from lambdactl.cli.auditing import audited
from lambdactl.cli.included import included_template
from lambdactl.cli.session import Session
from lambdactl.errors import LambdactlError, RolloutFailed
from lambdactl.model import Target
from lambdactl.ops.deploy import CAPABILITIES, Prepared, discard_deploy, prepare_deploy
from lambdactl.ops.outlining import outline_deploy
from lambdactl.ops.stack_events import DeployEvent, StackOperationEnded
from lambdactl.ops.stacking import execute_deploy
from lambdactl.render.numbers import iso

if TYPE_CHECKING:
    from lambdactl.aws import Aws
    from lambdactl.plan.actions import Plan

Tell = Callable[[DeployEvent], None]
REMOVED = ("DELETE_COMPLETE", "ROLLBACK_COMPLETE")
"""Endings of a create after which the stack's functions are gone."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to deploy."""

    template: Path
    stack: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    bucket: str | None = None
    capabilities: tuple[str, ...] = CAPABILITIES
    tags: Mapping[str, str] = field(default_factory=dict)


def prepare(
    aws: Aws,
    order: Order,
    *,
    make_bucket: Callable[[str], bool],
    tell: Tell,
    sleep: Callable[[float], None],
) -> Prepared:
    """Package, upload, plan: everything up to the question."""
    return prepare_deploy(
        aws,
        order.template,
        order.stack,
        order.parameters,
        make_bucket=make_bucket,
        bucket=order.bucket,
        capabilities=order.capabilities,
        tags=order.tags,
        tell=tell,
        sleep=sleep,
    )


def outline(aws: Aws, order: Order) -> Plan | None:
    """What can be told without a bucket; None where there is one."""
    if order.bucket is not None:
        return None
    return outline_deploy(aws, order.template, order.stack, order.parameters)


def discard(aws: Aws, prepared: Prepared) -> None:
    """The answer was no: leave nothing behind."""
    discard_deploy(aws, prepared)


def carry_out(session: Session, prepared: Prepared, *, tell: Tell) -> StackOperationEnded:
    """Execute and follow to the end; how it ended, whichever way."""
    events = execute_deploy(
        session.aws, prepared, interval_s=session.interval_s, sleep=session.sleep
    )
    return told_to_end(audited(session, prepared.plan, events), tell)


def told_to_end(events: Iterator[DeployEvent], tell: Tell) -> StackOperationEnded:
    ended: StackOperationEnded | None = None
    for event in events:
        tell(event)
        if isinstance(event, StackOperationEnded):
            ended = event
    if ended is None:
        raise LambdactlError("the events of the stack stopped before its operation had ended")
    return ended


def main_target(prepared: Prepared | None, ended: StackOperationEnded) -> Target | None:
    """The alias that the commands after this one are about: the one that moved, else the first."""
    if prepared is not None and prepared.plan.target in ended.targets:
        return prepared.plan.target
    return next(iter(sorted(ended.targets, key=str)), None)


def remember(session: Session, stack: str, template: str | None, target: Target) -> None:
    """Make ``target`` the one that commands mean when they name none."""
    state.remember(
        state.Current(
            function=target.function,
            alias=target.alias,
            stack=stack,
            template=template,
            region=session.place.region,
            account_id=session.place.account_id,
            context=session.wanted.get("context"),
            profile=session.wanted.profile,
            endpoint=session.place.endpoint,
            deployed=iso(session.aws.now()) or "",
        )
    )


def template_name(order: Order) -> str | None:
    """None for the included stack, which may stand elsewhere after the next update."""
    return None if order.template == included_template() else str(order.template.resolve())


def failure_of(ended: StackOperationEnded) -> RolloutFailed | None:
    """None where the stack came to what the template says."""
    if ended.succeeded:
        return None
    back = "rolled back" if "ROLLBACK_COMPLETE" in ended.status else "not completed"
    return RolloutFailed(
        f"the deploy of {ended.stack} was {back}: {ended.status}",
        why=ended.reason,
        hint=_after(ended),
    )


def _after(ended: StackOperationEnded) -> str:
    if ended.status == "ROLLBACK_COMPLETE":
        # A first creation that failed: CloudFormation updates no such stack.
        return f"aws cloudformation delete-stack --stack-name {ended.stack}   then deploy"
    if ended.status in REMOVED:
        return "correct what the events above call FAILED, then deploy"
    return "lambdactl status"

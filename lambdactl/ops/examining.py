"""What the doctor reads: one look with all its parts, and what stands around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from lambdactl.aws.discovery import stack_resources
from lambdactl.aws.stacks import alias_rules
from lambdactl.errors import CredentialsError, LambdactlError
from lambdactl.model import Snapshot, Target, Unread
from lambdactl.model_history import AlarmRule
from lambdactl.model_walk import KeptWalk
from lambdactl.ops.permitted import caller_rights, hook_rights
from lambdactl.verdict.diagnosis import Observed

if TYPE_CHECKING:
    from lambdactl.aws import Aws

T = TypeVar("T")


def examine(
    aws: Aws, target: Target, *, here: datetime | None, walk: Callable[[], KeptWalk | None]
) -> Observed:
    """Everything :func:`~lambdactl.verdict.diagnosis.diagnose` asks for.

    ``walk`` reads a walk of the alias that is kept here; ``here`` is this machine's clock, None
    where the account's is known to run by its own time. A part that cannot be read is recorded as
    unread; that there is no such function is NotFound.
    """
    snapshot = aws.snapshot(target, checks=True, storage=True, afresh=True)
    unread: list[Unread] = list(snapshot.unread)

    def part(name: str, read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except CredentialsError:
            raise
        except LambdactlError as error:
            unread.append(Unread(name, str(error), error.hint))
            return instead

    kept = part("walk", walk, None)
    stack = snapshot.stack
    alarms = snapshot.group.alarms if snapshot.group else ()
    no_hooks: tuple[str, ...] = ()
    no_rules: tuple[AlarmRule, ...] = ()
    status = part("stack", lambda: aws.stack_status(stack), None) if stack else None
    hooks = part("hooks", lambda: hooks_of(aws, stack, snapshot), no_hooks)
    rules = part("alarm rules", lambda: aws.alarm_rules(alarms), no_rules) if alarms else ()
    skew = (here - aws.now()).total_seconds() if here else None
    return Observed(
        snapshot=replace(snapshot, unread=tuple(unread), walk=kept),
        stack_status=status,
        rules=rules,
        hooks=hook_rights(aws, snapshot, hooks),
        rights=caller_rights(aws, snapshot),
        clock_skew_s=skew,
    )


def hooks_of(aws: Aws, stack: str | None, snapshot: Snapshot) -> tuple[str, ...]:
    """The hooks that the next deployment runs, by the stack; without one, those of the last."""
    if stack is not None:
        return hook_names(aws, stack, snapshot)
    last = snapshot.deployment
    forward = snapshot.previous if last is not None and last.rolls_back else last
    if forward is None:
        return ()
    names = aws.hooks(forward.id).values()
    return tuple(dict.fromkeys(name.rpartition(":")[2] for name in names))


def hook_names(aws: Aws, stack: str, snapshot: Snapshot) -> tuple[str, ...]:
    """The names of the functions that CodeDeploy calls around the shift of this alias."""
    physical = {
        row["LogicalResourceId"]: row.get("PhysicalResourceId", "")
        for row in stack_resources(aws, stack)
    }
    group = snapshot.group.name if snapshot.group else None
    names = [
        physical.get(hook, hook)
        for rule in alias_rules(aws, stack)
        if physical.get(rule.group or "", rule.group) == group
        for hook in rule.hooks
    ]
    return tuple(dict.fromkeys(name.rpartition(":")[2] for name in names if name))

"""What is wrong around an alias, by name: each finding with its evidence and one safe command.

The cases are those in which alias, stack and CodeDeploy disagree, or in which the next rollout will
fail for a reason that can be seen today. What could not be read is a finding, too: a doctor who did
not look must not call anybody well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lambdactl.model import (
    DeploymentStatus,
    Snapshot,
    label,
)
from lambdactl.model_history import AlarmRule, Metric
from lambdactl.model_permissions import HookRight, Rights
from lambdactl.verdict.driver import Kind, driver_of, was_outrun
from lambdactl.verdict.findings import Finding, Grade, ordered
from lambdactl.verdict.rights import of_caller, of_hooks
from lambdactl.verdict.wording import cause

ROLLBACK_EVENTS = frozenset(
    ("DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST")
)
FULL_AT = 80.0
"""Per cent of the account's code storage."""
SKEW_S = 300.0
"""AWS refuses requests whose time is further off than this."""
MOVED = "the alias was moved behind the back of CodeDeploy and the stack"


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything that one look of the doctor read; None where it could not, or there is none."""

    snapshot: Snapshot
    stack_status: str | None = None
    rules: tuple[AlarmRule, ...] = ()
    hooks: tuple[HookRight, ...] = ()
    rights: Rights | None = None
    """What the caller may do; None where nobody asked."""
    clock_skew_s: float | None = None
    """By how much this machine's clock is ahead of AWS's."""


def diagnose(seen: Observed) -> tuple[Finding, ...]:
    """Problems first, then warnings, what could not be read, and what is well."""
    found = [
        *of_alias(seen.snapshot),
        *of_last(seen.snapshot),
        *of_stack(seen),
        *of_group(seen.snapshot),
        *of_alarms(seen),
        *of_hooks(seen.hooks),
        *of_storage(seen.snapshot),
        *of_clock(seen.clock_skew_s),
        *of_caller(seen.rights, seen.snapshot.target.function),
        *of_reads(seen.snapshot),
    ]
    return ordered(found)


def of_alias(snapshot: Snapshot) -> Iterator[Finding]:
    alias, target = snapshot.alias, snapshot.target
    if alias is None:
        evidence = f"its aliases: {', '.join(a.name for a in snapshot.aliases) or 'none'}"
        title = f"{target.function} has no alias {target.alias}"
        yield Finding(Grade.PROBLEM, title, evidence, f"lambdactl aliases -f {target.function}")
        return
    if snapshot.active_deployment is not None:
        evidence = f"{snapshot.active_deployment.id} {snapshot.active_deployment.status}"
        yield Finding(Grade.OK, "CodeDeploy is moving the alias", evidence)
    elif alias.routing.split:
        yield split(snapshot)
    else:
        yield from strayed(snapshot)


def split(snapshot: Snapshot) -> Finding:
    """A split that no deployment drives: who left it?"""
    assert snapshot.alias is not None
    routing, target, last = snapshot.alias.routing, snapshot.target, snapshot.deployment
    share = f"{label(routing.stable)} and {label(routing.canary)} at {routing.weight:g} %"
    abort = f"lambdactl abort -f {target}"
    driver = driver_of(snapshot)
    match driver.kind:
        case Kind.WALK:
            return Finding(Grade.OK, "lambdactl shift --steps is walking the alias", share)
        case Kind.WALK_LEFT:
            title = "a walk of shift --steps was left on the way"
            return Finding(Grade.WARNING, title, share, f"lambdactl shift --resume -f {target}")
        case Kind.NOBODY if last is not None and was_outrun(last):
            evidence = f"{share}; {last.id} {last.status}: {cause(last)}"
            return Finding(Grade.PROBLEM, MOVED, evidence, abort)
        case Kind.NOBODY if last is not None:
            title = "the alias was left on two versions after a deployment ended"
            evidence = f"{share}; {last.id} {last.status}, without a rollback"
            return Finding(Grade.PROBLEM, title, evidence, abort)
        case Kind.PROVISIONED_CONCURRENCY:
            title = "the alias carries weights while provisioned concurrency moves"
            evidence = f"{share}; provisioned concurrency on {target.alias}"
            command = f"lambdactl status -f {target} --watch"
            return Finding(Grade.WARNING, title, evidence, command)
        case _:
            return Finding(Grade.WARNING, "the alias is split and nothing drives it", share, abort)


def strayed(snapshot: Snapshot) -> Iterator[Finding]:
    """Where the last deployment left the alias, against where it is."""
    assert snapshot.alias is not None
    last, stable = snapshot.deployment, snapshot.alias.routing.stable
    if last is None or last.target_version is None or last.status != DeploymentStatus.Succeeded:
        yield Finding(Grade.OK, "the alias is on one version", label(stable))
        return
    evidence = f"{last.id} left it on {label(last.target_version)}, it is on {label(stable)}"
    if last.target_version == stable:
        yield Finding(Grade.OK, "the alias is where the last deployment left it", evidence)
        return
    command = f"lambdactl shift -f {snapshot.target} --to {last.target_version} --weight 100"
    yield Finding(Grade.PROBLEM, MOVED, f"{evidence}; the next deployment may fail", command)


def of_last(snapshot: Snapshot) -> Iterator[Finding]:
    """Why the last release did not last: the next one meets the same cause."""
    last = snapshot.deployment
    failed = snapshot.previous if last is not None and last.rolls_back else last
    if failed is None or failed.status not in (DeploymentStatus.Failed, DeploymentStatus.Stopped):
        return
    back = last is not None and last.rolls_back and last.status == DeploymentStatus.Succeeded
    title = "the last release was rolled back" if back else "the last release failed"
    command = f"lambdactl deployments show {failed.id} -f {snapshot.target}"
    yield Finding(Grade.WARNING, title, f"{failed.id} {failed.status}: {cause(failed)}", command)


def of_stack(seen: Observed) -> Iterator[Finding]:
    name, status = seen.snapshot.stack, seen.stack_status
    if name is None or status is None:
        return
    evidence = f"stack {name} is {status}"
    if status == "UPDATE_ROLLBACK_FAILED":
        command = f"aws cloudformation continue-update-rollback --stack-name {name}"
        yield Finding(Grade.PROBLEM, "the stack is stuck half way back", evidence, command)
    elif status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
        command = f"lambdactl events -f {seen.snapshot.target}"
        yield Finding(Grade.PROBLEM, "the stack cannot be updated", evidence, command)
    elif status.endswith("_IN_PROGRESS"):
        command = f"lambdactl deploy --attach --stack-name {name}"
        yield Finding(Grade.WARNING, "the stack is being changed", evidence, command)
    else:
        yield Finding(Grade.OK, "the stack can be updated", evidence)


def of_group(snapshot: Snapshot) -> Iterator[Finding]:
    group = snapshot.group
    if group is None:
        return
    missing = sorted(ROLLBACK_EVENTS - group.auto_rollback)
    if not missing:
        yield Finding(Grade.OK, "the deployment group rolls back on every failure", group.name)
        return
    command = (
        f"aws deploy update-deployment-group --application-name {group.application}"
        f" --current-deployment-group-name {group.name} --auto-rollback-configuration"
        f" enabled=true,events={','.join(sorted(ROLLBACK_EVENTS))}"
    )
    title = "the deployment group does not always roll back"
    evidence = f"{group.name} lacks {', '.join(missing)}: the alias would stay split"
    yield Finding(Grade.WARNING, title, evidence, command)


def of_alarms(seen: Observed) -> Iterator[Finding]:
    snapshot = seen.snapshot
    if snapshot.group is None:
        return
    if not snapshot.group.alarms:
        title = "no alarm can stop a bad canary"
        command = f"lambdactl plan -f {snapshot.target}"
        yield Finding(Grade.WARNING, title, f"group {snapshot.group.name} has no alarm", command)
    for alarm in snapshot.alarms:
        if alarm.state == "ALARM" and snapshot.active_deployment is None:
            title = f"alarm {alarm.name} is red and will stop the next deployment at once"
            command = f"lambdactl alarms -f {snapshot.target}"
            evidence = alarm.reason or alarm.summary or alarm.state
            yield Finding(Grade.PROBLEM, title, evidence, command)
    for rule in seen.rules:
        yield watches(snapshot, rule)


def watches(snapshot: Snapshot, rule: AlarmRule) -> Finding:
    """Whether the alarm looks at the version that was released last, as called by this alias."""
    name = rule.alarm.name
    if rule.unreadable:
        command = f"aws cloudwatch describe-alarms --alarm-names {name}"
        return Finding(Grade.UNKNOWN, f"alarm {name} was not looked into", rule.unreadable, command)
    ours = [m for m in rule.metrics.values() if m.namespace == "AWS/Lambda"]
    if not ours:
        return Finding(Grade.OK, f"alarm {name} watches no Lambda metric", rule.alarm.summary)
    wrong = next((w for m in ours if (w := astray(snapshot, m)) is not None), None)
    if wrong is None:
        return Finding(Grade.OK, f"alarm {name} watches the released version", rule.alarm.summary)
    command = f"lambdactl alarms audit -f {snapshot.target}"
    return Finding(Grade.WARNING, f"alarm {name} watches something else", wrong, command)


def astray(snapshot: Snapshot, metric: Metric) -> str | None:
    """What a metric of an alarm looks at, where that is not this alias's newest release."""
    target = snapshot.target
    function, resource = metric.dimension("FunctionName"), metric.dimension("Resource")
    version = metric.dimension("ExecutedVersion")
    if function not in (None, target.function):
        return f"{metric.name} of function {function}"
    if resource != str(target):
        return f"{metric.name} of {resource or 'the whole function'}, not of {target}"
    if version is None:
        return f"{metric.name} of all versions together: a canary's errors are thinned out"
    released = newest_release(snapshot)
    if released is not None and version != str(released):
        return f"{metric.name} of v{version}; the newest release is v{released}"
    return None


def newest_release(snapshot: Snapshot) -> int | None:
    """The version that the alarms of a stack should name now."""
    routing = snapshot.alias.routing if snapshot.alias else None
    if routing is None:
        return None
    return routing.canary if routing.canary is not None else routing.stable


def of_storage(snapshot: Snapshot) -> Iterator[Finding]:
    storage = snapshot.storage
    if storage is None or not storage.limit:
        return
    used = 100.0 * storage.used / storage.limit
    evidence = f"{used:.1f} % of {storage.limit / 2**30:.0f} GiB in {snapshot.place.region}"
    if used < FULL_AT:
        yield Finding(Grade.OK, "code storage has room", evidence)
        return
    title = "code storage is nearly full: publishing will fail"
    yield Finding(Grade.WARNING, title, evidence, "lambdactl storage")


def of_clock(skew: float | None) -> Iterator[Finding]:
    """``skew`` in seconds, by how much this machine's clock is ahead; None: nobody can say."""
    if skew is None:
        return
    side = "ahead of" if skew > 0 else "behind"
    evidence = f"{abs(skew):.0f} s {side} AWS's"
    if abs(skew) < SKEW_S:
        yield Finding(Grade.OK, "this machine's clock is right", evidence)
    else:
        yield Finding(
            Grade.WARNING, "this machine's clock is wrong", evidence, "timedatectl set-ntp true"
        )


def of_reads(snapshot: Snapshot) -> Iterator[Finding]:
    for unread in snapshot.unread:
        yield Finding(Grade.UNKNOWN, f"{unread.part} could not be read", unread.reason, unread.hint)
    if not snapshot.unread:
        yield Finding(Grade.OK, "everything that was asked could be read", str(snapshot.target))

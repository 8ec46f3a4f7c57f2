"""The two endings of the demo, read back from the account: said only where they were seen."""

from __future__ import annotations

from collections.abc import Sequence

from lambdactl.cli.session import Session
from lambdactl.errors import LambdactlError
from lambdactl.model import Deployment, DeploymentStatus, Routing, Snapshot, Target
from lambdactl.ops.events import AlarmChanged, AliasMoved, StackEventSeen
from lambdactl.ops.stack_events import DeployEvent, StackOperationEnded
from lambdactl.render.words import line

HOOKS = ("BeforeAllowTraffic", "AfterAllowTraffic")


def first_version(session: Session, target: Target) -> int:
    """The version that has all traffic after the stack was created."""
    return _stable(session.aws.snapshot(target, metrics=False), ())


def require_promoted(
    session: Session, target: Target, *, after: int, seen: Sequence[DeployEvent]
) -> int:
    """The new version, which went through both hooks and a canary to 100 %."""
    snapshot = session.aws.snapshot(target, metrics=False)
    stable, deployment = _stable(snapshot, seen), snapshot.deployment
    hooks = [deployment.event(name) for name in HOOKS] if deployment else []
    _require(stable > after, f"the alias is still at v{stable}", seen)
    _require(
        deployment is not None and deployment.status is DeploymentStatus.Succeeded,
        "the deployment of the good version did not succeed",
        seen,
    )
    _require(
        all(hook is not None and hook.status == "Succeeded" for hook in hooks),
        "not both hooks of the good version succeeded",
        seen,
    )
    _require(_was_canary(stable, seen), "the good version was never seen as a canary", seen)
    return stable


def require_rolled_back(
    session: Session, target: Target, *, to: int, seen: Sequence[DeployEvent]
) -> int:
    """The bad version, which an alarm stopped and a second deployment took back."""
    snapshot = session.aws.snapshot(target, metrics=False)
    back, stopped = snapshot.deployment, snapshot.previous
    _require(snapshot.alias is not None, "the alias is gone", seen)
    assert snapshot.alias is not None
    _require(snapshot.alias.routing == Routing(to), f"the alias is not back at v{to}", seen)
    _require(
        back is not None and back.status is DeploymentStatus.Succeeded and bool(back.rolls_back),
        "no rollback deployment succeeded",
        seen,
    )
    _require(_by_alarm(stopped, seen), "the bad version was not stopped by an alarm", seen)
    _require(
        any(
            isinstance(e, StackOperationEnded) and e.status == "UPDATE_ROLLBACK_COMPLETE"
            for e in seen
        ),
        "the stack was not rolled back",
        seen,
    )
    bad = stopped.target_version if stopped else None
    _require(bad is not None and _was_canary(bad, seen), "the bad version was no canary", seen)
    assert bad is not None
    return bad


def _by_alarm(stopped: Deployment | None, seen: Sequence[DeployEvent]) -> bool:
    rang = any(isinstance(e, AlarmChanged) and e.alarm.state == "ALARM" for e in seen)
    return rang and stopped is not None and stopped.error_code == "ALARM_ACTIVE"


def _was_canary(version: int, seen: Sequence[DeployEvent]) -> bool:
    return any(
        isinstance(e, AliasMoved) and e.after.canary == version and 0 < e.after.weight < 100
        for e in seen
    )


def _stable(snapshot: Snapshot, seen: Sequence[DeployEvent]) -> int:
    routing = snapshot.alias.routing if snapshot.alias else None
    if routing is None or routing.stable is None or routing.split:
        raise not_observed("the alias is not at one published version", seen)
    return routing.stable


def _require(holds: bool, otherwise: str, seen: Sequence[DeployEvent]) -> None:
    if not holds:
        raise not_observed(otherwise, seen)


def not_observed(what: str, seen: Sequence[DeployEvent]) -> LambdactlError:
    """The demo did not come to the ending it is for; the last trouble that was seen says why."""
    troubles = [e for e in seen if isinstance(e, StackEventSeen) and e.status.endswith("FAILED")]
    return LambdactlError(
        f"the demo did not end as it should: {what}",
        why=line(troubles[0]) if troubles else None,
        hint="lambdactl demo   again; on a very slow machine with --speed 10",
    )

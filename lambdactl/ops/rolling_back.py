"""What a rollback must learn of the past before it can be planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from lambdactl.aws.history import HOUR_S, of_version
from lambdactl.model import Snapshot, Target
from lambdactl.model_history import Past
from lambdactl.plan import Plan, plan_rollback
from lambdactl.verdict.carriers import past

if TYPE_CHECKING:
    from lambdactl.aws import Aws

DEPLOYMENTS = 20
DAYS = 14
"""ListMetrics names the versions called in the past two weeks."""


def read_past(aws: Aws, target: Target) -> Past:
    """Who carried the alias, by its last deployments and by the hours of two weeks.

    Raises what the reads raise: a history with a hole in it is no ground for choosing a version.
    """
    deployments = aws.rollouts(target, limit=DEPLOYMENTS)
    versions = sorted(aws.versions_called(target))
    until = aws.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    wanted = {v: of_version(target, v, "Invocations", HOUR_S) for v in versions}
    found = aws.readings(wanted.values(), until - timedelta(days=DAYS), until)
    return past(deployments, {v: found[metric] for v, metric in wanted.items()})


def learn_rollback(
    aws: Aws, target: Target, to: int | None
) -> tuple[Callable[[Snapshot], Plan], int | None]:
    """How to decide the rollback on a fresh look, and the version whose state it must read."""
    known = read_past(aws, target)

    def decide(snapshot: Snapshot) -> Plan:
        return plan_rollback(snapshot, known, to)

    first = decide(aws.snapshot(target, metrics=False))
    return decide, first.after.stable if first.after else None

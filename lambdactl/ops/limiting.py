"""The operator's gates in a look: their alarms are read, and count like the group's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from lambdactl.aws.alarms import alarms
from lambdactl.aws.parts import Parts
from lambdactl.errors import NotFound
from lambdactl.model import Alarm, Snapshot
from lambdactl.plan import Check, Plan
from lambdactl.verdict.gate import ALARM, NO_LIMITS, Gate, Limits, gates
from lambdactl.verdict.measuring import judge_snapshot

if TYPE_CHECKING:
    from lambdactl.aws import Aws

GATE = "gate "


def limited(aws: Aws, snapshot: Snapshot, limits: Limits, *, lasts_s: float = 0.0) -> Snapshot:
    """``snapshot`` with the alarms that the limits name, as far as they can be read; ``lasts_s`` is
    how many seconds old what is told of them may be."""
    known = {alarm.name for alarm in snapshot.alarms}
    wanted = [name for name in limits.alarms if name not in known]
    if not wanted:
        return snapshot
    parts = Parts()
    found = [alarm for name in wanted for alarm in one(aws, name, limits, parts, lasts_s)]
    return replace(
        snapshot,
        alarms=(*snapshot.alarms, *found),
        unread=(*snapshot.unread, *parts.unread),
    )


def one(
    aws: Aws, name: str, limits: Limits, parts: Parts, lasts_s: float = 0.0
) -> tuple[Alarm, ...]:
    def read() -> tuple[Alarm, ...]:
        try:
            return aws.remembered(("gate", name), lasts_s, lambda: alarms(aws, [name]))
        except NotFound as error:
            raise NotFound(f"{limits.origin} names it, and there is none") from error

    return parts.read(f"{ALARM} {name}", read, ())


def with_gates(plan: Plan, found: Iterable[Gate]) -> Plan:
    """``plan`` with each gate among its checks: shown, and a reason to ask harder."""
    checks = (Check(f"{GATE}{g.name}", g.met, g.detail) for g in found)
    return replace(plan, checks=(*plan.checks, *checks))


def held_to(plan: Plan, snapshot: Snapshot, limits: Limits) -> Plan:
    """``plan`` with the gates among its checks, as ``snapshot`` meets them, where a version gets
    everything by it."""
    if limits == NO_LIMITS or not plan.takes_all:
        return plan
    return with_gates(plan, gates(limits, snapshot, judge_snapshot(snapshot)))


def unmet_gates(plan: Plan) -> tuple[str, ...]:
    """The gates of a plan that are not met, or not known to be."""
    return tuple(c.name for c in plan.checks if c.name.startswith(GATE) and not c.ok)


def newly_unmet(before: Plan, after: Plan) -> tuple[str, ...]:
    """The gates that were met when ``before`` was confirmed, and are not any more."""
    known = unmet_gates(before)
    return tuple(name for name in unmet_gates(after) if name not in known)

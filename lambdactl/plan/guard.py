"""What a guard guards: one canary, from the moment it is agreed to until that canary is no more.

A guard takes all traffic back where the evidence speaks against its canary. It holds for that one
alone: when the alias has another canary, or none, it is over, and no later rollout is aborted by
what was agreed to for this one.
"""

from __future__ import annotations

from dataclasses import replace

from lambdactl.errors import Refused
from lambdactl.model import Deployment, Snapshot, label
from lambdactl.plan.actions import Plan
from lambdactl.plan.routing import alias_of, describe, refuse_unread_deployment

GUARDED = "guarded while it is followed"


def canary_of(snapshot: Snapshot) -> int | None:
    """The version that a running deployment shifts to, or that has a part of the traffic."""
    running = snapshot.active_deployment
    if running is not None:
        return None if running.rolls_back else running.target_version
    alias = snapshot.alias
    return alias.routing.canary if alias is not None and alias.routing.split else None


def require_canary(snapshot: Snapshot) -> int:
    """Raises NotFound without the alias, and Refused where there is nothing to guard."""
    alias = alias_of(snapshot)
    refuse_unread_deployment(snapshot, "guard")
    canary = canary_of(snapshot)
    if canary is None:
        raise Refused(
            f"nothing to guard: {snapshot.target} is at {describe(alias.routing)}",
            why=why_none(snapshot.active_deployment),
            hint=f"lambdactl shift -f {snapshot.target} --to VERSION --weight 10 --guard",
        )
    return canary


def why_none(running: Deployment | None) -> str:
    if running is None:
        return "a guard watches a canary, and takes all traffic back from it"
    if running.rolls_back:
        return f"{running.id} is rolling back already"
    return f"{running.id} has not said yet which version it shifts to"


def why_over(snapshot: Snapshot, canary: int) -> str | None:
    """Why a guard of ``canary`` has ended; None while it is on its way, or while that is not
    known."""
    if snapshot.alias is None:
        return f"{snapshot.target} is gone"
    if snapshot.unreadable("deployment") or canary_of(snapshot) == canary:
        return None
    running = snapshot.active_deployment
    if running is not None and running.rolls_back:
        return f"CodeDeploy {running.id} takes {label(canary)} back"
    return f"{snapshot.target} is at {describe(snapshot.alias.routing)}"


def with_guard(plan: Plan) -> Plan:
    """``plan`` with what is agreed to besides: a guard of the split that it makes."""
    if plan.after is None or not plan.after.split:
        return plan
    note = f"{GUARDED}: all traffic goes back on FAIL, an alarm in ALARM, or a limit of [gate]"
    return replace(plan, notes=(*plan.notes, note))

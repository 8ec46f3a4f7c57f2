"""``promote``: the canary of a split made by hand takes all traffic, in one UpdateAlias.

CodeDeploy cannot be told to skip ahead (ContinueDeployment is not for Lambda), so while it runs
there is nothing to promote by hand: it either goes on by itself or is aborted.
"""

from __future__ import annotations

from lambdactl.errors import Refused
from lambdactl.model import Routing, Snapshot, label
from lambdactl.plan.actions import Plan
from lambdactl.plan.reroute import nothing_to_do, reroute
from lambdactl.plan.routing import alias_of, refuse_unread_deployment, shift_command
from lambdactl.plan.shift import refuse_while_deploying


def plan_promote(snapshot: Snapshot) -> Plan:
    """All traffic to the canary. Raises NotFound or Refused."""
    alias = alias_of(snapshot)
    refuse_unread_deployment(snapshot, "promote")
    refuse_while_deploying(snapshot, "promote")
    if alias.routing.canary is None:
        return without_canary(snapshot, alias.routing)
    canary = alias.routing.canary
    return reroute("promote", snapshot, alias, Routing(canary), canary)


def without_canary(snapshot: Snapshot, routing: Routing) -> Plan:
    """Nothing to do, or Refused where a newer version waits: its share is not ours to say."""
    newest = snapshot.versions[-1].number if snapshot.versions else None
    if newest is None or (routing.stable is not None and newest <= routing.stable):
        note = f"{label(routing.stable)} already has all traffic of {snapshot.target}"
        return nothing_to_do("promote", snapshot, routing, note)
    raise Refused(
        f"nothing to promote: {snapshot.target} routes to {label(routing.stable)} only",
        why=f"v{newest} is published and gets no traffic",
        hint=shift_command(snapshot.target, newest, 100.0 if routing.stable is None else 10.0),
    )

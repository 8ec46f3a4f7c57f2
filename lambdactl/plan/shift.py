"""``shift --to 2 --weight 10``: version 2 gets ten per cent, the alias's other version the rest.

One UpdateAlias carries version, weights and RevisionId together. ``--weight 100`` is a promotion,
``--weight 0`` takes the canary away, and ``--to`` may name either side of a split. A third version
while two are routed to is refused: AWS routes to two at most, and which one to drop is the
operator's to say. So is any shift while CodeDeploy moves the alias.
"""

from __future__ import annotations

import math

from lambdactl.errors import NotFound, Refused, UsageError
from lambdactl.model import Alias, Routing, Snapshot, label
from lambdactl.plan.actions import Plan
from lambdactl.plan.reroute import nothing_to_do, reroute
from lambdactl.plan.routing import alias_of, describe, refuse_unread_deployment, shift_command


def plan_shift(snapshot: Snapshot, to: int, weight: float) -> Plan:
    """Version ``to`` of the target gets ``weight`` per cent (0.0 to 100.0).

    Raises NotFound (alias, version), UsageError (weight out of range) or Refused.
    """
    if not (math.isfinite(weight) and 0.0 <= weight <= 100.0):
        raise UsageError(
            f"weight {weight:g} is out of range",
            hint="give the weight in per cent, from 0 to 100: --weight 10",
        )
    alias = alias_of(snapshot)
    require_published(snapshot, to)
    refuse_unread_deployment(snapshot, "shift")
    refuse_while_deploying(snapshot, "shift")
    after = wanted(snapshot, alias, to, round(weight, 10))
    if after == alias.routing:
        return nothing_to_do("shift", snapshot, after)
    gaining = next((v for v in after.versions if after.share(v) > alias.routing.share(v)), None)
    return reroute("shift", snapshot, alias, after, gaining)


def require_published(snapshot: Snapshot, number: int) -> None:
    if snapshot.version(number) is not None:
        return
    newest = [v.label for v in reversed(snapshot.versions)][:5]
    function = snapshot.target.function
    raise NotFound(
        f"function {function} has no version {number}",
        why=f"the newest published are {', '.join(newest)}" if newest else "none is published",
        hint=f"lambdactl versions -f {snapshot.target}",
    )


def refuse_while_deploying(snapshot: Snapshot, verb: str) -> None:
    deployment = snapshot.active_deployment
    if deployment is None:
        return
    raise Refused(
        f"cannot {verb} {snapshot.target}: CodeDeploy owns it while {deployment.id} is"
        f" {deployment.status.value}",
        why="a deployment moves the weights by itself, cannot be told to skip ahead, and fails when"
        " the alias is moved behind its back",
        hint=f"lambdactl status -f {snapshot.target} --watch   or   "
        f"lambdactl abort -f {snapshot.target}",
    )


def wanted(snapshot: Snapshot, alias: Alias, to: int, weight: float) -> Routing:
    """Where the alias must route so that ``to`` gets ``weight`` per cent; raises Refused."""
    routing = alias.routing
    if to == routing.stable:
        return share_of_stable(snapshot, routing, weight)
    if routing.canary not in (None, to):
        raise Refused(
            f"cannot shift {snapshot.target} to v{to}: it already routes {describe(routing)}",
            why="an alias routes to two versions at most",
            hint=f"lambdactl abort -f {snapshot.target}   (all to {label(routing.stable)}),   or   "
            f"lambdactl promote -f {snapshot.target}   (all to {label(routing.canary)})",
        )
    if weight == 0.0:
        return Routing(routing.stable)
    if weight == 100.0:
        return Routing(to)
    if routing.stable is None:
        raise Refused(
            f"cannot split {snapshot.target}: it is on $LATEST",
            why="AWS splits traffic between two published versions only",
            hint=shift_command(snapshot.target, to, 100.0),
        )
    return Routing(routing.stable, to, weight)


def share_of_stable(snapshot: Snapshot, routing: Routing, weight: float) -> Routing:
    """``--to`` names the stable version: it gets ``weight``, the canary the rest."""
    if weight == 100.0:
        return Routing(routing.stable)
    if routing.canary is None:
        raise Refused(
            f"cannot take traffic from {label(routing.stable)}: {snapshot.target} routes to no"
            " other version",
            why=f"which version would get the other {100.0 - weight:.10g} %?",
            hint=f"lambdactl shift -f {snapshot.target} --to VERSION"
            f" --weight {100.0 - weight:.10g}",
        )
    if weight == 0.0:
        return Routing(routing.canary)
    return Routing(routing.stable, routing.canary, round(100.0 - weight, 10))

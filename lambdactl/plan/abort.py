"""``abort``: all traffic back to the stable version, whoever drives the rollout.

While CodeDeploy runs the deployment is stopped with rollback, so that a stack behind it sees the
failure and rolls back too; moving the alias by hand instead would fail every deployment after it. A
split that nobody drives is cleared with the revision id. Metrics are not asked for: an abort works
when nothing can be measured.
"""

from __future__ import annotations

from lambdactl.model import Alias, Deployment, Routing, Snapshot, label
from lambdactl.plan.actions import Check, Plan, StopDeployment
from lambdactl.plan.reroute import nothing_to_do, reroute
from lambdactl.plan.routing import alias_of, refuse_unread_deployment


def plan_abort(snapshot: Snapshot) -> Plan:
    """All traffic to the stable version. Raises NotFound, or Refused where it is not known how."""
    alias = alias_of(snapshot)
    refuse_unread_deployment(snapshot, "abort")
    running = snapshot.active_deployment
    if running is not None:
        return stop(snapshot, alias, running)
    if alias.routing.split:
        return reroute("abort", snapshot, alias, Routing(alias.routing.stable), None)
    return nothing_to_do("abort", snapshot, alias.routing, *what_is(snapshot, alias.routing))


def stop(snapshot: Snapshot, alias: Alias, running: Deployment) -> Plan:
    if running.rolls_back is not None:
        note = (
            f"{running.id} is already rolling {running.rolls_back} back: "
            f"lambdactl status -f {snapshot.target} --watch"
        )
        return nothing_to_do("abort", snapshot, alias.routing, note)
    restores = Routing(running.current_version or alias.routing.stable)
    return Plan(
        verb="abort",
        place=snapshot.place,
        target=snapshot.target,
        actions=(StopDeployment(running.id, snapshot.target, restores),),
        before=alias.routing,
        after=restores,
        checks=(Check(f"{running.id} {running.status.value}", True),),
        notes=notes_of(snapshot, running, restores),
    )


def notes_of(snapshot: Snapshot, running: Deployment, restores: Routing) -> tuple[str, ...]:
    notes = [
        f"CodeDeploy {running.id} is stopped with rollback;"
        f" then the alias is verified at {label(restores.stable)}"
    ]
    if snapshot.stack is not None and running.creator == "CloudFormation":
        notes.append(f"stack {snapshot.stack} sees the failure and rolls its update back")
    group = snapshot.group
    if group is not None and "DEPLOYMENT_STOP_ON_REQUEST" not in group.auto_rollback:
        notes.append(
            f"group {group.name} does not roll back stopped deployments: the stop asks for it, and"
            " if the alias stays split it is repaired"
        )
    return tuple(notes)


def what_is(snapshot: Snapshot, routing: Routing) -> tuple[str, ...]:
    """Why there is nothing to abort: how things stand, and how the last rollout ended."""
    now = f"nothing to abort: {label(routing.stable)} has all traffic of {snapshot.target}"
    last = snapshot.deployment
    if last is None:
        return (now,)
    return (now, f"the last deployment, {last.id}, is {last.status.value}")

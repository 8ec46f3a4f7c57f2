"""Keys that would change nothing as things stand, by the word of the plans themselves.

They can be pressed all the same, and their dialog says why there is nothing to do: the line of keys
only puts them last, dimmed, so that its first keys are those that can do something.
"""

from __future__ import annotations

from collections.abc import Callable

from lambdactl.errors import NotFound, Refused
from lambdactl.model import Snapshot
from lambdactl.plan import Plan, plan_abort, plan_promote
from lambdactl.plan.guard import require_canary
from lambdactl.plan.hook import require_waiting
from lambdactl.plan.routing import refuse_unread_deployment
from lambdactl.plan.shift import refuse_while_deploying
from lambdactl.tui.fleet_row import FleetRow
from lambdactl.tui.keys import WRITES

MOVES = frozenset(("promote", "abort", "answer_hook"))
"""What is about a rollout that is under way."""
OF_A_ROW = MOVES | {
    "open", "shift", "rollback", "why", "deployments", "diff", "logs", "tail",
}  # fmt: skip
"""The keys of a row of the fleet that lead to the rollout of an alias."""
NO_ROLLOUT = "no alias, so no rollout: v, versions"


def idle(name: str, snapshot: Snapshot | None) -> str | None:
    """Why the key with this id would change nothing; None where it might, or is no write."""
    if name not in WRITES:
        return None
    if snapshot is None:
        return "nothing has been read yet"
    try:
        return without_deed(name, snapshot)
    except (NotFound, Refused) as refused:
        return str(refused)


def without_deed(name: str, snapshot: Snapshot) -> str | None:
    """Raises what the plan raises."""
    plans: dict[str, Callable[[Snapshot], Plan]] = {"abort": plan_abort, "promote": plan_promote}
    if name in plans:
        return None if plans[name](snapshot).actions else f"nothing to {name}"
    if name == "answer_hook":
        require_waiting(snapshot, "approve")
    elif name == "guard":
        require_canary(snapshot)
    elif name in ("shift", "rollback"):
        refuse_unread_deployment(snapshot, name)
        refuse_while_deploying(snapshot, name)
        if len(snapshot.versions) == 1:
            return f"only {snapshot.versions[0].label} is published"
    return None


def idle_on(name: str, row: FleetRow | None) -> str | None:
    """The same for a key ``OF_A_ROW`` of the fleet: where the row is not looked at closely, as far
    as is known."""
    if row is None:
        return "there is no row"
    member = row.member
    if member is None:
        return None
    if not row.openable:
        return member.unread or NO_ROLLOUT
    if member.snapshot is not None:
        return idle(name, member.snapshot)
    at_rest = row.canary_weight is None and not member.running and not member.unread
    return "nothing moves it" if name in MOVES and at_rest else None

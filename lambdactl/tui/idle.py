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
from lambdactl.tui.keys import WRITES


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

"""``rollback``: all traffic back to the last version that carried it and was not taken back.

Never simply the number before: versions have gaps after a prune, and the one before may itself have
been rolled back. Always an older one: after a rollback by hand the version that was left has also
carried all traffic, and a second rollback must not lead back to it. A split, or a deployment that
runs, is an abort's affair, not this one's.
"""

from __future__ import annotations

from lambdactl.errors import Refused
from lambdactl.model import Routing, Snapshot, label
from lambdactl.model_history import Carried, Past
from lambdactl.plan.actions import Plan
from lambdactl.plan.reroute import nothing_to_do, reroute, with_notes
from lambdactl.plan.routing import alias_of, refuse_unread_deployment
from lambdactl.plan.shift import refuse_while_deploying, require_published


def plan_rollback(snapshot: Snapshot, past: Past, to: int | None = None) -> Plan:
    """All traffic to ``to``, or to the last good version. Raises NotFound or Refused."""
    alias = alias_of(snapshot)
    refuse_unread_deployment(snapshot, "rollback")
    refuse_while_deploying(snapshot, "rollback")
    if alias.routing.split:
        raise Refused(
            f"cannot roll back {snapshot.target}: it is split, {label(alias.routing.stable)} is"
            " still there",
            why="to end a split is an abort; a rollback leaves the stable version",
            hint=f"lambdactl abort -f {snapshot.target}",
        )
    if to is None:
        good = last_good(snapshot, past)
        to, why = good.version, f"v{good.version} had all traffic: {good.source}"
    else:
        require_published(snapshot, to)
        why = f"v{to} ← --to"
    if to == alias.routing.stable:
        return nothing_to_do("rollback", snapshot, alias.routing)
    plan = reroute("rollback", snapshot, alias, Routing(to), to)
    return with_notes(plan, why, *warnings(past, to))


def last_good(snapshot: Snapshot, past: Past) -> Carried:
    """The last older version that carried all traffic, still exists and was not taken back."""
    assert snapshot.alias is not None
    now = snapshot.alias.routing.stable
    published = {v.number for v in snapshot.versions}
    others = [c for c in past.carried if now is None or c.version < now]
    good = [c for c in others if c.version in published and c.version not in past.rolled_back]
    if good:
        return good[0]
    raise Refused(
        f"cannot roll back {snapshot.target}: no earlier version is known to have carried it",
        why=why_none(others, published, past),
        hint=f"lambdactl versions -f {snapshot.target}   then   "
        f"lambdactl rollback -f {snapshot.target} --to VERSION",
    )


def why_none(others: list[Carried], published: set[int], past: Past) -> str:
    gone = sorted({c.version for c in others} - published)
    bad = sorted({c.version for c in others} & set(past.rolled_back))
    parts = [f"{label(n)} was deleted" for n in gone]
    parts += [f"{label(n)} was taken back by {past.rolled_back[n]}" for n in bad]
    return "; ".join(parts) or "neither CodeDeploy nor CloudWatch tells of one"


def warnings(past: Past, to: int) -> tuple[str, ...]:
    if to not in past.rolled_back:
        return ()
    return (f"v{to} was itself taken back: {past.rolled_back[to]}",)

"""The plan of one UpdateAlias: shared by shift, promote, and abort of a split made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from lambdactl.model import Alias, Routing, Snapshot
from lambdactl.plan.actions import Check, Plan, UpdateAlias
from lambdactl.plan.checks import checks_of, refuse_unmet
from lambdactl.plan.routing import describe, undo

Verb = Literal["shift", "promote", "abort", "rollback"]


def reroute(
    verb: Verb, snapshot: Snapshot, alias: Alias, after: Routing, gaining: int | None
) -> Plan:
    """One UpdateAlias from where ``alias`` is to ``after``; raises Refused on an unmet check.

    ``gaining`` is the version that gets more traffic than before, None where none is checked.
    """
    before = alias.routing
    checks = checks_of(snapshot, alias, after, gaining)
    refuse_unmet(snapshot, checks, after)
    return Plan(
        verb=verb,
        place=snapshot.place,
        target=snapshot.target,
        actions=(UpdateAlias(snapshot.target, before, after, alias.revision_id),),
        before=before,
        after=after,
        checks=checks,
        notes=notes_of(snapshot, before, after, checks),
        undo=undo(snapshot.target, before, after),
    )


def nothing_to_do(
    verb: Verb, snapshot: Snapshot, routing: Routing, *notes: str, checks: tuple[Check, ...] = ()
) -> Plan:
    """A plan without actions: the alias is where it was wanted."""
    return Plan(
        verb=verb,
        place=snapshot.place,
        target=snapshot.target,
        actions=(),
        before=routing,
        after=routing,
        checks=checks,
        notes=notes or (f"{snapshot.target} already routes {describe(routing)}",),
    )


def with_notes(plan: Plan, *notes: str) -> Plan:
    """The same plan, with these notes before its own."""
    return replace(plan, notes=(*notes, *plan.notes))


def notes_of(
    snapshot: Snapshot, before: Routing, after: Routing, checks: tuple[Check, ...]
) -> tuple[str, ...]:
    notes = [f"not known: {c.name} ({c.detail})" for c in checks if c.ok is None]
    if after.canary is not None:
        notes += [f"alarm {a.name} is in ALARM" for a in snapshot.alarms if a.state == "ALARM"]
    if snapshot.provisioned and snapshot.target.alias in snapshot.provisioned:
        notes.append(f"provisioned concurrency of {snapshot.target.alias} moves with the alias")
    if snapshot.stack is not None and after.stable != before.stable:
        notes.append(
            f"stack {snapshot.stack} does not know of this move: its next deploy starts from the"
            " version it knows, and may fail or move the alias back"
        )
    return tuple(notes)

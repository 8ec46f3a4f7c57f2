"""Who moved an alias while somebody else was about to, as far as can be known without CloudTrail.

A deployment that runs is CodeDeploy's; a revision id, or the lock that it was made with, is in the
audit log of the machine that moved it, which may be this one. CloudTrail knows all, but a quarter
of an hour later, and is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from lambdactl.cli.audit_log import SESSION, STARTED, Entry, entries
from lambdactl.cli.session import Session
from lambdactl.errors import LambdactlError, Stale
from lambdactl.model import Target
from lambdactl.plan.actions import Plan, UpdateAlias

T = TypeVar("T")
ELSEWHERE = "somebody who is not in this machine's audit log; CloudTrail's UpdateAlias says who"


def naming_mover(session: Session, plan: Plan, events: Iterator[T]) -> Iterator[T]:
    """``events`` of applying ``plan``; a Stale that comes of it says who moved the alias."""
    try:
        yield from events
    except Stale as error:
        if error.revision_id is not None:
            mover = who_moved(session, plan, error.revision_id)
            error.why = "; ".join(part for part in (error.why, f"moved by {mover}") if part)
        raise


def who_moved(session: Session, plan: Plan, revision_id: str) -> str:
    try:
        return _by_log(plan, revision_id) or _by_codedeploy(session, plan.target) or ELSEWHERE
    except LambdactlError as error:
        return f"somebody who is not known: {error}"


def _by_log(plan: Plan, revision_id: str) -> str | None:
    """Who made ``revision_id``; else who began a move with the lock that we had."""
    locks = {a.revision_id for a in plan.actions if isinstance(a, UpdateAlias)}
    known = [e for e in entries() if e.get("revision_ids")]
    made = [e for e in known if e.get("reached") and revision_id in e["revision_ids"]]
    begun = [
        e
        for e in known
        if e.get("outcome") == STARTED
        and e.get("session") != SESSION
        and locks.intersection(e["revision_ids"])
    ]
    return next((_told(e) for e in (*made, *begun)), None)


def _told(entry: Entry) -> str:
    return f"{entry['caller']} on {entry['host']} at {entry['at']}: lambdactl {entry['command']}"


def _by_codedeploy(session: Session, target: Target) -> str | None:
    running = session.aws.snapshot(target, metrics=False).active_deployment
    return f"CodeDeploy: {running.id} by {running.creator}" if running is not None else None

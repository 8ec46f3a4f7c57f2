"""Who drives the alias, in words: for ``status``, for its JSON, and for the console's header."""

from __future__ import annotations

from typing import Any

from lambdactl.model import Snapshot
from lambdactl.render.numbers import clock, duration, iso, weight
from lambdactl.verdict.driver import Driver, Kind, driver_of


def short(driver: Driver) -> str:
    """A few words for a header: ``CodeDeploy d-7K2QXB1``, ``by hand``; nothing at rest."""
    match driver.kind:
        case Kind.CODEDEPLOY:
            return f"CodeDeploy {driver.name}"
        case Kind.CLOUDFORMATION:
            return f"stack {driver.name}"
        case Kind.WALK:
            return "shift --steps"
        case Kind.WALK_LEFT:
            return "shift --steps, left"
        case Kind.PROVISIONED_CONCURRENCY:
            return "provisioned concurrency"
        case Kind.PERSON:
            return "by hand"
        case Kind.NOBODY:
            return ""
        case Kind.UNKNOWN:
            return "driver not known"


def long(driver: Driver, snapshot: Snapshot) -> str:
    """One sentence, with what comes next where that is known."""
    match driver.kind:
        case Kind.CODEDEPLOY:
            running = snapshot.active_deployment
            by = f", begun by {running.creator}" if running else ""
            return f"CodeDeploy {driver.name}{by}"
        case Kind.CLOUDFORMATION:
            return f"CloudFormation: stack {driver.name} is {snapshot.stack_status}"
        case Kind.WALK:
            return f"shift --steps on this machine: {_walk(snapshot)}"
        case Kind.WALK_LEFT:
            # What it would have set next is due at no time: nothing sets it.
            way = f"lambdactl shift --resume -f {snapshot.target}"
            return f"nobody: shift --steps was left after {_reached(snapshot)}; {way}"
        case Kind.PROVISIONED_CONCURRENCY:
            return "Lambda, while provisioned concurrency moves: these weights pass by themselves"
        case Kind.PERSON:
            set_at = snapshot.weight_since
            since = f" at {clock(set_at)} or before" if set_at and not driver.reason else ""
            return f"a person, by hand{since}: {driver.reason or 'nothing moves these weights on'}"
        case Kind.NOBODY:
            return f"nobody: {driver.name} {driver.reason}" if driver.name else "nobody"
        case Kind.UNKNOWN:
            return f"not known: {driver.reason}"


def _reached(snapshot: Snapshot) -> str:
    walk = snapshot.walk
    return f"step {walk.done} of {len(walk.steps)}" if walk is not None else ""


def _walk(snapshot: Snapshot) -> str:
    walk = snapshot.walk
    if walk is None:
        return ""
    told = _reached(snapshot)
    if walk.next_weight is None:
        return told
    following = f"{told}, next {weight(walk.next_weight)}"
    if walk.next_at is None:
        return following
    left = (walk.next_at - snapshot.taken).total_seconds()
    when = f"at {clock(walk.next_at)} (in {duration(left)})" if left > 0 else "due now"
    held = " when its evidence is there" if walk.guard else ""
    return f"{following} {when}{held}"


def data(snapshot: Snapshot) -> dict[str, Any]:
    """The driver in JSON; ``kind`` is null where it is not known."""
    driver, walk = driver_of(snapshot), snapshot.walk
    kept = driver.kind in (Kind.WALK, Kind.WALK_LEFT) and walk is not None
    return {
        "kind": None if driver.kind is Kind.UNKNOWN else driver.kind.value,
        "name": driver.name,
        "moves": None if driver.kind is Kind.UNKNOWN else driver.kind.moves,
        "text": long(driver, snapshot),
        "walk": _walk_data(snapshot) if kept else None,
    }


def _walk_data(snapshot: Snapshot) -> dict[str, Any] | None:
    walk = snapshot.walk
    if walk is None:
        return None
    return {
        "to_version": walk.to,
        "steps_percent": list(walk.steps),
        "done": walk.done,
        "guarded": walk.guard,
        "next_weight_percent": walk.next_weight,
        "next_at": iso(walk.next_at),
        "running": walk.running,
    }

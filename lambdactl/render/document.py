"""Answers as JSON: a versioned envelope that only ever grows.

``null`` is unknown, never zero. Times are ISO 8601 UTC, weights and rates per cent, sizes bytes,
durations seconds; the unit is in the name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from lambdactl.model import (
    Alarm,
    Deployment,
    LifecycleEvent,
    Routing,
    Series,
    Snapshot,
)
from lambdactl.ops.stack_events import SeenOf
from lambdactl.render import ages, driver
from lambdactl.render.aliases import alias as alias
from lambdactl.render.aliases import routing as routing
from lambdactl.render.envelope import API_VERSION as API_VERSION
from lambdactl.render.envelope import Document as Document
from lambdactl.render.envelope import envelope as envelope
from lambdactl.render.numbers import iso
from lambdactl.render.progress import measured, progress
from lambdactl.render.verdict_document import finite, verdict
from lambdactl.verdict import Assessment
from lambdactl.verdict.damage import Damage, damage_of
from lambdactl.verdict.gate import Gate

if TYPE_CHECKING:
    from lambdactl.ops.stack_events import DeployEvent
    from lambdactl.plan import Plan


def rollout(
    snapshot: Snapshot,
    assessment: Assessment,
    *,
    gates: Iterable[Gate] = (),
    now: datetime | None = None,
) -> Document:
    """``kind: Rollout``, the data of ``status``; ``now`` is AWS's, None for that of the look."""
    age = ages.of(snapshot, now or snapshot.taken)
    return {
        "taken": iso(snapshot.taken),
        "state": assessment.state.value,
        "text": assessment.text,
        "advice": assessment.advice,
        "verdict": verdict(assessment.verdict),
        "gates": [gate(g) for g in gates],
        "driver": driver.data(snapshot),
        "data_age_seconds": age.snapshot_s,
        "age_seconds": ages.data(age),
        "damage": damage(damage_of(assessment.verdict)),
        "alias": alias(snapshot.alias) if snapshot.alias else None,
        "measured": _measured(snapshot),
        "progress": _progress(snapshot),
        "deployment": deployment(snapshot.deployment) if snapshot.deployment else None,
        "rolled_back": deployment(snapshot.previous) if snapshot.previous else None,
        "versions": _measured_versions(snapshot),
        "alarms": [alarm(a) for a in snapshot.alarms],
        "unread": [dataclasses.asdict(u) for u in snapshot.unread],
    }


def gate(found: Gate) -> Document:
    """``met`` is null where it is not known; beyond every limit is the largest float."""
    value = found.value
    return {
        "name": found.name,
        "value": finite(value) if isinstance(value, float) else value,
        "limit": found.limit,
        "met": found.met,
        "detail": found.detail,
    }


def damage(done: Damage | None) -> Document | None:
    """Failed calls above the stable version's rate; null where the versions were not compared."""
    if done is None:
        return None
    return {
        "failed_calls": done.failed,
        "failed_calls_interval": done.interval,
        "canary_calls_compared": done.calls,
        "canary_calls_not_compared": done.uncompared,
        "per_minute": done.per_minute,
        "per_minute_interval": done.per_minute_interval,
    }


def _measured(snapshot: Snapshot) -> Document | None:
    seen = measured(snapshot)
    if seen is None:
        return None
    return {
        "since": iso(seen.since),
        "stable_calls": seen.stable_calls,
        "canary_calls": seen.canary_calls,
        "canary_measured_percent": seen.canary_share,
    }


def _progress(snapshot: Snapshot) -> Document | None:
    now = progress(snapshot)
    if now is None:
        return None
    return {
        "step": now.step,
        "steps": now.steps,
        "next_weight_percent": now.next_weight,
        "next_at": iso(now.next_at),
        "left_seconds": now.left_s,
    }


def deployment(found: Deployment) -> Document:
    return {
        "id": found.id,
        "status": found.status.value,
        "application": found.application,
        "group": found.group,
        "config": found.config_name,
        "creator": found.creator,
        "created": iso(found.created),
        "completed": iso(found.completed),
        "current_version": found.current_version,
        "target_version": found.target_version,
        "rolls_back": found.rolls_back,
        "rolled_back_by": found.rolled_back_by,
        "error_code": found.error_code,
        "error_message": found.error_message,
        "lifecycle_events": [lifecycle_event(e) for e in found.events],
    }


def lifecycle_event(event: LifecycleEvent) -> Document:
    return {
        "name": event.name,
        "status": event.status,
        "started": iso(event.started),
        "ended": iso(event.ended),
        "message": event.message,
    }


def alarm(found: Alarm) -> Document:
    return {
        "name": found.name,
        "state": found.state,
        "updated": iso(found.updated),
        "reason": found.reason,
        "rule": found.summary,
    }


def _measured_versions(snapshot: Snapshot) -> list[Document] | None:
    if snapshot.metrics is None:
        return None
    return [_series(s) for _, s in sorted(snapshot.metrics.series.items())]


def _series(series: Series) -> Document:
    measured_at_all = any(m.invocations is not None for m in series.minutes)
    return {
        "version": series.version,
        "calls": series.calls() if measured_at_all else None,
        "errors": series.errors() if measured_at_all else None,
        "error_rate_percent": series.error_rate(),
        "minutes": [
            {
                "start": iso(m.start),
                "calls": m.invocations,
                "errors": m.errors,
                "error_rate_percent": m.error_rate,
                "throttles": m.throttles,
                "p95_ms": m.p95_ms,
            }
            for m in series.minutes
        ],
    }


def plan(planned: Plan, *, applied: bool, events: Iterable[DeployEvent] = ()) -> Document:
    """``kind: Plan``: what would be done, or what was, with the events of doing it."""
    return {
        "verb": planned.verb,
        "applied": applied,
        "actions": [_action(a) for a in planned.actions],
        "before": routing(planned.before),
        "after": routing(planned.after),
        "checks": [dataclasses.asdict(c) for c in planned.checks],
        "notes": list(planned.notes),
        "undo": planned.undo,
        "versions": [
            {
                "version": v.version,
                "fate": v.fate,
                "reason": v.reason,
                "code_size_bytes": v.code_size,
            }
            for v in planned.verdicts
        ],
        "frees_bytes": planned.frees,
        "releases": [_fields(r) for r in planned.releases],
        "changes": [_fields(c) for c in planned.changes],
        "events": [event(e) for e in events],
    }


def _action(action: object) -> Document:
    return {"action": type(action).__name__, **_fields(action)}


def event(happened: DeployEvent) -> Document:
    """One event: its class's name, and its fields as they are."""
    if isinstance(happened, SeenOf):
        return {**event(happened.event), "target": jsonable(happened.target)}
    return {"event": type(happened).__name__, **_fields(happened)}


def _fields(value: object) -> Document:
    if not dataclasses.is_dataclass(value):
        raise TypeError(f"{value!r} has no fields")
    return {f.name: jsonable(getattr(value, f.name)) for f in dataclasses.fields(value)}


def jsonable(value: object) -> Any:
    """A value of the model as JSON; what the model does not hold is a TypeError, not a guess."""
    match value:
        case Routing():
            return routing(value)
        case Exception():
            return str(value)
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return iso(value)
        case Mapping():
            return {str(k): jsonable(v) for k, v in value.items()}
        case tuple() | list():
            return [jsonable(v) for v in value]
        case frozenset() | set():
            return [jsonable(v) for v in sorted(value)]
        case _:
            return _fields(value)

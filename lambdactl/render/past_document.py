"""Forecasts, audits and verdicts on the past as JSON, by the rules of ``document``."""

from __future__ import annotations

from collections.abc import Sequence

from lambdactl.model import Alarm
from lambdactl.model_history import AlarmChange
from lambdactl.ops.hook_log import HookLog
from lambdactl.render import document
from lambdactl.render.document import Document
from lambdactl.render.logged import log_record
from lambdactl.render.numbers import iso
from lambdactl.render.verdict_document import verdict
from lambdactl.verdict.alarms_audit import AlarmAudit
from lambdactl.verdict.hindsight import Hindsight
from lambdactl.verdict.power import Outlook, Sight


def outlook(found: Outlook) -> Document:
    """``kind: Outlook``; with ``unknown`` everything else says nothing."""
    week = found.traffic
    return {
        "unknown": found.unknown,
        "times": found.times,
        "stable_error_rate_percent": found.rate,
        "traffic": week
        and {
            "since": iso(week.since),
            "until": iso(week.until),
            "measured_seconds": len(week.buckets) * week.period_s,
            "calls": week.calls,
            "errors": week.errors,
        },
        "chosen": sight(found.chosen) if found.chosen else None,
        "others": [sight(s) for s in found.others],
        "advised": found.advised.config.name if found.advised else None,
    }


def sight(seen: Sight) -> Document:
    return {
        "config": seen.config.name,
        "seconds": seen.minutes * 60.0,
        "canary_calls": seen.canary_calls,
        "seen_percent": seen.seen,
        "smallest_seen_error_rate_percent": seen.smallest,
        "cannot_exclude_error_rate_percent": seen.bound,
    }


def alarms(found: Sequence[Alarm], changes: Sequence[AlarmChange]) -> Document:
    """``kind: Alarms``, newest change first."""
    return {
        "alarms": [{**document.alarm(a), "threshold": a.threshold} for a in found],
        "history": [document.jsonable(c) for c in changes],
    }


def audit(found: AlarmAudit) -> Document:
    """One of ``kind: AlarmAudit``; ``hours`` is null where the alarm was not replayed."""
    return {
        **document.alarm(found.rule.alarm),
        "fine": found.fine,
        "hours": found.hours,
        "hours_rolled_back": found.rolled_back,
        "findings": [{"problem": f.problem.name.lower(), "text": f.text} for f in found.findings],
    }


def hook(found: HookLog) -> Document:
    """One of ``hooks``; ``function`` is null where none is set for the lifecycle event."""
    return {
        "event": found.event.name,
        "status": found.event.status,
        "function": found.function,
        "log_group": found.group or None,
        "since": iso(found.since),
        "until": iso(found.until),
        "missing": str(found.missing) if found.missing else None,
        "lines": [log_record(line) for line in found.lines],
    }


def hindsight(judged: Hindsight) -> Document:
    window = judged.window
    return {
        "verdict": verdict(judged.verdict),
        "damage": document.damage(judged.damage),
        "note": judged.note,
        "since": iso(window.since) if window else None,
        "until": iso(window.until) if window else None,
        "period_seconds": window.period_s if window else None,
    }

"""Alarms as a list, with their history, and what an audit found of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from lambdactl.model import Alarm
from lambdactl.model_history import AlarmChange
from lambdactl.render import glyphs
from lambdactl.render.numbers import UNKNOWN, counted, duration, stamp
from lambdactl.render.spans import Line, Span, spans
from lambdactl.render.tables import Cell, Column, Table
from lambdactl.render.visible import visible
from lambdactl.verdict.alarms_audit import AlarmAudit, Problem

HEADER = (
    Column(""),
    Column("ALARM"),
    Column("STATE"),
    Column("SINCE"),
    Column("FOR", right=True),
    Column("THRESHOLD", right=True),
    Column("RULE"),
    Column("REASON", wide=True),
)
CHANGES = (Column("AT"), Column("ALARM"), Column("WAS"), Column(""), Column("BECAME"))
STYLES: dict[Problem, str] = {
    Problem.IN_ALARM: "bold red",
    Problem.ROLLS_BACK: "bold red",
    Problem.NO_DATA: "yellow",
    Problem.SLOW: "yellow",
    Problem.NOT_REPLAYED: "yellow",
}
INDENT = 2


def alarm_table(alarms: Sequence[Alarm], now: datetime, *, ascii: bool = False) -> Table:
    rows = tuple(_alarm_row(a, now, ascii) for a in alarms)
    return Table(HEADER, rows, tuple(a.name for a in alarms))


def change_table(changes: Sequence[AlarmChange], *, ascii: bool = False) -> Table:
    rows = tuple(_change_row(c, ascii) for c in changes)
    return Table(CHANGES, rows, tuple(c.name for c in changes))


def _alarm_row(alarm: Alarm, now: datetime, ascii: bool) -> tuple[Cell, ...]:
    mark = glyphs.of_alarm(alarm.state)
    since = alarm.updated
    return (
        Span(mark.sign(ascii), mark.style),
        visible(alarm.name),
        Span(visible(alarm.state), mark.style),
        stamp(since),
        duration((now - since).total_seconds()) if since else UNKNOWN,
        UNKNOWN if alarm.threshold is None else f"{alarm.threshold:g}",
        visible(alarm.summary),
        visible(alarm.reason),
    )


def _change_row(change: AlarmChange, ascii: bool) -> tuple[Cell, ...]:
    became = change.became or change.summary
    arrow = "->" if ascii else "→"
    mark = glyphs.of_alarm(became)
    return (
        stamp(change.at),
        visible(change.name),
        visible(change.was or UNKNOWN),
        arrow,
        Span(visible(became), mark.style),
    )


def audit_lines(audits: Sequence[AlarmAudit], days: int, *, ascii: bool = False) -> list[Line]:
    """Each alarm with what was found of it; what was not replayed is never a good sign."""
    return [line for audit in audits for line in _audited(audit, days, ascii)]


def _audited(audit: AlarmAudit, days: int, ascii: bool) -> Iterator[Line]:
    mark = glyphs.CHECKS[sign_of(audit)]
    head = Span(f"{mark.sign(ascii)} {visible(audit.rule.alarm.name)}", mark.style)
    yield spans(head, f"  {visible(audit.rule.alarm.summary)}")
    if audit.fine:
        span = f"all {counted(audit.hours or 0, 'hour')} of {counted(days, 'day')}"
        yield spans(" " * INDENT, f"would have let a good canary through in {span}")
    for finding in audit.findings:
        prefix = ""
        if finding.problem is Problem.NOT_REPLAYED:
            prefix = "not replayed: "
        yield spans(" " * INDENT, Span(f"{prefix}{visible(finding.text)}", STYLES[finding.problem]))


def sign_of(audit: AlarmAudit) -> bool | None:
    """Fine, not fine, or not known."""
    if audit.fine:
        return True
    worst = {Problem.IN_ALARM, Problem.ROLLS_BACK}
    return False if any(f.problem in worst for f in audit.findings) else None

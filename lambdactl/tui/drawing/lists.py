"""The rows of the panes: events, alarms, and the deployment with its hooks.

A row is a key and a line; the key is its identity, so that cursor and scroll stay where they are
while rows come and go. What could not be read is a row too, with the reason and the way out.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from textual.content import Content

from lambdactl.errors import LambdactlError
from lambdactl.model import Alarm, Deployment, LifecycleEvent, Snapshot, Unread, label
from lambdactl.ops.hook_log import left_s
from lambdactl.render import glyphs
from lambdactl.render.glyphs import Mark
from lambdactl.render.numbers import clock, countdown, duration, stamp
from lambdactl.tui.drawing.pen import ASCII, UNICODE, Pen
from lambdactl.tui.drawing.steps import MARKERS
from lambdactl.tui.drawing.text import age, joined
from lambdactl.tui.drawing.way_out import hinted, in_line
from lambdactl.tui.view import Line, View

NO_NOTE = Content("")
FAILED = ("look", "unread")
"""The events that are of a failure, and have a way out."""
RANG = 3
"""So many times that an alarm was red are told."""


class Row(NamedTuple):
    """``copied`` is what ``y`` copies from this row."""

    key: str
    line: Content
    copied: str


def events(view: View, pen: Pen, width: int = 0) -> list[Row]:
    """``width`` is that of the pane; 0 where it is not known, and nothing is cut to fit it."""
    day = view.now.replace(hour=0, minute=0, second=0, microsecond=0) if view.now else None
    rows = ((line, event(line, day, pen.ascii)) for line in view.lines)
    return [
        failed(line, row, day, pen, width)
        if line.kind in FAILED and 0 < width < row.line.cell_length
        else row
        for line, row in rows
    ]


def failed(line: Line, row: Row, day: datetime | None, pen: Pen, width: int) -> Row:
    """A failure that is too long: its way out, which stands at its end, is not what is cut."""
    told, _, hint = line.text.partition("  try: ")
    head = Content(" ") + happened(line.at, line.mark, line.kind, "", pen, day)
    room = width - head.cell_length
    return row._replace(line=head + in_line(pen.say(told), hinted(hint, pen), room, pen))


@lru_cache(maxsize=1024)
def event(line: Line, day: datetime | None, ascii: bool) -> Row:
    """What has happened is told the same every second, all day long."""
    pen = ASCII if ascii else UNICODE
    drawn = " " + happened(line.at, line.mark, line.kind, line.text, pen, day)
    return Row(str(line.number), drawn, f"{stamp(line.at)} {line.kind} {line.text}")


def happened(
    at: datetime, mark: Mark, kind: str, text: str, pen: Pen, now: datetime | None = None
) -> Content:
    """``14:06:41 ✖ alarm    checkout-5xx OK → ALARM``; the day where it was another one."""
    today = now is None or at.date() == now.date()
    when = clock(at) if today else f"{at:%d %b}"
    parts = [pen.say(f"{when:<8}", "dim"), pen.sign(mark), pen.say(f"{kind:<8}", "dim")]
    return Content(" ").join([*parts, pen.say(text)])


def alarms(view: View, pen: Pen) -> list[Row]:
    snapshot = view.snapshot
    if snapshot is None:
        return []
    # The deployment's group names the alarms: without it nobody knows whether any watches.
    parts = ("alarms", "group", "deployment")
    unread = next((u for part in parts if (u := snapshot.unreadable(part))), None)
    rows = [row for alarm in ordered(snapshot.alarms) for row in alarm_rows(alarm, view, pen)]
    if unread is not None:
        rows += not_known("alarms", unread, pen)
    elif not rows:
        rows = [Row("none", pen.say(" no alarm watches this rollout", "dim"), "")]
    if isinstance(view.alarm_history, LambdactlError):
        told = view.alarm_history
        rows += not_known("alarm history", Unread("alarm history", str(told), told.hint), pen)
    return [*rows, *guarded(snapshot, pen), *read_ago("alarms", view, pen)]


def read_ago(part: str, view: View, pen: Pen) -> list[Row]:
    """How old a part is that is not read at every look; nothing where it is as old as the rest."""
    snapshot = view.snapshot
    if snapshot is None or view.now is None or part not in snapshot.older:
        return []
    told = f"{part} read {age((view.now - snapshot.read_at(part)).total_seconds())} ago"
    return [Row(f"{part} age", pen.say(f" {told}", "dim"), told)]


def rang(alarm: Alarm, view: View) -> str:
    """``in ALARM in 24 h: 14:06:41 for 41s, 09:14:00 for 7m``; empty where it was not read."""
    told = view.alarm_history
    if told is None or isinstance(told, LambdactlError) or alarm.name not in told:
        return ""
    newest_first = told[alarm.name]
    ends = [view.now, *(change.at for change in newest_first)]
    red = [
        f"{clock(change.at)}{f' for {age((end - change.at).total_seconds())}' if end else ''}"
        for change, end in zip(newest_first, ends, strict=False)
        if change.became == "ALARM"
    ]
    more = f", {len(red) - RANG} more" if len(red) > RANG else ""
    return f"in ALARM in 24 h: {', '.join(red[:RANG]) or 'never'}{more}"


def ordered(found: tuple[Alarm, ...]) -> list[Alarm]:
    """Red ones first, then unknown ones."""
    order = {"ALARM": 0, "INSUFFICIENT_DATA": 1}
    return sorted(found, key=lambda a: (order.get(a.state, 2), a.name))


def alarm_rows(alarm: Alarm, view: View, pen: Pen) -> list[Row]:
    since = ""
    if alarm.updated is not None and view.now is not None:
        since = f"for {age((view.now - alarm.updated).total_seconds())}"
    mark = glyphs.of_alarm(alarm.state)
    head = [
        pen.sign(mark) + " " + pen.say(alarm.name, "bold"),
        pen.say(alarm.state),
        pen.say(since),
    ]
    rows = [Row(alarm.name, " " + joined(head), alarm.name)]
    if alarm.summary:
        rows.append(Row(f"{alarm.name} rule", pen.say(f"   {alarm.summary}", "dim"), alarm.summary))
    if alarm.reason and alarm.state == "ALARM":
        rows.append(Row(f"{alarm.name} reason", pen.say(f"   {alarm.reason}"), alarm.reason))
    past = rang(alarm, view)
    if past:
        rows.append(Row(f"{alarm.name} past", pen.say(f"   {past}", "dim"), past))
    return rows


def guarded(snapshot: Snapshot, pen: Pen) -> list[Row]:
    """What CodeDeploy does by itself when something goes wrong."""
    group = snapshot.group
    if group is None:
        return []
    told = ["auto rollback on" if group.auto_rollback else "auto rollback is off"]
    told += [f"  {cause}" for cause in sorted(group.auto_rollback)]
    if not group.alarms_enabled:
        told.append("the deployment group watches no alarm")
    return [Row(text, pen.say(f" {text}", "dim"), text.strip()) for text in told]


def hooks(view: View, pen: Pen) -> list[Row]:
    snapshot = view.snapshot
    if snapshot is None:
        return []
    unread = snapshot.unreadable("deployment")
    if unread is not None:
        return not_known("deployment", unread, pen)
    if snapshot.deployment is None:
        return [Row("none", pen.say(" no deployment has moved this alias", "dim"), "")]
    rows = deployment(snapshot.deployment, view, pen)
    if snapshot.previous is not None:
        rows += [Row("undone", pen.say(" it undoes:", "dim"), "")]
        rows += deployment(snapshot.previous, view, pen)
    return rows


def deployment(one: Deployment, view: View, pen: Pen) -> list[Row]:
    mark = glyphs.of_deployment(one.status)
    route = f"{label(one.current_version)} → {label(one.target_version)}"
    head = [pen.sign(mark) + " " + pen.say(one.id, "bold"), pen.say(one.status), pen.say(route)]
    made = (f"{one.application} / {one.group}, by {one.creator}", one.config_name)
    rows = [Row(one.id, " " + joined(head), one.id)]
    rows += [Row(f"{one.id} {m}", pen.say(f"   {m}", "dim"), m) for m in made]
    told = [m for m in (one.error_message or one.error_code, one.rollback_message) if m]
    rows += [Row(f"{one.id} {m}", pen.say(f"   {m}", "$text-error"), m) for m in told]
    return rows + [
        row
        for event in one.events
        if event.name not in MARKERS
        for row in lifecycle(one.id, event, view, pen)
    ]


def lifecycle(deployment_id: str, event: LifecycleEvent, view: View, pen: Pen) -> list[Row]:
    name = pen.say(f" {event.name:<19}{event.status:<11}")
    line = "   " + pen.sign(glyphs.of_lifecycle(event.status)) + name + pen.say(lasted(event, view))
    key = f"{deployment_id} {event.name}"
    rows = [Row(key, line, f"{event.name} {event.status}")]
    if event.message:
        said = pen.say(
            f"     {event.message}", "$text-error" if event.status == "Failed" else "dim"
        )
        rows.append(Row(f"{key} message", said, event.message))
    return rows


def lasted(event: LifecycleEvent, view: View) -> str:
    if event.started is None:
        return ""
    if event.ended is not None:
        return f"{duration((event.ended - event.started).total_seconds())}  {clock(event.started)}"
    if view.now is None:
        return f"since {clock(event.started)}"
    passed = (view.now - event.started).total_seconds()
    if event.name == "AllowTraffic":
        return countdown(passed)
    left = countdown(left_s(event, view.now) or 0.0)
    return f"{countdown(passed)} · has not called back · fails in {left}"


def not_known(part: str, unread: Unread, pen: Pen) -> list[Row]:
    """The way out on a line of its own: at the end of the reason it would be cut off."""
    rows = [unknown(part, unread.reason, None, pen)]
    if unread.hint:
        way = pen.say(f"   try: {unread.hint}", "$text-warning")
        rows.append(Row(f"unread {part} hint", way, unread.hint))
    return rows


def unknown(part: str, reason: str, hint: str | None, pen: Pen) -> Row:
    told = f"? {part} not known: {reason}{f'  try: {hint}' if hint else ''}"
    return Row(f"unread {part}", pen.say(f" {told}", "$text-warning"), told)


def tab(
    name: str,
    number: int,
    view: View,
    pen: Pen,
    *,
    chosen: bool,
    note: Content = NO_NOTE,
) -> Content:
    """``[1 EVENTS]`` for the pane that is shown, ``2 alarms ✖1`` for another; ``note`` is what is
    said of rows that are not there."""
    told = pen.say(f"[{number} {name.upper()}]" if chosen else f"{number} {name}")
    told = told.stylize("bold") if chosen else told
    told = joined([told, note], " ")
    red = sum(a.state == "ALARM" for a in view.snapshot.alarms) if view.snapshot else 0
    if name != "alarms" or not red:
        return told
    return told + " " + pen.sign(glyphs.of_alarm("ALARM")) + pen.say(str(red), "bold $text-error")

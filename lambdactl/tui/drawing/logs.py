"""What versions and hooks logged: errors in groups, lines as they come, and what is not there.

A log line is data from anywhere: what would steer the terminal is spelled out.
"""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from lambdactl.errors import LambdactlError
from lambdactl.model_configuration import LogLine
from lambdactl.ops.hook_log import HookLog
from lambdactl.ops.log_errors import Errors
from lambdactl.ops.log_lines import ErrorGroup
from lambdactl.render import glyphs
from lambdactl.render.hooks import waited, without
from lambdactl.render.logged import log_line, said, worker
from lambdactl.render.numbers import clock, short
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.spanned import content, wrapped
from lambdactl.tui.drawing.text import fitted, joined, middle

COUNT = 6


def heading(width: int, pen: Pen) -> Content:
    ids = f"  {'REQUEST':<10}" if width >= 100 else ""
    head = f" {'TIMES':>{COUNT}}  {'LAST':<9} {'FIRST':<9}{ids} ERROR"
    return fitted(pen.say(head, "dim bold"), width)


def error_rows(found: Errors, width: int, pen: Pen) -> list[Row]:
    """The most frequent first; then what was not read."""
    told = [group_row(g, width, pen) for g in found.groups]
    return [*(told or [nothing(found, pen)]), *gaps(found, pen)]


def group_row(one: ErrorGroup, width: int, pen: Pen) -> Row:
    ids = f"  {short(one.request_id or '-'):<10}" if width >= 100 else ""
    line = Content.assemble(
        " ",
        pen.say(f"{'×' + format(one.count, ','):>{COUNT}}", "bold $text-error"),
        pen.say(f"  {clock(one.last)}  {clock(one.first)} ", "dim"),
        pen.say(ids, "dim"),
        " ",
        pen.say(said(one.pattern)),
    )
    return Row(one.pattern, line, one.request_id or said(one.message))


def short_row(one: ErrorGroup, width: int, pen: Pen) -> Row:
    """For a pane: the newest message, and whose call it was."""
    tail = f"  {short(one.request_id)}" if one.request_id else ""
    head = pen.say(f" ×{one.count:,}", "bold $text-error") + pen.say(f" {clock(one.last)} ", "dim")
    room = max(8, width - head.cell_length - len(tail) - 1)
    text = middle(said(one.pattern), room, pen.ellipsis)
    line = head + pen.say(f"{text:<{room}}") + pen.say(tail, "dim")
    return Row(one.pattern, line, one.request_id or said(one.message))


def in_pane(found: Errors, width: int, pen: Pen) -> list[Row]:
    told = [short_row(g, width, pen) for g in found.groups]
    return [*(told or [nothing(found, pen)]), *gaps(found, pen)]


def nothing(found: Errors, pen: Pen) -> Row:
    """No error, no line, or no log group: three different things."""
    if found.missing is not None:
        text = f"? {found.missing}"
        return Row("missing", pen.say(f" {text}", "$text-warning"), str(found.missing.hint))
    since = clock(found.since)
    if not found.read and found.over:
        text = f"nothing of v{found.version} is held from {since} on: expired, or never logged"
        return Row("silent", pen.say(f" ? {text}", "$text-warning"), text)
    if not found.read:
        text = f"v{found.version} logged nothing at all since {since}"
        return Row("silent", pen.say(f" ? {text}", "$text-warning"), text)
    text = f"no error in {found.read:,} lines since {since}"
    if found.left_out:
        text = f"no error in the {found.read:,} lines that were read; the others are not known"
        return Row("none", pen.say(f" ? {text}", "$text-warning"), text)
    return Row("none", " " + pen.sign(glyphs.of_lifecycle("Succeeded")) + pen.say(f" {text}"), text)


def gaps(found: Errors, pen: Pen) -> list[Row]:
    told = [
        f"not read: {clock(a)} to {clock(b)}, more lines than one look may read"
        for a, b in found.left_out
    ]
    if found.forgotten:
        told.append(f"{found.forgotten:,} older errors are not counted any more")
    return [Row(text, pen.say(f" ! {text}", "$text-warning"), text) for text in told]


def group_detail(one: ErrorGroup, width: int, pen: Pen) -> list[Content]:
    """The newest of a group, whole, line by line."""
    head = f"newest {clock(one.last)}"
    request = f"  request {one.request_id}  (y copies it)" if one.request_id else ""
    lines = [pen.say(head + request, "dim")]
    lines += [pen.say(said(part)) for part in one.message.split("\n")]
    return [Content(" ") + line for line in wrapped(lines, width - 2)]


def missing_detail(error: LambdactlError, width: int, pen: Pen) -> list[Content]:
    lines = [pen.say(text) for text in (error.why, error.hint and f"try  {error.hint}") if text]
    return [Content(" ") + line for line in wrapped(lines, width - 2)]


def line_row(one: LogLine, pen: Pen) -> Row:
    return Row(one.id, Content(" ") + content(log_line(one), pen), said(one.message))


def line_detail(one: LogLine, width: int, pen: Pen) -> list[Content]:
    at = f"{one.at:%Y-%m-%d %H:%M:%S}.{one.at.microsecond // 1000:03d}"
    lines = [pen.say(f"{at}  worker {worker(one)}", "dim")]
    lines += [pen.say(said(part)) for part in one.message.split("\n")]
    return [Content(" ") + line for line in wrapped(lines, width - 2)]


def hook_heading(found: HookLog, now: datetime | None, pen: Pen) -> list[Content]:
    """What CodeDeploy says of the hook, and how long it still waits for it."""
    event = found.event
    head = [pen.sign(glyphs.of_lifecycle(event.status)) + pen.say(f" {event.name}", "bold")]
    head += [pen.say(event.status), pen.say(found.function or "no function is set for it", "dim")]
    return [Content(" ") + joined(head), pen.say(f"   {waited(event, now)}")]


def hook_rows(found: HookLog, pen: Pen) -> list[Row]:
    rows = [line_row(line, pen) for line in found.lines]
    if found.cut_at is not None:
        text = f"not read: what came after {clock(found.cut_at)}, more lines than are read at once"
        rows.append(Row("cut", pen.say(f" ! {text}", "$text-warning"), text))
    return rows or [no_line(found, pen)]


def no_line(found: HookLog, pen: Pen) -> Row:
    text = without(found)
    lost = found.missing is not None
    line = pen.say(f" {'? ' if lost else ''}{text}", "$text-warning" if lost else "dim")
    return Row("none", line, text)

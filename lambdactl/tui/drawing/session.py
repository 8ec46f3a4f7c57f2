"""The session's own story as rows: what failed, and what was changed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from lambdactl.render import by_hand
from lambdactl.render.numbers import clock, counted, stamp
from lambdactl.tui.drawing.advice import mark_of
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import joined
from lambdactl.tui.session_log import Change, Met, SessionLog, is_read

UNDER = Content(" " * 11)
"""Where stands what belongs to the line above: under its mark."""


def errors(met: Sequence[Met], pen: Pen) -> list[Row]:
    """The newest first; each with its call, AWS's code and request id, why, and the way out."""
    if not met:
        return [Row("none", pen.say(" nothing has failed in this session", "dim"), "")]
    return [row for one in met for row in error(one, pen)]


def error(met: Met, pen: Pen) -> list[Row]:
    found = met.error
    ids = joined(
        [
            pen.say(found.call or "no call to AWS"),
            pen.say(found.aws_code or ""),
            pen.say(f"request {found.request_id}" if found.request_id else "", "dim"),
            pen.say(f"at {met.place}" if met.place else "", "dim"),
        ]
    )
    again = pen.say(f"×{met.count} since {clock(met.since)}", "$text-warning")
    head = [pen.say(clock(met.at), "dim"), pen.named(mark_of(found)), pen.say(str(found))]
    told = (stamp(met.at), found.call, found.aws_code, found.request_id, str(found))
    key = f"{met.since.timestamp()} {met.place} {found}"
    rows = [Row(key, Content(" ") + joined(head), " ".join(t for t in told if t))]
    under = [ids + (Content("  ") + again if met.count > 1 else "")]
    under += [pen.say(found.why, "dim")] if found.why else []
    rows += [Row(f"{key} {n}", UNDER + line, line.plain) for n, line in enumerate(under)]
    if found.hint:
        way = pen.say("try: ", "dim") + pen.say(found.hint)
        rows.append(Row(f"{key} hint", UNDER + way, found.hint))
    return rows


def changes(made: Sequence[Change], pen: Pen) -> list[Row]:
    """The newest first; each with the calls, what came of them, and the command for the same."""
    if not made:
        return [Row("none", pen.say(" this session has changed nothing", "dim"), "")]
    return [row for one in made for row in change(one, pen)]


def change(one: Change, pen: Pen) -> list[Row]:
    mark = by_hand.mark_of(one.outcome)
    ended = {"started": "is being applied, or it did not end"}.get(one.outcome, one.outcome)
    head = joined(
        [
            pen.say(clock(one.began), "dim") + " " + pen.sign(mark),
            pen.say(f"{one.verb} {one.target}", "bold"),
            pen.say(f"{one.before} → {one.after}"),
            pen.say(" ".join(w for w in (ended, one.aws_code) if w)),
        ]
    )
    rows = [Row(one.key, Content(" ") + head, head.plain)]
    for n, call in enumerate(one.calls):
        line = UNDER + pen.say(f"{call}  at {one.place}", "dim")
        rows.append(Row(f"{one.key} {n}", line, call))
    if one.command:
        line = UNDER + pen.say(f"$ {one.command}", "$text-accent")
        rows.append(Row(f"{one.key} command", line, one.command))
    return rows


def asked(log: SessionLog, pen: Pen) -> Content:
    """``1,204 reads: lambda:GetAlias 300, ...``: what looking has cost in calls."""
    calls = log.calls
    reads = sum(n for call, n in calls.items() if is_read(call))
    writes = calls.total() - reads
    most = [f"{call} {n:,}" for call, n in calls.most_common(3) if is_read(call)]
    told = f" {counted(reads, 'read')} and {counted(writes, 'write')} sent to AWS in this session"
    return pen.say(told, "bold") + pen.say(f"  {', '.join(most)}" if most else "", "dim")

"""The first two lines of a rollout that is over: what became of it, when, and what a judge says."""

from __future__ import annotations

from textual.content import Content

from lambdactl.render import glyphs
from lambdactl.render.numbers import duration, stamp
from lambdactl.tui.drawing import plan as plan_drawing
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import fitted, joined
from lambdactl.tui.drawing.verdict import broken
from lambdactl.tui.drawing.way_out import in_line, ways
from lambdactl.tui.view import Past, View


def verdict(view: View, width: int, pen: Pen) -> list[Content]:
    """Two lines of exactly ``width`` cells."""
    past = view.past
    if past is None:
        return []
    if view.snapshot is None or view.assessment is None:
        first, second = unread(view, past, width, pen)
        return [fitted(Content(" ") + first, width), fitted(Content(" ") + second, width)]
    head = pen.named(glyphs.of_state(view.assessment.state)) + "  "
    text, rest = broken(pen.spelled(view.assessment.text), width - 2 - head.cell_length)
    second = joined([told(past, view, pen), pen.say(rest)], pen.spelled(" · "))
    return [
        fitted(Content(" ") + head + pen.say(text), width),
        fitted(Content(" ") + second, width),
    ]


def unread(view: View, past: Past, width: int, pen: Pen) -> tuple[Content, Content]:
    if view.failure is None:
        return pen.say(f"reading what AWS still holds of {past.deployment_id} ...", "dim"), Content(
            ""
        )
    error = view.failure.error
    head, *_ = plan_drawing.refused(error, pen)
    cut = head.cell_length > width - 2
    return head, in_line(Content(""), ways(error, pen, Content("")), width - 2, pen, cut=cut)


def told(past: Past, view: View, pen: Pen) -> Content:
    """``PAST 2026-11-23 14:02:55 - 14:13:11, 10m16s - judged FAIL``."""
    began, ended = past.began, past.ended
    if began is None or ended is None:
        return pen.say("PAST", "bold $text-warning")
    same_day = began.date() == ended.date()
    until = f"{ended:%H:%M:%S}" if same_day else stamp(ended)
    took = duration((ended - began).total_seconds())
    verdict = view.assessment.verdict if view.assessment else None
    judged = f"judged {verdict.answer.value}" if verdict is not None else ""
    parts = [
        pen.say(f"{stamp(began)} – {until}, {took}"),
        pen.say(judged),
        pen.say(past.note or ""),
    ]
    return pen.say("PAST ", "bold $text-warning") + joined(parts, pen.spelled(" · "))

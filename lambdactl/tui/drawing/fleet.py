"""The fleet as rows: each alias with its state in a glyph, a word and a colour, the worst first."""

from __future__ import annotations

from textual.content import Content

from lambdactl.ops.fleet import Fleet, Member
from lambdactl.render import glyphs
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import fitted
from lambdactl.tui.matching import Filter

COLUMNS = ("state",)
"""What a filter's words may be about."""


def rows(fleet: Fleet, pen: Pen, kept: Filter) -> list[Row]:
    return [
        Row(m.name, line(m, pen), m.name)
        for m in fleet.members
        if kept.keeps(m.name, {"state": m.assessment.state if m.assessment else "not read"})
    ]


def line(member: Member, pen: Pen) -> Content:
    if member.assessment is None:
        state = Content.styled("? NOT READ", "bold $text-warning")
    else:
        state = pen.named(glyphs.of_state(member.assessment.state))
    name = fitted(pen.say(member.name, "bold"), 40)
    return Content(" ") + fitted(state, 14) + name + Content("  ") + pen.say(said(member), "dim")


def said(member: Member) -> str:
    return member.unread or (member.assessment.text if member.assessment else "")

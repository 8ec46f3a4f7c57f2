"""The fleet as rows under a heading: which functions need somebody now.

More room adds columns and never another meaning. All rates stand on one scale, which the heading
prints: a row cannot look worse than another for being drawn on a smaller one. What was not measured
is blank or says so, and never looks like no errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content

from lambdactl.model import Routing, label
from lambdactl.render import glyphs
from lambdactl.render.numbers import size
from lambdactl.tui.drawing import spark
from lambdactl.tui.drawing.charted import grouped
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import CANARY, STABLE, Pen
from lambdactl.tui.drawing.spark import Bar, Gap
from lambdactl.tui.drawing.text import age, fitted, middle
from lambdactl.tui.fleet_order import Sorting
from lambdactl.tui.fleet_row import FleetRow
from lambdactl.verdict.readings import SETTLING_S

FILTERED = ("state", "alias", "driver", "alarm", "owner", "stack")
"""What a filter's words may be about."""
SPARK = "SPARK"
"""The chart has no column to sort by: its number has."""


MARK, SCROLLBAR = 1, 1
"""Cells at the left and at the right of the columns."""


class Look(NamedTuple):
    """What a row is drawn with, beside itself."""

    width: int
    top: float
    """Of the scale that all rows share, in per cent."""
    now: datetime | None
    failed: bool
    """The last measurement was refused: what is not known stays unknown."""
    untagged: bool = False
    """So were the tags."""


class Cell(NamedTuple):
    column: str
    width: int
    right: bool = False


@lru_cache(maxsize=16)
def layout(width: int, ascii: bool) -> tuple[Cell, ...]:
    """The columns that a screen of ``width`` has room for."""
    state = Cell("STATE", 18 if ascii else 15)
    rate, name = Cell("ERR%", 7, right=True), Cell("FUNCTION", 0)
    if width < 80:
        return filled([state, name, rate], width)
    calls, old = Cell("CALLS", 7, right=True), Cell("AGE", 5, right=True)
    routing = Cell("ROUTING", 16)
    if width < 110:
        return filled([state, name, routing, Cell(SPARK, 9), rate, calls, old], width)
    ratio, p95 = Cell("RATIO", 7, right=True), Cell("P95", 8, right=True)
    middle_ = [state, name, routing, Cell(SPARK, 13), rate, ratio, calls, p95]
    alarm, driver = Cell("ALARM", 7, right=True), Cell("DRIVER", 12, right=True)
    if width < 120:
        return filled([*middle_, alarm, old], width)
    if width < 180:
        return filled([*middle_, alarm, driver, old], width)
    why, code = Cell("WHY", 0), Cell("CODE", 10, right=True)
    # What there is more than 180 is for the names and for the reasons.
    named = Cell("FUNCTION", min(40, 30 + (width - 180) // 4))
    owner, stack = Cell("OWNER", 13), Cell("STACK", 17)
    wide = [state, named, *middle_[2:], alarm, driver, old, code, owner, stack, why]
    return filled(wide, width)


def filled(cells: Sequence[Cell], width: int) -> tuple[Cell, ...]:
    rest = width - MARK - SCROLLBAR - sum(cell.width for cell in cells)
    return tuple(cell._replace(width=rest) if cell.width == 0 else cell for cell in cells)


def sortable(width: int, ascii: bool) -> tuple[str, ...]:
    return tuple(c.column for c in layout(width, ascii) if c.column not in (SPARK, "WHY"))


def chart_width(width: int) -> int:
    return next((c.width - 1 for c in layout(width, ascii=False) if c.column == SPARK), 0)


TITLES = {
    "FUNCTION": "FUNCTION:ALIAS",
    "CALLS": "CALL/m",
    "P95": "p95",
    "OWNER": "  OWNER",
    "WHY": " WHY",
}


def heading(sorting: Sorting, top: float | None, width: int, pen: Pen) -> Content:
    """The names of the columns, the one that is sorted by with an arrow."""
    line = Content(" ")
    for cell in layout(width, pen.ascii):
        title = TITLES.get(cell.column, cell.column)
        if cell.column == SPARK:
            title = scaled(top, cell.width)
        sorted_by = cell.column == sorting.column
        if sorted_by:
            title += arrow(sorting, pen)
        style = "bold $text-accent" if sorted_by else "bold dim"
        told = Content.styled(title, style)
        line += placed(told, cell)
    return fitted(line, width)


def scaled(top: float | None, width: int) -> str:
    """What the chart spans, and the scale once there is one."""
    if top is None:
        return "30 min"
    return f"30m 0-{top:g}%" if width > 11 else f"0-{top:g}%"


def arrow(sorting: Sorting, pen: Pen) -> str:
    up, down = ("^", "v") if pen.ascii else ("▲", "▼")
    return down if sorting.descends else up


def placed(told: Content, cell: Cell) -> Content:
    """In the width of the cell, with a space after what stands at its left."""
    if not cell.right:
        return fitted(told, cell.width - 1) + " " if cell.width > 1 else told
    return " " * (cell.width - told.cell_length) + told.truncate(cell.width)


def row(one: FleetRow, look: Look, *, marked: bool, pen: Pen) -> Row:
    mark = Content.styled("*", "bold $text-accent") if marked else Content(" ")
    cells = layout(look.width, pen.ascii)
    parts = [placed(DRAWN[c.column](one, c.width, look, pen), c) for c in cells]
    return Row(one.name, Content("").join([mark, *parts]), one.name)


def state(one: FleetRow, _width: int, _look: Look, pen: Pen) -> Content:
    return pen.named(one.mark)


def name(one: FleetRow, width: int, _look: Look, pen: Pen) -> Content:
    plain = pen.say(one.name).plain
    return Content.styled(middle(plain, width - 1, pen.ellipsis), "bold" if one.needy else "")


def routing(one: FleetRow, width: int, _look: Look, pen: Pen) -> Content:
    member = one.member
    if member is None or (member.assessment is None and member.alias is None):
        return pen.say("?", "$text-warning") if member else Content("")
    if member.alias is None:
        return pen.say("$LATEST", "dim")
    return routed(member.alias.routing, width - 1, pen)


def routed(one: Routing, width: int, pen: Pen) -> Content:
    """``v41 90│v42 10``, the weights without their fractions where these do not fit."""
    if one.canary is None:
        return Content.styled(f"{label(one.stable)} 100", STABLE)
    between = "|" if pen.ascii else "│"
    for digits in (".4g", ".0f"):
        first = f"{label(one.stable)} {100.0 - one.weight:{digits}}"
        second = f"{label(one.canary)} {one.weight:{digits}}"
        if cell_len(first) + cell_len(second) + 1 <= width:
            break
    return Content.assemble((first, STABLE), (between, "dim"), (second, CANARY))


def chart(one: FleetRow, width: int, look: Look, pen: Pen) -> Content:
    columns = width - 1
    if one.member is None:
        return Content(" " * columns)
    style = CANARY if one.canary_weight is not None else STABLE
    drawn = bars(one, columns, look)
    (line,) = spark.chart(drawn, look.top, width=columns, style=style, marks=pen.spark)
    return line


def bars(one: FleetRow, columns: int, look: Look) -> tuple[Bar, ...]:
    series = one.series
    if series is None:
        gap = Gap.UNKNOWN if look.failed or one.close else Gap.NOT_IN
        return (Bar(gap, gap is Gap.NOT_IN),) * columns
    settled = series.minutes[-1].start - timedelta(seconds=SETTLING_S)
    return tuple(spark.bar(m, m.start > settled) for m in grouped(series, columns))


def scale(rows: Sequence[FleetRow], columns: int) -> float:
    """The top that the charts of ``rows`` share."""
    found = [one.series for one in rows]
    return spark.scale(
        *([spark.bar(m, False) for m in grouped(s, columns)] for s in found if s is not None)
    )


def rate(one: FleetRow, _width: int, _look: Look, pen: Pen) -> Content:
    if one.rate is not None:
        style = "bold $text-error" if one.rate >= 1.0 else ""
        return Content.styled(f"{one.rate:.2f}%", style)
    if one.series is not None:
        return pen.say("n=0", "dim")
    return Content("")


def ratio(one: FleetRow, _width: int, _look: Look, pen: Pen) -> Content:
    if one.ratio is None:
        return Content("")
    told = f"{one.ratio:.0f}" if one.ratio >= 10 else f"{one.ratio:.1f}"
    return pen.say(
        f"{told}×" if one.ratio < 1000 else ">999×", "bold $text-error" if one.ratio >= 3 else ""
    )


def calls(one: FleetRow, _width: int, _look: Look, _pen: Pen) -> Content:
    return Content("") if one.calls is None else Content(short(one.calls))


def short(count: float) -> str:
    """``0.4``, ``501``, ``8.8k``, ``1.2M``."""
    if 0 < count < 10:
        return f"{count:.1f}"
    for unit, value in (("M", 1e6), ("k", 1e3)):
        if count >= value:
            return f"{count / value:.1f}{unit}"
    return f"{count:.0f}"


def p95(one: FleetRow, _width: int, _look: Look, _pen: Pen) -> Content:
    value = one.p95_ms
    if value is None:
        return Content("")
    return Content(f"{value / 1000:.1f}s" if value >= 1000 else f"{value:.0f}ms")


def alarm(one: FleetRow, _width: int, _look: Look, pen: Pen) -> Content:
    """Red ones of those that the rollout watches; where they were not looked up, red ones only."""
    member = one.member
    if member is None:
        return Content("")
    if member.snapshot is None or not member.snapshot.alarms:
        return pen.say(f"{len(member.red)}", "bold $text-error") if member.red else Content("")
    watched = member.snapshot.alarms
    red = sum(a.state == "ALARM" for a in watched)
    return Content.styled(f"{red}/{len(watched)}", "bold $text-error" if red else "")


def driver(one: FleetRow, _width: int, _look: Look, pen: Pen) -> Content:
    return pen.say(one.driver, "$text-warning" if one.driver == "?" else "")


def old(one: FleetRow, _width: int, look: Look, pen: Pen) -> Content:
    return pen.say(age_of(one, look))


def age_of(one: FleetRow, look: Look) -> str:
    if one.changed is None or look.now is None:
        return ""
    return age((look.now - one.changed).total_seconds())


def code(one: FleetRow, _width: int, _look: Look, pen: Pen) -> Content:
    return Content("") if one.code_size is None else pen.say(size(one.code_size))


def owner(one: FleetRow, width: int, look: Look, pen: Pen) -> Content:
    return Content("  ") + tagged(one.owner, width - 2, look, pen)


def stack(one: FleetRow, width: int, look: Look, pen: Pen) -> Content:
    return tagged(one.stack, width, look, pen)


def tagged(value: str | None, width: int, look: Look, pen: Pen) -> Content:
    """Empty where there is no such tag; a sign where that is not known, or not known yet."""
    if value is None:
        return pen.say("?", "$text-warning") if look.untagged else pen.say("…", "dim")
    return Content(middle(pen.say(value).plain, width - 1, pen.ellipsis))


def why(one: FleetRow, width: int, _look: Look, pen: Pen) -> Content:
    return Content(" ") + pen.say(said(one), "dim").truncate(width - 2, ellipsis=True)


def said(one: FleetRow) -> str:
    """The sentence of its state, or why it is not known."""
    if one.member is None:
        return ""
    if one.member.unread is not None:
        return one.member.unread
    if one.mark is glyphs.RED:
        return ", ".join(a.name for a in one.member.red)
    return one.member.assessment.text if one.member.assessment else ""


Draw = Callable[[FleetRow, int, Look, Pen], Content]
DRAWN: dict[str, Draw] = {
    "STATE": state,
    "FUNCTION": name,
    "ROUTING": routing,
    SPARK: chart,
    "ERR%": rate,
    "RATIO": ratio,
    "CALLS": calls,
    "P95": p95,
    "ALARM": alarm,
    "DRIVER": driver,
    "AGE": old,
    "CODE": code,
    "OWNER": owner,
    "STACK": stack,
    "WHY": why,
}

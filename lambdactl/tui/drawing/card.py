"""One version in a box of its own: a tall chart, and under it its other numbers and its build.

Every chart of a card is on the scale of both versions, like the one it stands beside.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from lambdactl.model import Version, label
from lambdactl.render.numbers import UNKNOWN, rate, short, size, weight
from lambdactl.tui.drawing import spark
from lambdactl.tui.drawing.charted import CALLS, ERRORS, P95, Charted, charted
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.rates import (
    Side,
    measured_ago,
    newest,
    scaled,
    shown,
    tally,
    throttles,
    top_of,
)
from lambdactl.tui.drawing.spark import Bar
from lambdactl.tui.drawing.text import fitted, spread
from lambdactl.tui.view import View

TALL = 16
"""Lines from which on there is room for an axis under the chart."""
UNDER = 2
"""So many other metrics have a line under the chart."""


def card(
    one: Side, both: Sequence[Side], view: View, width: int, height: int, pen: Pen
) -> list[Content]:
    """One version in a box: a tall chart, and under it the numbers of the newest minute."""
    tail = facts(one, view, pen)
    tall = height >= TALL
    room = max(1, height - 1 - UNDER - len(tail) - tall)
    head = f" error %  {rate(one.rate):>8}  {tally(one).replace('/', ' of ')}"
    lines = [spread(pen.say(head, "bold"), pen.say(f"{measured_ago(view)} ", "dim"), width)]
    lines += axis(one, both, view, width, room, pen)
    lines += [since(one, both, view, width, pen)] if tall else []
    others = [what for what in (CALLS, P95, ERRORS) if what is not charted(view)][:UNDER]
    lines += [small(one, both, what, width, pen) for what in others]
    return [fitted(line, width) for line in [*lines, *tail][:height]]


def axis(
    one: Side, both: Sequence[Side], view: View, width: int, height: int, pen: Pen
) -> list[Content]:
    """The chart with its scale printed at the left."""
    tick = "┤" if not pen.ascii else "|"
    top, what = top_of(view, both), charted(view)
    room = spark.whole(width - 9, len(one.bars))
    drawn = spark.chart(one.bars, top, height=height, width=room, style=one.style, marks=pen.spark)
    lines = []
    for index, line in enumerate(drawn):
        mark = what.tick(top) if index == 0 else what.tick(0.0) if index == height - 1 else ""
        lines.append(pen.say(f" {mark:>5} {tick}", "dim") + line)
    return lines


def since(one: Side, both: Sequence[Side], view: View, width: int, pen: Pen) -> Content:
    """Under a tall chart: how far back its left end is; of what is over, from when until when."""
    bars = len(one.bars)
    room = spark.whole(width - 9, bars)
    if view.past is not None and one.minutes:
        first, last = one.minutes[-max(1, min(bars, room))].start, one.minutes[-1].start
        ends = f"{first:%H:%M}", f"{last:%H:%M}"
        return pen.say(f"{'':8}{ends[0]:<{max(6, room - 5)}}{ends[1]}", "dim")
    whole, _, each = shown(view, both).partition(", ")
    back = f"{whole} ago{f', {each}' if each else ''}"
    return pen.say(f"{'':8}{back:<{max(0, room - 3)}}now", "dim")


def small(one: Side, both: Sequence[Side], what: Charted, width: int, pen: Pen) -> Content:
    """``calls ▄▄▄▄▄``: one row under the chart, minute under minute, on the scale of both."""
    rows = [measured(s, what) for s in both]
    (drawn,) = spark.chart(
        measured(one, what),
        spark.scale(*rows, least=what.least),
        width=spark.whole(width - 9, len(one.bars)),
        style=one.style,
        marks=pen.spark,
    )
    return pen.say(f" {what.name[:5]:>5}  ", "dim") + drawn


def measured(one: Side, what: Charted) -> tuple[Bar, ...]:
    """The bars of another metric, as open as those of the chart above."""
    if not one.minutes:
        return one.bars
    pairs = zip(one.minutes, one.bars, strict=True)
    return tuple(spark.bar(minute, shown.open, what.value) for minute, shown in pairs)


def facts(one: Side, view: View, pen: Pen) -> list[Content]:
    """The newest minute's numbers, and what the version is made of."""
    slow = [
        newest(one, value, "")
        for value in (lambda m: m.p50_ms, lambda m: m.p95_ms, lambda m: m.p99_ms)
    ]
    unit = " ms" if set(slow) != {UNKNOWN} else ""
    calls = newest(one, lambda m: m.invocations, "")
    busy = newest(one, lambda m: m.concurrency, "")
    each = view.past.period_s // 60 if view.past else 1
    per = "m" if each == 1 else f"{each} min"
    lines = [
        f" calls/{per} {calls} · p50 {slow[0]} · p95 {slow[1]} · p99 {slow[2]}{unit}",
        f" throttles {throttles(one)} · concurrency {busy}",
    ]
    version = view.snapshot.version(one.version) if view.snapshot else None
    built_of = [pen.say(f" {built(version)}", "dim")] if version else []
    return [*(pen.say(line) for line in lines), *built_of]


def built(version: Version) -> str:
    """``sha 9c1e… · python3.13 · 512 MB · arm64 · 12.4 MB · "2.8.0"``."""
    parts = [
        f"sha {short(version.code_sha256)}",
        version.runtime or version.package_type,
        f"{version.memory_mb} MB" if version.memory_mb else "",
        ", ".join(version.architectures),
        size(version.code_size),
        f'"{version.description}"' if version.description else "",
    ]
    return " · ".join(p for p in parts if p)


def card_title(one: Side, both: Sequence[Side], view: View, pen: Pen) -> tuple[str, str]:
    role = one.role if one.role != UNKNOWN else "no traffic"
    name = f"{label(one.version)} {role} · {weight(one.share)}"
    what = "" if charted(view) is ERRORS else f"{charted(view).title.lower()} · "
    whole = shown(view, both).partition(",")[0]
    return pen.spelled(name), pen.spelled(f"{what}{whole} · {scaled(view, both)}")

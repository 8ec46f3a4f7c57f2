"""One version in a box of its own: a tall chart, and under it calls, p95, throttles and its build.

Every chart of a card is on the scale of both versions, like the one it stands beside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content

from lambdactl.model import Minute, Version, label
from lambdactl.render.numbers import UNKNOWN, rate, short, size, weight
from lambdactl.tui.drawing import spark
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.rates import Side, newest_p95, tally, throttles
from lambdactl.tui.drawing.spark import Bar, Gap
from lambdactl.tui.drawing.text import fitted
from lambdactl.tui.view import View


def calls_of(minute: Minute) -> float | None:
    return minute.invocations or None


def p95_of(minute: Minute) -> float | None:
    return minute.p95_ms


CALLS = ("calls", calls_of)
P95 = ("p95", p95_of)
TALL = 16
"""Lines from which on there is room for an axis under the chart."""


def card(
    one: Side, both: Sequence[Side], view: View, width: int, height: int, pen: Pen
) -> list[Content]:
    """One version in a box: a tall chart, and under it calls, p95 and throttles."""
    tail = facts(one, view, pen)
    tall = height >= TALL
    room = max(1, height - 3 - len(tail) - tall)
    top = spark.scale(*(s.bars for s in both))
    head = f" error %  {rate(one.rate):>8}  {tally(one).replace('/', ' of ')}"
    lines = [pen.say(head, "bold")]
    lines += axis(one, top, width, room, pen)
    lines += [window(one, width, pen)] if tall else []
    lines += [small(one, both, *what, width, pen) for what in (CALLS, P95)]
    return [fitted(line, width) for line in [*lines, *tail][:height]]


def axis(one: Side, top: float, width: int, height: int, pen: Pen) -> list[Content]:
    """The chart with its scale printed at the left."""
    tick = "┤" if not pen.ascii else "|"
    room = spark.whole(width - 9, len(one.bars))
    drawn = spark.chart(one.bars, top, height=height, width=room, style=one.style, marks=pen.spark)
    lines = []
    for index, line in enumerate(drawn):
        mark = f"{top:g} %" if index == 0 else "0 %" if index == height - 1 else ""
        lines.append(pen.say(f" {mark:>5} {tick}", "dim") + line)
    return lines


def window(one: Side, width: int, pen: Pen) -> Content:
    """Under a tall chart: how far back its left end is."""
    minutes = len(one.bars)
    room = spark.whole(width - 9, minutes)
    return pen.say(f"{'':8}{f'{minutes} min ago':<{room - 3}}now", "dim")


def small(
    one: Side,
    both: Sequence[Side],
    name: str,
    value: Callable[[Minute], float | None],
    width: int,
    pen: Pen,
) -> Content:
    """``calls ▄▄▄▄▄``: one row under the chart, minute under minute, on the scale of both."""
    top = max((v for s in both for v in values(s, value)), default=1.0)
    (drawn,) = spark.chart(
        measured(one, value),
        max(top, 1.0),
        width=spark.whole(width - 9, len(one.bars)),
        style=one.style,
        marks=pen.spark,
    )
    return pen.say(f" {name:>5}  ", "dim") + drawn


def measured(one: Side, value: Callable[[Minute], float | None]) -> tuple[Bar, ...]:
    """The minutes' ``value`` as bars, with the gaps of the error chart."""
    if one.series is None:
        return one.bars
    found = []
    for minute, shown in zip(one.series.minutes, one.bars, strict=True):
        number = value(minute)
        gap = shown.value if isinstance(shown.value, Gap) else Gap.UNKNOWN
        found.append(Bar(gap if number is None else number, shown.open))
    return tuple(found)


def values(one: Side, value: Callable[[Minute], float | None]) -> list[float]:
    """What is known of ``value``, oldest first."""
    found = [value(m) for m in one.series.minutes] if one.series else []
    return [v for v in found if v is not None]


def facts(one: Side, view: View, pen: Pen) -> list[Content]:
    """The newest minute's numbers, and what the version is made of."""
    calls = values(one, calls_of)
    newest = f"{calls[-1]:,.0f}" if calls else UNKNOWN
    told = f" calls/m {newest} · p95 {newest_p95(one)} · throttles {throttles(one)}"
    version = view.snapshot.version(one.version) if view.snapshot else None
    return [pen.say(told), *([pen.say(f" {built(version)}", "dim")] if version else [])]


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


def card_title(one: Side, both: Sequence[Side], pen: Pen) -> tuple[str, str]:
    top = spark.scale(*(s.bars for s in both))
    right = f"same scale 0–{top:g} %" if len(both) > 1 else f"scale 0–{top:g} %"
    role = one.role if one.role != UNKNOWN else "no traffic"
    name = f"{label(one.version)} {role} · {weight(one.share)}"
    return pen.spelled(name), pen.spelled(right)

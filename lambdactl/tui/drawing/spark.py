"""Error rates as bars on a scale that is given, never found by the series itself.

Two versions drawn with the same ``ymax`` can be compared; a chart that stretches each series to its
own height cannot. Four things are told apart that a bar alone confuses: no call was made, calls
were made and none failed, it is not known, and the minute is not in yet. What the verdict does not
count yet is dim.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from textual.content import Content

from lambdactl.model import Minute

NICE = (1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0, 80.0, 100.0)


class Gap(Enum):
    """Why a minute has no bar."""

    NO_CALLS = "no calls"
    UNKNOWN = "unknown"
    NOT_IN = "not in yet"


@dataclass(frozen=True, slots=True)
class Bar:
    """One minute: a rate in per cent, or why there is none. ``open``: it may still change."""

    value: float | Gap
    open: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """``levels`` from zero to full; the rest are one cell each."""

    levels: str
    no_calls: str
    unknown: str
    not_in: str


UNICODE = Marks("▁▂▃▄▅▆▇█", "·", "?", "…")
ASCII = Marks("_.-=+*%#", " ", "?", "~")


def error_rate(minute: Minute) -> float | None:
    return minute.error_rate


Value = Callable[[Minute], float | None]


def bar(minute: Minute, is_open: bool, value: Value = error_rate) -> Bar:
    """CloudWatch has no data point where no call was made, and none where it is still to come. A
    call that was throttled is none of the invocations."""
    number = value(minute)
    if number is not None and (minute.invocations or number):
        return Bar(number, is_open)
    if minute.invocations is None:
        return Bar(Gap.NOT_IN if is_open else Gap.NO_CALLS, is_open)
    return Bar(Gap.UNKNOWN if minute.invocations else Gap.NO_CALLS, is_open)


def scale(*rows: Sequence[Bar], least: float = 1.0) -> float:
    """The top of a scale that all ``rows`` share: the next round number, at least ``least``."""
    known = [b.value for row in rows for b in row if not isinstance(b.value, Gap)]
    top = max([least, *known])
    return next(
        n * 10.0**zeros for zeros in range(0, 20, 2) for n in NICE if n * 10.0**zeros >= top
    )


def chart(
    row: Sequence[Bar], ymax: float, *, height: int = 1, width: int, style: str, marks: Marks
) -> list[Content]:
    """``height`` lines of exactly ``width`` cells, newest at the right, top line first.

    Each minute is as many columns wide as fit; where not even one fits, the newest are shown.
    """
    columns = max(1, width // len(row)) if row else 1
    shown = row[-(width // columns) :] if width >= columns else ()
    pad = width - columns * len(shown)
    lines = []
    for line in range(height - 1, -1, -1):
        cells = ((_style(b, style), _cell(b, ymax, line, height, marks)) for b in shown)
        runs = (
            ("".join(text * columns for _, text in run), look)
            for look, run in groupby(cells, key=lambda cell: cell[0])
        )
        lines.append(Content.assemble(" " * pad, *runs))
    return lines


def whole(width: int, minutes: int) -> int:
    """The most of ``width`` that every minute gets the same number of columns of."""
    return width - width % minutes if minutes and width > minutes else width


def _style(one: Bar, style: str) -> str:
    if one.open or one.value is Gap.NO_CALLS:
        return "dim" if isinstance(one.value, Gap) else f"{style} dim"
    return "$text-warning" if one.value is Gap.UNKNOWN else style


def _cell(one: Bar, ymax: float, line: int, height: int, marks: Marks) -> str:
    """The character of ``one`` on ``line``, counted from the bottom."""
    if isinstance(one.value, Gap):
        mark = {
            Gap.NO_CALLS: marks.no_calls,
            Gap.UNKNOWN: marks.unknown,
            Gap.NOT_IN: marks.not_in,
        }
        return mark[one.value] if line == 0 else " "
    steps = len(marks.levels)
    filled = eighths(one.value, ymax, height * steps) - line * steps
    if filled <= 0:
        return " "
    return marks.levels[min(filled, steps) - 1]


def eighths(value: float, ymax: float, full: int) -> int:
    """How many of ``full`` steps are filled: exactly one for zero, never one for anything else."""
    if value <= 0.0:
        return 1
    return max(2, min(full, round(value / ymax * full)))

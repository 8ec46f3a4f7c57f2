"""What a chart shows: which number of each minute, how far back, and in how many bars.

A window that is longer than the bars have room for puts some minutes into one bar: sums are added,
of percentiles and concurrency the highest is shown, for those of several minutes cannot be
averaged. A bar is as open as its last minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from lambdactl.model import Metrics, Minute, Series
from lambdactl.tui.view import View

WINDOWS = (15, 30, 60, 180)
"""Minutes."""
BARS = 30


@dataclass(frozen=True, slots=True)
class Charted:
    """One number of a minute; ``least`` is the lowest top that its scale has."""

    name: str
    title: str
    value: Callable[[Minute], float | None]
    unit: str = ""
    least: float = 1.0

    def told(self, number: float) -> str:
        digits = 0 if number >= 10 or number == int(number) else 1
        return f"{number:,.{digits}f}{self.unit}"

    def tick(self, number: float) -> str:
        """The same in five cells, beside an axis: ``15 %``, ``3,000``, ``40k``."""
        if self.unit == " %":
            return self.told(number)
        for size, letter in ((1e6, "M"), (1e4, "k")):
            if number >= size:
                return f"{number / (1e6 if letter == 'M' else 1e3):g}{letter}"
        return f"{number:,.0f}"


ERRORS = Charted("errors", "ERROR %", lambda m: m.error_rate, " %")
P95 = Charted("p95", "P95", lambda m: m.p95_ms, " ms", 10.0)
P99 = Charted("p99", "P99", lambda m: m.p99_ms, " ms", 10.0)
THROTTLES = Charted("throttles", "THROTTLES", lambda m: m.throttles)
CALLS = Charted("calls", "CALLS", lambda m: m.invocations, "", 10.0)
CHARTED = {one.name: one for one in (ERRORS, P95, P99, THROTTLES, CALLS)}


def charted(view: View) -> Charted:
    return CHARTED[view.metric]


def following(name: str) -> str:
    """The metric after ``name``, round and round."""
    names = list(CHARTED)
    return names[(names.index(name) + 1) % len(names)]


def window_after(minutes: int) -> int:
    return WINDOWS[(WINDOWS.index(minutes) + 1) % len(WINDOWS)]


def drawn(metrics: Metrics | None, number: int, view: View) -> Series | None:
    """The minutes of a version in the window; of a rollout that is over, all that was read."""
    if metrics is None:
        return None
    if view.past is not None or metrics.longer is None:
        found = metrics.series.get(number)
    else:
        found = metrics.longer.get(number)
    if found is None or view.past is not None:
        return found
    return replace(found, minutes=found.minutes[-view.minutes :])


def grouped(series: Series, columns: int) -> tuple[Minute, ...]:
    """The minutes in at most ``columns`` groups, the newest of them whole."""
    minutes = series.minutes
    each = -(-len(minutes) // max(columns, 1))
    if each == 1:
        return minutes
    ends = range(len(minutes), 0, -each)
    return tuple(together(minutes[max(0, end - each) : end]) for end in reversed(ends))


def together(minutes: Sequence[Minute]) -> Minute:
    """As one minute, which begins with the last of them; what is unknown of one is of all."""
    calls = [m.invocations for m in minutes if m.invocations is not None]
    failed = [m.errors for m in minutes if m.invocations]
    known = [e for e in failed if e is not None]
    return Minute(
        minutes[-1].start,
        sum(calls) if calls else None,
        None if len(known) < len(failed) else sum(known) if calls else None,
        total(m.throttles for m in minutes),
        *(highest(minutes, name) for name in ("p95_ms", "p50_ms", "p99_ms", "concurrency")),
    )


def total(numbers: Iterable[float | None]) -> float | None:
    known = [n for n in numbers if n is not None]
    return sum(known) if known else None


def highest(minutes: Sequence[Minute], name: str) -> float | None:
    return max((n for m in minutes if (n := getattr(m, name)) is not None), default=None)


def window(view: View, minutes: int, bars: int) -> str:
    """``30 min``, ``3 h, 6 min a bar``; of a rollout that is over, as wide as its bars are."""
    if view.past is not None:
        each = view.past.period_s // 60
        return f"{bars} × {each} min" if each > 1 else f"{bars} min"
    whole = f"{minutes // 60} h" if minutes >= 60 and minutes % 60 == 0 else f"{minutes} min"
    each = -(-minutes // max(bars, 1))
    return f"{whole}, {each} min a bar" if each > 1 else whole

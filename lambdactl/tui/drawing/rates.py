"""Both versions' calls that failed, on one scale, with the counts that the verdict rests on.

The chart may show another number of the same minutes; the counts beside it stay the verdict's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.content import Content

from lambdactl.model import Minute, Series, Snapshot, label
from lambdactl.render.explaining import for_fail, for_pass
from lambdactl.render.numbers import UNKNOWN, rate
from lambdactl.render.status import p95, role
from lambdactl.tui.drawing import spark
from lambdactl.tui.drawing.charted import BARS, P99, charted, drawn, grouped, window
from lambdactl.tui.drawing.pen import CANARY, STABLE, Pen
from lambdactl.tui.drawing.spark import Bar, Gap
from lambdactl.tui.drawing.text import age, fitted, joined, spread
from lambdactl.tui.drawing.way_out import hinted, in_line
from lambdactl.tui.view import View
from lambdactl.verdict import Answer, Verdict, wording
from lambdactl.verdict.measuring import pair_of
from lambdactl.verdict.readings import settled_until


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions that are compared, with what is drawn of it."""

    version: int
    role: str
    style: str
    share: float
    series: Series | None
    calls: float | None
    errors: float | None
    bars: tuple[Bar, ...]
    minutes: tuple[Minute, ...] = ()
    """One for each bar: some of the series' own where the window is long."""

    @property
    def rate(self) -> float | None:
        """Per cent of the counted calls that failed; None without a call, or not known."""
        return 100.0 * self.errors / self.calls if self.calls and self.errors is not None else None


def pair(snapshot: Snapshot) -> tuple[int | None, int | None]:
    """(stable, canary) as the verdict takes them; the stable one alone where there is no canary."""
    both = pair_of(snapshot)
    if both is not None:
        return both
    return (snapshot.alias.routing.stable if snapshot.alias else None), None


def sides(view: View) -> tuple[Side, ...]:
    """The versions to compare, stable first; one where there is nothing to compare with."""
    if view.snapshot is None:
        return ()
    stable, canary = pair(view.snapshot)
    found = [(stable, STABLE, False), (canary, CANARY, True)]
    return tuple(side(view, n, style, second) for n, style, second in found if n is not None)


def side(view: View, number: int, style: str, is_canary: bool) -> Side:
    snapshot = view.snapshot
    assert snapshot is not None
    series = drawn(snapshot.metrics, number, view)
    verdict = view.assessment.verdict if view.assessment else Verdict(Answer.NOT_MEASURED)
    calls, errors = counted(series, verdict, is_canary)
    taken = snapshot.metrics.taken if snapshot.metrics else snapshot.taken
    numbers = [n for n in pair(snapshot) if n is not None]
    minutes = grouped(series, len(series.minutes) if view.past else BARS) if series else ()
    settled = settled_until(snapshot, taken, *numbers)
    bars = tuple(spark.bar(m, m.start > settled, charted(view).value) for m in minutes)
    if not bars:
        # Of a version that came after the last question nothing can be in yet.
        gap = Gap.NOT_IN if snapshot.metrics else Gap.UNKNOWN
        bars = (Bar(gap, gap is Gap.NOT_IN),) * min(view.minutes, BARS)
    share = snapshot.alias.routing.share(number) if snapshot.alias else 0.0
    return Side(number, role(snapshot, number), style, share, series, calls, errors, bars, minutes)


def counted(
    series: Series | None, verdict: Verdict, is_canary: bool
) -> tuple[float | None, float | None]:
    """The counts that the verdict counts; those of the whole window where it has none."""
    if verdict.answer is not Answer.NOT_MEASURED and verdict.canary_calls:
        if is_canary:
            return verdict.canary_calls, verdict.canary_errors
        return verdict.stable_calls, verdict.stable_errors
    return (series.calls(), series.errors()) if series else (None, None)


def title(view: View, pen: Pen) -> tuple[str, str]:
    both = sides(view)
    marks = f'"{pen.spark.no_calls}" no calls' if pen.spark.no_calls.strip() else "blank no calls"
    told = [scaled(view, both), marks, measured_ago(view)]
    left = f"{charted(view).title}  {shown(view, both)}"
    return left, pen.spelled(" · ".join(part for part in told if part))


def shown(view: View, both: Sequence[Side]) -> str:
    """How far back the charts go, and how wide a bar is."""
    known = next((s for s in both if s.series is not None), None)
    if known is None or known.series is None:
        return window(view, view.minutes, min(view.minutes, BARS))
    return window(view, len(known.series.minutes), len(known.bars))


def top_of(view: View, both: Sequence[Side]) -> float:
    """The top of the scale that all charts share."""
    return spark.scale(*(s.bars for s in both), least=charted(view).least)


def scaled(view: View, both: Sequence[Side]) -> str:
    """``same scale 0–8 %``."""
    told = f"scale 0–{charted(view).told(top_of(view, both))}"
    return f"same {told}" if len(both) > 1 else told


def measured_ago(view: View) -> str:
    """``41s old``: CloudWatch is asked less often than everything else."""
    metrics = view.snapshot.metrics if view.snapshot else None
    if metrics is None or view.now is None or view.past is not None:
        return ""
    return f"{age((view.now - metrics.taken).total_seconds())} old"


def rows(view: View, width: int, pen: Pen) -> list[Content]:
    """A line for each version, and one that compares them."""
    if view.snapshot is None:
        return [Content("")]
    both = sides(view)
    if not both:
        return [pen.say(" no published version is routed to", "dim")]
    return [*compared_rows(view, both, width, pen), compared(view, both, width, pen)]


def compared_rows(view: View, both: Sequence[Side], width: int, pen: Pen) -> list[Content]:
    """``v42  ····▁▃▅▆  6.31 %  13/206  p95 240 ms  throttles 0``, the columns under one another."""
    top = top_of(view, both)
    names = aligned([label(s.version) for s in both], right=False)
    tails = [aligned(column) for column in zip(*(told(view, s, width) for s in both), strict=True)]
    lines = []
    for index, one in enumerate(both):
        name = pen.say(f" {names[index]}  ", f"bold {one.style}")
        cells = [pen.say(column[index]) for column in tails]
        tail = joined([pen.say(tails[0][index], "bold"), *cells[1:]])
        room = max(8, width - name.cell_length - tail.cell_length - 3)
        wide = spark.whole(room, len(one.bars))
        (drawn,) = spark.chart(one.bars, top, width=wide, style=one.style, marks=pen.spark)
        lines.append(spread(name + drawn, tail + " ", width))
    return lines


def told(view: View, one: Side, width: int) -> list[str]:
    """The numbers beside the chart, the most important first."""
    slow = f"p99 {newest(one, P99.value)}" if charted(view) is P99 else f"p95 {newest_p95(one)}"
    cells = [rate(one.rate), tally(one), slow, f"thr {throttles(one)}"]
    return cells if width >= 80 else cells[:2]


def aligned(texts: Sequence[str], *, right: bool = True) -> list[str]:
    width = max(len(t) for t in texts)
    return [t.rjust(width) if right else t.ljust(width) for t in texts]


def tally(one: Side) -> str:
    if one.calls is None:
        return "unknown"
    return f"{one.errors or 0:,.0f}/{one.calls:,.0f}" if one.calls else "no calls"


def newest_p95(one: Side) -> str:
    return p95(one.series) if one.series else UNKNOWN


def newest(one: Side, value: Callable[[Minute], float | None], unit: str = " ms") -> str:
    """Of the newest minute that has one."""
    known = [n for m in one.series.minutes if (n := value(m)) is not None] if one.series else []
    return f"{known[-1]:,.0f}{unit}" if known else UNKNOWN


def throttles(one: Side) -> str:
    known = (
        [m.throttles for m in one.series.minutes if m.throttles is not None] if one.series else []
    )
    return f"{sum(known):,.0f}" if known else "-"


def compared(view: View, both: Sequence[Side], width: int, pen: Pen) -> Content:
    """What the numbers amount to, or why there are none."""
    snapshot = view.snapshot
    assert snapshot is not None
    unread = snapshot.unreadable("metrics")
    if snapshot.metrics is None:
        reason = unread.reason if unread else "metrics were not asked for"
        told = pen.say(f"? not known: {reason}", "$text-warning")
        way = hinted(unread.hint if unread else None, pen)
        return fitted(Content(" ") + in_line(told, way, width - 2, pen), width)
    if len(both) < 2:
        return pen.say(" nothing to compare with: one version has all traffic", "dim")
    if both[1].calls == 0 and both[1].share:
        return fitted(pen.say(f" {uncalled(both)}", "$text-warning"), width)
    verdict = view.assessment.verdict if view.assessment else Verdict(Answer.NOT_MEASURED)
    split = snapshot.alias is not None and snapshot.alias.routing.split
    if not split and verdict.answer not in (Answer.FAIL, Answer.PASS):
        # Of a rollout that is over no answer will come any more.
        return Content("")
    said = wording.compared(verdict, both[0].version, both[1].version)
    parts = [pen.say(said), pen.say(evidence(verdict) if split else "", "dim")]
    return fitted(Content(" ") + joined(parts, pen.spelled(" · ")), width)


def uncalled(both: Sequence[Side]) -> str:
    """What the canary should have got by its weight, where it got nothing."""
    stable, canary = both
    told = f"{label(canary.version)} got no call"
    if stable.series is None or not stable.share:
        return told
    if not stable.series.calls():
        return f"neither {label(stable.version)} nor {label(canary.version)} got a call"
    per_minute = stable.series.calls() / len(stable.series.minutes)
    due = per_minute * canary.share / stable.share
    if due < 1.0:
        return f"{told}; not even one a minute is due"
    return f"{told}; about {due:,.0f} a minute are due: do callers use the alias?"


def evidence(verdict: Verdict) -> str:
    """``evidence 1.3, FAIL needs 20``: how sure the judge is, and of what."""
    if verdict.answer is Answer.NOT_MEASURED or not verdict.canary_calls:
        return ""
    if verdict.answer is Answer.PASS:
        return f"evidence {for_pass(verdict)}"
    told = f"evidence {for_fail(verdict)}"
    if verdict.clump > 1.5:
        return f"{told}, errors come {verdict.clump:.1f} at a time"
    return told

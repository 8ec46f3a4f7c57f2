"""What a rollout will be able to see: the answer of ``plan``, preset by preset."""

from __future__ import annotations

from functools import partial
from statistics import median

from lambdactl.render.columns import columns
from lambdactl.render.numbers import duration
from lambdactl.render.spans import Line, Span
from lambdactl.render.spans import labelled as spans_labelled
from lambdactl.render.visible import visible
from lambdactl.verdict.foretold import foretold, share
from lambdactl.verdict.power import ENOUGH, Outlook, Sight

LABEL = 9
labelled = partial(spans_labelled, LABEL)
HEADER = ("PRESET", "TAKES", "CANARY CALLS", "SEES IT")


def outlook_lines(found: Outlook) -> list[Line]:
    """Everything ``plan`` says."""
    lines = [labelled("Traffic", traffic_sentence(found))]
    notes = list(foretold(found))
    style = "yellow" if found.unknown is not None else ""
    lines += [
        labelled("Forecast" if not n else "", Span(visible(note), style))
        for n, note in enumerate(notes)
    ]
    chosen = found.chosen
    if chosen is None:
        return lines
    if chosen.smallest is not None:
        text = f"it sees a canary that fails {chosen.smallest:g} % of its calls, and worse"
        lines.append(labelled("", f"{text}, {ENOUGH:g} % of the time"))
    elif chosen.minutes:
        lines.append(labelled("", "it sees no error rate of the canary in time"))
    rows = [sight_row(s, s is chosen) for s in (chosen, *found.others)]
    return [*lines, *columns(rows, header=HEADER, right=frozenset({1, 2, 3}), indent=LABEL)]


def sight_row(sight: Sight, chosen: bool) -> list[Span | str]:
    style = "" if sight.seen is None else ("green" if sight.enough else "red")
    return [
        Span(visible(sight.name), "bold" if chosen else ""),
        duration(sight.minutes * 60.0),
        f"{sight.canary_calls:,.0f}",
        Span(share(sight), style),
    ]


def traffic_sentence(found: Outlook) -> str:
    week = found.traffic
    if week is None or not week.buckets:
        return "unknown"
    paces = week.calls_per_minute
    rate = week.error_rate
    failed = f"{week.errors:,.0f} of {week.calls:,.0f} failed"
    per_cent = f" ({rate:.2g} %)" if rate is not None else ""
    known = duration(len(paces) * week.period_s)
    return (
        f"{median(paces):,.3g} calls/min in the median of the past {known}"
        f" ({min(paces):,.3g} to {max(paces):,.3g}); {failed}{per_cent}"
    )

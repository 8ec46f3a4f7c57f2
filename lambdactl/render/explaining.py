"""Why a verdict is what it is, line by line, down to the counts of each minute."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lambdactl.render.numbers import clock
from lambdactl.verdict import Answer, Verdict
from lambdactl.verdict.judge import Earlier, Weighed
from lambdactl.verdict.wording import times

MINUTES = 30
"""So many of the newest minutes are told one by one."""

Row = tuple[str, str]


def reasons(verdict: Verdict) -> Iterator[Row]:
    """(what, how much) of everything that decides or is still missing."""
    yield "evidence: worse", for_fail(verdict)
    yield "evidence: not worse", for_pass(verdict)
    if verdict.reason is not None:
        yield "not measured", verdict.reason
    if (first := verdict.failed_at) is not None and first.start is not None:
        yield "failed at", f"{clock(first.start)}, and it latches"
    yield from _counted(verdict)
    if verdict.odds_ratio is not None:
        yield "odds ratio, 95 %", f"{interval(verdict.odds_ratio)}, at any time"
    if verdict.clump >= 1.1:
        yield "errors at a time", f"{verdict.clump:.1f}, and weighed so"
    if verdict.missing is not None:
        yield "still needed", verdict.missing.text
    elif verdict.more_calls is not None:
        yield "still needed", f"about {verdict.more_calls:,} calls of the canary"
    if verdict.canary_bound is not None:
        yield "canary may fail", f"up to {verdict.canary_bound:.2g} %, 95 % sure: none has so far"
    if verdict.sample_ratio is not None:
        yield "share of calls", verdict.sample_ratio.text


def _counted(verdict: Verdict) -> Iterator[Row]:
    """From when on, and what of an earlier split is not counted."""
    first = next((w.start for w in verdict.minutes if w.counts.canary_calls), None)
    if verdict.since is not None:
        yield "counted from", f"{clock(verdict.since)[:5]}, when this split began"
    elif first is not None:
        yield "counted from", f"{clock(first)[:5]}; when this split began is not known"
    if verdict.earlier is not None:
        yield "earlier split", earlier(verdict.earlier)


def earlier(split: Earlier) -> str:
    """``FAIL at 13:02; its 412 canary calls are not counted``."""
    calls = f"its {split.calls:,} canary calls are not counted"
    if split.failed is None:
        return calls
    at = f" at {clock(split.failed.start)[:5]}" if split.failed.start is not None else ""
    return f"FAIL{at}; {calls}"


def per_minute(verdict: Verdict) -> Iterator[tuple[str, ...]]:
    """A header and a row for each minute, newest first; who wants all of them asks for JSON."""
    if not verdict.minutes:
        return
    yield "minute", "canary", "failed", "stable", "failed", "evidence"
    newest = verdict.minutes[::-1]
    yield from (_minute(weighed) for weighed in newest[:MINUTES])
    if (older := len(newest) - MINUTES) > 0:
        yield (f"and {older:,} before: status -o json",)


def _minute(weighed: Weighed) -> tuple[str, ...]:
    counts = (f"{n:,}" for n in weighed.counts)
    start = clock(weighed.start)[:5] if weighed.start is not None else "-"
    return start, *counts, number(weighed.evidence)


def summary(verdict: Verdict) -> Iterator[str]:
    """The lines under an answer's word; none while nothing has been weighed."""
    if not verdict.canary_calls or verdict.answer is Answer.NOT_MEASURED:
        return
    yield f"that it is worse: {for_fail(verdict)}"
    yield f"that it is not {times(verdict.margin)} as bad: {for_pass(verdict)}"
    if verdict.odds_ratio is not None:
        yield f"its odds of failing: {interval(verdict.odds_ratio)} times the stable version's"
    if verdict.clump >= 1.1:
        yield f"errors come {verdict.clump:.1f} at a time, and are weighed so"


def for_fail(verdict: Verdict) -> str:
    """``1.3, FAIL needs 20``."""
    return f"{number(verdict.evidence)}, FAIL needs {verdict.fails_at:g}"


def for_pass(verdict: Verdict) -> str:
    return f"{number(verdict.clearance)}, PASS needs {verdict.passes_at:g}"


def interval(odds: tuple[float, float]) -> str:
    low, high = odds
    return f"{low:.2g} to {high:.3g}" if math.isfinite(high) else f"at least {low:.2g}"


def number(value: float) -> str:
    if value >= 1e6:
        return "over 1,000,000"
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"

"""Code storage as a gauge, a table and JSON; the console draws the same report."""

from __future__ import annotations

from functools import partial
from typing import Any

from lambdactl.plan.storage import Cached, Holding, Outlook, StorageReport
from lambdactl.render.columns import columns
from lambdactl.render.numbers import counted, iso, size
from lambdactl.render.spans import Line, Span, spans
from lambdactl.render.spans import labelled as spans_labelled
from lambdactl.render.visible import visible

LABEL = 11
_labelled = partial(spans_labelled, LABEL)
GAUGE = 40
MOST = 15


def storage_lines(report: StorageReport, *, ascii: bool = False) -> list[Line]:
    return [
        _labelled("Storage", *gauge(report, GAUGE, ascii=ascii), f"  {share(report)}"),
        _labelled("Full", full(report)),
        _labelled("Prune", prunable(report)),
        *([_labelled("SnapStart", cached(report.cached))] if report.cached.versions else []),
        *_not_told(report),
        *_table("FUNCTION", report.functions, report),
        *_table("LAYER", report.layers, report),
    ]


def gauge(report: Outlook, width: int, *, ascii: bool = False) -> tuple[Span, ...]:
    """Used, of that what a prune would free, and free: ``width`` cells together."""
    full_, part, empty = ("#", "=", ".") if ascii else ("█", "▒", "░")
    whole = max(report.limit, report.used, 1)
    used = min(round(width * report.used / whole), width)
    gone = min(round(width * (report.prunable or 0) / whole), used)
    style = "red" if report.used >= 0.9 * whole else ""
    return (
        Span(full_ * (used - gone), style),
        Span(part * gone, "yellow"),
        Span(empty * (width - used), "dim"),
    )


def share(report: Outlook) -> str:
    told = f" {report.share:.1f} %" if report.share is not None else ""
    return f"{size(report.used)} of {size(report.limit)}{told}, free {size(report.free)}"


def full(report: Outlook) -> str:
    if report.pace is None:
        return "on a day that is not known: the versions have not been read"
    pace = f"{size(report.pace)} a day over the last 30 days"
    if report.full_at is None:
        return f"not in sight: {pace}"
    pruned = report.full_at_if_pruned
    later = f", pruned on {pruned:%Y-%m-%d}" if pruned and report.prunable else ""
    return f"on {report.full_at:%Y-%m-%d} at {pace}{later}"


def prunable(report: StorageReport) -> str:
    what = counted(report.prunable_versions, "version")
    text = f"would free up to {size(report.prunable)} in {what}"
    if not report.prunable_cached.versions:
        return text
    return f"{text}, and {report.prunable_cached.usd_a_month:.2f} USD a month"


def cached(found: Cached) -> str:
    what = counted(found.versions, "version")
    return (
        f"{what} cached, {found.memory_mb:,} MB:"
        f" about {found.usd_a_month:.2f} USD a month (us-east-1)"
    )


def _not_told(report: StorageReport) -> list[Line]:
    told = [_labelled("Not told", f"{visible(n)}: {visible(w)}") for n, w in report.skipped[:5]]
    rest = len(report.skipped) - len(told)
    return [*told, _labelled("", f"and {rest:,} more")] if rest else told


def _table(what: str, holdings: tuple[Holding, ...], report: StorageReport) -> list[Line]:
    if not holdings:
        return []
    rows = [_row(h, report) for h in holdings[:MOST]]
    rest = holdings[MOST:]
    if rest:
        others = Holding(
            f"{len(rest):,} others", sum(h.size for h in rest), sum(h.versions for h in rest)
        )
        rows.append(_row(others, report))
    header = (what, "SIZE", "SHARE", "VERSIONS")
    return [spans(""), *columns(rows, header=header, right=frozenset({1, 2, 3}))]


def _row(held: Holding, report: StorageReport) -> list[Span | str]:
    part = f"{100.0 * held.size / report.used:.1f} %" if report.used else "-"
    return [visible(held.name), size(held.size), part, f"{held.versions:,}"]


def storage_document(report: StorageReport) -> dict[str, Any]:
    """``kind: Storage``."""
    return {
        "taken": iso(report.taken),
        "used_bytes": report.used,
        "limit_bytes": report.limit,
        "free_bytes": report.free,
        "used_percent": report.share,
        "pace_bytes_per_day": report.pace,
        "full_at": iso(report.full_at),
        "prunable_bytes": report.prunable,
        "prunable_versions": report.prunable_versions,
        "full_at_if_pruned": iso(report.full_at_if_pruned),
        "snap_start": _cached(report.cached),
        "snap_start_prunable": _cached(report.prunable_cached),
        "functions": [_holding(h) for h in report.functions],
        "layers": [_holding(h) for h in report.layers],
        "not_told": [{"function": name, "reason": why} for name, why in report.skipped],
    }


def _cached(found: Cached) -> dict[str, Any]:
    return {
        "versions": found.versions,
        "memory_mb": found.memory_mb,
        "usd_per_month_us_east_1": round(found.usd_a_month, 2),
    }


def _holding(held: Holding) -> dict[str, Any]:
    return {"name": held.name, "bytes": held.size, "versions": held.versions}

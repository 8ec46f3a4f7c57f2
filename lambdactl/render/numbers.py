"""Numbers, times and routings as a person reads them. None is unknown and shown as ``-``."""

from __future__ import annotations

from datetime import UTC, datetime

from lambdactl.model import Routing, label

UNKNOWN = "-"


def clock(at: datetime) -> str:
    """``14:06:41``, UTC on AWS's clock, as CloudWatch and CloudFormation print it."""
    return f"{at.astimezone(UTC):%H:%M:%S}"


def stamp(at: datetime | None) -> str:
    """``2026-11-23 14:06:41``, UTC."""
    return UNKNOWN if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def iso(at: datetime | None) -> str | None:
    """``2026-11-23T14:06:41Z`` for JSON."""
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def weight(per_cent: float) -> str:
    """``10 %``, ``0.1 %``: no digit that says nothing."""
    return f"{per_cent:.10g} %"


def rate(per_cent: float | None) -> str:
    """``6.31 %``; None, because nothing was called, is ``-``."""
    return UNKNOWN if per_cent is None else f"{per_cent:.2f} %"


def counted(count: float, noun: str) -> str:
    """``1 call``, ``1,897 calls``."""
    return f"{count:,.0f} {noun}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """``12s``, ``4m12s``, ``30m``, ``3h05m``, ``6d``: the two largest units that say something."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return _two(whole, 60, "m", "s")
    if whole < 86400:
        return _two(whole // 60, 60, "h", "m")
    return f"{whole // 86400}d"


def countdown(seconds: float) -> str:
    """``05:48``, or ``1:05:48`` from an hour on: what is left, or what has passed."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    tail = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{tail}" if hours else tail


def _two(whole: int, unit: int, large: str, small: str) -> str:
    rest = f"{whole % unit:02d}{small}" if whole % unit else ""
    return f"{whole // unit}{large}{rest}"


def size(count: float) -> str:
    """Bytes as ``12.4 MB``, by powers of 1,024 as Lambda's quotas are."""
    if abs(count) < 1024:
        return f"{count:.0f} B"
    for unit in ("KB", "MB", "GB", "TB"):
        count /= 1024
        if abs(count) < 1024 or unit == "TB":
            break
    return f"{count:.1f} {unit}"


def short(identifier: str, length: int = 8) -> str:
    """The first letters of a long id: enough to tell two apart on one screen."""
    return identifier if len(identifier) <= length else f"{identifier[:length]}…"


def routed(routing: Routing | None) -> str:
    """``v41 90 %  v42 10 %``; a stable version alone has ``100 %``."""
    if routing is None:
        return UNKNOWN
    if routing.canary is None:
        return f"{label(routing.stable)} 100 %"
    rest = weight(100.0 - routing.weight)
    return f"{label(routing.stable)} {rest}  {label(routing.canary)} {weight(routing.weight)}"

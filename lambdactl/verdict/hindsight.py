"""The verdict on a rollout that is over, from what CloudWatch still holds of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lambdactl.model import Deployment, Metrics, Minute
from lambdactl.verdict.damage import Damage, damage
from lambdactl.verdict.judge import MARGIN, Answer, Verdict, judge
from lambdactl.verdict.likelihood import Counts
from lambdactl.verdict.readings import counted

HISTORY = timedelta(minutes=30)
"""Of the stable version before the rollout: it shows how errors clump."""
KEPT = (
    (60, timedelta(days=15)),
    (300, timedelta(days=63)),
    (3600, timedelta(days=455)),
)
"""(period in seconds, for how long CloudWatch keeps data of it)."""
LATE_S = 120.0
"""A minute is over, and CloudWatch has it, two minutes after it began."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time of a rollout to be read, and in what periods it can still be had."""

    since: datetime
    until: datetime
    period_s: int


@dataclass(frozen=True, slots=True)
class Hindsight:
    """``damage`` None: not known. ``note`` says what has to be known beside the answer."""

    verdict: Verdict
    damage: Damage | None = None
    window: Window | None = None
    note: str | None = None


def window_of(deployment: Deployment, now: datetime) -> Window | str:
    """What to read for ``deployment``, or the reason why there is nothing to be read."""
    allowed = deployment.event("AllowTraffic")
    begun = allowed.started if allowed else None
    if deployment.current_version is None or deployment.target_version is None:
        return "it has not started, so its versions are not known"
    if begun is None:
        return "no traffic was ever shifted"
    return window_between(begun, deployment.completed or now, now)


def window_between(begun: datetime, ended: datetime, now: datetime) -> Window | str:
    """Half an hour before ``begun`` until ``ended``; the reason where it is not kept any more."""
    age = now - (begun - HISTORY)
    kept = next((period for period, lasts in KEPT if age < lasts), None)
    if kept is None:
        return "CloudWatch has deleted its data: it keeps none for longer than 455 days"
    return Window(aligned(begun - HISTORY, kept), ended, kept)


def aligned(at: datetime, period_s: int) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // period_s * period_s, at.tzinfo)


def judge_past(
    deployment: Deployment,
    window: Window,
    metrics: Metrics,
    *,
    settles_s: float,
    margin: float = MARGIN,
) -> Hindsight:
    """Judge ``deployment`` by its own periods; ``settles_s`` is for how long one may still grow."""
    stable = metrics.series.get(deployment.current_version or 0)
    canary = metrics.series.get(deployment.target_version or 0)
    if stable is None or canary is None:
        return unmeasured(window, "CloudWatch was not asked for both versions")
    last = metrics.taken - timedelta(seconds=settles_s + LATE_S)
    pairs = [(c, s) for c, s in zip(canary.minutes, stable.minutes, strict=True) if c.start <= last]
    if any(half_known(c) or half_known(s) for c, s in pairs):
        return unmeasured(window, "CloudWatch has calls without a count of their errors")
    minutes = own(window, [(c.start, counted(c, s)) for c, s in pairs])
    if not any(m.canary_calls for m in minutes):
        return unmeasured(window, nothing_measured(window, bool(pairs)))
    verdict = judge(minutes, margin=margin)
    return Hindsight(verdict, damage(minutes, verdict), window, coarse(window))


def own(window: Window, minutes: Sequence[tuple[datetime, Counts]]) -> list[Counts]:
    """Without the canary's calls before the rollout: those were of an earlier one."""
    begun = aligned(window.since + HISTORY, window.period_s)
    return [
        counts if start >= begun else counts._replace(canary_calls=0, canary_errors=0)
        for start, counts in minutes
    ]


def unmeasured(window: Window | None, why: str) -> Hindsight:
    return Hindsight(Verdict(Answer.NOT_MEASURED), window=window, note=why)


def half_known(minute: Minute) -> bool:
    return bool(minute.invocations) and minute.errors is None


def nothing_measured(window: Window, settled: bool) -> str:
    if not settled:
        return "its minutes are still settling"
    return f"CloudWatch holds no call of the canary {window.since:%Y-%m-%d %H:%M} and later"


def coarse(window: Window) -> str | None:
    if window.period_s == 60:
        return None
    return (
        f"judged by periods of {window.period_s // 60} minutes: CloudWatch keeps single minutes for"
        " 15 days"
    )

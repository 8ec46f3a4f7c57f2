"""The operator's own limits on a canary: ``[gate]`` of the project file.

The verdict's statistics stay the judge; a gate is a limit beside them. Rates and p95 are taken over
the minutes that the judge weighed. Below ``min_calls`` they are shown and not held against anybody:
one failed call of three is no rate. What is not known is never met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from lambdactl.model import Snapshot
from lambdactl.verdict.judge import Answer, Verdict
from lambdactl.verdict.measuring import pair_of

ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the project's file says; None where it says nothing. Rates are per cent."""

    max_error_rate_percent: float | None = None
    max_error_ratio: float | None = None
    max_p95_ratio: float | None = None
    min_calls: int | None = None
    alarms: tuple[str, ...] = ()
    origin: str = ""
    """The file: ``./lambdactl.toml``."""


NO_LIMITS = Limits()


def words(limits: Limits) -> list[str]:
    """``max_error_rate_percent 1``, ``alarm checkout-5xx``: those that are set."""
    names = ("max_error_rate_percent", "max_error_ratio", "max_p95_ratio", "min_calls")
    numbers = ((name, getattr(limits, name)) for name in names)
    told = [f"{name} {value:,.10g}" for name, value in numbers if value is not None]
    return [*told, *(f"{ALARM} {name}" for name in limits.alarms)]


@dataclass(frozen=True, slots=True)
class Gate:
    """One limit against what was measured."""

    name: str
    """The key in the file, or ``alarm NAME``."""
    value: float | str | None
    """Measured; None where it could not be. Of an alarm its state."""
    limit: float | str
    met: bool | None
    """None: not known, or too little to say."""
    detail: str

    @property
    def ends_the_rollout(self) -> bool:
        """Whether the canary is over a limit; too few calls and a red alarm are not that."""
        return self.met is False and self.name.startswith("max_")


def gates(limits: Limits, snapshot: Snapshot, verdict: Verdict) -> tuple[Gate, ...]:
    """Every limit that is set, in the file's order."""
    return (*_measured(limits, snapshot, verdict), *_alarms(limits, snapshot))


def exceeded(found: Iterable[Gate]) -> str | None:
    """The first limit that the canary is over, in words; None where it is over none."""
    return next((told(g) for g in found if g.ends_the_rollout), None)


def unmet(found: Iterable[Gate]) -> str | None:
    """The first gate that is not met or not known, in words; None where all are met."""
    return next((told(g) for g in found if not g.met), None)


def told(gate: Gate) -> str:
    """``gate max_error_rate_percent not met: 6.31 % of 206 calls, limit 1 %``."""
    how = "not known" if gate.met is None else "met" if gate.met else "not met"
    return f"gate {gate.name} {how}: {gate.detail}"


def _measured(limits: Limits, snapshot: Snapshot, verdict: Verdict) -> Iterator[Gate]:
    short = _too_little(limits, verdict)
    if (limit := limits.max_error_rate_percent) is not None:
        yield _rate(limit, verdict, short)
    if (limit := limits.max_error_ratio) is not None:
        yield _error_ratio(limit, verdict, short)
    if (limit := limits.max_p95_ratio) is not None:
        yield _p95_ratio(limit, snapshot, verdict, short)
    if limits.min_calls is not None:
        yield _calls(limits.min_calls, verdict)


def _too_little(limits: Limits, verdict: Verdict) -> str | None:
    """Why nothing can be held against the canary yet; None where it can."""
    if verdict.answer is Answer.NOT_MEASURED:
        return verdict.reason or "nothing is measured"
    if not verdict.canary_calls:
        return "the canary has no settled calls yet"
    if limits.min_calls is not None and verdict.canary_calls < limits.min_calls:
        return f"{verdict.canary_calls:,} of {limits.min_calls:,} calls"
    return None


def _judged(
    name: str, value: float | None, limit: float, shown: str, allowed: str, short: str | None
) -> Gate:
    if value is None:
        return Gate(name, None, limit, None, f"{short or shown}, limit {allowed}")
    if short is not None:
        return Gate(name, value, limit, None, f"{shown}, but {short}; limit {allowed}")
    return Gate(name, value, limit, value <= limit, f"{shown}, limit {allowed}")


def _rate(limit: float, verdict: Verdict, short: str | None) -> Gate:
    rate = verdict.canary_rate if verdict.answer is not Answer.NOT_MEASURED else None
    shown = "no rate" if rate is None else f"{rate:.2f} % of {verdict.canary_calls:,} calls"
    return _judged("max_error_rate_percent", rate, limit, shown, f"{limit:g} %", short)


def _error_ratio(limit: float, verdict: Verdict, short: str | None) -> Gate:
    """Against a stable version without errors any error is beyond every ratio."""
    name, allowed = "max_error_ratio", f"{limit:g} times"
    canary, stable = verdict.canary_rate, verdict.stable_rate
    if verdict.answer is Answer.NOT_MEASURED or canary is None or stable is None:
        return _judged(name, None, limit, "not both versions had calls", allowed, short)
    if stable:
        return _judged(name, canary / stable, limit, f"{canary / stable:.3g} times", allowed, short)
    ratio = float("inf") if canary else 0.0
    shown = f"{canary:.2f} % against none" if canary else "no errors in either"
    return _judged(name, ratio, limit, shown, allowed, short)


def _p95_ratio(limit: float, snapshot: Snapshot, verdict: Verdict, short: str | None) -> Gate:
    """Percentiles of minutes cannot be averaged; the middle one of each side is compared."""
    name, allowed = "max_p95_ratio", f"{limit:g} times"
    both = _p95s(snapshot, verdict)
    if verdict.answer is Answer.NOT_MEASURED or not both:
        return _judged(name, None, limit, "no minute has a p95 of both", allowed, short)
    stable, canary = median(s for s, _ in both), median(c for _, c in both)
    ratio = canary / stable if stable else float("inf")
    shown = f"{ratio:.3g} times ({_ms(canary)} to {_ms(stable)}, {len(both)} min)"
    return _judged(name, ratio, limit, shown, allowed, short)


def _ms(value: float) -> str:
    return f"{value:,.0f} ms" if value >= 10.0 else f"{value:.1f} ms"


def _p95s(snapshot: Snapshot, verdict: Verdict) -> list[tuple[float, float]]:
    """(stable, canary) in milliseconds of the judged minutes that have both."""
    pair, metrics = pair_of(snapshot), snapshot.metrics
    if pair is None or metrics is None or any(v not in metrics.judged for v in pair):
        return []
    judged = {w.start for w in verdict.minutes if w.counts.canary_calls}
    stable, canary = (
        {m.start: m.p95_ms for m in metrics.judged[v].minutes if m.p95_ms is not None} for v in pair
    )
    return [(stable[at], canary[at]) for at in sorted(stable) if at in canary and at in judged]


def _calls(limit: int, verdict: Verdict) -> Gate:
    if verdict.answer is Answer.NOT_MEASURED:
        detail = f"{verdict.reason or 'nothing is measured'}, at least {limit:,} calls"
        return Gate("min_calls", None, limit, None, detail)
    calls = verdict.canary_calls
    return Gate("min_calls", calls, limit, calls >= limit, f"{calls:,} of {limit:,} calls")


def _alarms(limits: Limits, snapshot: Snapshot) -> Iterator[Gate]:
    known = {alarm.name: alarm for alarm in snapshot.alarms}
    unread = {u.part: u.reason for u in snapshot.unread}
    met = {"OK": True, "ALARM": False}
    for name in limits.alarms:
        alarm = known.get(name)
        if alarm is None:
            reason = unread.get(f"{ALARM} {name}", "it was not read")
            yield Gate(f"{ALARM} {name}", None, "OK", None, reason)
        else:
            yield Gate(f"{ALARM} {name}", alarm.state, "OK", met.get(alarm.state), alarm.state)

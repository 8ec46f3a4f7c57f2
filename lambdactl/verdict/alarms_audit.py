"""Would these alarms stop a good canary, and could they stop a bad one in time?

For each hour of the past days a rollout is played in which the canary is as good as the version
that served then: its calls and failed calls are drawn, call by call, out of that version's own, by
the weights that the deployment config would have set. Every alarm of the deployment group is then
evaluated as CloudWatch does, minute after minute until the canary would have had all traffic. An
alarm that goes off there would have rolled back a good release.

What cannot be replayed is said, with the reason, and never counts as fine.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from lambdactl.model import DeploymentConfig
from lambdactl.model_history import AlarmRule, Metric
from lambdactl.verdict.alarm_state import EXTRA, SIGNS, is_alarm
from lambdactl.verdict.draws import binomial
from lambdactl.verdict.metric_math import Expression, Unsupported

HOUR = 60
LATE_MIN = 1
"""CloudWatch has a minute about a minute late."""
COUNTED = frozenset(("Invocations", "Errors", "Throttles"))
"""Lambda's metrics whose single calls can be drawn."""
OF_CALLS = frozenset(("Sum", "SampleCount", "Average", "Maximum", "Minimum"))
VERSION = "ExecutedVersion"
MINUTE = timedelta(minutes=1)


class Problem(StrEnum):
    """What an audit finds, worst first."""

    IN_ALARM = "already in ALARM"
    ROLLS_BACK = "would have rolled back"
    NO_DATA = "no data"
    SLOW = "slower than the first step"
    NOT_REPLAYED = "not replayed"


@dataclass(frozen=True, slots=True)
class Finding:
    problem: Problem
    text: str


@dataclass(frozen=True, slots=True)
class AlarmAudit:
    """``rolled_back`` of ``hours`` rollouts; both None where the alarm could not be replayed."""

    rule: AlarmRule
    findings: tuple[Finding, ...]
    hours: int | None = None
    rolled_back: int | None = None

    @property
    def fine(self) -> bool:
        return not self.findings and self.hours is not None


@dataclass(frozen=True, slots=True)
class Served:
    """One minute of the version that served then."""

    calls: int = 0
    errors: int = 0
    throttles: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """The past days: ``minutes`` from ``since`` on, and every metric of an alarm as it is."""

    since: datetime
    minutes: tuple[Served, ...]
    readings: Mapping[Metric, Mapping[datetime, float]]
    """Each with the alarm's own dimensions, statistic and period; empty where there was nothing."""
    routed: frozenset[int] = frozenset()
    """The versions that get traffic now, or are about to."""

    @property
    def until(self) -> datetime:
        return self.since + MINUTE * len(self.minutes)


def stable_minutes(
    since: datetime, count: int, by_version: Mapping[int, Mapping[datetime, Served]]
) -> tuple[Served, ...]:
    """Of each minute, the version with the most calls: that one served then."""
    starts = (since + MINUTE * n for n in range(count))
    nothing = Served()
    return tuple(
        max((seen.get(at, nothing) for seen in by_version.values()), key=calls_of, default=nothing)
        for at in starts
    )


def calls_of(minute: Served) -> int:
    return minute.calls


def audit(rule: AlarmRule, config: DeploymentConfig | None, week: Week) -> AlarmAudit:
    """One alarm against the past days. ``config`` None could not be read."""
    found = []
    if rule.alarm.state == "ALARM":
        text = "already in ALARM: the next deployment is stopped as soon as it begins"
        found.append(Finding(Problem.IN_ALARM, text))
    if config is None:
        found.append(Finding(Problem.NOT_REPLAYED, "the deployment config could not be read"))
        return AlarmAudit(rule, tuple(found))
    try:
        played = replayed(rule, config, week)
    except Unsupported as why:
        found += [*missing(rule, week), Finding(Problem.NOT_REPLAYED, str(why))]
        return AlarmAudit(rule, tuple(found))
    hours, back = len(played), sum(played)
    if back:
        text = f"a good canary would have been rolled back in {back} of {hours} hours"
        found.append(Finding(Problem.ROLLS_BACK, text))
    if not hours:
        text = "there was no hour with traffic in which a whole rollout fits"
        found.append(Finding(Problem.NOT_REPLAYED, text))
    found += [*missing(rule, week), *slow(rule, config)]
    return AlarmAudit(rule, tuple(found), hours or None, back if hours else None)


def missing(rule: AlarmRule, week: Week) -> list[Finding]:
    """Metrics of the alarm that had no datapoint at all, and versions that nobody calls."""
    found = {}
    for metric in rule.metrics.values():
        version = metric.dimension(VERSION)
        if version is not None and version.isdecimal() and int(version) not in week.routed:
            found[version] = f"no data for this version: it watches v{version}, which is not routed"
        elif not week.readings.get(metric):
            name = f"no data for v{version}" if version else f"no data for {metric.name}"
            where = ", ".join(f"{n}={v}" for n, v in metric.dimensions)
            found[version or metric.name] = f"{name}: nothing under {where or 'no dimensions'}"
    return [Finding(Problem.NO_DATA, text) for text in found.values()]


def slow(rule: AlarmRule, config: DeploymentConfig) -> list[Finding]:
    """Whether the alarm needs longer than the first step lasts, after which more is at stake."""
    shifts = config.steps()
    if len(shifts) < 2:
        text = "slower than the first step: all traffic is shifted at once"
        return [Finding(Problem.SLOW, text)]
    first = shifts[1][0] - shifts[0][0]
    needs = rule.to_alarm * rule.period_s + LATE_MIN * 60
    if needs <= first:
        return []
    text = (
        f"slower than the first step: it needs {needs / 60:g} min of a bad canary, and after"
        f" {first / 60:g} min the canary has {shifts[1][1]:g} %"
    )
    return [Finding(Problem.SLOW, text)]


# -- the replay ------------------------------------------------------------------------------------


def replayed(rule: AlarmRule, config: DeploymentConfig, week: Week) -> list[bool]:
    """For each hour whose rollout fits into the days: whether the alarm would have gone off.

    Raises Unsupported with the reason.
    """
    length = ceil(config.steps()[-1][0] / 60.0)
    formula = Formula(rule)
    if not length:
        raise Unsupported(f"{config.name} has no step in which an alarm could act")
    first = next((n for n, m in enumerate(week.minutes) if m.calls), len(week.minutes))
    starts = range(ceil(first / HOUR) * HOUR, len(week.minutes) - length + 1, HOUR)
    return [goes_off(rule, formula, week, start, canary(week, config, start)) for start in starts]


def canary(week: Week, config: DeploymentConfig, start: int) -> list[Served]:
    """The minutes of a good canary that starts at minute ``start``; the same for every alarm."""
    rng = random.Random(f"{week.since:%Y%m%d%H%M} {start}")
    shifts = config.steps()
    minutes = []
    for n in range(ceil(shifts[-1][0] / 60.0)):
        weight = [w for at, w in shifts if at <= n * 60.0][-1] / 100.0
        served = week.minutes[start + n]
        failed = binomial(rng, served.errors, weight)
        fine = binomial(rng, max(served.calls - served.errors, 0), weight)
        minutes.append(Served(failed + fine, failed, binomial(rng, served.throttles, weight)))
    return minutes


def goes_off(
    rule: AlarmRule, formula: Formula, week: Week, start: int, minutes: Sequence[Served]
) -> bool:
    """Whether any evaluation before the last shift finds the alarm's rule broken."""
    width = rule.period_s // 60
    last = (start + len(minutes) - LATE_MIN) // width
    first = start // width
    values: list[float | None] = [
        formula.at(week, start, minutes, slot) for slot in range(first - rule.periods - EXTRA, last)
    ]
    before = first - (first - rule.periods - EXTRA)
    return any(is_alarm(rule, values[: n + 1]) for n in range(before, len(values)))


class Formula:
    """What an alarm compares with its threshold, for any period of a replay."""

    def __init__(self, rule: AlarmRule) -> None:
        require_replayable(rule)
        self.rule = rule
        self.expressions = {n: Expression(text) for n, text in rule.expressions.items()}
        self._require_known()

    def _require_known(self) -> None:
        known = {*self.rule.metrics, *self.expressions}
        for name, expression in self.expressions.items():
            strange = expression.names - known
            if strange:
                raise Unsupported(f"{', '.join(sorted(strange))} of the expression is not known")
            if name in expression.names:
                raise Unsupported(f"the expression {name} is made of itself")

    def at(self, week: Week, start: int, minutes: Sequence[Served], slot: int) -> float | None:
        """The value of period ``slot``, counted in periods from the beginning of the days."""
        point: dict[str, float | None] = {
            name: reading(metric, week, start, minutes, slot)
            for name, metric in self.rule.metrics.items()
        }
        return self._value(self.rule.returned, point, len(self.expressions))

    def _value(self, name: str, point: dict[str, float | None], depth: int) -> float | None:
        """An expression may be made of others, but of no more than there are."""
        if name not in self.expressions:
            return point.get(name)
        if depth < 0:
            raise Unsupported(f"the expressions around {name} go in a circle")
        expression = self.expressions[name]
        for inner in expression.names & self.expressions.keys():
            point[inner] = self._value(inner, point, depth - 1)
        return expression.at(point)


def require_replayable(rule: AlarmRule) -> None:
    """Raises Unsupported where the alarm, or one of its metrics, cannot be played again."""
    if rule.unreadable is not None:
        raise Unsupported(rule.unreadable)
    if rule.comparison not in SIGNS:
        raise Unsupported(f"{rule.comparison} is not evaluated here")
    if rule.period_s % 60 or 3600 % rule.period_s:
        raise Unsupported(f"its period of {rule.period_s} s does not divide an hour into minutes")
    for metric in rule.metrics.values():
        if metric.period_s != rule.period_s:
            raise Unsupported("its metrics have periods of different lengths")
        if is_drawn(metric) and metric.stat not in OF_CALLS:
            raise Unsupported(f"{metric.stat} of {metric.name} cannot be told for a canary")
        if (
            follows_version(metric)
            and not is_drawn(metric)
            and metric.stat in ("Sum", "SampleCount")
        ):
            raise Unsupported(f"{metric.stat} of {metric.name} cannot be told for a canary")


def follows_version(metric: Metric) -> bool:
    return metric.namespace == "AWS/Lambda" and metric.dimension(VERSION) is not None


def is_drawn(metric: Metric) -> bool:
    """Counts of calls of one version: a canary's are drawn out of the stable version's."""
    return follows_version(metric) and metric.name in COUNTED


def as_read(metric: Metric) -> Metric:
    """The metric to read in place of ``metric``: of whatever version served then."""
    return metric.without(VERSION) if follows_version(metric) else metric


def reading(
    metric: Metric, week: Week, start: int, minutes: Sequence[Served], slot: int
) -> float | None:
    """One period of one metric: drawn, or as it was."""
    width = metric.period_s // 60
    at = week.since + MINUTE * (slot * width)
    if not follows_version(metric):
        return week.readings.get(metric, {}).get(at)
    low = max(slot * width - start, 0)
    within = minutes[low : max((slot + 1) * width - start, 0)]
    if is_drawn(metric):
        return counted(metric, within)
    if not any(m.calls for m in within):
        return None
    return week.readings.get(as_read(metric), {}).get(at)


def counted(metric: Metric, minutes: Sequence[Served]) -> float | None:
    """The statistic over these minutes; Lambda writes a datapoint with each call, and only then."""
    calls = sum(m.calls for m in minutes)
    amount = {
        "Invocations": calls,
        "Errors": sum(m.errors for m in minutes),
        "Throttles": sum(m.throttles for m in minutes),
    }[metric.name]
    if not calls and not amount:
        return None
    match metric.stat:
        case "Sum":
            return float(amount)
        case "SampleCount":
            return float(max(calls, amount))
        case "Average":
            return amount / max(calls, amount)
        case "Maximum":
            return float(amount > 0)
        case _:
            return float(amount >= calls)

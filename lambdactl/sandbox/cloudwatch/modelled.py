"""Modelled traffic: the metrics of functions that nobody calls, computed when they are asked for.

A :class:`Flow` says how many calls a minute go through an alias, how many fail and how long they
take; each :class:`Stint` of it says which version had which share, and since when. From these
any minute of any series of the four dimension sets follows, always the same for the same seed, and
nothing is kept of it: a thousand functions with a month behind them cost what their flows cost.

Calls rise and fall with the day. A version's share of a minute and its failures are drawn from a
normal distribution around what is expected; durations are log-normal, told by sixteen quantiles.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

from lambdactl.sandbox.cloudwatch.sketch import Bucket

if TYPE_CHECKING:
    from lambdactl.sandbox.cloudwatch.series import Metric

NAMESPACE = "AWS/Lambda"
UNITS = {
    "Invocations": "Count",
    "Errors": "Count",
    "Throttles": "Count",
    "Duration": "Milliseconds",
    "ConcurrentExecutions": "Count",
}
MINUTE, DAY = 60, 86_400.0
_QUANTILES = 16
_SPREAD = 0.35
"""The standard deviation of the logarithm of a duration."""
_FACTORS = tuple(
    math.exp(_SPREAD * NormalDist().inv_cdf((n + 0.5) / _QUANTILES)) for n in range(_QUANTILES)
)
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Stint:
    """``version`` had ``share`` of the calls of its alias from ``since`` until ``until``."""

    version: str
    share: float
    since: float
    until: float = math.inf


@dataclass(frozen=True, slots=True)
class Flow:
    """The calls of one alias. ``failing`` and ``duration_ms`` may differ by version."""

    function: str
    alias: str
    per_minute: float
    stints: tuple[Stint, ...]
    failing: float = 0.0
    duration_ms: float = 80.0
    seed: int = 1
    failing_of: dict[str, float] = field(default_factory=dict)

    def moved(self, shares: dict[str, float], at: float) -> Flow:
        """The flow after its alias was given other versions or weights."""
        ended = tuple(replace(s, until=at) if s.until > at else s for s in self.stints)
        begun = tuple(Stint(version, share, at) for version, share in shares.items() if share > 0)
        return replace(self, stints=(*ended, *begun))


class Modelled:
    """All flows of the account, by function and alias. ``now`` is where the metrics end."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._flows: dict[str, dict[str, Flow]] = {}

    def put(self, flow: Flow) -> None:
        self._flows.setdefault(flow.function, {})[flow.alias] = flow

    def move(self, function: str, alias: str, shares: dict[str, float]) -> None:
        """The alias has moved; nothing happens where its traffic is not modelled."""
        if flow := self._flows.get(function, {}).get(alias):
            self.put(flow.moved(shares, self._now()))

    def __len__(self) -> int:
        return sum(map(len, self._flows.values()))

    def unit(self, metric: Metric) -> str | None:
        """The unit of a series that the model has, None for any other."""
        return UNITS.get(metric.name) if any(self._stints(metric)) else None

    def newest(self, metric: Metric) -> float:
        now = self._now()
        return max((min(s.until, now) for _, s in self._stints(metric)), default=-math.inf)

    def metrics(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Every series: name and dimensions."""
        if self._flows:
            yield from ((name, {}) for name in UNITS)
        for flows in list(self._flows.values()):
            for flow in flows.values():
                yield from ((name, each) for each in _dimension_sets(flow) for name in UNITS)

    def between(self, metric: Metric, start: float, end: float) -> Iterator[tuple[int, Bucket]]:
        """The buckets that start in [start, end), one for each minute with calls."""
        last = min(end, self._now())
        for flow, stint in self._stints(metric):
            first = math.ceil(max(start, stint.since) / MINUTE) * MINUTE
            for at in range(first, math.ceil(min(last, stint.until)), MINUTE):
                if bucket := _bucket(metric.name, flow, stint, at):
                    yield at, bucket

    def _stints(self, metric: Metric) -> Iterator[tuple[Flow, Stint]]:
        """What adds up to the series ``metric``."""
        if metric.namespace != NAMESPACE or metric.name not in UNITS:
            return
        own = dict(metric.dimensions)
        if not own:
            yield from self._of_all()
        elif own.keys() <= {"FunctionName", "Resource", "ExecutedVersion"}:
            for flow in self._flows.get(own.get("FunctionName", ""), {}).values():
                if own.get("Resource", _resource(flow)) == _resource(flow):
                    executed = own.get("ExecutedVersion")
                    yield from ((flow, s) for s in flow.stints if executed in (None, s.version))

    def _of_all(self) -> Iterator[tuple[Flow, Stint]]:
        """The account's own series, drawn as one flow: adding up a thousand would take minutes."""
        flows = [flow for each in self._flows.values() for flow in each.values()]
        calls = sum(flow.per_minute for flow in flows)
        if calls:
            since = min(stint.since for flow in flows for stint in flow.stints)
            failing = sum(flow.per_minute * flow.failing for flow in flows) / calls
            duration = sum(flow.per_minute * flow.duration_ms for flow in flows) / calls
            stint = Stint("0", 1.0, since)
            yield Flow("", "", calls, (stint,), failing, duration), stint


def _resource(flow: Flow) -> str:
    return f"{flow.function}:{flow.alias}"


def _dimension_sets(flow: Flow) -> Iterator[dict[str, str]]:
    yield {"FunctionName": flow.function}
    yield {"FunctionName": flow.function, "Resource": _resource(flow)}
    for version in dict.fromkeys(stint.version for stint in flow.stints):
        resource = {"Resource": _resource(flow), "ExecutedVersion": version}
        yield {"FunctionName": flow.function, **resource}


def _bucket(name: str, flow: Flow, stint: Stint, at: int) -> Bucket | None:
    """One minute of one version; None where nobody called."""
    wave = 1.0 + 0.5 * math.sin(2 * math.pi * at / DAY)
    expected = flow.per_minute * wave * stint.share
    calls = _drawn(expected, _noise(flow.seed, int(stint.version), at, 1))
    if calls == 0:
        return None
    bucket = Bucket()
    if name == "Duration":
        _add_durations(bucket, flow, stint, at, calls)
    elif name == "Errors":
        failing = flow.failing_of.get(stint.version, flow.failing)
        failed = min(_drawn(calls * failing, _noise(flow.seed, int(stint.version), at, 2)), calls)
        bucket.add(1.0, float(failed)) if failed else None
        bucket.add(0.0, float(calls - failed)) if failed < calls else None
    else:
        bucket.add(0.0 if name == "Throttles" else 1.0, float(calls))
    return bucket


def _add_durations(bucket: Bucket, flow: Flow, stint: Stint, at: int, calls: int) -> None:
    typical = flow.duration_ms * (1.0 + 0.02 * _noise(flow.seed, int(stint.version), at, 3))
    for factor in _FACTORS:
        bucket.add(typical * factor, calls / _QUANTILES)


def _drawn(expected: float, noise: float) -> int:
    """A count: as a Poisson count varies, which for few calls is mostly 0 or 1."""
    whole = expected + math.sqrt(expected) * noise if expected >= 10.0 else None
    if whole is not None:
        return max(round(whole), 0)
    share, chance, count = math.exp(-expected), NormalDist().cdf(noise), 0
    total = share
    while chance > total and count < 100:
        count += 1
        share *= expected / count
        total += share
    return count


def _noise(*seeds: int) -> float:
    """A number of the standard normal distribution (the sum of four even ones, scaled)."""
    state = 0
    for seed in seeds:
        state = _mixed(state ^ seed)
    total = 0.0
    for shift in (0, 16, 32, 48):
        total += ((state >> shift) & 0xFFFF) / 65_536.0
    return (total - 2.0) * math.sqrt(3.0)


def _mixed(state: int) -> int:
    """One step of splitmix64."""
    state = (state + 0x9E3779B97F4A7C15) & _MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    return state ^ (state >> 31)

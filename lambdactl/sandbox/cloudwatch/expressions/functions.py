"""The functions of metric math, by name.

A function takes the values of its arguments; :data:`FUNCTIONS` is the whole list, and what is not
on it is refused by name (``SEARCH``, ``ANOMALY_DETECTION_BAND``, ``INSIGHT_RULE_METRIC``,
``SERVICE_QUOTA`` and ``LAMBDA`` ask other services).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise

from lambdactl.sandbox.clock import moment
from lambdactl.sandbox.cloudwatch.expressions.choice import choose
from lambdactl.sandbox.cloudwatch.expressions.fill import fill
from lambdactl.sandbox.cloudwatch.expressions.values import MathError, TimeSeries, Value

Reduce = Callable[[Sequence[float]], float]
Function = Callable[..., Value]


def elementwise(function: Callable[[float], float | None]) -> Function:
    """For a number, a series, or each series of an array."""

    def apply(value: Value) -> Value:
        if isinstance(value, list):
            return [item.map(function) for item in value]
        if isinstance(value, TimeSeries):
            return value.map(function)
        result = function(number(value))
        if result is None:
            raise MathError(f"No result for {value}")
        return result

    return apply


def reducing(reduce: Reduce, empty: float | None = None) -> Function:
    """A series becomes one number, an array becomes one series. Missing points do not count."""

    def apply(value: Value) -> Value:
        if isinstance(value, list):
            return _across(reduce, value)
        values = list(series(value).points.values())
        if not values and empty is None:
            return series(value).with_points({})
        return reduce(values) if values else float(empty or 0.0)

    return apply


def _across(reduce: Reduce, lines: list[TimeSeries]) -> TimeSeries:
    if not lines:
        raise MathError("An array needs at least one time series")
    times = sorted({at for line in lines for at in line.points})
    return lines[0].with_points(
        {at: reduce([line.points[at] for line in lines if at in line.points]) for at in times}
    )


def stepwise(step: Callable[[float, float, float], float]) -> Function:
    """``step(seconds between two points, earlier, later)`` of every point but the first."""

    def one(line: TimeSeries) -> TimeSeries:
        pairs = pairwise(sorted(line.points.items()))
        return line.with_points({t2: step(t2 - t1, v1, v2) for (t1, v1), (t2, v2) in pairs})

    return on_each(one)


def on_each(function: Callable[[TimeSeries], TimeSeries]) -> Function:
    def apply(value: Value) -> Value:
        if isinstance(value, list):
            return [function(item) for item in value]
        return function(series(value))

    return apply


def of_time(part: Callable[[float], float]) -> Function:
    """A part of the time of every point, in UTC."""
    return on_each(lambda line: line.with_points({at: part(at) for at in line.points}))


def _running_sum(line: TimeSeries) -> TimeSeries:
    return line.with_points(dict(zip(line.points, accumulate(line.points.values()), strict=True)))


def _slice(value: Value, start: Value, end: Value | None = None) -> Value:
    lines = array(value)
    first = int(number(start))
    return lines[first : int(number(end))] if end is not None else lines[first:]


def _sort(value: Value, by: Value = "SUM", order: Value = "DESC", limit: Value = 0.0) -> Value:
    ranks: dict[str, Reduce] = {"AVG": _mean, "MIN": min, "MAX": max, "SUM": math.fsum}
    rank = ranks.get(str(by).upper())
    if rank is None or str(order).upper() not in ("ASC", "DESC"):
        raise MathError("SORT takes AVG, MIN, MAX or SUM, and ASC or DESC")
    key = rank
    lines = sorted(
        (line for line in array(value) if line.points),
        key=lambda line: key(list(line.points.values())),
        reverse=str(order).upper() == "DESC",
    )
    return lines[: int(number(limit))] if number(limit) else lines


def _first(value: Value) -> Value:
    return _nth(value, 0)


def _last(value: Value) -> Value:
    return _nth(value, -1)


def _nth(value: Value, position: int) -> Value:
    lines = array(value)
    if not lines:
        raise MathError("The array is empty")
    return lines[position]


def _remove_empty(value: Value) -> Value:
    return [line for line in array(value) if line.points]


def _period(value: Value) -> Value:
    return float(series(value).windows.period)


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


def _log(value: float) -> float | None:
    return math.log(value) if value > 0 else None


def _log10(value: float) -> float | None:
    return math.log10(value) if value > 0 else None


def series(value: Value) -> TimeSeries:
    if not isinstance(value, TimeSeries):
        raise MathError("Expected a time series")
    return value


def array(value: Value) -> list[TimeSeries]:
    if isinstance(value, TimeSeries):
        return [value]
    if not isinstance(value, list):
        raise MathError("Expected an array of time series")
    return value


def number(value: Value | None) -> float:
    if not isinstance(value, float):
        raise MathError("Expected a number")
    return value


FUNCTIONS: dict[str, Function] = {
    "ABS": elementwise(abs),
    "CEIL": elementwise(lambda value: float(math.ceil(value))),
    "FLOOR": elementwise(lambda value: float(math.floor(value))),
    "LOG": elementwise(_log),
    "LOG10": elementwise(_log10),
    "AVG": reducing(_mean),
    "MAX": reducing(max),
    "MIN": reducing(min),
    "SUM": reducing(math.fsum),
    "STDDEV": reducing(statistics.pstdev),
    "DATAPOINT_COUNT": reducing(lambda values: float(len(values)), empty=0.0),
    "DIFF": stepwise(lambda _seconds, earlier, later: later - earlier),
    "DIFF_TIME": stepwise(lambda seconds, _earlier, _later: seconds),
    "RATE": stepwise(lambda seconds, earlier, later: (later - earlier) / seconds),
    "RUNNING_SUM": on_each(_running_sum),
    "MINUTE": of_time(lambda at: float(moment(at).minute)),
    "HOUR": of_time(lambda at: float(moment(at).hour)),
    "DAY": of_time(lambda at: float(moment(at).isoweekday())),
    "DATE": of_time(lambda at: float(moment(at).day)),
    "MONTH": of_time(lambda at: float(moment(at).month)),
    "YEAR": of_time(lambda at: float(moment(at).year)),
    "EPOCH": of_time(lambda at: at),
    "FILL": fill,
    "IF": choose,
    "FIRST": _first,
    "LAST": _last,
    "PERIOD": _period,
    "REMOVE_EMPTY": _remove_empty,
    "SLICE": _slice,
    "SORT": _sort,
}
"""All but METRICS and TIME_SERIES, which need more than their arguments: see evaluate."""

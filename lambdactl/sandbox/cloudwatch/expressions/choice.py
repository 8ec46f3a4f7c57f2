"""``IF(condition, a, b)``: of numbers and series, point by point.

Where the condition has no point there is no result; where the chosen side has none, or there is no
second side, there is none either. [D]
"""

from __future__ import annotations

from lambdactl.sandbox.cloudwatch.expressions.values import MathError, TimeSeries, Value


def choose(condition: Value, yes: Value, no: Value | None = None) -> Value:
    if isinstance(condition, TimeSeries):
        return _by_point(condition, _side(yes), None if no is None else _side(no))
    if not isinstance(condition, float):
        raise MathError("The condition of IF must be a number or a time series")
    if condition:
        return yes
    if no is not None:
        return no
    if isinstance(yes, TimeSeries):
        return yes.with_points({})
    raise MathError("IF without a second value needs a time series")


def _by_point(
    condition: TimeSeries, yes: float | TimeSeries, no: float | TimeSeries | None
) -> TimeSeries:
    points: dict[float, float] = {}
    for at, value in condition.points.items():
        side = yes if value else no
        chosen = side.points.get(at) if isinstance(side, TimeSeries) else side
        if chosen is not None:
            points[at] = chosen
    return condition.with_points(points)


def _side(value: Value) -> float | TimeSeries:
    if isinstance(value, float | TimeSeries):
        return value
    raise MathError("IF chooses between numbers and time series")

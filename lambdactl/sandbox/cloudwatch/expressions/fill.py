"""``FILL(series, 0 | REPEAT | LINEAR | series)``: a value for every window that has none.

A series without any point is filled with a number too, which is what makes ``FILL(errors, 0)`` safe
for a metric nobody has written yet. [?]
"""

from __future__ import annotations

from bisect import bisect_left

from lambdactl.sandbox.cloudwatch.expressions.values import MathError, TimeSeries, Value


def fill(value: Value, filling: Value) -> Value:
    if isinstance(value, list):
        return [_filled(line, filling) for line in value]
    if isinstance(value, TimeSeries):
        return _filled(value, filling)
    raise MathError("FILL fills time series")


def _filled(line: TimeSeries, filling: Value) -> TimeSeries:
    if isinstance(filling, float):
        number = filling
        return line.with_points({at: line.points.get(at, number) for at in line.windows})
    if isinstance(filling, TimeSeries):
        both = {**filling.points, **line.points}
        return line.with_points({at: both[at] for at in line.windows if at in both})
    if filling == "REPEAT":
        return _repeated(line)
    if filling == "LINEAR":
        return _interpolated(line)
    raise MathError("FILL takes a number, a time series, REPEAT or LINEAR")


def _repeated(line: TimeSeries) -> TimeSeries:
    points: dict[float, float] = {}
    last: float | None = None
    for at in line.windows:
        last = line.points.get(at, last)
        if last is not None:
            points[at] = last
    return line.with_points(points)


def _interpolated(line: TimeSeries) -> TimeSeries:
    known = sorted(line.points)
    points: dict[float, float] = {}
    for at in line.windows:
        position = bisect_left(known, at)
        if at in line.points:
            points[at] = line.points[at]
        elif 0 < position < len(known):
            points[at] = _between(line, known[position - 1], known[position], at)
    return line.with_points(points)


def _between(line: TimeSeries, before: float, after: float, at: float) -> float:
    share = (at - before) / (after - before)
    return line.points[before] + (line.points[after] - line.points[before]) * share

"""Operators between numbers, series and arrays of series.

Two series meet where both have a value. A division by zero, like any result that is no finite
number, is a missing point. [?]
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from lambdactl.sandbox.cloudwatch.expressions.values import MathError, TimeSeries, Value

Binary = Callable[[float, float], float]


def _truth(test: Callable[[float, float], bool]) -> Binary:
    return lambda left, right: 1.0 if test(left, right) else 0.0


OPERATORS: dict[str, Binary] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "==": _truth(operator.eq),
    "!=": _truth(operator.ne),
    "<": _truth(operator.lt),
    ">": _truth(operator.gt),
    "<=": _truth(operator.le),
    ">=": _truth(operator.ge),
    "AND": _truth(lambda left, right: bool(left) and bool(right)),
    "OR": _truth(lambda left, right: bool(left) or bool(right)),
}


def combine(symbol: str, left: Value, right: Value) -> Value:
    """``left symbol right``, element by element."""
    binary = OPERATORS[symbol]
    if isinstance(left, str) or isinstance(right, str):
        raise MathError(f"A text cannot be used with {symbol}")
    if isinstance(left, list):
        return _arrays(binary, left, right)
    if isinstance(right, list):
        return [_single(binary, left, item) for item in right]
    if isinstance(left, float) and isinstance(right, float):
        result = _number(binary, left, right)
        if result is None:
            raise MathError(f"{left:g} {symbol} {right:g} is no number")
        return result
    return _single(binary, left, right)


def _arrays(
    binary: Binary, left: list[TimeSeries], right: float | TimeSeries | list[TimeSeries]
) -> Value:
    if not isinstance(right, list):
        return [_single(binary, item, right) for item in left]
    if len(left) != len(right):
        raise MathError("Arrays of different lengths cannot be combined")
    return [_single(binary, a, b) for a, b in zip(left, right, strict=True)]


def _single(binary: Binary, left: float | TimeSeries, right: float | TimeSeries) -> TimeSeries:
    if isinstance(left, TimeSeries) and isinstance(right, TimeSeries):
        common = [at for at in left.points if at in right.points]
        made = {at: _number(binary, left.points[at], right.points[at]) for at in common}
        return left.with_points({at: value for at, value in made.items() if value is not None})
    if isinstance(left, TimeSeries):
        number = right
        return left.map(lambda value: _number(binary, value, _float(number)))
    if isinstance(right, TimeSeries):
        first = left
        return right.map(lambda value: _number(binary, first, value))
    raise MathError("Expected a time series")


def _float(value: float | TimeSeries) -> float:
    if isinstance(value, TimeSeries):
        raise MathError("Expected a number")
    return value


def _number(binary: Binary, left: float, right: float) -> float | None:
    try:
        result = binary(left, right)
    except (ZeroDivisionError, OverflowError):
        return None
    if isinstance(result, complex) or not math.isfinite(result):
        return None
    return float(result)

"""From the tree of an expression to its value."""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import Protocol

from lambdactl.sandbox.cloudwatch.expressions.arithmetic import combine
from lambdactl.sandbox.cloudwatch.expressions.functions import FUNCTIONS, array
from lambdactl.sandbox.cloudwatch.expressions.values import (
    Array,
    Call,
    MathError,
    Name,
    Node,
    Number,
    Operation,
    Text,
    TimeSeries,
    Value,
)
from lambdactl.sandbox.cloudwatch.series import Windows


class Scope(Protocol):
    """What the names in an expression stand for."""

    @property
    def windows(self) -> Windows:
        """The windows of the expression's own result."""

    def value_of(self, name: str) -> Value:
        """The value of the query called ``name``."""

    def metrics(self, part: str) -> list[TimeSeries]:
        """Every metric of the request whose id contains ``part``."""


def evaluate(node: Node, scope: Scope) -> Value:
    """The value of the tree; :class:`MathError` if it has none."""
    match node:
        case Number(value):
            return value
        case Text(value):
            return value
        case Name(name):
            return name if name.isupper() else scope.value_of(name)
        case Array(items):
            return [line for item in items for line in array(evaluate(item, scope))]
        case Operation(operator, None, right):
            return combine("*", -1.0 if operator == "-" else 1.0, evaluate(right, scope))
        case Operation(operator, left, right) if left is not None:
            return combine(operator, evaluate(left, scope), evaluate(right, scope))
        case Call(function, arguments):
            return _call(function, [evaluate(item, scope) for item in arguments], scope)
    raise MathError("The expression is empty")


def _call(name: str, arguments: list[Value], scope: Scope) -> Value:
    if name == "METRICS":
        return scope.metrics(str(arguments[0]) if arguments else "")
    if name == "TIME_SERIES":
        return _time_series(arguments, scope.windows)
    function = FUNCTIONS.get(name)
    if function is None:
        raise MathError(f"The function {name} is not supported")
    fewest, most = _arity(name)
    if not fewest <= len(arguments) <= most:
        raise MathError(f"{name} does not take {len(arguments)} arguments")
    return function(*arguments)


@lru_cache
def _arity(name: str) -> tuple[int, int]:
    parameters = inspect.signature(FUNCTIONS[name]).parameters.values()
    return sum(p.default is p.empty for p in parameters), len(parameters)


def _time_series(arguments: list[Value], windows: Windows) -> TimeSeries:
    match arguments:
        case [float() as number]:
            return TimeSeries(dict.fromkeys(windows, number), windows)
        case [TimeSeries() as line]:
            return line
    raise MathError("TIME_SERIES takes one number")

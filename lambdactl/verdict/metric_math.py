"""Metric math as alarms on a rollout use it: arithmetic, comparisons, AND, OR, IF, FILL, and sums.

An expression is parsed into Python's own syntax tree and only a small part of that grammar is
accepted; whatever else it holds is :class:`Unsupported`, with the words that are not known here.
Values are those of one timestamp: None where a metric has no datapoint, and then, as CloudWatch has
it, there is no result either. A division by zero gives no result.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

Value = float | None
Point = Mapping[str, Value]
"""What each id is at one timestamp."""

ARITHMETIC: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
COMPARED: dict[type[ast.AST], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
OVER_SERIES: dict[str, Callable[[list[float]], float]] = {
    "SUM": math.fsum,
    "MAX": max,
    "MIN": min,
    "AVG": lambda values: math.fsum(values) / len(values),
}
OF_ONE: dict[str, Callable[[float], float]] = {
    "ABS": abs,
    "CEIL": math.ceil,
    "FLOOR": math.floor,
}


class Unsupported(Exception):
    """The expression holds something that is not evaluated here."""


class Expression:
    """``Expression("IF(n >= 20, 100 * e / n, 0)")``; raises Unsupported at once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tree = parsed(text)
        check(self._tree)

    @property
    def names(self) -> frozenset[str]:
        """The ids it needs."""
        called = {n.func for n in ast.walk(self._tree) if isinstance(n, ast.Call)}
        names = (n for n in ast.walk(self._tree) if isinstance(n, ast.Name) and n not in called)
        return frozenset(n.id for n in names)

    def at(self, point: Point) -> Value:
        """Its value where the ids are ``point``."""
        return value_of(self._tree, point)


def parsed(text: str) -> ast.expr:
    words = text.replace("&&", " and ").replace("||", " or ")
    words = re.sub(r"\bAND\b", "and", words)
    words = re.sub(r"\bOR\b", "or", words)
    try:
        return ast.parse(words.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise Unsupported(f"the expression {text!r} is not understood") from error


def check(node: ast.expr) -> None:
    """Raises Unsupported for what ``value_of`` has no meaning for."""
    match node:
        case ast.Name():
            return
        case ast.Constant(value=bool() | str() | bytes() | complex() | None):
            raise Unsupported(f"{ast.unparse(node)} is not a number")
        case ast.Constant():
            return
        case ast.BinOp(op=op) if type(op) in ARITHMETIC:
            parts = [node.left, node.right]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            parts = [node.operand]
        case ast.BoolOp():
            parts = node.values
        case ast.Compare(ops=[op]) if type(op) in COMPARED:
            parts = [node.left, *node.comparators]
        case ast.Call(func=ast.Name(id=name), keywords=[]):
            parts = arguments(name, node)
        case _:
            raise Unsupported(f"{ast.unparse(node)} is not evaluated here")
    for part in parts:
        check(part)


def arguments(name: str, call: ast.Call) -> list[ast.expr]:
    """The parts of a call that are values; Unsupported for a function that is not known."""
    args = call.args
    if name in OVER_SERIES and len(args) == 1 and isinstance(args[0], ast.List) and args[0].elts:
        return args[0].elts
    if name in OF_ONE and len(args) == 1:
        return args
    if name == "IF" and len(args) in (2, 3):
        return args
    if name == "FILL" and len(args) == 2 and is_number(args[1]):
        return args
    raise Unsupported(f"{ast.unparse(call)} is not evaluated here")


def is_number(node: ast.expr) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant)


def value_of(node: ast.expr, point: Point) -> Value:
    match node:
        case ast.Name(id=name):
            return point.get(name)
        case ast.Constant(value=number):
            return float(number)  # type: ignore[arg-type]
        case ast.UnaryOp(op=op, operand=operand):
            inner = value_of(operand, point)
            return -inner if inner is not None and isinstance(op, ast.USub) else inner
        case ast.BinOp(left=left, op=op, right=right):
            return combined(ARITHMETIC[type(op)], value_of(left, point), value_of(right, point))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return combined(COMPARED[type(op)], value_of(left, point), value_of(right, point))
        case ast.BoolOp(op=op, values=values):
            return logical(op, [value_of(v, point) for v in values])
        case ast.Call(func=ast.Name(id=name)):
            return called(name, node, point)
    raise Unsupported(f"{ast.unparse(node)} is not evaluated here")


def combined(operation: Callable[[float, float], float], left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    try:
        return float(operation(left, right))
    except ZeroDivisionError:
        return None


def logical(op: ast.boolop, values: list[Value]) -> Value:
    known = [bool(v) for v in values if v is not None]
    if len(known) < len(values):
        return None
    return float(all(known) if isinstance(op, ast.And) else any(known))


def called(name: str, call: ast.Call, point: Point) -> Value:
    if name == "IF":
        return chosen(call.args, point)
    if name == "FILL":
        given = value_of(call.args[0], point)
        return value_of(call.args[1], point) if given is None else given
    if name in OF_ONE:
        one = value_of(call.args[0], point)
        return None if one is None else float(OF_ONE[name](one))
    values = [v for e in arguments(name, call) if (v := value_of(e, point)) is not None]
    return OVER_SERIES[name](values) if values else None


def chosen(args: list[ast.expr], point: Point) -> Value:
    condition = value_of(args[0], point)
    if condition is None:
        return None
    if condition:
        return value_of(args[1], point)
    return value_of(args[2], point) if len(args) == 3 else None

"""What an expression is made of, and what it can evaluate to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lambdactl.sandbox.cloudwatch.series import Windows


class MathError(Exception):
    """The expression makes no sense; the message says where."""


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """``left`` is None for a sign."""

    operator: str
    left: Node | None
    right: Node


@dataclass(frozen=True, slots=True)
class Array:
    items: tuple[Node, ...]


Node = Number | Text | Name | Call | Operation | Array


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """Values by the start of their window, oldest first. ``windows`` are those it could have."""

    points: dict[float, float]
    windows: Windows
    label: str = ""
    counts: dict[float, float] = field(default_factory=dict)
    """How many samples are behind each value; empty for the result of an expression."""

    def map(self, function: Callable[[float], float | None]) -> TimeSeries:
        """``function`` of every value; None drops the point."""
        made = ((at, function(value)) for at, value in self.points.items())
        return self.with_points({at: value for at, value in made if value is not None})

    def with_points(self, points: dict[float, float]) -> TimeSeries:
        return replace(self, points=points, counts={})


Value = float | str | TimeSeries | list[TimeSeries]

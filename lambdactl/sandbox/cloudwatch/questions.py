"""A list of MetricDataQuery, checked and evaluated: what GetMetricData and metric alarms share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.cloudwatch.expressions import (
    MathError,
    TimeSeries,
    Value,
    evaluate,
    names_in,
    parse,
)
from lambdactl.sandbox.cloudwatch.expressions.values import Node
from lambdactl.sandbox.cloudwatch.series import Metric, Store, Windows
from lambdactl.sandbox.cloudwatch.statistic import Statistic, statistic

_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")
_INSIGHTS = re.compile(r"\s*SELECT\s", re.IGNORECASE)
DAY = 86_400.0


def dimensions_of(listed: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    return {item["Name"]: item["Value"] for item in listed or ()}


def check_period(period: int) -> int:
    """``period`` if CloudWatch has it. [M MetricStat]"""
    if period in (1, 5, 10, 20, 30) or (period > 0 and period % 60 == 0):
        return period
    raise ApiError(
        "ValidationError", f"The period {period} must be 1, 5, 10, 20, 30 or a multiple of 60."
    )


def windows_for(period: int, start: float, end: float, now: float) -> Windows:
    """Windows from the rounded-down ``start`` on. [M GetMetricData: StartTime]"""
    age = now - start
    grain = 60 if age < 15 * DAY else 300 if age < 63 * DAY else 3600
    if period < 60:
        grain = period
    return Windows(start // grain * grain, end, period)


def is_kept(windows: Windows, now: float) -> bool:
    """Whether the period is one that CloudWatch still has for data as old as this. [M]"""
    age = now - windows.start
    if age <= 3 * 3600:
        return True
    finest = 60 if age <= 15 * DAY else 300 if age <= 63 * DAY else 3600
    return windows.period % finest == 0


@dataclass(frozen=True)
class Question:
    """One MetricDataQuery: a metric with a statistic, or an expression."""

    id: str
    label: str | None
    returned: bool
    period: int | None
    metric: Metric | None = None
    stat: str = ""
    unit: str | None = None
    expression: str = ""

    @cached_property
    def tree(self) -> Node:
        try:
            return parse(self.expression)
        except MathError as error:
            raise wrong(self.id, error) from error

    @cached_property
    def read(self) -> Statistic:
        return statistic(self.stat)


def wrong(query_id: str, error: MathError) -> ApiError:
    return ApiError("ValidationError", f"Error in expression '{query_id}': {error}")


def questions(queries: Sequence[Mapping[str, Any]], *, most: int = 500) -> dict[str, Question]:
    """``queries`` by id; ValidationError for what CloudWatch would refuse."""
    if not 0 < len(queries) <= most:
        raise ApiError("ValidationError", f"There must be 1 to {most} MetricDataQueries.")
    asked: dict[str, Question] = {}
    for query in queries:
        question = _question(query)
        if question.id in asked:
            raise ApiError("ValidationError", f"The id {question.id} is used more than once.")
        asked[question.id] = question
    for question in asked.values():
        if question.metric is None:
            _check_names(question, asked)
    return asked


def _question(query: Mapping[str, Any]) -> Question:
    query_id, label = query["Id"], query.get("Label")
    if not _ID.fullmatch(query_id):
        raise ApiError(
            "ValidationError",
            f"The id {query_id} must start with a lower-case letter and be letters, digits and _.",
        )
    stat: Any = query.get("MetricStat")
    expression = query.get("Expression")
    if (stat is None) == (expression is None):
        raise ApiError("ValidationError", f"{query_id} needs either MetricStat or Expression.")
    returned = query.get("ReturnData", True)
    if expression is not None and _INSIGHTS.match(expression):
        raise ApiError("NotImplemented", "The sandbox has no Metrics Insights (SELECT).", 501)
    if expression is not None:
        return Question(query_id, label, returned, query.get("Period"), expression=expression)
    named = stat["Metric"]
    metric = Metric.of(
        named["Namespace"], named["MetricName"], dimensions_of(named.get("Dimensions"))
    )
    statistic(stat["Stat"])
    period = check_period(stat["Period"])
    return Question(query_id, label, returned, period, metric, stat["Stat"], stat.get("Unit"))


def _check_names(question: Question, asked: Mapping[str, Question]) -> None:
    """Every name must be a query, and none may stand for itself."""
    pending, seen = [question], set[str]()
    while pending:
        current = pending.pop()
        names = names_in(current.tree) if current.metric is None else ()
        for name in names:
            if name.isupper():
                continue
            if name not in asked:
                raise wrong(current.id, MathError(f"Undefined variable {name}"))
            if name == question.id:
                raise wrong(question.id, MathError("It refers to itself"))
            if name not in seen:
                seen.add(name)
                pending.append(asked[name])


class Answers:
    """The values of ``asked`` over [start, end), each evaluated once, when it is needed."""

    def __init__(
        self, store: Store, asked: Mapping[str, Question], start: float, end: float, now: float
    ) -> None:
        self._store = store
        self._asked = asked
        self._range = start, end, now
        self._known: dict[str, Value] = {}

    def value_of(self, query_id: str) -> Value:
        if query_id not in self._known:
            self._known[query_id] = self._evaluate(self._asked[query_id])
        return self._known[query_id]

    def lines_of(self, query_id: str) -> list[TimeSeries]:
        """The series that the query returns; a number alone is no result. [D]"""
        value = self.value_of(query_id)
        if isinstance(value, TimeSeries):
            return [value]
        if isinstance(value, list):
            return value
        raise wrong(query_id, MathError("It must result in a time series"))

    def windows_of(self, question: Question) -> Windows:
        start, end, now = self._range
        return windows_for(self.period_of(question), start, end, now)

    def period_of(self, question: Question) -> int:
        """The period asked for, or the longest of the metrics that the expression is made of."""
        if question.period is not None:
            return question.period
        periods = [self.period_of(self._asked[name]) for name in _sources(question, self._asked)]
        return max(periods, default=60)

    def metrics(self, part: str) -> list[TimeSeries]:
        found = (q for q in self._asked.values() if q.metric is not None and part in q.id)
        return [self._of_metric(question) for question in found]

    def _evaluate(self, question: Question) -> Value:
        if question.metric is not None:
            return self._of_metric(question)
        try:
            return evaluate(question.tree, _Scope(self, self.windows_of(question)))
        except MathError as error:
            raise wrong(question.id, error) from error

    def _of_metric(self, question: Question) -> TimeSeries:
        if question.metric is None:
            raise wrong(question.id, MathError("It is no metric"))
        windows = self.windows_of(question)
        label = question.label or question.metric.name
        if not is_kept(windows, self._range[2]):
            return TimeSeries({}, windows, label)
        read = question.read
        found = self._store.timeline(
            question.metric, windows, lambda bucket: (read(bucket), bucket.count), question.unit
        )
        points = {at: value for at, (value, _) in found.items() if value is not None}
        return TimeSeries(points, windows, label, {at: found[at][1] for at in points})


@dataclass(frozen=True, slots=True)
class _Scope:
    answers: Answers
    windows: Windows

    def value_of(self, name: str) -> Value:
        return self.answers.value_of(name)

    def metrics(self, part: str) -> list[TimeSeries]:
        return self.answers.metrics(part)


def _sources(question: Question, asked: Mapping[str, Question]) -> Iterator[str]:
    if question.metric is not None:
        return
    yield from (name for name in names_in(question.tree) if name in asked)
    if "METRICS" in question.expression.upper():
        yield from (q.id for q in asked.values() if q.metric is not None)

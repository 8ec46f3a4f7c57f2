"""The process that evaluates every alarm, and what it makes of one.

AWS evaluates an alarm once a minute, always at the same second of the minute, over periods that
end with the last full minute. [V: transitions of one alarm at :51.29 for hours, periods of 900 s
that began at minutes 14, 29, 44 and 59.] Here too: each alarm has one of the six ticks of a minute,
by its name; alarms over 10, 20 or 30 s have every tick.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.clock import Process
from lambdactl.sandbox.cloudwatch.composite import look_again, parents
from lambdactl.sandbox.cloudwatch.expressions import TimeSeries
from lambdactl.sandbox.cloudwatch.judging import (
    Decision,
    Rule,
    Slot,
    evaluation_range,
    judge,
    too_few_samples,
)
from lambdactl.sandbox.cloudwatch.questions import Answers, Question, dimensions_of, questions
from lambdactl.sandbox.cloudwatch.records import Alarm, AlarmBook
from lambdactl.sandbox.cloudwatch.series import Metric, Store
from lambdactl.sandbox.cloudwatch.statistic import is_percentile
from lambdactl.sandbox.cloudwatch.wording import reason, reason_data

TICK = 10.0


def rule_of(settings: dict[str, Any]) -> Rule:
    periods = settings["EvaluationPeriods"]
    return Rule(
        comparison=settings["ComparisonOperator"],
        threshold=settings["Threshold"],
        periods=periods,
        to_alarm=settings.get("DatapointsToAlarm", periods),
        treatment=settings.get("TreatMissingData", "missing"),
        out_of="DatapointsToAlarm" in settings,
    )


@dataclass(frozen=True, slots=True)
class Watched:
    """The series that a metric alarm watches, as the questions that answer for it."""

    asked: dict[str, Question]
    result: str
    period: int

    @classmethod
    def by(cls, settings: dict[str, Any]) -> Watched:
        """ValidationError where the settings do not say exactly one series."""
        if "MetricName" in settings:
            return cls._simple(settings)
        asked = questions(settings["Metrics"], most=20)
        results = [question for question in asked.values() if question.returned]
        if len(results) != 1:
            raise ApiError(
                "ValidationError", "Exactly one element of the metrics list should return data."
            )
        nowhere = Answers(Store(), asked, 0.0, 0.0, 0.0)
        _only(nowhere.lines_of(results[0].id))
        return cls(asked, results[0].id, nowhere.period_of(results[0]))

    @classmethod
    def _simple(cls, settings: dict[str, Any]) -> Watched:
        metric = Metric.of(
            settings["Namespace"], settings["MetricName"], dimensions_of(settings.get("Dimensions"))
        )
        stat = settings.get("Statistic") or settings["ExtendedStatistic"]
        period, unit = settings["Period"], settings.get("Unit")
        return cls({"m": Question("m", None, True, period, metric, stat, unit)}, "m", period)

    @property
    def statistic(self) -> str | None:
        """Of the one metric that is watched; None for an expression."""
        return self.asked[self.result].stat or None

    def slots(self, store: Store, now: float, periods: int) -> list[Slot]:
        """Every period of the evaluation range, oldest first."""
        grain = 60 if self.period >= 60 else self.period
        end = now // grain * grain
        start = end - evaluation_range(periods, self.period) * self.period
        answers = Answers(store, self.asked, start, end, now)
        line = _only(answers.lines_of(self.result))
        own = answers.windows_of(self.asked[self.result])
        return [Slot(at, line.points.get(at), line.counts.get(at)) for at in own]


def _only(lines: list[TimeSeries]) -> TimeSeries:
    if len(lines) != 1:
        raise ApiError("ValidationError", "The expression must return a single time series.")
    return lines[0]


class Watch:
    """Evaluates the alarms of ``book`` for as long as the account lives."""

    def __init__(self, account: Account, store: Store, book: AlarmBook) -> None:
        self._account = account
        self._store = store
        self._book = book
        self._path: list[str] = []
        book.changed.append(self._tell_parents)
        account.clock.spawn(self._run(), TICK)

    def _run(self) -> Process:
        number = 0
        while True:
            with self._account.lock:
                for alarm in self._due(number):
                    self._try(alarm)
            number += 1
            yield TICK

    def _due(self, number: int) -> Iterator[Alarm]:
        for alarm in list(self._book.alarms.values()):
            if alarm.kind == "MetricAlarm" and _has_turn(alarm, number):
                yield alarm

    def _try(self, alarm: Alarm) -> None:
        """An alarm whose expression fails on the data of today does not stop the others.

        Its EvaluationState says so, its state stays. [M; the state ?]
        """
        try:
            self.evaluate(alarm)
        except ApiError as error:
            alarm.failure = error.message
        else:
            alarm.failure = None

    def evaluate(self, alarm: Alarm) -> None:
        """Put ``alarm`` into the state that its data say."""
        now = self._account.clock.now()
        settings, rule = alarm.settings, rule_of(alarm.settings)
        watched = Watched.by(settings)
        decision = judge(rule, watched.slots(self._store, now, rule.periods))
        state = decision.state
        if state is None or state == alarm.state or _says_too_little(settings, watched, decision):
            return
        data = reason_data(
            rule,
            decision,
            now,
            watched.period,
            statistic=watched.statistic,
            unit=settings.get("Unit"),
        )
        self._book.change(alarm, state, reason(rule, decision, state), data)

    def _tell_parents(self, alarm: Alarm, _before: Mapping[str, Any]) -> None:
        """A cycle of composite alarms stops where it closes. [M DeleteAlarms]"""
        if alarm.name in self._path:
            return
        self._path.append(alarm.name)
        for parent in parents(self._book, alarm.name):
            look_again(self._book, parent, alarm)
        self._path.pop()


def _has_turn(alarm: Alarm, number: int) -> bool:
    if alarm.settings.get("Period", 60) < 60:
        return True
    return zlib.crc32(alarm.name.encode()) % 6 == number % 6


def _says_too_little(settings: dict[str, Any], watched: Watched, decision: Decision) -> bool:
    if settings.get("EvaluateLowSampleCountPercentile") != "ignore":
        return False
    stat = watched.statistic or ""
    return is_percentile(stat) and too_few_samples(float(stat[1:]), decision.slots)

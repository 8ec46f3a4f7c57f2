"""Alarms and past days for the tests of the audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from lambdactl.model import Alarm, DeploymentConfig
from lambdactl.model_history import AlarmRule, Metric
from lambdactl.verdict.alarms_audit import Served, Week

SINCE = datetime(2026, 11, 13, 14, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CANARY_5 = DeploymentConfig("Canary10Percent5Minutes", "TimeBasedCanary", 10.0, 5)
LINEAR_10 = DeploymentConfig("Linear10PercentEvery10Minutes", "TimeBasedLinear", 10.0, 10)
AT_ONCE = DeploymentConfig("AllAtOnce", "AllAtOnce")


def metric(
    name: str,
    *,
    version: int | None = 7,
    stat: str = "Sum",
    period_s: int = 60,
    namespace: str = "AWS/Lambda",
) -> Metric:
    dimensions = (("FunctionName", "checkout"), ("Resource", "checkout:live"))
    executed = (("ExecutedVersion", str(version)),) if version is not None else ()
    return Metric(namespace, name, (*dimensions, *executed), stat, period_s)


def rule(
    metrics: Mapping[str, Metric] | None = None,
    *,
    expressions: Mapping[str, str] | None = None,
    comparison: str = "GreaterThanThreshold",
    threshold: float = 0.0,
    periods: int = 1,
    to_alarm: int | None = None,
    treat_missing: str = "notBreaching",
    period_s: int = 60,
    state: Literal["OK", "ALARM", "INSUFFICIENT_DATA"] = "OK",
    unreadable: str | None = None,
) -> AlarmRule:
    """``Errors > 0`` for one minute on version 7, unless told otherwise."""
    watched = {"m": metric("Errors", period_s=period_s)} if metrics is None else metrics
    formulas = expressions or {}
    return AlarmRule(
        alarm=Alarm("errors", state, summary="Errors > 0 for 1 of 1 x 60 s"),
        comparison=comparison,
        threshold=threshold,
        periods=periods,
        to_alarm=to_alarm or periods,
        treat_missing=treat_missing,
        period_s=period_s,
        metrics=watched,
        expressions=formulas,
        returned=next(iter(formulas), next(iter(watched), "m")),
        unreadable=unreadable,
    )


def days(
    minutes: list[Served],
    readings: Mapping[Metric, Mapping[datetime, float]] | None = None,
    *,
    routed: frozenset[int] = frozenset({7}),
) -> Week:
    """Days of these minutes; version 7's Errors and Invocations were measured."""
    some = {SINCE: 0.0}
    known = {metric("Errors"): some, metric("Invocations"): some}
    return Week(SINCE, tuple(minutes), {**known, **(readings or {})}, routed)


def steady(hours: int, calls: int, errors: int = 0) -> list[Served]:
    return [Served(calls, errors)] * (hours * 60)

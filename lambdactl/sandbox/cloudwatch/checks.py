"""What PutMetricAlarm refuses."""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.cloudwatch.judging import COMPARISONS
from lambdactl.sandbox.cloudwatch.records import ACTIONS
from lambdactl.sandbox.cloudwatch.statistic import extended
from lambdactl.sandbox.cloudwatch.watch import Watched

_OF_ONE_METRIC = (
    "Dimensions",
    "ExtendedStatistic",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "Unit",
)
_NOT_HERE = ("EvaluationCriteria", "EvaluationWindow", "ThresholdMetricId", "WarmUpConfiguration")
_TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")
DAY = 86_400


def check_alarm(params: dict[str, Any]) -> None:
    """ValidationError for what CloudWatch refuses; 501 for the kinds of alarm that are not here."""
    for name in _NOT_HERE:
        if name in params:
            raise ApiError("NotImplemented", f"The sandbox has no alarms with {name}.", 501)
    if ("MetricName" in params) == ("Metrics" in params):
        raise invalid("Either MetricName or Metrics must be specified, and not both.")
    if "Metrics" in params:
        _check_metrics(params)
    else:
        _check_metric(params)
    _check_rule(params)
    period = Watched.by(params).period
    _check_span(period, params["EvaluationPeriods"])


def check_actions(params: dict[str, Any]) -> None:
    """ValidationError for an action that is not an ARN; 501 for what holds actions back."""
    if "ActionsSuppressor" in params:
        raise ApiError("NotImplemented", "The sandbox has no suppression of actions.", 501)
    for kind in ACTIONS.values():
        for arn in params.get(kind) or ():
            if arn.count(":") < 5 or not arn.startswith("arn:"):
                raise invalid(f"Invalid arn syntax: {arn}")


def invalid(message: str) -> ApiError:
    return ApiError("ValidationError", message)


def _check_metrics(params: dict[str, Any]) -> None:
    for name in _OF_ONE_METRIC:
        if name in params:
            raise invalid(f"{name} must not be specified together with Metrics.")


def _check_metric(params: dict[str, Any]) -> None:
    if "Namespace" not in params:
        raise invalid("Namespace must be specified.")
    if ("Statistic" in params) == ("ExtendedStatistic" in params):
        raise invalid("Either Statistic or ExtendedStatistic must be specified, and not both.")
    percentile = params.get("ExtendedStatistic")
    if percentile is not None and extended(percentile) is None:
        raise invalid(f"The value {percentile} for parameter ExtendedStatistic is not supported.")
    period = params.get("Period")
    if period is None or (period not in (10, 20, 30) and period % 60):
        raise invalid("Period must be 10, 20, 30 or a multiple of 60.")


def _check_rule(params: dict[str, Any]) -> None:
    for name in ("ComparisonOperator", "EvaluationPeriods", "Threshold"):
        if name not in params:
            raise invalid(f"{name} must be specified.")
    if params["ComparisonOperator"] not in COMPARISONS:
        message = "The sandbox has no alarms on anomaly detection bands."
        raise ApiError("NotImplemented", message, 501)
    treatment = params.get("TreatMissingData", "missing")
    if treatment not in _TREATMENTS:
        raise invalid(
            f"The value {treatment} is not supported for TreatMissingData parameter. "
            f"Supported values are [{', '.join(_TREATMENTS)}]."
        )
    if params.get("EvaluateLowSampleCountPercentile", "evaluate") not in ("evaluate", "ignore"):
        raise invalid("EvaluateLowSampleCountPercentile must be evaluate or ignore.")
    if params.get("DatapointsToAlarm", 1) > params["EvaluationPeriods"]:
        raise invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")


def _check_span(period: int, periods: int) -> None:
    longest = 7 * DAY if period >= 3600 else DAY
    if period * periods > longest:
        days = "seven days" if longest > DAY else "a day"
        raise invalid(
            f"Metrics cannot be checked across more than {days} (EvaluationPeriods * Period must "
            f"be <= {longest})."
        )

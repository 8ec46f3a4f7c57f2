"""Writing metrics: PutMetricData, and the short way for the account's own services."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.cloudwatch.questions import DAY, dimensions_of
from lambdactl.sandbox.cloudwatch.series import Metric, Store

MOST_METRICS = 1_000
"""Of one PutMetricData. [M]"""
MOST_VALUES = 150
LARGEST = 2.0**360


class Writing:
    """The operations that write metrics."""

    account: Account
    store: Store
    delay_s: float
    """Account seconds until a value that a service reports can be seen: 0, or 60 to 180 for a
    CloudWatch as slow as the real one."""

    def record(
        self,
        namespace: str,
        name: str,
        dimensions: Mapping[str, str],
        value: float,
        unit: str,
        timestamp: float,
    ) -> None:
        """Add one value to the minute of ``timestamp``. From any thread."""
        metric = Metric.of(namespace, name, dimensions)
        if self.delay_s > 0:
            later = partial(self.store.add, metric, value, unit, timestamp)
            self.account.clock.call_later(self.delay_s, later)
        else:
            self.store.add(metric, value, unit, timestamp)

    def put_metric_data(self, params: dict[str, Any]) -> dict[str, Any]:
        namespace = params["Namespace"]
        if namespace.startswith("AWS/"):
            raise ApiError(
                "InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid."
            )
        data = [*(params.get("MetricData") or ())]
        for entity in params.get("EntityMetricData") or ():
            data += entity.get("MetricData") or ()
        if len(data) > MOST_METRICS:
            raise ApiError(
                "InvalidParameterValue",
                f"The collection MetricData must not have a size greater than {MOST_METRICS}.",
            )
        for number, datum in enumerate(data, 1):
            _check(datum, f"MetricData.member.{number}", self.account.clock.now())
        for datum in data:
            self._add(namespace, datum)
        return {}

    def _add(self, namespace: str, datum: Mapping[str, Any]) -> None:
        metric = Metric.of(namespace, datum["MetricName"], dimensions_of(datum.get("Dimensions")))
        given = datum.get("Timestamp")
        timestamp = given.timestamp() if given else self.account.clock.now()
        unit = datum.get("Unit", "None")
        fine = datum.get("StorageResolution") == 1
        if values := datum.get("Values"):
            counts = datum.get("Counts") or [1.0] * len(values)
            pairs = list(zip(values, counts, strict=True))
            self.store.add_weighted(metric, pairs, unit, timestamp, fine=fine)
        elif stats := datum.get("StatisticValues"):
            known = (stats["SampleCount"], stats["Sum"], stats["Minimum"], stats["Maximum"])
            self.store.add_set(metric, known, unit, timestamp, fine=fine)
        else:
            self.store.add(metric, datum["Value"], unit, timestamp, fine=fine)


def _check(datum: Mapping[str, Any], path: str, now: float) -> None:
    values = datum.get("Values") or ()
    given = [name for name in ("Value", "Values", "StatisticValues") if datum.get(name) is not None]
    if not given:
        raise ApiError(
            "MissingParameter",
            f"At least one of the parameters {path}.Value, {path}.Values or "
            f"{path}.StatisticValues must be specified.",
        )
    if len(given) > 1:
        raise ApiError(
            "InvalidParameterCombination",
            f"The parameters {path}.{given[0]} and {path}.{given[1]} are mutually exclusive and "
            "you have specified both.",
        )
    counts = datum.get("Counts")
    if counts is not None and len(counts) != len(values):
        raise ApiError(
            "InvalidParameterValue",
            f"The parameters {path}.Values and {path}.Counts must be of the same size.",
        )
    if len(values) > MOST_VALUES:
        raise ApiError(
            "InvalidParameterValue",
            f"The collection {path}.Values must not have a size greater than {MOST_VALUES}.",
        )
    for value in (*values, *([datum["Value"]] if "Value" in given else ())):
        if not math.isfinite(value) or abs(value) > LARGEST:
            raise ApiError(
                "InvalidParameterValue", f"The value {value} for parameter {path}.Value is invalid."
            )
    _check_time(datum, path, now)


def _check_time(datum: Mapping[str, Any], path: str, now: float) -> None:
    """A datum may be two weeks old and two hours ahead. [D]"""
    given = datum.get("Timestamp")
    if given is not None and not -14 * DAY <= given.timestamp() - now <= 2 * 3600:
        raise ApiError(
            "InvalidParameterValue",
            f"The parameter {path}.Timestamp must specify a time no more than two weeks in the "
            "past and two hours in the future.",
        )

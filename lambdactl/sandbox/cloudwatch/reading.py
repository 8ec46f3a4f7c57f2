"""Reading metrics: GetMetricData, GetMetricStatistics, ListMetrics."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.clock import moment
from lambdactl.sandbox.cloudwatch.expressions import TimeSeries
from lambdactl.sandbox.cloudwatch.questions import (
    DAY,
    Answers,
    check_period,
    dimensions_of,
    is_kept,
    questions,
    windows_for,
)
from lambdactl.sandbox.cloudwatch.series import Metric, Store, Windows
from lambdactl.sandbox.cloudwatch.sketch import Bucket
from lambdactl.sandbox.cloudwatch.statistic import SIMPLE, extended

MOST_DATAPOINTS = 100_800
"""Of one answer of GetMetricData. [M]"""
MOST_STATISTICS = 1_440
"""Datapoints of one answer of GetMetricStatistics. [M]"""
METRICS_PAGE = 500
LISTED_FOR = 14 * DAY
"""ListMetrics forgets a metric two weeks after its last value. [M]"""


def write_token(position: int) -> str:
    return base64.urlsafe_b64encode(f"at:{position}".encode()).decode()


def read_token(params: Mapping[str, Any]) -> int:
    """The position that a NextToken stands for; 0 without one."""
    token = params.get("NextToken")
    if not token:
        return 0
    try:
        kind, _, position = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        if kind == "at":
            return int(position)
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise ApiError("InvalidNextToken", "The next token is not valid.") from error
    raise ApiError("InvalidNextToken", "The next token is not valid.")


class Reading:
    """The operations that read metrics."""

    account: Account
    store: Store

    def get_metric_data(self, params: dict[str, Any]) -> dict[str, Any]:
        """At most ``MaxDatapoints`` values an answer; the rest follows by NextToken. The Id of a
        series that is cut recurs on the next page."""
        start, end = _range(params, "ValidationError")
        asked = questions(params["MetricDataQueries"])
        answers = Answers(self.store, asked, start, end, self.account.clock.now())
        newest_first = params.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        lines = [
            (question.id, question.label or line.label or question.id, line)
            for question in asked.values()
            if question.returned
            for line in answers.lines_of(question.id)
        ]
        first = read_token(params)
        room = min(params.get("MaxDatapoints") or MOST_DATAPOINTS, MOST_DATAPOINTS)
        results = list(_page(lines, first, first + room, newest_first=newest_first))
        output: dict[str, Any] = {"MetricDataResults": results, "Messages": []}
        if sum(len(line.points) for _, _, line in lines) > first + room:
            output["NextToken"] = write_token(first + room)
        return output

    def get_metric_statistics(self, params: dict[str, Any]) -> dict[str, Any]:
        """Datapoints oldest first; AWS promises no order. [M]"""
        start, end = _range(params, "InvalidParameterCombination")
        simple = params.get("Statistics") or []
        percentiles = params.get("ExtendedStatistics") or []
        if bool(simple) == bool(percentiles):
            raise ApiError(
                "InvalidParameterCombination",
                "You must specify either Statistics or ExtendedStatistics, but not both.",
            )
        for name in percentiles:
            if extended(name) is None:
                raise ApiError(
                    "InvalidParameterValue",
                    f"The value {name} for parameter ExtendedStatistics is not supported.",
                )
        now = self.account.clock.now()
        windows = windows_for(check_period(params["Period"]), start, end, now)
        _check_count(windows)
        metric = Metric.of(
            params["Namespace"], params["MetricName"], dimensions_of(params.get("Dimensions"))
        )
        datapoints: list[dict[str, Any]] = []
        for unit in self.store.units(metric) if is_kept(windows, now) else ():
            if params.get("Unit", unit) == unit:
                datapoints += self._datapoints(metric, windows, unit, [*simple, *percentiles])
        return {"Label": metric.name, "Datapoints": datapoints}

    def list_metrics(self, params: dict[str, Any]) -> dict[str, Any]:
        """500 a page, in the order in which the metrics first appeared. [?]"""
        now = self.account.clock.now()
        since = now - (3 * 3600.0 if params.get("RecentlyActive") else LISTED_FOR)
        first, found = read_token(params), list[dict[str, Any]]()
        output: dict[str, Any] = {"Metrics": found}
        for position, metric in enumerate(self.store.listed()):
            if position < first or not _fits(metric, params):
                continue
            if len(found) == METRICS_PAGE:
                output["NextToken"] = write_token(position)
                break
            if self.store.newest(metric) >= since:
                found.append(described(metric))
        return output

    def _datapoints(
        self, metric: Metric, windows: Windows, unit: str, names: list[str]
    ) -> list[dict[str, Any]]:
        read = self.store.timeline(
            metric, windows, lambda bucket: dict(_statistics(bucket, names)), unit
        )
        return [{"Timestamp": moment(at), "Unit": unit, **values} for at, values in read.items()]


def described(metric: Metric) -> dict[str, Any]:
    """The metric as the API writes it."""
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}


def _range(params: Mapping[str, Any], code: str) -> tuple[float, float]:
    start, end = params["StartTime"].timestamp(), params["EndTime"].timestamp()
    if start >= end:
        raise ApiError(code, "The parameter StartTime must be less than the parameter EndTime.")
    return start, end


def _check_count(windows: Windows) -> None:
    count = int((windows.end - windows.start) // windows.period)
    if count > MOST_STATISTICS:
        raise ApiError(
            "InvalidParameterCombination",
            f"You have requested up to {count} datapoints, which exceeds the limit of "
            f"{MOST_STATISTICS}. You may reduce the datapoints requested by increasing Period, or "
            "decreasing the time range.",
        )


def _statistics(bucket: Bucket, names: list[str]) -> Iterator[tuple[str, Any]]:
    percentiles: dict[str, float] = {}
    for name in names:
        if name in SIMPLE:
            yield name, SIMPLE[name](bucket)
        elif (read := extended(name)) and (value := read(bucket)) is not None:
            percentiles[name] = value
    if percentiles:
        yield "ExtendedStatistics", percentiles


def _page(
    lines: list[tuple[str, str, TimeSeries]], first: int, end: int, *, newest_first: bool
) -> Iterator[dict[str, Any]]:
    """The part [first, end) of all values of all lines, one after the other."""
    begin = 0
    for query_id, label, line in lines:
        size = len(line.points)
        low, high = max(first - begin, 0), min(end - begin, size)
        begin += size
        if low >= high and size:
            continue
        if not size and not (first < begin <= end or begin == first == 0):
            continue
        times = sorted(line.points, reverse=newest_first)[low:high]
        yield {
            "Id": query_id,
            "Label": label,
            "Timestamps": [moment(at) for at in times],
            "Values": [line.points[at] for at in times],
            "StatusCode": "Complete" if high == size else "PartialData",
        }


def _fits(metric: Metric, params: Mapping[str, Any]) -> bool:
    """Dimensions that are not asked for do not matter. [M]"""
    if params.get("Namespace", metric.namespace) != metric.namespace:
        return False
    if params.get("MetricName", metric.name) != metric.name:
        return False
    own = dict(metric.dimensions)
    wanted = params.get("Dimensions") or ()
    return all(
        d["Name"] in own and d.get("Value", own[d["Name"]]) == own[d["Name"]] for d in wanted
    )

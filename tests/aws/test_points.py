"""What is settled is not asked for again, and what went down is not believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdactl.aws import metrics
from lambdactl.errors import LambdactlError
from lambdactl.model import Metrics
from tests.aws.stubs import Script
from tests.aws.test_metrics import QUERIES, TARGET

NOW = datetime(2026, 11, 20, 14, 3, 20, tzinfo=UTC)
LAST = datetime(2026, 11, 20, 14, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SINCE = LAST - 120 * MINUTE


def asked(start: datetime, last: datetime) -> dict[str, Any]:
    return {
        "MetricDataQueries": QUERIES,
        "StartTime": start,
        "EndTime": last + MINUTE,
        "ScanBy": "TimestampAscending",
    }


def answer(key: str, points: dict[datetime, float], status: str = "Complete") -> dict[str, Any]:
    row = {
        "Id": key,
        "StatusCode": status,
        "Timestamps": list(points),
        "Values": [*points.values()],
    }
    return {"MetricDataResults": [row]}


def measure(script: Script, now: datetime = NOW) -> Metrics:
    return metrics.metrics(script.aws, TARGET, {41, 42}, now=now, window_s=1800, since=SINCE)


def expect(script: Script, request: dict[str, Any], response: dict[str, Any]) -> None:
    script.expect("cloudwatch", "get_metric_data", request, response)


def test_the_history_is_read_once_and_the_open_minutes_again(script: Script) -> None:
    old, new = LAST - 100 * MINUTE, LAST - 5 * MINUTE
    calls = "v42_invocations"
    expect(script, asked(SINCE, LAST), answer(calls, {old: 7.0, new: 1.0}))
    first = measure(script)
    assert first.history is not None and len(first.history[42].minutes) == 121
    assert len(first.series[42].minutes) == 30
    expect(
        script,
        asked(LAST + MINUTE - 21 * MINUTE, LAST + MINUTE),
        answer(calls, {new: 4.0}),
    )
    second = measure(script, NOW + MINUTE)
    assert second.history is not None
    told = {m.start: m.invocations for m in second.history[42].minutes if m.invocations}
    assert told == {old: 7.0, new: 4.0}
    assert second.doubts == ()
    assert script.aws.calls["cloudwatch:GetMetricData"] == 2


@pytest.mark.parametrize("now", [3.0, None], ids=["fewer", "gone"])
def test_a_count_that_went_down_is_a_doubt(script: Script, now: float | None) -> None:
    at = LAST - 5 * MINUTE
    expect(script, asked(SINCE, LAST), answer("v42_invocations", {at: 9.0}))
    assert measure(script).doubts == ()
    points = {} if now is None else {at: now}
    expect(script, asked(LAST - 20 * MINUTE, LAST), answer("v42_invocations", points))
    assert measure(script).doubts == (
        f"invocations of v42 at 13:58 went from 9 to {0 if now is None else 3}",
    )


def test_half_an_answer_is_not_remembered(script: Script) -> None:
    partial = answer("v42_invocations", {LAST - 90 * MINUTE: 1.0}, "PartialData")
    expect(script, asked(SINCE, LAST), partial)
    with pytest.raises(LambdactlError, match="only a part"):
        measure(script)
    whole = answer("v42_invocations", {LAST - 90 * MINUTE: 5.0})
    expect(script, asked(SINCE, LAST), whole)
    told = measure(script)
    assert told.history is not None and told.history[42].calls() == 5.0

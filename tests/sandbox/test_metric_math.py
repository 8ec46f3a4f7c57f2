"""Metric math, in a table: series in, expression, series out. ``None`` is a missing point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.cloudwatch.expressions import MathError, parse
from lambdactl.sandbox.cloudwatch.questions import Answers, questions
from lambdactl.sandbox.cloudwatch.series import Metric, Store
from tests.sandbox.clouds import START, Cloud, at, cloud, query

Line = Sequence[float | None]
ERRORS: Line = (1, None, 3, 0)
CALLS: Line = (10, 20, None, 0)


def evaluated(expression: str, *, period: int = 60, **lines: Any) -> Any:
    """The points of each series that the expression results in, minute by minute."""
    store, minutes = Store(), 4
    for name, values in lines.items():
        for minute, value in enumerate(values):
            if value is not None:
                store.add(Metric("n", name, ()), value, "Count", START + minute * 60)
    asked = questions([*(_query(name, period) for name in lines), _expression(expression)])
    answers = Answers(store, asked, START, START + minutes * 60, START + minutes * 60)
    found = answers.lines_of("result")
    grid = [START + n * period for n in range(minutes * 60 // period)]
    return [[line.points.get(moment) for moment in grid] for line in found]


def _query(name: str, period: int) -> dict[str, Any]:
    metric = {"Namespace": "n", "MetricName": name, "Dimensions": []}
    stat = {"Metric": metric, "Stat": "Sum", "Period": period}
    return {"Id": name, "MetricStat": stat, "ReturnData": False}


def _expression(expression: str) -> dict[str, Any]:
    return {"Id": "result", "Expression": expression}


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("e", [1, None, 3, 0]),
        ("e + 1", [2, None, 4, 1]),
        ("10 - e * 2", [8, None, 4, 10]),
        ("-e", [-1, None, -3, 0]),
        ("2 ^ 3 ^ 0 + e", [3, None, 5, 2]),
        ("(e + 1) / 2", [1, None, 2, 0.5]),
        ("e / i", [0.1, None, None, None]),
        ("100 * FILL(e, 0) / i", [10, 0, None, None]),
        ("e > 0", [1, None, 1, 0]),
        ("e >= 1 AND i >= 10", [1, None, None, 0]),
        ("e == 1 || i == 0", [1, None, None, 1]),
        ("e != 1", [0, None, 1, 1]),
        ("IF(e > 0, 5, 7)", [5, None, 5, 7]),
        ("IF(e > 0, i)", [10, None, None, None]),
        ("IF(i >= 20, 100, e)", [1, 100, None, 0]),
        ("IF(1, e, i)", [1, None, 3, 0]),
        ("IF(i < 20, e, 0)", [1, 0, None, 0]),
        ("FILL(e, 9)", [1, 9, 3, 0]),
        ("FILL(e, REPEAT)", [1, 1, 3, 0]),
        ("FILL(e, LINEAR)", [1, 2, 3, 0]),
        ("FILL(e, i)", [1, 20, 3, 0]),
        ("FILL(nothing, 0)", [0, 0, 0, 0]),
        ("SUM([e, i])", [11, 20, 3, 0]),
        ("AVG([e, i])", [5.5, 20, 3, 0]),
        ("MAX([e, i])", [10, 20, 3, 0]),
        ("MIN([e, i])", [1, 20, 3, 0]),
        ("SUM(METRICS())", [11, 20, 3, 0]),
        ('SUM(METRICS("i"))', [10, 20, None, 0]),
        ("e / SUM(e)", [0.25, None, 0.75, 0]),
        ("e - AVG(e) + MAX(e) * MIN(e)", [1 - 4 / 3, None, 3 - 4 / 3, -4 / 3]),
        ("STDDEV([e, i])", [4.5, 0, 0, 0]),
        ("e * 0 + DATAPOINT_COUNT(e)", [3, None, 3, 3]),
        ("ABS(-e)", [1, None, 3, 0]),
        ("CEIL(e / 2)", [1, None, 2, 0]),
        ("FLOOR(e / 2)", [0, None, 1, 0]),
        ("LOG10(i)", [1, pytest.approx(1.30103), None, None]),
        ("LOG(e)", [0, None, pytest.approx(1.0986122886681098), None]),
        ("DIFF(e)", [None, None, 2, -3]),
        ("DIFF_TIME(e)", [None, None, 120, 60]),
        ("RATE(e)", [None, None, pytest.approx(2 / 120), pytest.approx(-0.05)]),
        ("RUNNING_SUM(e)", [1, None, 4, 4]),
        ("TIME_SERIES(7)", [7, 7, 7, 7]),
        ("TIME_SERIES(PERIOD(e))", [60, 60, 60, 60]),
        ("MINUTE(e)", [0, None, 2, 3]),
        ("FIRST([e, i])", [1, None, 3, 0]),
        ("LAST([e, i])", [10, 20, None, 0]),
    ],
)
def test_one_series(expression: str, result: list[float | None]) -> None:
    assert evaluated(expression, e=ERRORS, i=CALLS, nothing=()) == [result]


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("[e, i]", [[1, None, 3, 0], [10, 20, None, 0]]),
        ("[e, i] * 2", [[2, None, 6, 0], [20, 40, None, 0]]),
        ("2 - [e]", [[1, None, -1, 2]]),
        ("[e, i] - [i, e]", [[-9, None, None, 0], [9, None, None, 0]]),
        ("FILL([e, i], 0)", [[1, 0, 3, 0], [10, 20, 0, 0]]),
        ("SORT([e, i], MAX, DESC)", [[10, 20, None, 0], [1, None, 3, 0]]),
        ("SORT([e, i], SUM, ASC, 1)", [[1, None, 3, 0]]),
        ("SLICE([e, i], 1)", [[10, 20, None, 0]]),
        ("SLICE([e, i], 0, 1)", [[1, None, 3, 0]]),
        ("REMOVE_EMPTY([e, nothing])", [[1, None, 3, 0]]),
    ],
)
def test_arrays(expression: str, result: list[list[float | None]]) -> None:
    assert evaluated(expression, e=ERRORS, i=CALLS, nothing=()) == result


def test_the_rate_of_the_included_stack_needs_calls_enough() -> None:
    """20 calls a minute at least: below them a rate is no rate, and no call is no point."""
    rate = "IF(calls >= 20, 100 * errors / calls, 0)"
    few = "IF(calls < 20, errors, 0)"
    lines: dict[str, Any] = {"calls": (100, 19, None, 20), "errors": (7, 19, None, 1)}
    assert evaluated(rate, **lines) == [[7, 0, None, 5]]
    assert evaluated(few, **lines) == [[0, 19, None, 0]]


def test_periods_are_those_of_the_metrics() -> None:
    assert evaluated("FILL(e, 0)", period=120, e=ERRORS) == [[1, 3]]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "Unexpected end"),
        ("e e", "Unexpected 'e' at character 3"),
        ("e + * 2", r"Unexpected '\*' at character 5"),
        ("(e", "Unexpected end"),
        ("e ? 1", r"Unexpected '\?' at character 3"),
        ("IF(e)", "IF does not take 1 arguments"),
        ("FILL(1, 0)", "FILL fills time series"),
        ("FILL(e, MAYBE)", "FILL takes a number"),
        ("e + 'a'", "A text cannot be used"),
        ("1 / 0 + e", "is no number"),
        ("[e, i] + [e]", "different lengths"),
        ("SORT([e], MODE)", "SORT takes"),
        ("ANOMALY_DETECTION_BAND(e)", "ANOMALY_DETECTION_BAND is not supported"),
        ("unknown + 1", "Undefined variable unknown"),
    ],
)
def test_an_expression_that_makes_no_sense_says_where(expression: str, words: str) -> None:
    with pytest.raises(ApiError, match=words) as refusal:
        evaluated(expression, e=ERRORS, i=CALLS)
    assert refusal.value.code == "ValidationError"
    assert "'result'" in refusal.value.message


def test_a_chain_of_expressions_may_not_close() -> None:
    with pytest.raises(ApiError, match="refers to itself"):
        questions([{"Id": "a", "Expression": "b + 1"}, {"Id": "b", "Expression": "a + 1"}])


@given(st.text(alphabet="em0123456789+-*/^()[],.<>=!&|'\" IFSUMANDOR", max_size=30))
def test_whatever_is_written_is_a_tree_or_an_error_that_says_so(text: str) -> None:
    try:
        tree = parse(text)
    except MathError as error:
        assert str(error).startswith("Unexpected")
    else:
        assert tree is not None


def test_get_metric_data_labels_and_hides(cloudwatch: Cloud) -> None:
    cloudwatch.minutes(1, 2)
    answer = cloudwatch.client.get_metric_data(
        MetricDataQueries=[
            query("m", ReturnData=False),
            {"Id": "e1", "Expression": "m * 10", "Label": "tenfold"},
            {"Id": "e2", "Expression": "m"},
        ],
        StartTime=at(0),
        EndTime=at(120),
        ScanBy="TimestampAscending",
    )
    told = [(r["Id"], r["Label"], r["Values"]) for r in answer["MetricDataResults"]]
    assert told == [("e1", "tenfold", [10, 20]), ("e2", "Errors", [1, 2])]


@pytest.fixture
def cloudwatch() -> Any:
    with cloud() as made:
        yield made

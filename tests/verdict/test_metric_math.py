"""Metric math: the included stack's expressions, gaps, and what is refused."""

from __future__ import annotations

import pytest

from lambdactl.verdict.metric_math import Expression, Unsupported

RATE = "IF(calls >= 20, 100 * errors / calls, 0)"
FEW = "IF(calls < 20, errors, 0)"


@pytest.mark.parametrize(
    ("text", "point", "value"),
    [
        (RATE, {"calls": 200.0, "errors": 3.0}, 1.5),
        (RATE, {"calls": 19.0, "errors": 19.0}, 0.0),
        (RATE, {"calls": None, "errors": None}, None),
        (FEW, {"calls": 19.0, "errors": 2.0}, 2.0),
        (FEW, {"calls": 20.0, "errors": 2.0}, 0.0),
        ("errors / calls", {"calls": 0.0, "errors": 0.0}, None),
        ("100 * FILL(e, 0) / n", {"e": None, "n": 50.0}, 0.0),
        ("FILL(e, -1)", {"e": None}, -1.0),
        ("SUM([a, b])", {"a": 1.0, "b": None}, 1.0),
        ("SUM([a, b])", {"a": None, "b": None}, None),
        ("MAX([a, b]) - MIN([a, b]) + AVG([a, b])", {"a": 1.0, "b": 3.0}, 4.0),
        ("ABS(-a) + CEIL(b) + FLOOR(b)", {"a": 2.0, "b": 1.5}, 5.0),
        ("a > 1 AND b > 1", {"a": 2.0, "b": 0.0}, 0.0),
        ("a > 1 || b > 1", {"a": 2.0, "b": 0.0}, 1.0),
        ("a > 1 && b > 1", {"a": 2.0, "b": None}, None),
        ("IF(a == 1, b)", {"a": 0.0, "b": 5.0}, None),
        ("-(a - 3) * 2", {"a": 1.0}, 4.0),
        ("a != 1", {"a": 1.0}, 0.0),
        ("  a  ", {"a": 1.0}, 1.0),
    ],
)
def test_values(text: str, point: dict[str, float | None], value: float | None) -> None:
    assert Expression(text).at(point) == value


def test_names_are_the_ids_that_it_needs() -> None:
    assert Expression(RATE).names == {"calls", "errors"}


@pytest.mark.parametrize(
    "text",
    [
        'SELECT AVG(Errors) FROM SCHEMA("AWS/Lambda")',
        "ANOMALY_DETECTION_BAND(m1, 2)",
        "RATE(m1)",
        "SUM(METRICS())",
        "SUM([])",
        "FILL(m1, REPEAT)",
        "m1 ^ 2",
        "m1 ** 2",
        "1 < m1 < 3",
        "m1[0]",
        "__import__('os').system('true')",
        "m1.real",
        "'text'",
        "True",
        "lambda: 1",
        "IF(m1)",
        "ABS(x=1)",
        "",
        "a +",
        "(" * 500,
    ],
)
def test_what_is_not_evaluated_is_refused_at_once(text: str) -> None:
    with pytest.raises(Unsupported):
        Expression(text)

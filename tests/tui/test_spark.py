"""What a bar says, and that no two things that differ look the same."""

from __future__ import annotations

import pytest

from lambdactl.model import Minute
from lambdactl.tui.drawing import spark
from lambdactl.tui.drawing.spark import Bar, Gap, Marks
from tests.tui.builders import NOW


def drawn(
    *values: float | Gap, ymax: float = 8.0, height: int = 1, marks: Marks = spark.UNICODE
) -> str:
    row = [Bar(v) for v in values]
    lines = spark.chart(row, ymax, height=height, width=len(row), style="", marks=marks)
    return "\n".join(line.plain for line in lines)


@pytest.mark.parametrize("marks", [spark.UNICODE, spark.ASCII])
def test_no_calls_zero_little_much_unknown_and_late_are_six_different_marks(marks: Marks) -> None:
    six = drawn(Gap.NO_CALLS, 0.0, 0.01, 5.0, Gap.UNKNOWN, Gap.NOT_IN, marks=marks)
    assert len(set(six)) == 6


def test_a_rate_and_a_much_higher_one_never_look_alike_on_their_shared_scale() -> None:
    low, high = (Bar(0.1),) * 4, (Bar(6.0),) * 4
    top = spark.scale(low, high)
    assert top == 6.0
    assert drawn(*[0.1] * 4, ymax=top) == "▂▂▂▂"
    assert drawn(*[6.0] * 4, ymax=top) == "████"


@pytest.mark.parametrize(
    ("values", "top"),
    [((), 1.0), ((0.0,), 1.0), ((0.2,), 1.0), ((1.01,), 2.0), ((6.3,), 8.0), ((97.0,), 100.0)],
)
def test_the_scale_is_the_next_round_number(values: tuple[float, ...], top: float) -> None:
    assert spark.scale([Bar(v) for v in values]) == top


def test_gaps_do_not_raise_the_scale() -> None:
    assert spark.scale([Bar(Gap.UNKNOWN), Bar(3.0)], [Bar(Gap.NO_CALLS)]) == 4.0


def test_a_tall_chart_stacks_its_rows_and_puts_gaps_on_the_ground() -> None:
    assert drawn(0.0, 4.0, 8.0, Gap.NO_CALLS, height=2) == "  █ \n▁██·"


def test_the_newest_minutes_are_kept_where_not_all_fit() -> None:
    row = [Bar(float(n)) for n in range(8)]
    (line,) = spark.chart(row, 7.0, width=3, style="", marks=spark.UNICODE)
    assert line.plain == "▆▇█"


def test_every_minute_gets_the_same_number_of_columns() -> None:
    row = [Bar(0.0), Bar(8.0)]
    (line,) = spark.chart(row, 8.0, width=5, style="", marks=spark.UNICODE)
    assert line.plain == " ▁▁██"
    assert spark.whole(57, 30) == 30
    assert spark.whole(60, 30) == 60
    assert spark.whole(12, 30) == 12


def test_the_open_minutes_are_dim_and_the_settled_ones_are_not() -> None:
    row = [Bar(8.0), Bar(8.0, open=True)]
    (line,) = spark.chart(row, 8.0, width=2, style="red", marks=spark.UNICODE)
    assert [(span.start, span.end, span.style) for span in line.spans] == [
        (0, 1, "red"),
        (1, 2, "red dim"),
    ]


@pytest.mark.parametrize(
    ("minute", "is_open", "value"),
    [
        (Minute(NOW, None, None), False, Gap.NO_CALLS),
        (Minute(NOW, None, None), True, Gap.NOT_IN),
        (Minute(NOW, 0.0, None), True, Gap.NO_CALLS),
        (Minute(NOW, 7.0, None), False, Gap.UNKNOWN),
        (Minute(NOW, 8.0, 2.0), False, 25.0),
        (Minute(NOW, 8.0, 0.0), False, 0.0),
    ],
)
def test_a_minute_becomes_a_rate_or_the_reason_why_not(
    minute: Minute, is_open: bool, value: float | Gap
) -> None:
    assert spark.bar(minute, is_open) == Bar(value, is_open)

"""Control characters, columns, numbers, and the commands that we suggest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdactl.render import numbers
from lambdactl.render.addressed import addressed
from lambdactl.render.columns import columns
from lambdactl.render.spans import Span, ansi, cells, plain
from lambdactl.render.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ✔ text", "plain ✔ text"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\ud800", "\\ud800"),
        ("\x9b31m", "\\x9b31m"),
    ],
)
def test_control_characters_are_spelled(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable() or not any(
        ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or 0x202A <= ord(c) <= 0x202E for c in shown
    )
    assert shown.encode().decode() == shown


def test_columns_align_by_cells_not_by_letters() -> None:
    rows = [["日本", "1"], ["ab", "22"]]
    assert [plain(line) for line in columns(rows, header=("A", "N"), right=frozenset({1}))] == [
        "A      N",
        "日本   1",
        "ab    22",
    ]


@given(st.lists(st.lists(st.text("ab日"), min_size=3, max_size=3), min_size=1))
def test_every_column_starts_at_one_place(rows: list[list[str]]) -> None:
    lines = columns(rows)
    starts = {cells("".join(span.text for span in line[:3])) for line in lines}
    assert len(starts) == 1


def test_a_style_is_drawn_and_ended() -> None:
    assert ansi([Span("bad", "bold red"), Span(" ")]) == "\x1b[1;31mbad\x1b[0m"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59.4, "59s"), (60, "1m"), (252, "4m12s"), (3600, "1h"), (11_100, "3h05m")],
)
def test_duration(seconds: float, text: str) -> None:
    assert numbers.duration(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (13_000_000, "12.4 MB")]
)
def test_size(size: int, text: str) -> None:
    assert numbers.size(size) == text


def test_unknown_is_never_zero() -> None:
    assert numbers.rate(None) == numbers.stamp(None) == numbers.routed(None) == "-"
    assert numbers.rate(0.0) == "0.00 %"


@pytest.mark.parametrize(
    ("text", "out"),
    [
        (
            "lambdactl abort -f a:b   or   lambdactl promote -f a:b",
            "lambdactl --context sandbox abort -f a:b   or   lambdactl --context sandbox promote"
            " -f a:b",
        ),
        ("lambdactl hook fail -f a:b", "lambdactl --context sandbox hook fail -f a:b"),
        ("lambdactl sandbox start", "lambdactl sandbox start"),
        ("the lambdactl-20260101 change set", "the lambdactl-20260101 change set"),
    ],
)
def test_suggested_commands_lead_to_the_same_place(text: str, out: str) -> None:
    assert addressed(text, "--context sandbox") == out
    assert addressed(text, "") == text

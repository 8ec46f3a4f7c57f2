"""A line on a terminal that is narrower than it: broken between words, under its own text."""

from __future__ import annotations

import pytest

from lambdactl.render.folding import fold
from lambdactl.render.spans import Line, Span, cells, labelled, plain, spans


def told(text: str, width: int) -> list[str]:
    return [plain(line) for line in fold(spans(text), width)]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("short", 5, ["short"]),
        ("a sentence of some words", 12, ["a sentence", "of some", "words"]),
        (
            "Note     versions that Step Functions name by their ARN",
            32,
            ["Note     versions that Step", "         Functions name by their", "         ARN"],
        ),
        (
            "20:08:45 ● stack    CREATE_COMPLETE  demo  AWS::Lambda::Alias",
            60,
            ["20:08:45 ● stack    CREATE_COMPLETE  demo", "                    AWS::Lambda::Alias"],
        ),
        (
            "           ✔  errors  OK  for 3m26s  Failed calls > 5",
            44,
            ["           ✔  errors  OK  for 3m26s  Failed", "           calls > 5"],
        ),
        ("  why: the answer was not y", 18, ["  why: the answer", "       was not y"]),
        ("traffic    set 90 % now", 17, ["traffic    set", "90 % now"]),
        ("traffic    set 90 % now", 19, ["traffic    set 90 %", "now"]),
        ("an-endless-name and more", 10, ["an-endless-name", "and more"]),
        ("an-endless-name", 10, ["an-endless-name"]),
    ],
)
def test_a_line_breaks_between_words_under_its_own_text(
    text: str, width: int, lines: list[str]
) -> None:
    assert told(text, width) == lines


def test_a_label_that_fills_its_column_is_known_by_its_style() -> None:
    line = labelled(11, "deployment", "● d-1 InProgress  v1 → v2  AllAtOnce")
    assert [plain(part) for part in fold(line, 40)] == [
        "deployment ● d-1 InProgress  v1 → v2",
        "           AllAtOnce",
    ]


def test_a_command_is_never_broken() -> None:
    undo = "Undo     lambdactl shift -f checkout:live --to 41 --weight 100"
    assert told(undo, 20) == [undo]
    told_before = "  try: check the name and the region; lambdactl list   shows what is there"
    assert told(told_before, 50) == [
        "  try: check the name and the region;",
        "       lambdactl list   shows what is there",
    ]
    two = "  try: lambdactl status -f checkout:live   or   lambdactl list"
    assert told(two, 50) == [
        "  try: lambdactl status -f checkout:live   or",
        "       lambdactl list",
    ]


def test_styles_and_wide_characters_are_kept() -> None:
    line: Line = (Span("advice     ", "dim"), Span("見る 見る 見る", "red"), Span("  and more"))
    folded = fold(line, 20)
    assert folded == [line] or all(cells(plain(part)) <= 20 for part in folded)
    assert folded[0] == (Span("advice     ", "dim"), Span("見る 見る", "red"))
    assert folded[1:] == [(Span(" " * 0), Span("見る", "red"), Span("  and more"))]

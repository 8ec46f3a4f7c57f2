"""Glyphs of one cell, ASCII forms, and a mark for every state there is."""

from __future__ import annotations

import unicodedata

import pytest

from lambdactl.model import DeploymentStatus
from lambdactl.render import glyphs
from lambdactl.render.glyphs import Mark
from lambdactl.render.spans import Span, ansi, cells
from lambdactl.verdict import Answer, State

MARKS: list[Mark] = [
    *glyphs.STATES.values(),
    *glyphs.ANSWERS.values(),
    *glyphs.ALARMS.values(),
    *glyphs.LIFECYCLE.values(),
    *glyphs.DEPLOYMENTS.values(),
    *glyphs.CHECKS.values(),
    glyphs.STALE,
    glyphs.ATTENTION,
    glyphs.NOTE,
]


@pytest.mark.parametrize("mark", MARKS, ids=lambda m: m.word)
def test_a_mark(mark: Mark) -> None:
    assert len(mark.glyph) == cells(mark.glyph) == 1
    assert unicodedata.category(mark.glyph) not in ("Cc", "Cf", "Mn")
    assert mark.ascii.isascii()
    assert len(mark.ascii) == 2
    assert ansi([Span("x", mark.style)]).endswith("x\x1b[0m")


def test_every_state_has_its_own_word() -> None:
    assert set(glyphs.STATES) == set(State)
    assert set(glyphs.ANSWERS) == set(Answer)
    assert set(glyphs.DEPLOYMENTS) == set(DeploymentStatus)
    assert [glyphs.of_state(s).word for s in State] == [s.value for s in State]


@pytest.mark.parametrize("of", [glyphs.of_alarm, glyphs.of_lifecycle, glyphs.of_stack])
def test_what_is_new_to_us_is_unknown_and_never_fine(of: object) -> None:
    mark = of("SOMETHING_NEW")  # type: ignore[operator]
    assert (mark.glyph, mark.word) == ("?", "SOMETHING_NEW")


@pytest.mark.parametrize(
    ("status", "glyph"),
    [
        ("CREATE_COMPLETE", "✔"),
        ("CREATE_IN_PROGRESS", "●"),
        ("UPDATE_FAILED", "✖"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "↩"),
        ("UPDATE_ROLLBACK_COMPLETE", "↩"),
        ("UPDATE_ROLLBACK_FAILED", "✖"),
        ("ROLLBACK_COMPLETE", "↩"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "●"),
    ],
)
def test_the_status_of_a_stack(status: str, glyph: str) -> None:
    assert glyphs.of_stack(status).glyph == glyph

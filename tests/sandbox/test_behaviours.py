"""The table of behaviours: one test a row; see :mod:`tests.sandbox.behaviours`."""

from __future__ import annotations

import pytest

from tests.sandbox.behaviours import ROWS, Row
from tests.sandbox.behaviours.every import OPEN
from tests.sandbox.behaviours.page import PAGE, current


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_behaviour(row: Row) -> None:
    with row.world() as world:
        row.exercise(world)


def test_every_row_has_an_id_of_its_own() -> None:
    ids = [row.id for row in ROWS]
    assert len(set(ids)) == len(ids)
    assert {row.grade for row in ROWS} <= set("MVDCI")
    assert {row.section[0] for row in ROWS} == set("1234")
    assert all(each.chosen and each.safe for each in OPEN)


def test_the_page_is_current() -> None:
    """``python -m tests.sandbox.behaviours.page`` writes it anew."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == current(page)

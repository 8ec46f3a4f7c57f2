"""When memory is tidied: in a pause of the typing, seldom, and never not at all."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from lambdactl.tui.tidying import EVERY_S, MOST_S, PAUSE_S, Tidying


@pytest.fixture
def tidying(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tidying]:
    # What is frozen in a test would stay so for all that come after it.
    monkeypatch.setattr(gc, "freeze", lambda: None)
    made = Tidying()
    made.begin(0.0)
    yield made
    made.end()


def test_it_waits_for_a_pause_in_the_typing(tidying: Tidying) -> None:
    tidying.typed(10.0)
    assert not tidying.tick(10.0 + PAUSE_S / 2)
    assert tidying.tick(10.0 + PAUSE_S)


def test_it_comes_seldom(tidying: Tidying) -> None:
    assert tidying.tick(PAUSE_S)
    assert not tidying.tick(PAUSE_S + EVERY_S / 2)
    assert tidying.tick(PAUSE_S + EVERY_S)


def test_whoever_never_pauses_waits_for_it_once_in_a_while(tidying: Tidying) -> None:
    assert tidying.tick(PAUSE_S)
    tidying.typed(PAUSE_S + MOST_S - 0.1)
    assert tidying.tick(PAUSE_S + MOST_S)


def test_python_looks_as_before_once_the_console_is_left() -> None:
    before = gc.get_threshold()
    made = Tidying()
    made.begin(0.0)
    assert gc.get_threshold()[:2] == before[:2] and gc.get_threshold()[2] > 1000
    made.end()
    assert gc.get_threshold() == before

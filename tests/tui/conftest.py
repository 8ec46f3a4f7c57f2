"""A mistake of ours does not end the console: so each test asks whether one was told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdactl.state_home import state_dir


@pytest.fixture
def mistakes_on_purpose(nothing_of_the_developer: None) -> Path:
    """For a test that makes one: the file that its traceback is written to."""
    return state_dir() / "crash.log"


@pytest.fixture(autouse=True)
def no_mistake_is_overlooked(
    nothing_of_the_developer: None, request: pytest.FixtureRequest
) -> Iterator[None]:
    told = state_dir() / "crash.log"
    yield
    if "mistakes_on_purpose" not in request.fixturenames:
        assert not told.exists(), told.read_text(encoding="utf-8")

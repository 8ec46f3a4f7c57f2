"""A pytest fixture: an AWS account on localhost for one test, and the variables that lead there.

Installed with ``lambdactl[sandbox]``, it needs no import and no configuration::

    def test_release(lambdactl_sandbox):
        release("checkout")                              # your code, with boto3, unchanged
        writes = [e.action for e in lambdactl_sandbox.journal if e.writes]
        assert writes == ["lambda:UpdateAlias"]

    @pytest.mark.lambdactl_sandbox(speed=600, seed=7)
    def test_retries(lambdactl_sandbox):
        lambdactl_sandbox.faults.add("lambda:UpdateAlias", throttled(), times=2)
        ...

The fixture is a :class:`lambdactl.sandbox.open.Sandbox`. The marker's words are its: ``speed``
(60 unless told), ``seed``, ``limits`` (whether Lambda throttles as AWS does), ``clock`` for a
:class:`~lambdactl.sandbox.clock.ManualClock` of your own. Code in other processes finds the account
by the environment, too. Nothing is imported before a test asks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lambdactl.sandbox.open import Sandbox

MARKER = "lambdactl_sandbox"
SPEED = 60.0
OTHERS = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_")
"""What would lead a client elsewhere, by name or beginning."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    line = f"{MARKER}(speed=60, seed=1, limits=True, clock=None): how the fixture's account runs"
    config.addinivalue_line("markers", line)


@pytest.fixture
def lambdactl_sandbox(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sandbox]:
    """An account that listens on a loopback port until the test ends."""
    from lambdactl.sandbox.open import Sandbox

    with Sandbox(**_wanted(request)) as made:
        for name in list(os.environ):
            if name.startswith(OTHERS):
                monkeypatch.delenv(name)
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        yield made


def _wanted(request: pytest.FixtureRequest) -> dict[str, Any]:
    marker = request.node.get_closest_marker(MARKER)
    return {"speed": SPEED, **(marker.kwargs if marker else {})}

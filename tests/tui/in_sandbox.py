"""The real console on a sandbox, by the seam that the command line uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from lambdactl.cli.console import connection
from lambdactl.cli.options import Run, asked
from lambdactl.cli.target import wanted
from lambdactl.sandbox.open import Sandbox
from lambdactl.tui import Console, Settings
from lambdactl.tui.session_log import SessionLog


def console_on(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, save_to: Path) -> Console:
    """A console of ``checkout:live`` that does nothing by itself."""
    for variable, value in sandbox.environment().items():
        monkeypatch.setenv(variable, value)
    said = asked(Run(), {"function": "checkout:live", "quiet": True})
    return Console(
        lambda _choice: connection(said, wanted(said), log=SessionLog()),
        Settings(save_to=save_to),
        ticks=False,
    )

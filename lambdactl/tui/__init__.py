"""The console: screens and widgets fed by snapshots; the only room that keeps what was seen.

:func:`run` is its door. It is told how to connect to an account, and knows nothing of AWS besides.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, MutableMapping
from dataclasses import replace

from lambdactl.errors import UsageError
from lambdactl.tui.app import Console
from lambdactl.tui.connection import (
    Choice,
    Connect,
    Connection,
    Here,
    Operations,
    Places,
    Spot,
    Usage,
)
from lambdactl.tui.fleet_reads import FleetReads
from lambdactl.tui.session_log import Change, SessionLog
from lambdactl.tui.settings import Settings
from lambdactl.tui.terminal import drawing_unheard, heeding_ends

__all__ = [
    "Change",
    "Choice",
    "Connect",
    "Connection",
    "Console",
    "FleetReads",
    "Here",
    "Operations",
    "Places",
    "SessionLog",
    "Settings",
    "Spot",
    "Usage",
    "run",
]


def unheard(_told: str) -> None:
    """Nobody tells what is left."""


def run(
    connect: Connect,
    settings: Settings,
    places: Places | None = None,
    session: SessionLog | None = None,
    leaves: Callable[[str], None] = unheard,
) -> None:
    """Open the console and return when it is left; ``leaves`` is told what ended with it, where a
    signal ends it. Raises UsageError without a terminal, what
    ``connect`` raises for the place that it is started at, and a mistake of ours that ended it."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "the console needs a terminal: it reads keys from stdin and draws on stderr",
            hint="lambdactl status --watch",
        )
    settings = replace(settings, in_tmux=bool(os.environ.get("TMUX")))
    app = console(connect, settings, os.environ, places, session)

    def leave() -> None:
        if app.going_on:
            leaves(" ".join(app.going_on))
        app.exit()

    with heeding_ends(leave), drawing_unheard():
        app.run(mouse=settings.mouse)
    if app.broken_by is not None:
        raise app.broken_by


def console(
    connect: Connect,
    settings: Settings,
    environ: MutableMapping[str, str],
    places: Places | None = None,
    session: SessionLog | None = None,
) -> Console:
    """The console for this terminal, with colour or without.

    Textual takes an empty NO_COLOR for a set one, and draws greys: while the console is made, the
    environment says what is meant.
    """
    told = environ.pop("NO_COLOR", None)
    if not told and environ.get("TERM") != "dumb":
        made = Console(connect, settings, places, session)
    else:
        environ["NO_COLOR"] = "1"
        mono = replace(settings, theme="lambdactl-mono")
        made = Console(connect, mono, places, session, ansi=True)
        del environ["NO_COLOR"]
    if told is not None:
        environ["NO_COLOR"] = told
    return made

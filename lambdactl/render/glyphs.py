"""One mark for each state: a glyph of one cell, its ASCII form, a word and a colour.

The word alone says it all, so that nothing is lost without colour; the glyph alone says it where
there is no room for the word. Styles are colours of the terminal's own sixteen, by the names that
rich and textual share.
"""

from __future__ import annotations

from dataclasses import dataclass

from lambdactl.model import DeploymentStatus
from lambdactl.verdict import Answer, State


@dataclass(frozen=True, slots=True)
class Mark:
    """``glyph`` is one cell, ``ascii`` two letters to be bracketed, ``style`` a colour."""

    glyph: str
    ascii: str
    word: str
    style: str

    def sign(self, ascii: bool = False) -> str:
        """``✔``, or ``[ok]`` where the terminal cannot draw it."""
        return f"[{self.ascii}]" if ascii else self.glyph

    def named(self, ascii: bool = False) -> str:
        """``✔ STABLE``, or ``[ok] STABLE``."""
        return f"{self.sign(ascii)} {self.word}"


def _good(word: str) -> Mark:
    return Mark("✔", "ok", word, "green")


def _moving(word: str) -> Mark:
    return Mark("●", ">>", word, "cyan")


def _bad(word: str) -> Mark:
    return Mark("✖", "XX", word, "bold red")


def _back(word: str) -> Mark:
    return Mark("↩", "<-", word, "bold yellow")


def _unknown(word: str) -> Mark:
    return Mark("?", "??", word, "yellow")


def _waiting(word: str) -> Mark:
    return Mark("○", "..", word, "dim")


def _plain(word: str) -> Mark:
    return Mark("·", "--", word, "dim")


STALE = Mark("~", "~~", "STALE", "yellow")
"""Data that is older than it should be, whatever it says."""
ATTENTION = Mark("▲", "!!", "WATCH", "yellow")
"""Worth a look: not asked for, or not as it was."""
RED = Mark("▲", "!!", "ALARM", "bold red")
"""Nothing moves it, and an alarm that watches it is red."""
GOING = _moving("")
"""Something of ours that has not ended."""
NOTE = _plain("")
NOT_READ = _unknown("NOT READ")
"""Nothing at all is known of it: no permission, or no answer."""

STATES: dict[State, Mark] = {
    State.STABLE: _good("STABLE"),
    State.DONE: _good("DONE"),
    State.SHIFTING: _moving("SHIFTING"),
    State.PAUSED: Mark("‖", "||", "PAUSED", "yellow"),
    State.FAILING: _bad("FAILING"),
    State.FAILED: _bad("FAILED"),
    State.ROLLING_BACK: _back("ROLLING BACK"),
    State.ROLLED_BACK: _back("ROLLED BACK"),
    State.NO_DATA: _unknown("NO DATA"),
    State.NOT_MEASURED: _unknown("NOT MEASURED"),
    State.NO_ALIAS: Mark("■", "--", "NO ALIAS", "dim"),
}

ANSWERS: dict[Answer, Mark] = {
    Answer.PASS: _good("PASS"),
    Answer.FAIL: _bad("FAIL"),
    Answer.INCONCLUSIVE: _unknown("INCONCLUSIVE"),
    Answer.NOT_MEASURED: _unknown("NOT MEASURED"),
}

ALARMS: dict[str, Mark] = {
    "OK": _good("OK"),
    "ALARM": _bad("ALARM"),
    "INSUFFICIENT_DATA": _unknown("INSUFFICIENT_DATA"),
}

LIFECYCLE: dict[str, Mark] = {
    "Pending": _waiting("Pending"),
    "InProgress": _moving("InProgress"),
    "Succeeded": _good("Succeeded"),
    "Failed": _bad("Failed"),
    "Skipped": _plain("Skipped"),
    "Unknown": _unknown("Unknown"),
}

DEPLOYMENTS: dict[DeploymentStatus, Mark] = {
    DeploymentStatus.Created: _moving("Created"),
    DeploymentStatus.Queued: _moving("Queued"),
    DeploymentStatus.InProgress: _moving("InProgress"),
    DeploymentStatus.Baking: _moving("Baking"),
    DeploymentStatus.Ready: _moving("Ready"),
    DeploymentStatus.Succeeded: _good("Succeeded"),
    DeploymentStatus.Failed: _bad("Failed"),
    DeploymentStatus.Stopped: _back("Stopped"),
}

CHECKS: dict[bool | None, Mark] = {True: _good("ok"), False: _bad("not met"), None: _unknown("?")}


def of_state(state: State) -> Mark:
    return STATES[state]


def of_alarm(state: str) -> Mark:
    """A state that CloudWatch has added since is unknown, never fine."""
    return ALARMS.get(state) or _unknown(state)


def of_lifecycle(status: str) -> Mark:
    return LIFECYCLE.get(status) or _unknown(status)


def of_deployment(status: DeploymentStatus) -> Mark:
    return DEPLOYMENTS[status]


def of_stack(status: str) -> Mark:
    """A resource's or a stack's status, by the endings that CloudFormation gives them."""
    if "ROLLBACK" in status and not status.endswith("FAILED"):
        return _back(status)
    if status.endswith("FAILED"):
        return _bad(status)
    if status.endswith("IN_PROGRESS"):
        return _moving(status)
    if status.endswith("SKIPPED"):
        return _plain(status)
    return _good(status) if status.endswith("COMPLETE") else _unknown(status)

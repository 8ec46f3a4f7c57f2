"""A rollout that is over, on the rollout screen: what AWS still holds of it, and nothing that acts.

It is read once. The page stands still: its time is the rollout's, its watch is nobody else's, and
what leads to a change leads back to now first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.content import Content

from lambdactl.model import Deployment, Place, Snapshot, label
from lambdactl.ops.log_errors import Errors, window_of_errors
from lambdactl.ops.revisiting import Revisited
from lambdactl.render import console_page
from lambdactl.render.deployments import ending
from lambdactl.tui import commands
from lambdactl.tui.drawing import past
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.keys import WRITES
from lambdactl.tui.messages import PartFailed, PartRead
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.diff import DiffScreen
from lambdactl.tui.screens.evidence_panes import EvidencePanes
from lambdactl.tui.screens.logs import PastLogsScreen
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.screens.versions import VersionsScreen
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import Past, View
from lambdactl.tui.watch import Watch
from lambdactl.verdict import Assessment, State
from lambdactl.verdict.wording import cause

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

OVER = "this rollout is over: esc leads back to what is there now"
STILL = frozenset(("pause", "faster", "slower", "window"))
"""Keys about looking again and again, or back a while: a past is there as a whole."""


class PastScreen(RolloutScreen):
    """``subject`` is the alias as it is now: where what is not of the past is asked."""

    def __init__(self, console: Console, subject: Subject, deployment: Deployment) -> None:
        watch = Watch(paused=True, past=past_of(deployment))
        frozen = Subject(subject.target, subject.connection, subject.operations, watch)
        super().__init__(console, frozen)
        self.now = subject
        self.deployment = deployment
        self.main: Reading[Revisited] = Reading()
        self.evidence = PastPanes(self)

    @property
    def crumb(self) -> str:  # type: ignore[override]
        return self.deployment.id

    @property
    def command(self) -> str:
        options = f"{self.deployment.id} --judge"
        target = self.subject.target
        return commands.line("deployments show", target, options, self.connection.flags)

    @property
    def readings(self) -> tuple[Reading[Any], ...]:
        return self.main, *self.evidence.readings

    def aws_page(self, place: Place) -> str | None:
        return console_page.deployment_page(place, self.deployment.id)

    def why_not(self, name: str) -> str | None:
        return OVER if name in WRITES | STILL else super().why_not(name)

    def look(self) -> None:
        self.read(self.main, lambda: self._revisit(self.deployment.id))

    def _revisit(self, deployment_id: str) -> Revisited:
        return self.subject.operations.evidence.revisit(deployment_id)

    def renew(self) -> None:
        self.look()

    def on_part_read(self, message: PartRead) -> None:
        found = message.value
        if isinstance(found, Revisited):
            watch, at = self.subject.watch, self.console.clock()
            watch.past = past_of(self.deployment, found)
            watch.revisited(found.snapshot, assessed(found), found.events, at)
        super().on_part_read(message)

    def on_part_failed(self, message: PartFailed) -> None:
        if message.reading is self.main:
            self.subject.watch.failed(message.error, self.console.clock())
        super().on_part_failed(message)

    def verdict_lines(self, view: View, width: int, pen: Pen) -> list[Content]:
        return past.verdict(view, width, pen)

    def action_versions(self) -> None:
        self.app.push_screen(VersionsScreen(self.console, self.now))

    def action_prune(self) -> None:
        self.ready("prune")

    def ready(self, verb: str) -> Snapshot | None:
        """No plan is made from what was."""
        self.console.say(f"{verb}: {OVER}", "warning")
        return None

    def action_diff(self) -> None:
        found = self.subject.watch.snapshot
        pair = self.evidence.pair(found) if found else None
        self.app.push_screen(DiffScreen(self.console, self.now, pair))

    def action_pause(self) -> None:
        self.console.say(OVER, "warning")

    def action_slower(self, _steps: int) -> None:
        self.console.say(OVER, "warning")

    def action_window(self) -> None:
        self.console.say(OVER, "warning")

    def action_logs(self) -> None:
        window, found = self.window, self.main.value
        version = found.forward.target_version if found else None
        if window is None or version is None:
            self.console.say("no traffic was ever shifted: nothing was logged", "warning")
            return
        self.app.push_screen(PastLogsScreen(self.console, self.subject, version, *window))

    def action_tail(self) -> None:
        self.console.say("what is over logs no more: l shows its errors", "warning")

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """While the new version got traffic."""
        found = self.main.value
        return window_of_errors(found.forward) if found else None


class PastPanes(EvidencePanes):
    """The same panes of the rollout's own versions and time."""

    def __init__(self, page: PastScreen) -> None:
        super().__init__(page)
        self.errors.every_s = None
        self._past = page

    def _forward(self) -> Deployment:
        found = self._past.main.value
        return found.forward if found else self._past.deployment

    def pair(self, _snapshot: Snapshot) -> tuple[int, int] | None:
        forward = self._forward()
        if forward.current_version is None or forward.target_version is None:
            return None
        return forward.current_version, forward.target_version

    def version(self, _snapshot: Snapshot) -> int | None:
        return self._forward().target_version if self._past.window else None

    def look_at(self, snapshot: Snapshot, version: int) -> Callable[[], Errors]:
        window = self._past.window or (snapshot.taken, snapshot.taken)
        return lambda: self._past.subject.operations.evidence.errors_then(version, *window)


def past_of(deployment: Deployment, found: Revisited | None = None) -> Past:
    if found is None:
        return Past(deployment.id, deployment.created, deployment.completed)
    window = found.hindsight.window
    period_s = window.period_s if window else 60
    return Past(deployment.id, found.began, found.ended, found.hindsight.note, period_s)


def assessed(found: Revisited) -> Assessment:
    """What became of it, in the words of ``deployments``, and the verdict of hindsight."""
    state = State.DONE if found.forward.status.value == "Succeeded" else State.FAILED
    if found.back is not None or found.asked.rolls_back:
        state = State.ROLLED_BACK
    return Assessment(state, told_ending(found), None, found.hindsight.verdict)


def told_ending(found: Revisited) -> str:
    forward, back = found.forward, found.back
    if forward.status.value == "Succeeded":
        return ending(forward)
    why = cause(forward)
    if back is None:
        return f"{forward.id} {forward.status.value}: {why}"
    return f"{label(forward.target_version)} was taken back by {back.id}: {why}"

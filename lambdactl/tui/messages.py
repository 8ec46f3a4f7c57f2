"""What threads tell the screens: one message for each thing that came back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.message import Message

from lambdactl.errors import LambdactlError
from lambdactl.model import Snapshot
from lambdactl.ops.events import Event
from lambdactl.ops.fleet import Fleet
from lambdactl.plan import Plan
from lambdactl.tui.applying import Applying
from lambdactl.tui.connection import Spot
from lambdactl.tui.guard import Guard
from lambdactl.tui.reading import Reading
from lambdactl.tui.session_log import Change
from lambdactl.tui.watch import Watch
from lambdactl.verdict import Assessment


class SnapshotTaken(Message):
    """``watch`` is what it was read for, which may not be on the screen any more."""

    def __init__(self, watch: Watch, snapshot: Snapshot, assessment: Assessment) -> None:
        super().__init__()
        self.watch = watch
        self.snapshot = snapshot
        self.assessment = assessment


class GuardReady(Message):
    """What a guard is about was read anew: the plan that takes its canary back."""

    def __init__(self, guard: Guard, plan: Plan, snapshot: Snapshot) -> None:
        super().__init__()
        self.guard = guard
        self.plan = plan
        self.snapshot = snapshot


class GuardFailed(Message):
    """It could not be read, or there is no way to take it back now."""

    def __init__(self, guard: Guard, error: LambdactlError) -> None:
        super().__init__()
        self.guard = guard
        self.error = error


class ErrorMet(Message):
    """Something failed in a thread, whoever was waiting for it: for the session's list."""

    def __init__(self, error: LambdactlError) -> None:
        super().__init__()
        self.error = error


class SpotsRead(Message):
    """The contexts, profiles, regions or aliases there are."""

    def __init__(self, spots: tuple[Spot, ...]) -> None:
        super().__init__()
        self.spots = spots


class KindsRead(Message):
    """The same for the palette, one kind after the other."""

    def __init__(self, kind: str, spots: tuple[Spot, ...]) -> None:
        super().__init__()
        self.kind = kind
        self.spots = spots


class ChangesRead(Message):
    """What this session has changed, from the audit log."""

    def __init__(self, changes: tuple[Change, ...]) -> None:
        super().__init__()
        self.changes = changes


class SandboxSought(Message):
    """The context of the sandbox that runs here, if any does."""

    def __init__(self, context: str | None) -> None:
        super().__init__()
        self.context = context


class ReadFailed(Message):
    """What was to be shown beside AWS's own could not be read: a file, the audit log."""

    def __init__(self, error: LambdactlError) -> None:
        super().__init__()
        self.error = error


class Browsed(Message):
    """A browser has been told to open the page."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


class BrowseFailed(Message):
    def __init__(self, url: str, error: LambdactlError) -> None:
        super().__init__()
        self.url = url
        self.error = error


class LookFailed(Message):
    def __init__(self, watch: Watch, error: LambdactlError) -> None:
        super().__init__()
        self.watch = watch
        self.error = error


class FleetRead(Message):
    """What is known of a fleet by now: for those who are elsewhere."""

    def __init__(self, fleet: Fleet) -> None:
        super().__init__()
        self.fleet = fleet


class Surveyed(Message):
    """A snapshot with storage and inventory; ``plan`` is what pruning it comes to."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot


class SurveyFailed(Message):
    def __init__(self, error: LambdactlError) -> None:
        super().__init__()
        self.error = error


class PlanWritten(Message):
    """A prune lies in a file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


class PlanNotWritten(Message):
    def __init__(self, error: LambdactlError) -> None:
        super().__init__()
        self.error = error


class PartRead(Message):
    """``reading`` is what it was read for, and ``about`` what of it."""

    def __init__(self, reading: Reading[Any], about: object, value: object) -> None:
        super().__init__()
        self.reading = reading
        self.about = about
        self.value = value


class PartFailed(Message):
    def __init__(self, reading: Reading[Any], about: object, error: LambdactlError) -> None:
        super().__init__()
        self.reading = reading
        self.about = about
        self.error = error


class Rechecked(Message):
    """The plan made anew from a snapshot that was read after the confirmation."""

    def __init__(self, snapshot: Snapshot, plan: Plan) -> None:
        super().__init__()
        self.snapshot = snapshot
        self.plan = plan


class RecheckFailed(Message):
    def __init__(self, error: LambdactlError) -> None:
        super().__init__()
        self.error = error


class Learned(Message):
    """What a plan rests on beside the snapshot: ``known`` is as its dialog asked for it."""

    def __init__(self, known: Any) -> None:
        super().__init__()
        self.known = known


class LearnFailed(Message):
    def __init__(self, error: LambdactlError) -> None:
        super().__init__()
        self.error = error


class ActionTold(Message):
    """One event of the plan that is being applied."""

    def __init__(self, applying: Applying, event: Event) -> None:
        super().__init__()
        self.applying = applying
        self.event = event


class ActionEnded(Message):
    """The plan was applied to its end, or ``error`` says why not."""

    def __init__(self, applying: Applying, error: LambdactlError | None = None) -> None:
        super().__init__()
        self.applying = applying
        self.error = error

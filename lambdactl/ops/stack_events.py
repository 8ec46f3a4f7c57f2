"""What can happen to a stack on its way, beside what can happen to a rollout.

The steps before the question (what was packaged, what was uploaded, the change set) and the end of
the operation. What happens to single resources is ``StackEventSeen`` of the events of a rollout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lambdactl.model import Target
from lambdactl.ops.events import Event


@dataclass(frozen=True, slots=True)
class BucketMade:
    """The bucket for artefacts did not exist, and now does: private, encrypted, tagged."""

    at: datetime
    bucket: str


@dataclass(frozen=True, slots=True)
class ArtifactUploaded:
    """``size`` is what was sent, bytes."""

    at: datetime
    source: str
    """The path as it stands in the template."""
    bucket: str
    key: str
    size: int


@dataclass(frozen=True, slots=True)
class ArtifactUnchanged:
    """The bucket has this content already: nothing was sent, and nothing of it is released."""

    at: datetime
    source: str
    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class ChangeSetCreated:
    at: datetime
    stack: str
    name: str
    changes: int


@dataclass(frozen=True, slots=True)
class ChangeSetDiscarded:
    """It was deleted unexecuted; ``with_stack`` when the empty stack around it went too."""

    at: datetime
    stack: str
    name: str
    with_stack: bool


@dataclass(frozen=True, slots=True)
class StackOperationStarted:
    at: datetime
    stack: str
    verb: Literal["create", "update"]


@dataclass(frozen=True, slots=True)
class StackOperationEnded:
    """The last event of ``follow_deploy``. ``reason`` is that of the first resource that failed."""

    at: datetime
    stack: str
    status: str
    reason: str | None
    outputs: Mapping[str, str]
    targets: tuple[Target, ...]
    """The aliases of the stack, which the commands after this one are about."""

    @property
    def succeeded(self) -> bool:
        return self.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


@dataclass(frozen=True, slots=True)
class SeenOf:
    """What happened to one alias of a stack that has several: ``event`` alone may not say which."""

    target: Target
    event: Event

    @property
    def at(self) -> datetime:
        return self.event.at


Step = BucketMade | ArtifactUploaded | ArtifactUnchanged | ChangeSetCreated | ChangeSetDiscarded
DeployEvent = Step | StackOperationStarted | StackOperationEnded | SeenOf | Event

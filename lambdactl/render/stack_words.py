"""What happens to a stack, as one line each: in the same form as what happens to a rollout."""

from __future__ import annotations

from typing import assert_never

from lambdactl.ops import stack_events as ev
from lambdactl.ops.events import StackEventSeen
from lambdactl.render import glyphs
from lambdactl.render.glyphs import Mark
from lambdactl.render.numbers import counted, size

StackStep = ev.Step | ev.StackOperationStarted | ev.StackOperationEnded
Said = tuple[Mark, str, str]


def stack_words(event: StackStep) -> Said:
    """(mark, kind, text) of a step of a deploy."""
    done = glyphs.LIFECYCLE["Succeeded"]
    match event:
        case ev.BucketMade():
            return done, "bucket", f"{event.bucket} made: private, encrypted"
        case ev.ArtifactUploaded():
            return done, "package", f"{event.source} uploaded, {size(event.size)}"
        case ev.ArtifactUnchanged():
            return glyphs.NOTE, "package", f"{event.source} unchanged, not uploaded again"
        case ev.ChangeSetCreated():
            return glyphs.NOTE, "changes", f"{counted(event.changes, 'change')} to {event.stack}"
        case ev.ChangeSetDiscarded():
            also = ", and the empty stack around it" if event.with_stack else ""
            return glyphs.NOTE, "changes", f"change set {event.name} discarded{also}"
        case ev.StackOperationStarted():
            text = f"{event.verb} of {event.stack} started"
            return glyphs.LIFECYCLE["InProgress"], "stack", text
        case ev.StackOperationEnded():
            why = f": {event.reason}" if event.reason and not event.succeeded else ""
            return glyphs.of_stack(event.status), "stack", f"{event.stack} {event.status}{why}"
        case _:
            assert_never(event)


def seen_words(event: StackEventSeen) -> Said:
    why = f": {event.reason}" if event.reason else ""
    text = f"{event.status}  {event.logical_id}  {event.resource_type}{why}"
    return glyphs.of_stack(event.status), "stack", text


def is_news(event: ev.DeployEvent) -> bool:
    """Whether a person who follows a deploy wants the line.

    A resource that begins is told only where it may take long; each one that ends is told. That all
    went well is told by the stack's own last event.
    """
    if isinstance(event, ev.StackOperationEnded):
        return not event.succeeded
    if not isinstance(event, StackEventSeen) or not event.status.endswith("_IN_PROGRESS"):
        return True
    if event.reason == "Resource creation Initiated":
        return False
    return event.resource_type in ("AWS::CloudFormation::Stack", "AWS::Lambda::Alias")

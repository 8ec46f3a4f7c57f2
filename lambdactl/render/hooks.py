"""A hook of a deployment: what CodeDeploy says of it, its wait, and what its function logged."""

from __future__ import annotations

from datetime import datetime

from lambdactl.model import LifecycleEvent
from lambdactl.ops.hook_log import HOOK_TIMEOUT, HookLog, left_s
from lambdactl.render.logged import log_line
from lambdactl.render.numbers import clock, countdown, duration
from lambdactl.render.spans import Line, Span, spans
from lambdactl.render.visible import visible


def hook_lines(found: HookLog, now: datetime) -> list[Line]:
    """The hook, and under it the last lines of its log, or why there are none."""
    event = found.event
    where = f"  {visible(found.function or '')} in {visible(found.group)}" if found.group else ""
    head = spans(
        Span(event.name, "bold"),
        f"  {event.status}  {waited(event, now)}",
        Span(where, "dim"),
    )
    cut = f"not read: what came after {clock(found.cut_at)}" if found.cut_at else ""
    lines = [log_line(line) for line in found.lines] or [spans(Span(without(found), "dim"))]
    return [head, *lines, *([spans(Span(cut, "yellow"))] if cut else [])]


def without(found: HookLog) -> str:
    """Why there is no line: four different things."""
    if found.missing is not None:
        return str(found.missing)
    if found.function is None:
        return f"{found.deployment_id} has no hook for {found.event.name}"
    if found.since is None:
        return f"{found.function} was not called: {found.event.name} is {found.event.status}"
    return f"{found.function} logged nothing from {clock(found.since)} on"


def waited(event: LifecycleEvent, now: datetime | None) -> str:
    """``12:40 · has not called back · fails at 15:02:57, in 47:20``."""
    if event.started is None:
        return "CodeDeploy has not called it"
    if event.ended is not None:
        took = duration((event.ended - event.started).total_seconds())
        return f"{clock(event.started)} – {clock(event.ended)}, {took}"
    left = left_s(event, now) if now is not None else None
    if now is None or left is None:
        return f"since {clock(event.started)}"
    passed = countdown((now - event.started).total_seconds())
    at = clock(event.started + HOOK_TIMEOUT)
    return f"{passed} · has not called back · fails at {at}, in {countdown(left)}"

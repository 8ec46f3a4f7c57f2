"""Every event as one line: a mark, a kind of at most eight letters, and a sentence.

The console's event pane, ``status --watch`` in a pipe, ``deploy`` and ``demo`` all say the same
thing in the same words.
"""

from __future__ import annotations

from typing import NamedTuple

from lambdactl.model import DeploymentStatus, Routing, label
from lambdactl.ops import events as ev
from lambdactl.ops.stack_events import DeployEvent, SeenOf
from lambdactl.render import glyphs
from lambdactl.render.glyphs import Mark
from lambdactl.render.numbers import clock, counted, duration, rate, routed, short, size, weight
from lambdactl.render.prune_words import prune_words
from lambdactl.render.stack_words import seen_words, stack_words
from lambdactl.render.visible import visible
from lambdactl.verdict import Answer

KIND_WIDTH = 8


class Words(NamedTuple):
    """``text`` is plain, on one line, and free of control characters."""

    mark: Mark
    kind: str
    text: str


def line(event: DeployEvent, *, ascii: bool = False) -> str:
    """``14:06:41 ✖ alarm    checkout-5xx OK → ALARM``."""
    mark, kind, text = words(event)
    return f"{clock(event.at)} {mark.sign(ascii)} {kind:<{KIND_WIDTH}} {text}"


def words(event: DeployEvent) -> Words:
    """What happened, in one line."""
    mark, kind, text = _words(event)
    return Words(mark, kind, visible(text))


def _words(event: DeployEvent) -> Words:
    match event:
        case ev.AliasMoved() | ev.AliasVerified():
            return _of_alias(event)
        case ev.DeploymentStarted() | ev.DeploymentStopRequested() | ev.DeploymentEnded():
            return _of_deployment(event)
        case ev.LifecycleEventChanged():
            return _of_lifecycle(event)
        case ev.HookReported():
            text = f"{event.name} of {event.deployment_id} answered {event.status}, by lambdactl"
            return Words(glyphs.of_lifecycle(event.status), "hook", text)
        case ev.AlarmChanged():
            return _of_alarm(event)
        case ev.VersionPublished() | ev.VersionDeleted() | ev.VersionKept():
            return _of_version(event)
        case (
            ev.StorageMeasured()
            | ev.FunctionPruned()
            | ev.FunctionSkipped()
            | ev.PruneProgressed()
            | ev.AccountRead()
            | ev.LayerVersionDeleted()
        ):
            return Words(*prune_words(event))
        case ev.RatesMeasured():
            return _of_rates(event)
        case ev.PartUnread() | ev.LookFailed():
            return _of_failed_look(event)
        case SeenOf():
            mark, kind, text = _words(event.event)
            return Words(mark, kind, f"{event.target}  {text}")
        case ev.StackEventSeen():
            return Words(*seen_words(event))
        case ev.VerdictReached() | ev.ActAnnounced() | ev.WalkHeld():
            return _of_guard(event)
        case ev.RolloutEnded():
            return _of_end(event)
        case _:
            return Words(*stack_words(event))


def _of_alias(event: ev.AliasMoved | ev.AliasVerified) -> Words:
    revision = f"rev {short(event.revision_id)}"
    if isinstance(event, ev.AliasVerified):
        text = f"{event.target} is at {routed(event.routing)}  {revision}"
        return Words(glyphs.LIFECYCLE["Succeeded"], "verified", text)
    mark = glyphs.ATTENTION if event.by is None else glyphs.LIFECYCLE["InProgress"]
    by = f"by {event.by}" if event.by else "by somebody else"
    return Words(mark, "weight", f"{moved(event.before, event.after)}  {by}  {revision}")


def moved(before: Routing | None, after: Routing) -> str:
    """``v42 0 % → 10 %`` where the share of one version says it all, else both routings."""
    if before is None:
        return routed(after)
    known = before.versions | after.versions
    if len(known) > 2 or before.stable is None or after.stable is None:
        return f"{routed(before)} → {routed(after)}"
    newcomer = after.canary or (before.canary if before.split else after.stable)
    assert newcomer is not None
    return f"{label(newcomer)} {weight(before.share(newcomer))} → {weight(after.share(newcomer))}"


def _of_deployment(
    event: ev.DeploymentStarted | ev.DeploymentStopRequested | ev.DeploymentEnded,
) -> Words:
    if isinstance(event, ev.DeploymentStopRequested):
        text = f"{event.deployment_id} stop requested, with rollback"
        return Words(glyphs.DEPLOYMENTS[DeploymentStatus.Stopped], "deploy", text)
    deployment = event.deployment
    mark = glyphs.of_deployment(deployment.status)
    if isinstance(event, ev.DeploymentStarted):
        route = f"{label(deployment.current_version)} → {label(deployment.target_version)}"
        what = f"rolls back {deployment.rolls_back}" if deployment.rolls_back else route
        return Words(
            glyphs.NOTE,
            "deploy",
            f"{deployment.id} created by {deployment.creator}  {what}  {deployment.config_name}",
        )
    why = deployment.error_message or deployment.error_code
    return Words(
        mark, "deploy", f"{deployment.id} {deployment.status.value}{f': {why}' if why else ''}"
    )


def _of_lifecycle(event: ev.LifecycleEventChanged) -> Words:
    took = f" {duration(event.duration_s)}" if event.duration_s is not None else ""
    why = f": {event.message}" if event.message else ""
    kind = "shift" if event.name == "AllowTraffic" else "hook"
    return Words(glyphs.of_lifecycle(event.status), kind, f"{event.name} {event.status}{took}{why}")


def _of_alarm(event: ev.AlarmChanged) -> Words:
    alarm = event.alarm
    change = f"{event.before} → {alarm.state}" if event.before else alarm.state
    said = alarm.reason if alarm.state == "ALARM" and alarm.reason else alarm.summary
    detail = f"  {said}" if said else ""
    return Words(glyphs.of_alarm(alarm.state), "alarm", f"{alarm.name} {change}{detail}")


def _of_version(event: ev.VersionPublished | ev.VersionDeleted | ev.VersionKept) -> Words:
    match event:
        case ev.VersionPublished(version=version):
            said = f'  "{version.description}"' if version.description else ""
            sha = short(version.code_sha256)
            text = f"{version.label} published  sha {sha}  {size(version.code_size)}{said}"
            return Words(glyphs.NOTE, "version", text)
        case ev.VersionDeleted():
            how = "delete accepted, AWS works on it" if event.asynchronous else "deleted"
            freed = f"  frees {size(event.code_size)}" if event.code_size else ""
            return Words(
                glyphs.LIFECYCLE["Succeeded"], "version", f"{label(event.version)} {how}{freed}"
            )
        case ev.VersionKept():
            text = f"{label(event.version)} kept: {event.reason}"
            return Words(glyphs.ATTENTION, "version", text)


def _of_rates(event: ev.RatesMeasured) -> Words:
    each = "  ".join(
        f"{label(r.version)} {rate(r.error_rate)} of {counted(r.calls, 'call')} failed"
        if r.calls
        else f"{label(r.version)} no calls"
        for r in event.rates
    )
    return Words(glyphs.NOTE, "errors", f"{each}  since {clock(event.since)}")


def _of_failed_look(event: ev.PartUnread | ev.LookFailed) -> Words:
    if isinstance(event, ev.PartUnread):
        hint = f"  try: {event.hint}" if event.hint else ""
        return Words(glyphs.of_alarm("unknown"), "unread", f"{event.part}: {event.reason}{hint}")
    why = f": {event.error.why}" if event.error.why else ""
    return Words(glyphs.STALE, "look", f"failed, trying again: {event.error}{why}")


def _of_guard(event: ev.VerdictReached | ev.ActAnnounced | ev.WalkHeld) -> Words:
    match event:
        case ev.VerdictReached(answer=answer):
            return Words(glyphs.ANSWERS[Answer(answer)], "verdict", f"{answer}: {event.because}")
        case ev.ActAnnounced():
            when = f"in {event.in_s:.0f} s, Ctrl-C stops it"
            return Words(glyphs.ATTENTION, "next", f"{event.act} {when}, because {event.because}")
        case ev.WalkHeld():
            return Words(glyphs.ATTENTION, "hold", f"no further step: {event.because}")


def _of_end(event: ev.RolloutEnded) -> Words:
    marks = {
        "succeeded": glyphs.LIFECYCLE["Succeeded"],
        "failed": glyphs.LIFECYCLE["Failed"],
        "stopped": glyphs.DEPLOYMENTS[DeploymentStatus.Stopped],
        "rolled back": glyphs.DEPLOYMENTS[DeploymentStatus.Stopped],
    }
    which = f"{event.deployment.id} " if event.deployment else ""
    why = event.deployment.error_message if event.deployment and not event.succeeded else None
    text = f"{which}{event.outcome}: {event.target} is at {routed(event.routing)}"
    return Words(marks[event.outcome], "rollout", f"{text}{f'  ({why})' if why else ''}")

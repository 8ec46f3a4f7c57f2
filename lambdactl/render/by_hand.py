"""What was changed by hand from this machine: beside the deployments, and one change in full."""

from __future__ import annotations

from collections.abc import Sequence

from lambdactl.model import Routing, label
from lambdactl.model_history import AliasChange
from lambdactl.ops.passages import Passed
from lambdactl.render import glyphs
from lambdactl.render.aliases import routing
from lambdactl.render.envelope import Document
from lambdactl.render.glyphs import Mark
from lambdactl.render.numbers import UNKNOWN, duration, iso, routed, short, stamp
from lambdactl.render.spans import Line, Span, labelled, spans
from lambdactl.render.visible import visible

STARTED = "started"
HERE = "this machine's audit log; of other machines CloudTrail knows"
_MARKS = {"done": glyphs.CHECKS[True], STARTED: glyphs.CHECKS[None]}
LABEL = 11


def mark_of(outcome: str) -> Mark:
    return _MARKS.get(outcome, glyphs.CHECKS[False])


def status_of(outcome: str) -> str:
    """In one word or two, as narrow as a deployment's status."""
    return {STARTED: "not ended", "left before its end": "left"}.get(outcome, outcome)


def ended(change: AliasChange) -> str:
    """``done``; how it ended badly, with AWS's code."""
    told = {STARTED: "not known: it goes on, or its process did not live to its end"}
    words = told.get(change.outcome, change.outcome)
    return f"{words} ({change.aws_code})" if change.aws_code else words


def versions_of(change: AliasChange) -> str:
    """``v41 → v42``: from which version calls were taken, and which got them."""
    before, after = change.before, change.reached or change.asked
    if before is None or after is None:
        return UNKNOWN
    return f"{label(_giving(before, after))} → {label(_getting(after))}"


def _getting(after: Routing) -> int | None:
    return after.canary if after.split else after.stable


def _giving(before: Routing, after: Routing) -> int | None:
    if not after.split and after.stable == before.stable:
        return before.canary if before.split else before.stable
    return after.stable if after.split else before.stable


def summary(change: AliasChange) -> str:
    """``0 → 10 %, by alice``: the share of the version that got calls; a deployment that it
    stopped comes first, for it is a row of its own."""
    parts = [f"stopped {change.stopped}" if change.stopped else "", shares(change), by(change)]
    return ", ".join(part for part in parts if part)


def shares(change: AliasChange) -> str:
    """What was reached; what was only asked for says so."""
    before, after = change.before, change.reached or change.asked
    if before is None or after is None:
        return ""
    version = _getting(after)
    told = f"{_share(before, version):.10g} → {_share(after, version):.10g} %"
    return told if change.reached is not None else f"asked for {told}"


def _share(of: Routing, version: int | None) -> float:
    if version is not None:
        return of.share(version)
    return 100.0 - of.weight if of.stable is None else 0.0


def by(change: AliasChange) -> str:
    who = change.caller.rpartition("/")[2] or change.caller
    return f"by {who}" if who else ""


def took(change: AliasChange) -> str:
    if change.ended is None:
        return UNKNOWN
    return duration((change.ended - change.began).total_seconds())


def change_lines(change: AliasChange, *, ascii: bool = False) -> list[Line]:
    """One change with its calls and how it ended; what is empty has no line."""
    mark = mark_of(change.outcome)
    head = Span(f"{mark.sign(ascii)} {change.verb} {status_of(change.outcome)}", mark.style)
    after = routed(change.reached or change.asked)
    asked = "" if change.reached else "  asked for"
    told = [
        ("began", f"{stamp(change.began)} {by(change)} on {change.host}, took {took(change)}"),
        ("ended", ended(change)),
        ("calls", ", ".join(change.calls)),
        ("revisions", " → ".join(short(one) for one in change.revision_ids)),
        ("command", change.command),
        ("because", change.reason),
        ("known from", HERE),
    ]
    lines = [labelled(LABEL, name, visible(words)) for name, words in told if words]
    return [spans(head, f"  {routed(change.before)} → {after}{asked}"), *lines]


def change_text(change: AliasChange) -> str:
    """One change in one line of text, to be copied."""
    way = f"{routed(change.before)} → {routed(change.reached or change.asked)}"
    words = (stamp(change.began), change.verb, change.target, way, by(change))
    told = f"{' '.join(w for w in words if w)}: {ended(change)}"
    return f"{told}; {change.command}" if change.command else told


def changes_by_hand(told: Sequence[Passed]) -> list[Document]:
    """``changes_by_hand`` of ``kind: Deployments``: those of a history that are no deployment."""
    return [change_document(one) for one in told if isinstance(one, AliasChange)]


def change_document(change: AliasChange) -> Document:
    """Times, routings and ids as everywhere; what is not known is null."""
    return {
        "id": change.id,
        "verb": change.verb,
        "began": iso(change.began),
        "ended": iso(change.ended),
        "caller": change.caller or None,
        "host": change.host or None,
        "before": routing(change.before),
        "asked": routing(change.asked),
        "reached": routing(change.reached),
        "outcome": change.outcome,
        "aws_code": change.aws_code or None,
        "actions": list(change.calls),
        "stopped_deployment": change.stopped,
        "revision_ids": list(change.revision_ids),
        "command": change.command or None,
        "reason": change.reason or None,
    }

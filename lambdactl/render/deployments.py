"""Past rollouts: how each ended and why, its lifecycle, and what a judge says of it afterwards.

What was shifted by hand stands among them, told by :mod:`lambdactl.render.by_hand`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from lambdactl.model import Deployment, DeploymentStatus, label
from lambdactl.model_history import AliasChange
from lambdactl.ops.passages import Passed
from lambdactl.render import by_hand, glyphs
from lambdactl.render.columns import columns
from lambdactl.render.explaining import summary
from lambdactl.render.harm import damage_sentence
from lambdactl.render.numbers import UNKNOWN, duration, rate, stamp
from lambdactl.render.spans import Line, Span, spans
from lambdactl.render.spans import labelled as spans_labelled
from lambdactl.render.tables import Cell, Column, Table
from lambdactl.render.visible import visible
from lambdactl.verdict import Answer, Verdict
from lambdactl.verdict.hindsight import Hindsight

HEADER = (
    Column(""),
    Column("DEPLOYMENT"),
    Column("STATUS"),
    Column("VERSIONS"),
    Column("BEGAN"),
    Column("TOOK", right=True),
    Column("CONFIG"),
    Column("CREATOR", wide=True),
    Column("GROUP", wide=True),
    Column("HOW IT ENDED"),
)
LABEL = 11
_labelled = partial(spans_labelled, LABEL)


def deployment_table(found: Sequence[Passed], *, ascii: bool = False) -> Table:
    """As they come, each with how it ended and why; ``-o name`` names the deployments."""
    rows = (
        _row(one, ascii) if isinstance(one, Deployment) else _changed(one, ascii) for one in found
    )
    return Table(HEADER, tuple(rows), tuple(d.id for d in found if isinstance(d, Deployment)))


def _row(deployment: Deployment, ascii: bool) -> tuple[Cell, ...]:
    mark = glyphs.of_deployment(deployment.status)
    return (
        Span(mark.sign(ascii), mark.style),
        deployment.id,
        Span(deployment.status.value, mark.style),
        versions_of(deployment),
        stamp(deployment.created),
        took(deployment),
        visible(deployment.config_name.removeprefix("CodeDeployDefault.Lambda")),
        visible(deployment.creator),
        visible(f"{deployment.application}/{deployment.group}"),
        visible(ending(deployment)),
    )


def _changed(change: AliasChange, ascii: bool) -> tuple[Cell, ...]:
    mark = by_hand.mark_of(change.outcome)
    return (
        Span(mark.sign(ascii), mark.style),
        change.verb,
        Span(visible(by_hand.status_of(change.outcome)), mark.style),
        by_hand.versions_of(change),
        stamp(change.began),
        by_hand.took(change),
        "by hand",
        visible(change.caller),
        UNKNOWN,
        visible(by_hand.summary(change)),
    )


def versions_of(deployment: Deployment) -> str:
    """``v41 → v42``; a deployment that never started has not told them."""
    if deployment.target_version is None:
        return UNKNOWN
    return f"{label(deployment.current_version)} → {label(deployment.target_version)}"


def took(deployment: Deployment) -> str:
    if deployment.created is None or deployment.completed is None:
        return UNKNOWN
    return duration((deployment.completed - deployment.created).total_seconds())


def ending(deployment: Deployment) -> str:
    """How a deployment ended and why, in one line."""
    if deployment.active:
        return "still running"
    parts = []
    if deployment.rolls_back:
        parts.append(f"rolls back {deployment.rolls_back}")
    if deployment.status is DeploymentStatus.Succeeded:
        parts.append(f"{label(deployment.target_version)} has all traffic")
    else:
        code, said = deployment.error_code, deployment.error_message
        parts.append(": ".join(x for x in (code, said) if x) or "no reason given")
    if deployment.rolled_back_by:
        parts.append(f"rolled back by {deployment.rolled_back_by}")
    return "; ".join(parts)


def deployment_lines(found: Deployment, *, ascii: bool = False) -> list[Line]:
    """One deployment with its lifecycle events."""
    mark = glyphs.of_deployment(found.status)
    head = Span(f"{mark.sign(ascii)} {found.id} {found.status.value}", mark.style)
    return [
        spans(head, f"  {versions_of(found)}  {visible(found.config_name)}"),
        _labelled("began", f"{stamp(found.created)} by {visible(found.creator)}"),
        _labelled("took", took(found)),
        _labelled("ended", visible(ending(found))),
        *_events(found, ascii),
    ]


def _events(found: Deployment, ascii: bool) -> Iterator[Line]:
    rows: list[list[Span | str]] = []
    for event in found.events:
        mark = glyphs.of_lifecycle(event.status)
        lasted = UNKNOWN
        if event.started is not None and event.ended is not None:
            lasted = duration((event.ended - event.started).total_seconds())
        rows.append(
            [
                Span(mark.sign(ascii), mark.style),
                visible(event.name),
                visible(event.status),
                stamp(event.started),
                lasted,
                visible(event.message or ""),
            ]
        )
    if rows:
        yield from columns(rows, indent=LABEL)


def hindsight_lines(judged: Hindsight, *, goes_on: bool, ascii: bool = False) -> list[Line]:
    """The verdict, its numbers, and the damage; ``goes_on``: the deployment runs still."""
    verdict = judged.verdict
    mark = glyphs.ANSWERS[verdict.answer]
    lines = [_labelled("verdict", Span(mark.named(ascii), mark.style), _rates(verdict))]
    weighed = enumerate(summary(verdict))
    lines += [_labelled("" if n else "evidence", told) for n, told in weighed]
    if judged.note:
        lines.append(_labelled("note", visible(judged.note)))
    lines.append(_labelled("damage", damage_sentence(judged.damage, goes_on=goes_on)))
    return lines


def _rates(verdict: Verdict) -> str:
    if verdict.answer is Answer.NOT_MEASURED:
        return ""
    canary = f"{rate(verdict.canary_rate)} ({verdict.canary_errors:,}/{verdict.canary_calls:,})"
    stable = f"{rate(verdict.stable_rate)} ({verdict.stable_errors:,}/{verdict.stable_calls:,})"
    return f"  canary {canary} vs stable {stable}"

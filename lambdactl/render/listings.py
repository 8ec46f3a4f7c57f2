"""Lists for the command line, each twice: as rows for a person and as records for a program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lambdactl.ops.fleet import Fleet, Member
from lambdactl.ops.stack_events import DeployEvent
from lambdactl.render import glyphs
from lambdactl.render.aliases import alias as alias_document
from lambdactl.render.document import event as event_document
from lambdactl.render.envelope import Document
from lambdactl.render.numbers import UNKNOWN, duration, iso, rate, routed, short, stamp
from lambdactl.render.spans import Span
from lambdactl.render.tables import Cell, Column, Table
from lambdactl.render.visible import visible
from lambdactl.render.words import words
from lambdactl.verdict import State
from lambdactl.verdict.measuring import pair_of

AT_REST = frozenset((State.STABLE, State.DONE, State.NO_ALIAS))
"""States of an alias that nothing moves, and that nobody has to look at for what moved it."""


def event_table(events: Sequence[DeployEvent], *, ascii: bool = False) -> Table:
    told = [(event, words(event)) for event in events]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (stamp(event.at), Span(said.mark.sign(ascii), said.mark.style), said.kind, said.text)
        for event, said in told
    )
    header = (Column("TIME (UTC)"), Column(""), Column("KIND"), Column("WHAT"))
    return Table(header, rows, tuple(type(event).__name__ for event in events))


def event_records(events: Sequence[DeployEvent]) -> list[Document]:
    return [
        {**event_document(event), "kind": said.kind, "text": said.text}
        for event in events
        for said in (words(event),)
    ]


def fleet_table(fleet: Fleet, now: datetime, *, ascii: bool = False) -> Table:
    header = (
        Column("STATE"),
        Column("FUNCTION:ALIAS"),
        Column("ROUTING"),
        Column("ERR %", right=True),
        Column("ALARM"),
        Column("DEPLOYMENT"),
        Column("REVISION", wide=True),
        Column("WHY", spare=True),
    )
    rows = tuple(_member_row(m, now, ascii) for m in fleet.members)
    return Table(header, rows, tuple(m.name for m in fleet.members))


def _member_row(member: Member, now: datetime, ascii: bool) -> tuple[Cell, ...]:
    mark = state_of(member)
    deployment = member.snapshot.active_deployment if member.snapshot else None
    return (
        Span(mark.named(ascii), mark.style),
        visible(member.name),
        routed(member.alias.routing) if member.alias else UNKNOWN,
        rate(canary_rate(member)),
        Span(_alarms(member, now), "red" if member.red else ""),
        deployment.id if deployment else UNKNOWN,
        short(member.alias.revision_id) if member.alias else UNKNOWN,
        visible(_why(member)),
    )


def state_of(member: Member) -> glyphs.Mark:
    """Its state; that an alarm is red, where the state would not be asked after."""
    if member.assessment is None:
        return glyphs.NOT_READ
    state = member.assessment.state
    return glyphs.RED if member.red and state in AT_REST else glyphs.of_state(state)


def _why(member: Member) -> str:
    return member.assessment.text if member.assessment else (member.unread or "")


def _alarms(member: Member, now: datetime) -> str:
    if not member.red:
        return UNKNOWN
    first = member.red[0]
    age = f" {duration((now - first.since).total_seconds())}" if first.since else ""
    more = f" +{len(member.red) - 1}" if len(member.red) > 1 else ""
    return f"{visible(first.name)}{age}{more}"


def canary_rate(member: Member) -> float | None:
    """The canary's, where there is one that was measured; at rest nothing is measured here."""
    snapshot = member.snapshot
    pair = pair_of(snapshot) if snapshot else None
    if snapshot is None or snapshot.metrics is None or pair is None:
        return None
    series = snapshot.metrics.series.get(pair[1])
    return series.error_rate() if series else None


def fleet_records(fleet: Fleet) -> list[Document]:
    """What was not read is null: an alias at rest is not measured by ``list``."""
    return [_member_record(member) for member in fleet.members]


def _member_record(member: Member) -> Document:
    assessment, snapshot = member.assessment, member.snapshot
    deployment = snapshot.active_deployment if snapshot else None
    return {
        "function": member.function,
        "alias": alias_document(member.alias) if member.alias else None,
        "state": assessment.state.value if assessment else None,
        "text": assessment.text if assessment else None,
        "advice": assessment.advice if assessment else None,
        "canary_error_rate_percent": canary_rate(member),
        "deployment": deployment.id if deployment else None,
        "alarms": [{"name": a.name, "since": iso(a.since), "rule": a.summary} for a in member.red],
        "unread": member.unread,
    }

"""Aliases and their routing: as records for a program, as rows for a person."""

from __future__ import annotations

from collections.abc import Sequence

from lambdactl.model import Alias, Routing
from lambdactl.render.envelope import Document
from lambdactl.render.numbers import routed, short
from lambdactl.render.spans import Span
from lambdactl.render.tables import Column, Table
from lambdactl.render.visible import visible


def alias(found: Alias) -> Document:
    return {
        "name": found.name,
        "arn": found.arn,
        "revision_id": found.revision_id,
        "routing": routing(found.routing),
    }


def routing(routed: Routing | None) -> Document | None:
    """Version numbers as Lambda gives them; ``stable`` is ``"$LATEST"`` where it is that."""
    if routed is None:
        return None
    return {
        "stable": "$LATEST" if routed.stable is None else routed.stable,
        "stable_weight_percent": 100.0 - routed.weight,
        "canary": routed.canary,
        "canary_weight_percent": routed.weight if routed.split else None,
    }


def alias_table(function: str, aliases: Sequence[Alias]) -> Table:
    rows = tuple(
        (
            visible(a.name),
            Span(routed(a.routing), "bold" if a.routing.split else ""),
            short(a.revision_id),
            a.arn,
            visible(a.description),
        )
        for a in aliases
    )
    header = (
        Column("ALIAS"),
        Column("ROUTING"),
        Column("REVISION"),
        Column("ARN", wide=True),
        Column("DESCRIPTION"),
    )
    return Table(header, rows, tuple(f"{function}:{a.name}" for a in aliases))


def alias_records(aliases: Sequence[Alias]) -> list[Document]:
    return [{**alias(a), "description": a.description} for a in aliases]

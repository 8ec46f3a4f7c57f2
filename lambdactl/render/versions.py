"""The versions of a function, newest first, each with the aliases that route to it."""

from __future__ import annotations

from lambdactl.model import Snapshot, Version
from lambdactl.render.envelope import Document
from lambdactl.render.numbers import UNKNOWN, iso, short, size, stamp, weight
from lambdactl.render.spans import Span
from lambdactl.render.tables import Cell, Column, Table
from lambdactl.render.visible import visible

COLUMNS = (
    Column("VERSION"),
    Column("PUBLISHED"),
    Column("SIZE", right=True),
    Column("ROUTED BY"),
    Column("SHA256"),
    Column("RUNTIME", wide=True),
    Column("MEMORY", right=True, wide=True),
    Column("TIMEOUT", right=True, wide=True),
    Column("DESCRIPTION"),
)


def version_records(snapshot: Snapshot) -> list[Document]:
    """``kind: Versions``, newest first."""
    return [_record(snapshot, v) for v in reversed(snapshot.versions)]


def _record(snapshot: Snapshot, version: Version) -> Document:
    return {
        "version": version.number,
        "published": iso(version.published),
        "description": version.description,
        "code_sha256": version.code_sha256,
        "code_size_bytes": version.code_size,
        "runtime": version.runtime,
        "state": version.state,
        "routed_by": [
            {"alias": a.name, "weight_percent": a.routing.share(version.number)}
            for a in snapshot.aliases
            if version.number in a.routing.versions
        ],
    }


def version_table(snapshot: Snapshot) -> Table:
    newest_first = snapshot.versions[::-1]
    names = tuple(f"{snapshot.target.function}:{v.number}" for v in newest_first)
    return Table(COLUMNS, tuple(_row(snapshot, v) for v in newest_first), names)


def _row(snapshot: Snapshot, version: Version) -> tuple[Cell, ...]:
    routes = routed_by(snapshot, version.number)
    return (
        version.label,
        stamp(version.published),
        size(version.code_size),
        Span(visible(routes) or UNKNOWN, "bold" if routes else ""),
        short(version.code_sha256),
        visible(version.runtime or UNKNOWN),
        UNKNOWN if version.memory_mb is None else f"{version.memory_mb} MB",
        UNKNOWN if version.timeout_s is None else f"{version.timeout_s} s",
        visible(version.description),
    )


def routed_by(snapshot: Snapshot, version: int) -> str:
    """``live 10 %, beta 100 %``: every alias of the function, not only the target."""
    return ", ".join(
        f"{alias.name} {weight(alias.routing.share(version))}"
        for alias in snapshot.aliases
        if version in alias.routing.versions
    )

"""The versions of a function as a table, newest first, each with the aliases that route to it."""

from __future__ import annotations

from lambdactl.model import Snapshot, Version
from lambdactl.render.columns import columns
from lambdactl.render.numbers import UNKNOWN, short, size, stamp, weight
from lambdactl.render.spans import Line, Span
from lambdactl.render.visible import visible

HEADER = ("VERSION", "PUBLISHED", "SIZE", "ROUTED BY", "SHA256", "DESCRIPTION")


def version_lines(snapshot: Snapshot) -> list[Line]:
    rows = [_row(snapshot, v) for v in reversed(snapshot.versions)]
    return columns(rows, header=HEADER, right=frozenset({2}))


def _row(snapshot: Snapshot, version: Version) -> list[Span | str]:
    routes = routed_by(snapshot, version.number)
    return [
        version.label,
        stamp(version.published),
        size(version.code_size),
        Span(visible(routes) or UNKNOWN, "bold" if routes else ""),
        short(version.code_sha256),
        visible(version.description),
    ]


def routed_by(snapshot: Snapshot, version: int) -> str:
    """``live 10 %, beta 100 %``: every alias of the function, not only the target."""
    return ", ".join(
        f"{alias.name} {weight(alias.routing.share(version))}"
        for alias in snapshot.aliases
        if version in alias.routing.versions
    )

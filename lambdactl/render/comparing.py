"""Two versions side by side: only what differs, sizes readable, secrets masked."""

from __future__ import annotations

from collections.abc import Sequence

from lambdactl.model import label
from lambdactl.model_configuration import Setting
from lambdactl.plan.compare import Change, Difference
from lambdactl.render.document import Document
from lambdactl.render.numbers import UNKNOWN, size
from lambdactl.render.spans import Span
from lambdactl.render.tables import Column, Table
from lambdactl.render.visible import visible

MASKED = "•••"
MASKED_ASCII = "***"
SIGNS: dict[Change, tuple[str, str]] = {
    "added": ("+", "green"),
    "removed": ("-", "red"),
    "changed": ("~", "yellow"),
}


def difference_table(
    differences: Sequence[Difference], before: int, after: int, *, ascii: bool = False
) -> Table:
    rows = tuple(
        (
            Span(f"{SIGNS[d.change][0]} {d.area}", SIGNS[d.change][1]),
            visible(d.name),
            shown(d, d.before, d.change != "added", ascii),
            shown(d, d.after, d.change != "removed", ascii),
        )
        for d in differences
    )
    header = (Column("CHANGE"), Column("NAME"), Column(label(before)), Column(label(after)))
    return Table(header, rows, tuple(d.name for d in differences))


def shown(difference: Difference, value: Setting, there: bool, ascii: bool) -> str:
    """One side of a difference; ``there``: whether it has a value at all."""
    if not there or (value is None and not difference.masked):
        return UNKNOWN
    if difference.masked:
        return MASKED_ASCII if ascii else MASKED
    if difference.name == "CodeSize" and isinstance(value, int):
        return size(value)
    units = {"MemorySize": " MB", "Timeout": " s"}
    return f"{visible(str(value))}{units.get(difference.name, '')}"


def difference_records(differences: Sequence[Difference]) -> list[Document]:
    """``masked`` values are null: they are not known to this program."""
    return [
        {
            "area": d.area,
            "name": d.name,
            "change": d.change,
            "before": d.before,
            "after": d.after,
            "masked": d.masked,
        }
        for d in differences
    ]

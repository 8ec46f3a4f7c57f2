"""The console's keys as a table: its own list is read, so that the two cannot differ."""

from __future__ import annotations

from lambdactl.render.tables import Column, Table
from lambdactl.tui.key_list import Key


def key_table(found: list[Key]) -> Table:
    columns = (Column("SCREEN"), Column("KEY"), Column("NAME", wide=True), Column("WHAT IT DOES"))
    rows = tuple((k.screen, k.key, k.action, k.does) for k in found)
    return Table(columns, rows, tuple(k.action for k in found))


def key_records(found: list[Key]) -> list[dict[str, object]]:
    return [dict(k._asdict()) for k in found]

"""The console's keys as a table: its own list is read, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lambdactl.cli import config
from lambdactl.render.tables import Column, Table
from lambdactl.tui.key_list import Key


def key_table(found: list[Key]) -> Table:
    columns = (Column("SCREEN"), Column("KEY"), Column("NAME", wide=True), Column("WHAT IT DOES"))
    rows = tuple((k.screen, k.key, k.action, k.does) for k in found)
    return Table(columns, rows, tuple(k.action for k in found))


def keymap(more: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """``[keys]`` of the operator's file with ``more`` to be set, checked. Raises UsageError."""
    from lambdactl.tui.remapping import remapped

    file = config.user_file()
    wanted = {**file.content.get("keys", {}), **more}
    return remapped(wanted, f"{config.shown(file.path)}: keys")


def moved_keys() -> dict[str, str]:
    """The keys that the operator moved, as they are shown. Raises UsageError."""
    from lambdactl.tui.remapping import shown

    return shown(keymap())


def key_records(found: list[Key]) -> list[dict[str, object]]:
    return [dict(k._asdict()) for k in found]

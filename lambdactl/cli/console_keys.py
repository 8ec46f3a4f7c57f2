"""The console's keys as a table. The console's own list is read, so that the two cannot differ."""

from __future__ import annotations

from typing import NamedTuple

from lambdactl.render.tables import Column, Table


class Key(NamedTuple):
    screen: str
    """everywhere, rollout, versions, ..."""
    key: str
    action: str
    """The name by which the key is remapped."""
    does: str
    writes: bool
    """Whether what it leads to changes something at AWS."""


def keys() -> list[Key]:
    """Every binding, by screen, in the order of its list."""
    from textual.binding import Binding
    from textual.keys import format_key

    from lambdactl.tui import keys as bound

    found = []
    for name, bindings in vars(bound).items():
        if name.isupper() and isinstance(bindings, list):
            found += [
                Key(
                    name.lower(),
                    b.key_display or " ".join(format_key(k) for k in b.key.split(",")),
                    b.id or b.action,
                    bound.SAID.get(b.id or "", b.description),
                    b.id in bound.WRITES,
                )
                for b in bindings
                if isinstance(b, Binding)
            ]
    return found


def key_table(found: list[Key]) -> Table:
    columns = (Column("SCREEN"), Column("KEY"), Column("NAME", wide=True), Column("WHAT IT DOES"))
    rows = tuple((k.screen, k.key, k.action, k.does) for k in found)
    return Table(columns, rows, tuple(k.action for k in found))


def key_records(found: list[Key]) -> list[dict[str, object]]:
    return [dict(k._asdict()) for k in found]

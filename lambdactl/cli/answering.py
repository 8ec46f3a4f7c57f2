"""One answer, as a table for a person or as a document for a program."""

from __future__ import annotations

from collections.abc import Mapping

from lambdactl.cli.session import Session
from lambdactl.model import Target
from lambdactl.render.envelope import envelope
from lambdactl.render.tables import Table


def answer(
    session: Session,
    kind: str,
    data: object,
    table: Table,
    target: Target | None = None,
    *,
    beside: Mapping[str, object] | None = None,
) -> None:
    """``data`` in its envelope, with what is told ``beside`` it, where a program reads; ``table``
    otherwise, if it has a row."""
    asked = session.asked
    if asked.structured:
        told = {**envelope(kind, data, place=session.place, target=target), **(beside or {})}
        session.terminal.document(told, asked.output, table.names)
    elif table.rows:
        session.terminal.table(table, asked.output)

"""Log lines and groups of errors, for a terminal and for a program. A line is data."""

from __future__ import annotations

from collections.abc import Sequence

from lambdactl.model_configuration import LogLine
from lambdactl.ops.log_lines import ErrorGroup, is_error
from lambdactl.render.document import Document
from lambdactl.render.numbers import UNKNOWN, clock, iso, stamp
from lambdactl.render.spans import Line, Span, spans
from lambdactl.render.tables import Column, Table
from lambdactl.render.visible import visible


def log_line(line: LogLine) -> Line:
    """``14:06:41 5f1c2a ERROR ...``: the time, the worker, what it said, on one line."""
    style = "red" if is_error(line) else ""
    return spans(Span(f"{clock(line.at)} {worker(line)} ", "dim"), Span(said(line.message), style))


def said(text: str) -> str:
    """What was logged, on one line. A tab sets words apart and steers nothing: Lambda's own REPORT
    lines are full of them."""
    return visible(text.replace("\t", "  "))


def worker(line: LogLine) -> str:
    """The first letters of the id of the worker that wrote it."""
    return visible(line.stream.rpartition("]")[2][:6])


def log_record(line: LogLine) -> Document:
    return {
        "id": line.id,
        "at": f"{(iso(line.at) or '')[:-1]}.{line.at.microsecond // 1000:03d}Z",
        "stream": line.stream,
        "error": is_error(line),
        "message": line.message,
    }


def error_table(groups: Sequence[ErrorGroup]) -> Table:
    header = (
        Column("COUNT", right=True),
        Column("FIRST (UTC)"),
        Column("LAST (UTC)"),
        Column("ERROR"),
        Column("REQUEST OF THE NEWEST", wide=True),
        Column("NEWEST, WHOLE", wide=True),
    )
    rows = tuple(
        (
            f"{g.count:,}",
            stamp(g.first),
            stamp(g.last),
            Span(said(g.pattern), "red"),
            visible(g.request_id or UNKNOWN),
            said(g.message),
        )
        for g in groups
    )
    return Table(header, rows, tuple(g.pattern for g in groups))


def error_records(groups: Sequence[ErrorGroup]) -> list[Document]:
    return [
        {
            "pattern": g.pattern,
            "count": g.count,
            "first": iso(g.first),
            "last": iso(g.last),
            "message": g.message,
            "request_id": g.request_id,
        }
        for g in groups
    ]

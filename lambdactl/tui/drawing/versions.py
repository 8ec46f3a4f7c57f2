"""Every published version: what uses it, whether a prune would take it, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from textual.content import Content

from lambdactl.model import Snapshot, Version, label
from lambdactl.model_storage import Storage
from lambdactl.plan import Plan, VersionVerdict
from lambdactl.render.numbers import UNKNOWN, size, stamp
from lambdactl.render.versions import routed_by
from lambdactl.tui.drawing import bar
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import age, fitted, middle, spread


def storage(snapshot: Snapshot, width: int, pen: Pen) -> list[Content]:
    """The gauge, and what its parts are; why it is not known where it is not."""
    own = sum(v.code_size for v in snapshot.versions if v.package_type == "Zip")
    found = snapshot.storage
    if found is None:
        unread = snapshot.unreadable("storage")
        why = f"not known: {unread.reason}" if unread else "not read"
        return [pen.say(f" CODE STORAGE  ? {why}", "$text-warning"), pen.say(f" {size(own)} here")]
    head = pen.say(" CODE STORAGE ", "bold")
    tail = pen.say(f" {full(found)} ")
    room = max(10, width - head.cell_length - tail.cell_length)
    legend = (
        f"   {pen.stable} others   {pen.canary} this function {size(own)}"
        f"   {pen.free} free {size(found.limit - found.used)}"
    )
    gauge = bar.storage(found.used, own, found.limit, room, pen)
    return [head + gauge + tail, pen.say(legend, "dim")]


def full(found: Storage) -> str:
    share = 100.0 * found.used / found.limit if found.limit else 0.0
    return f"{size(found.used)} of {size(found.limit)}, {share:.1f} %"


def rows(
    snapshot: Snapshot, plan: Plan | None, width: int, pen: Pen, marks: Collection[int] = ()
) -> list[Row]:
    """Newest first; what goes is as visible as what stays, and the other way round."""
    fates = {v.version: v for v in plan.verdicts} if plan else {}
    return [
        row(v, snapshot, fates.get(v.number), width, pen, marked=v.number in marks)
        for v in reversed(snapshot.versions)
    ]


def dated(width: int) -> int:
    """Letters of the time of publishing: the day, and with room the time too."""
    return 17 if width >= 100 else 11


def heading(width: int) -> Content:
    head = f"   {'VER':<6}{'PUBLISHED':<{dated(width)}}{'AGE':>4} {'SIZE':>9}  "
    return fitted(Content.styled(f"{head}{'ALIAS':<15}{'PLAN':<7}WHY", "dim bold"), width)


def row(
    version: Version,
    snapshot: Snapshot,
    fate: VersionVerdict | None,
    width: int,
    pen: Pen,
    *,
    marked: bool = False,
) -> Row:
    goes = fate is not None and fate.fate == "delete"
    routes = routed_by(snapshot, version.number) or UNKNOWN
    told = "?" if fate is None else "DELETE" if goes else "keep"
    mark = Content.styled("✗ " if not pen.ascii else "x ", "$text-error") if goes else Content("  ")
    line = Content.assemble(
        Content.styled("*", "bold $text-accent") if marked else " ",
        mark,
        pen.say(f"{label(version.number):<6}", "bold"),
        pen.say(f"{stamp(version.published)[: dated(width) - 1]:<{dated(width)}}"),
        pen.say(f"{old(version.published, snapshot.taken):>4} "),
        pen.say(f"{size(version.code_size):>9}  "),
        fitted(pen.say(middle(routes, 14, pen.ellipsis)), 15),
        pen.say(f"{told:<7}", "bold $text-error" if goes else ""),
        pen.say(fate.reason if fate else "", "dim" if not goes else ""),
    )
    if width >= 140 and version.description:
        line = spread(line, pen.say(f'"{version.description}" ', "dim"), width)
    return Row(label(version.number), line, f"{snapshot.target.function}:{version.number}")


def old(published: datetime | None, now: datetime) -> str:
    return "-" if published is None else age((now - published).total_seconds())


def title(plan: Plan | None, keep: int, pen: Pen, *, marked: int = 0) -> tuple[str, str]:
    left = f"keep newest {keep}{'' if marked else '  (+/- to change)'}"
    if plan is None:
        return left, ""
    goes = len(plan.actions)
    stays = len(plan.verdicts) - goes
    of = f" of {marked} marked" if marked else ""
    return left, pen.spelled(f"delete {goes}{of} · keep {stays} · frees up to {size(plan.frees)}")


def notes(plan: Plan | None, staying: Sequence[str], written: str, pen: Pen) -> list[Content]:
    """What is to be known of the plan: where it was written, what stays although it is marked."""
    told = [pen.say("Plan written; within an hour: ", "bold") + pen.say(written)] if written else []
    if staying:
        more = f", and {len(staying) - 1} more stay" if len(staying) > 1 else ""
        told.append(pen.say(f"{staying[0]}{more}", "$text-warning"))
    told.append(pen.say("A deleted version cannot be brought back.", "dim"))
    return [*told, *(pen.say(note, "dim") for note in (plan.notes if plan else ()))]

"""What differs between two versions: rows in the words of ``diff``, and one of them in full."""

from __future__ import annotations

from textual.content import Content

from lambdactl.model import Version
from lambdactl.ops.comparing import Compared
from lambdactl.plan.compare import Difference
from lambdactl.render.comparing import SIGNS, shown
from lambdactl.render.numbers import short, size, stamp
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import CANARY, STABLE, Pen, themed
from lambdactl.tui.drawing.spanned import wrapped
from lambdactl.tui.drawing.text import fitted, middle

NAME = 26
AREA = 16
SHORT = {"code": "code", "configuration": "config", "layers": "layer", "environment": "env"}


def heading(width: int, before: str, after: str, pen: Pen) -> Content:
    half = halves(width)
    head = f" {'CHANGE':<{AREA}}{'NAME':<{NAME}}{before:<{half}}{after}"
    return fitted(pen.say(head, "dim bold"), width)


def halves(width: int) -> int:
    return max(8, (width - AREA - NAME - 2) // 2)


def rows(found: Compared, width: int, pen: Pen) -> list[Row]:
    """Code, what is set, layers, environment; and what nothing can be said of."""
    told = [row(d, width, pen) for d in found.differences]
    if not told:
        a, b = (v.version.label for v in (found.before, found.after))
        same = f"{a} and {b} do not differ in code, configuration, layers or environment"
        told = [Row("same", pen.say(f" {same}"), same)]
    unknown = [Row(text, pen.say(f" ? {text}", "$text-warning"), text) for text in found.unknown]
    return [*told, *unknown]


def row(one: Difference, width: int, pen: Pen) -> Row:
    before, after = values(one, pen)
    half = halves(width)
    sign, style = SIGNS[one.change]
    line = Content.assemble(
        " ",
        fitted(pen.say(f"{sign} {one.area}", themed(style)), AREA),
        fitted(pen.say(middle(one.name, NAME - 1, pen.ellipsis), "bold"), NAME),
        fitted(pen.say(middle(before, half - 1, pen.ellipsis)), half),
        pen.say(middle(after, half, pen.ellipsis)),
    )
    return Row(f"{one.area} {one.name}", line, f"{one.name}: {before} {pen.arrow} {after}")


def values(one: Difference, pen: Pen) -> tuple[str, str]:
    return (
        shown(one, one.before, one.change != "added", pen.ascii),
        shown(one, one.after, one.change != "removed", pen.ascii),
    )


def detail(found: Compared, chosen: Difference | None, width: int, pen: Pen) -> list[Content]:
    """The value under the cursor, whole, before and after; else what the two versions are."""
    if chosen is None:
        both = ((found.before.version, STABLE), (found.after.version, CANARY))
        return [made(version, style, pen) for version, style in both]
    before, after = values(chosen, pen)
    lines = [
        pen.say(f"{chosen.name}", "bold") + pen.say(f"  {chosen.change}", "dim"),
        pen.say(f"{found.before.version.label:<6}", STABLE) + pen.say(before),
        pen.say(f"{found.after.version.label:<6}", CANARY) + pen.say(after),
    ]
    return [Content(" ") + line for line in wrapped(lines, width - 2)]


def made(version: Version, style: str, pen: Pen) -> Content:
    """``v42  2026-11-23 13:58:12  12.4 MB  sha 9c1e...  "2.8.0"``."""
    said = f'  "{version.description}"' if version.description else ""
    told = f"{stamp(version.published)}  {size(version.code_size)}"
    sha = f"  sha {short(version.code_sha256)}"
    return pen.say(f" {version.label:<6}", style) + pen.say(f"{told}{sha}{said}")


def title(pair: tuple[int, int] | None, found: Compared | None) -> tuple[str, str]:
    if pair is None:
        return "Diff", "there are no two versions"
    left = f"Diff v{pair[0]} → v{pair[1]}"
    if found is None:
        return left, ""
    count = len(found.differences)
    return left, f"{count} difference{'' if count == 1 else 's'}" if count else "the same"


def in_pane(found: Compared, width: int, pen: Pen) -> list[Row]:
    """For a pane beside others: names and values without columns of their own."""
    if not found.differences:
        return rows(found, width, pen)
    told = [short_row(d, width, pen) for d in found.differences]
    return [*told, *rows(found, width, pen)[len(told) :]]


def short_row(one: Difference, width: int, pen: Pen) -> Row:
    before, after = values(one, pen)
    sign, style = SIGNS[one.change]
    name = middle(one.name, NAME, pen.ellipsis)
    line = Content.assemble(
        " ",
        pen.say(f"{sign} ", themed(style)),
        pen.say(f"{SHORT[one.area]:<7}", "dim"),
        pen.say(f"{name}  ", "bold"),
        pen.say(change(one, before, after, max(16, width - len(name) - 14), pen)),
    )
    return Row(f"{one.area} {one.name}", line, f"{one.name}: {before} {pen.arrow} {after}")


def change(one: Difference, before: str, after: str, room: int, pen: Pen) -> str:
    """``128 MB -> 256 MB`` in ``room`` cells."""
    if one.masked:
        return {"added": "added", "removed": "removed", "changed": "another value"}[one.change]
    match one.change:
        case "added":
            return middle(after, room, pen.ellipsis)
        case "removed":
            return f"was {middle(before, room - 4, pen.ellipsis)}"
        case _:
            half = (room - 4) // 2
            both = (middle(value, half, pen.ellipsis) for value in (before, after))
            return f" {pen.arrow} ".join(both)


def of_key(found: Compared, key: str) -> Difference | None:
    """The difference that a row is about."""
    return next((d for d in found.differences if f"{d.area} {d.name}" == key), None)

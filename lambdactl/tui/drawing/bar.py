"""Shares of a whole as a bar: traffic between two versions, code storage between its users."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from lambdactl.model import Routing, label
from lambdactl.render.numbers import weight
from lambdactl.tui.drawing.pen import CANARY, STABLE, Pen


def cells(shares: Sequence[float], width: int) -> list[int]:
    """``shares`` (they sum to 100 at most) as whole cells; what is not nothing gets at least one.

    The largest share pays for the rounding.
    """
    counts = [max(1, round(s / 100.0 * width)) if s > 0.0 else 0 for s in shares]
    over = sum(counts) - round(sum(shares) / 100.0 * width)
    largest = max(range(len(shares)), key=lambda i: shares[i])
    counts[largest] = max(0, counts[largest] - over)
    return counts


def traffic(routing: Routing, width: int, pen: Pen, *, words: bool = True) -> Content:
    """``v41 stable 90 % ██████▒ 10 % v42 canary`` in ``width`` cells."""
    left, right = labels(routing, pen, words)
    room = max(0, width - left.cell_length - right.cell_length - (2 if right.plain else 1))
    canary = routing.weight if routing.split else 0.0
    first, second = cells((100.0 - canary, canary), room)
    return Content.assemble(
        left,
        " ",
        (pen.stable * first, STABLE),
        (pen.canary * second, CANARY),
        " " if right.plain else "",
        right,
    )


def labels(routing: Routing, pen: Pen, words: bool) -> tuple[Content, Content]:
    word = " stable" if words else ""
    name = f"{label(routing.stable)}{word} {weight(100.0 - routing.weight)}"
    if not routing.split:
        return pen.say(f"{label(routing.stable)}{word} 100 %", STABLE), Content("")
    other = f"{weight(routing.weight)} {label(routing.canary)}{' canary' if words else ''}"
    return pen.say(name, STABLE), pen.say(other, CANARY)


def storage(used: int, own: int, limit: int, width: int, pen: Pen) -> Content:
    """Code storage of the account: other functions, this one, and what is free."""
    if limit <= 0:
        return Content("")
    parts = [100.0 * max(0, used - own) / limit, 100.0 * own / limit]
    others, ours = cells(parts, width)
    free = max(0, width - others - ours)
    return Content.assemble(
        (pen.stable * others, STABLE), (pen.canary * ours, CANARY), (pen.free * free, "dim")
    )

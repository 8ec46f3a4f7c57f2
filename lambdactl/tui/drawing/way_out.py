"""A failure in one line: where it does not fit its prose is cut, and never the way out of it.

What was cut is whole in the list of the session's failures, and the line says with which key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from textual.content import Content

from lambdactl.errors import LambdactlError
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import joined

ENOUGH, LEAST = 24, 6
"""So many cells tell what failed; and so many are left of it, whatever the way out takes."""
_ASIDE = re.compile(r"\s{3}|;\s|,?\s+or:?\s+|,\s+and\s+")
"""What comes between a way out and what is said of it, or the next one."""


def in_line(
    told: Content, ways: Sequence[Content], width: int, pen: Pen, *, cut: bool = False
) -> Content:
    """``told``, and the fullest of ``ways`` for which there is room, in at most ``width`` cells.

    ``ways`` go from the whole of it to the shortest that still helps; ``cut`` says that something
    of the failure has been cut elsewhere already.
    """
    between = pen.spelled(" · ")
    full = joined([told, *ways[:1]], between)
    if not cut and full.cell_length <= width:
        return full
    whole = pen.say(f"{pen.key('session_errors')}: whole", "bold")
    for least, way in ((least, way) for least in (ENOUGH, LEAST) for way in ways):
        tail = joined([way, whole], between)
        room = width - tail.cell_length - len(between)
        if room >= min(told.cell_length, least):
            return joined([shortened(told, room), tail], between)
    return narrowest(told, ways[-1], whole, between, width)


def narrowest(told: Content, way: Content, whole: Content, between: str, width: int) -> Content:
    """Not even the shortest fits: as much of it as does, and where the rest is."""
    head = shortened(told, LEAST)
    room = width - joined([head, whole], between).cell_length - len(between)
    return joined([head, shortened(way, max(room, 1)), whole], between)


def shortened(told: Content, width: int) -> Content:
    return told if told.cell_length <= width else told.truncate(width, ellipsis=True)


def ways(error: LambdactlError, pen: Pen, retry: Content) -> list[Content]:
    """When it is tried again, the way out and the reason; less and less of it."""
    between, why = pen.spelled(" · "), pen.say(error.why or "", "dim")
    if not error.hint:
        return [joined([retry, why], between), retry] if retry.plain else [why]
    full, brief = way(error.hint, pen), way(first(error.hint), pen)
    told = ([retry, full, why], [retry, full], [retry, brief], [brief])
    return [joined(parts, between) for parts in told]


def hinted(hint: str | None, pen: Pen) -> list[Content]:
    """Of a part that could not be read: its way out, and the first of it alone."""
    return list(_each(hint, pen)) if hint else [Content("")]


def _each(hint: str, pen: Pen) -> Iterator[Content]:
    for said in (hint, first(hint)):
        yield pen.say(f"try: {said}", "$text-warning")


def way(hint: str, pen: Pen) -> Content:
    return pen.say(f"try: {hint}")


def first(hint: str) -> str:
    """``aws sso login`` of ``aws sso login   or renew them where they came from``."""
    return _ASIDE.split(hint, maxsplit=1)[0]

"""The rows of a list to choose from: its name, what it is, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content

from lambdactl.errors import LambdactlError
from lambdactl.tui.connection import Spot
from lambdactl.tui.dialogs.chooser import Offer
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import fitted, joined

NAME = 26
"""Cells for the name; a longer one pushes the rest aside and is never cut."""


def spot(one: Spot, pick: Callable[[], object], pen: Pen, *, current: bool = False) -> Offer:
    """A place; the one where we are is marked, and says so."""
    told = joined([pen.say(one.about), pen.say(one.origin, "dim")])
    mark = pen.say(f"{pen.cursor} ", "$text-success") if current else Content("  ")
    here = pen.say("here  ", "$text-success") if current else Content("")
    name = named(one.name, pen, current=current)
    words = f"{one.about} {one.origin}"
    return Offer(one.name, mark + name + here + told, pick, words, current)


def deed(name: str, key: str, pick: Callable[[], object], pen: Pen, words: str = "") -> Offer:
    """Something to do, with the key that does it too."""
    shown = fitted(pen.say(key, "bold $text-accent"), 8)
    return Offer(name, Content(" ") + shown + pen.say(name), pick, words)


def named(name: str, pen: Pen, *, current: bool) -> Content:
    told = pen.say(name, "bold" if current else "")
    return fitted(told, NAME) + " " if told.cell_length <= NAME else told + "  "


def failed(error: LambdactlError, pen: Pen) -> Content:
    """Why there is no list, and the way out; what is typed is taken all the same."""
    parts = [pen.say(str(error), "$text-warning")]
    if error.hint:
        parts.append(pen.say(f"try: {error.hint}"))
    return Content("\n").join([*parts, pen.say("a name that is typed is taken as it is", "dim")])

"""A plan as a dialog shows it: now and after, what was checked, what it will do, and the undo.

It draws the very plan that is applied when it is confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from lambdactl.errors import LambdactlError
from lambdactl.model import Routing, label
from lambdactl.ops.limiting import newly_unmet
from lambdactl.plan import Check, DeleteVersion, Plan, StopDeployment
from lambdactl.render import glyphs
from lambdactl.render.addressed import addressed
from lambdactl.render.numbers import routed, size, weight
from lambdactl.tui.drawing import bar
from lambdactl.tui.drawing.pen import CANARY, STABLE, Pen
from lambdactl.tui.drawing.text import joined

ANSWERS = ("approve", "fail")
"""What is told to CodeDeploy and moves no traffic itself."""
NAMED = 24
"""How many versions a prune names before it counts the rest."""


def plan(
    one: Plan, width: int, pen: Pen, flags: str = "", also: Sequence[Content] = ()
) -> list[Content]:
    """Everything about the plan, one line each, not wrapped; ``flags`` lead to its place, ``also``
    is what is agreed to besides."""
    lines: list[Content] = []
    if one.verb == "prune":
        lines += pruned(one, pen)
    elif one.before is not None and one.after is not None and one.verb not in ANSWERS:
        lines += before_and_after(one.before, one.after, width, pen)
    if one.verb != "prune":
        lines += does(one, pen)
    lines += [*also, *(pen.say(f"{pen.dot} {note}") for note in one.notes)]
    if one.checks:
        lines += [Content(""), pen.say("Checks", "dim"), *checks(one.checks, width, pen)]
    undo = addressed(one.undo or "", flags)
    if one.verb == "prune" and one.actions and not undo:
        undo = "none: a deletion cannot be undone"
    return [*lines, Content(""), pen.say("Undo  ", "dim") + pen.say(undo)] if undo else lines


def before_and_after(before: Routing, after: Routing, width: int, pen: Pen) -> list[Content]:
    """Every version that is routed to before or after, with its share now and then."""
    half = (width - 10) // 2
    versions = sorted(before.versions | after.versions)
    lines = [pen.say(f"{'':<8}{'now':<{half}}  after", "dim")]
    if None in (before.stable, after.stable):
        return [*lines, pen.say(f"{routed(before)}  {pen.arrow}  {routed(after)}")]
    for version in versions:
        style = STABLE if version == before.stable else CANARY
        now, then = before.share(version), after.share(version)
        lines.append(
            pen.say(f"{label(version):<8}", f"bold {style}")
            + share(now, half, style, pen)
            + "  "
            + share(then, half, style, pen)
        )
    return lines


def share(per_cent: float, width: int, style: str, pen: Pen) -> Content:
    """``  90 % ████████████`` in ``width`` cells."""
    room = max(0, width - 9)
    (filled,) = bar.cells((per_cent,), room)
    mark = pen.canary if style == CANARY else pen.stable
    return (
        pen.say(f"{weight(per_cent):>7} ")
        + Content.styled(mark * filled, style)
        + " " * (width - 8 - filled)
    )


def does(one: Plan, pen: Pen) -> list[Content]:
    """What will be written, in words."""
    if not one.actions:
        return [Content(""), pen.say("Nothing is to be done.", "bold")]
    stops = [a for a in one.actions if isinstance(a, StopDeployment)]
    return [
        pen.say(f"All traffic returns to {label(a.restores.stable)}; {a.deployment_id} is stopped.")
        for a in stops
    ]


def checks(found: Sequence[Check], width: int, pen: Pen) -> list[Content]:
    """As many on a line as fit."""
    parts = [pen.sign(glyphs.CHECKS[c.ok]) + pen.say(f" {c.name}") for c in found]
    lines = [Content(" ")]
    for part in parts:
        if lines[-1].cell_length + part.cell_length + 3 > width and lines[-1].plain.strip():
            lines.append(Content(" "))
        lines[-1] = joined([lines[-1], part], "  " if lines[-1].plain.strip() else " ")
    return lines


def pruned(one: Plan, pen: Pen) -> list[Content]:
    goes = [a for a in one.actions if isinstance(a, DeleteVersion)]
    kept = [v for v in one.verdicts if v.fate == "keep"]
    if goes:
        total = f"Delete {len(goes)}, keep {len(kept)}; frees up to {size(one.frees)}."
        listed = pen.say(named([a.version for a in reversed(goes)]))
        lines = [pen.say(total, "bold"), pen.say("Delete  ", "dim") + listed]
    else:
        lines = [pen.say(f"Nothing to delete; keep {len(kept)}.", "bold")]
    reasons: dict[str, list[int]] = {}
    for verdict in kept:
        reasons.setdefault(verdict.reason, []).append(verdict.version)
    lines += [
        pen.say("Keep    ", "dim") + pen.say(f"{named(versions)}  {reason}")
        for reason, versions in reasons.items()
    ]
    return lines


def named(versions: Sequence[int]) -> str:
    shown = " ".join(label(v) for v in versions[:NAMED])
    rest = len(versions) - NAMED
    return f"{shown} and {rest} more" if rest > 0 else shown or "none"


def refused(error: LambdactlError, pen: Pen, flags: str = "") -> list[Content]:
    """Why there is no plan, in AWS's words where there are any, and the way out, by commands with
    the ``flags`` that lead to its place."""
    lines = [Content.styled("✖ " if not pen.ascii else "[XX] ", "$text-error")]
    lines[0] = lines[0] + pen.say(str(error), "bold")
    if error.why:
        lines.append(pen.say(f"why  {error.why}"))
    if error.hint:
        lines.append(pen.say(f"try  {addressed(error.hint, flags)}"))
    return lines


def changed(before: Plan, after: Plan, pen: Pen) -> list[Content]:
    """What is different now from what was confirmed; nothing has been written."""
    lines = [pen.sign(glyphs.ATTENTION) + pen.say(" It changed while you were looking.", "bold")]
    if before.before != after.before:
        lines.append(pen.say(f"the alias was at  {routed(before.before)}"))
        lines.append(pen.say(f"and is now at     {routed(after.before)}"))
    if before.verb == "prune":
        lines += changed_fates(before, after, pen)
    elif before.actions == after.actions:
        lines += [pen.say(f"{name} is not met any more") for name in newly_unmet(before, after)]
    elif before.before == after.before:
        lines.append(pen.say("its revision id is another: somebody wrote to the alias"))
    return [*lines, pen.say("Nothing was written. r plans again from what is there now.")]


def changed_fates(before: Plan, after: Plan, pen: Pen) -> list[Content]:
    was = {v.version: v for v in before.verdicts}
    now = {v.version: v for v in after.verdicts}
    lines = []
    for number in sorted({*was, *now}, reverse=True):
        old, new = was.get(number), now.get(number)
        if old is None or new is None or old.fate != new.fate:
            told = f"{new.fate}: {new.reason}" if new else "it is gone"
            lines.append(pen.say(f"{label(number)}  {told}"))
    return lines

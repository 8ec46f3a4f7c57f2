"""Past rollouts as rows, and the one under the cursor with its lifecycle and how it ended.

What was shifted by hand from this machine stands among them, in order of time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from textual.content import Content

from lambdactl.model import Deployment
from lambdactl.model_history import AliasChange
from lambdactl.ops.passages import Passed
from lambdactl.render import by_hand, glyphs
from lambdactl.render.deployments import LABEL, deployment_lines, ending, took, versions_of
from lambdactl.render.numbers import stamp
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.spanned import content, wrapped
from lambdactl.tui.drawing.steps import MARKERS
from lambdactl.tui.drawing.text import age, fitted, middle

WIDE = 120
HELD = "nor has it been shifted by hand from this machine"


def heading(width: int, pen: Pen) -> Content:
    config = f"{'CONFIG':<26}" if width >= WIDE else ""
    head = f"   {'DEPLOYMENT':<13}{'STATUS':<11}{'VERSIONS':<12}{'BEGAN':<14}{'TOOK':>7}  {config}"
    return fitted(pen.say(f"{head}HOW IT ENDED", "dim bold"), width)


def rows(found: Sequence[Passed], now: datetime | None, width: int, pen: Pen) -> list[Row]:
    """As they come: the newest first."""
    return [row(one, now, width, pen) for one in found]


def row(one: Passed, now: datetime | None, width: int, pen: Pen) -> Row:
    if isinstance(one, AliasChange):
        return changed(one, now, width, pen)
    config = middle(one.config_name.removeprefix("CodeDeployDefault.Lambda"), 25, pen.ellipsis)
    cells = (one.id, one.status.value, versions_of(one), began(one.created, now), took(one), config)
    line = Content.assemble(
        " ",
        fitted(pen.sign(glyphs.of_deployment(one.status)), 2),
        *columns(cells, width, pen),
        pen.say(ending(one)),
    )
    return Row(one.id, line, one.id)


def changed(one: AliasChange, now: datetime | None, width: int, pen: Pen) -> Row:
    status = by_hand.status_of(one.outcome)
    route, lasted = by_hand.versions_of(one), by_hand.took(one)
    cells = (one.verb, status, route, began(one.began, now), lasted, "by hand")
    line = Content.assemble(
        " ",
        fitted(pen.sign(by_hand.mark_of(one.outcome)), 2),
        *columns(cells, width, pen),
        pen.say(by_hand.summary(one)),
    )
    return Row(one.id, line, by_hand.change_text(one))


def columns(cells: tuple[str, str, str, str, str, str], width: int, pen: Pen) -> list[Content]:
    """What is under each of the heads but the last; the config where there is room."""
    name, status, route, at, lasted, config = cells
    return [
        fitted(pen.say(name, "bold"), 13),
        fitted(pen.say(status), 11),
        fitted(pen.say(route), 12),
        fitted(pen.say(at), 14),
        pen.say(f"{lasted:>7}  "),
        *([fitted(pen.say(config, "dim"), 26)] if width >= WIDE else []),
    ]


def began(at: datetime | None, now: datetime | None) -> str:
    """``14:02 3h ago`` on the same day, else the day and for how many days that is."""
    if at is None:
        return "-"
    if now is None:
        return f"{at:%d %b %H:%M}"
    ago = f"{age((now - at).total_seconds())} ago"
    return f"{at:%H:%M} {ago}" if now.date() == at.date() else f"{at:%d %b} {ago}"


def detail(one: Passed | None, width: int, pen: Pen) -> list[Content]:
    """As ``deployments show`` tells it; of a change by hand all that the audit log has."""
    if one is None:
        return []
    if isinstance(one, AliasChange):
        told = by_hand.change_lines(one, ascii=pen.ascii)
    else:
        shown = replace(one, events=tuple(e for e in one.events if e.name not in MARKERS))
        told = deployment_lines(shown, ascii=pen.ascii)
    lines = [content(line, pen) for line in told]
    return [Content(" ") + line for line in wrapped(lines, width - 2, LABEL)]


def title(
    found: Sequence[Deployment] | None, changes: Sequence[AliasChange] | None, most: int
) -> tuple[str, str]:
    """How many there are of both; of the changes it is said whose they are. None: not read."""
    parts = [held(found, most)] if found is not None else []
    if changes is not None:
        many = f"the newest {most}" if len(changes) > most else f"{len(changes)}"
        parts.append(f"{many} by hand from this machine")
    return "Deployments", " · ".join(parts)


def held(found: Sequence[Deployment], most: int) -> str:
    newest = f"the newest {most}" if len(found) >= most else f"{len(found)} in CodeDeploy"
    since = stamp(found[-1].created)[:10] if found else ""
    return f"{newest} since {since}" if since else newest

"""Past rollouts as rows, and the one under the cursor with its lifecycle and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from textual.content import Content

from lambdactl.model import Deployment
from lambdactl.render import glyphs
from lambdactl.render.deployments import LABEL, deployment_lines, ending, took, versions_of
from lambdactl.render.numbers import stamp
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.spanned import content, wrapped
from lambdactl.tui.drawing.steps import MARKERS
from lambdactl.tui.drawing.text import age, fitted, middle

WIDE = 120
HELD = "CodeDeploy tells of its own deployments only: a shift by hand is in the audit log (@)"


def heading(width: int, pen: Pen) -> Content:
    config = f"{'CONFIG':<26}" if width >= WIDE else ""
    head = f"   {'DEPLOYMENT':<13}{'STATUS':<11}{'VERSIONS':<12}{'BEGAN':<14}{'TOOK':>7}  {config}"
    return fitted(pen.say(f"{head}HOW IT ENDED", "dim bold"), width)


def rows(found: Sequence[Deployment], now: datetime | None, width: int, pen: Pen) -> list[Row]:
    """The newest first."""
    return [row(d, now, width, pen) for d in found]


def row(one: Deployment, now: datetime | None, width: int, pen: Pen) -> Row:
    mark = glyphs.of_deployment(one.status)
    config = one.config_name.removeprefix("CodeDeployDefault.Lambda")
    line = Content.assemble(
        " ",
        fitted(pen.sign(mark), 2),
        pen.say(f"{one.id:<13}", "bold"),
        fitted(pen.say(one.status.value), 11),
        fitted(pen.say(versions_of(one)), 12),
        fitted(pen.say(began(one, now)), 14),
        pen.say(f"{took(one):>7}  "),
        fitted(pen.say(middle(config, 25, pen.ellipsis), "dim"), 26) if width >= WIDE else "",
        pen.say(ending(one)),
    )
    return Row(one.id, line, one.id)


def began(one: Deployment, now: datetime | None) -> str:
    """``14:02 3h ago`` on the same day, else the day and for how many days that is."""
    if one.created is None:
        return "-"
    if now is None:
        return f"{one.created:%d %b %H:%M}"
    ago = f"{age((now - one.created).total_seconds())} ago"
    same_day = now.date() == one.created.date()
    return f"{one.created:%H:%M} {ago}" if same_day else f"{one.created:%d %b} {ago}"


def detail(one: Deployment | None, width: int, pen: Pen) -> list[Content]:
    """As ``deployments show`` tells it."""
    if one is None:
        return []
    told = replace(one, events=tuple(e for e in one.events if e.name not in MARKERS))
    lines = [content(line, pen) for line in deployment_lines(told, ascii=pen.ascii)]
    return [Content(" ") + line for line in wrapped(lines, width - 2, LABEL)]


def title(found: Sequence[Deployment] | None, most: int) -> tuple[str, str]:
    if found is None:
        return "Deployments", ""
    newest = f"the newest {most}" if len(found) >= most else f"{len(found)} held by CodeDeploy"
    since = stamp(found[-1].created)[:10] if found else ""
    return "Deployments", f"{newest}, back to {since}" if since else newest

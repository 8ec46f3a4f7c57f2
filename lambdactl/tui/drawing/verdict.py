"""The two lines that answer first: is it safe, what happens next, what should I do."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from lambdactl.model import Snapshot
from lambdactl.render import glyphs
from lambdactl.render.harm import fitting
from lambdactl.render.numbers import clock, countdown
from lambdactl.render.visible import visible
from lambdactl.tui.drawing.advice import mark_of
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.steps import coming_of
from lambdactl.tui.drawing.text import age, fitted, joined
from lambdactl.tui.drawing.to_do import NOTHING, advised
from lambdactl.tui.drawing.way_out import in_line, ways
from lambdactl.tui.view import Failure, View
from lambdactl.verdict import Answer
from lambdactl.verdict.damage import damage_of


def verdict(view: View, width: int, pen: Pen) -> list[Content]:
    """Two lines of exactly ``width`` cells."""
    if view.snapshot is None or view.assessment is None:
        first, second = unread(view, width, pen)
    elif view.stale:
        first, second = stale(view, width, pen)
    else:
        first, second = fresh(view, width, pen)
    return [fitted(Content(" ") + first, width), fitted(Content(" ") + second, width)]


def unread(view: View, width: int, pen: Pen) -> tuple[Content, Content]:
    if view.failure is None:
        return pen.say("reading from AWS ...", "dim"), Content("")
    first = Content.styled("? NOT READ", "bold $text-warning") + pen.say(f"  {view.failure.error}")
    return first, way_out(view.failure, view, width, pen, cut=first.cell_length > width - 2)


def stale(view: View, width: int, pen: Pen) -> tuple[Content, Content]:
    """What was true, how long ago, and why it is not known any more."""
    assert view.assessment is not None and view.age_s is not None
    was = glyphs.of_state(view.assessment.state)
    head = pen.named(glyphs.STALE) + f" {age(view.age_s)}, was " + pen.named(was)
    if view.failure is None:
        return head, pen.say("the look at AWS has not come back yet; what is shown is old", "dim")
    error = view.failure.error
    told = pen.named(mark_of(error)) + pen.say(f"  {error}")
    first = joined([head, told], pen.spelled(" · "))
    return first, way_out(view.failure, view, width, pen, cut=first.cell_length > width - 2)


def way_out(failure: Failure, view: View, width: int, pen: Pen, *, cut: bool) -> Content:
    """``cut``: what failed did not fit the line above."""
    left = ways(failure.error, pen, retry(view, pen))
    return in_line(Content(""), left, width - 2, pen, cut=cut)


def retry(view: View, pen: Pen) -> Content:
    told = "trying now" if view.retry_s is None else f"retry in {age(view.retry_s)}"
    return pen.say(told, "$text-warning")


def fresh(view: View, width: int, pen: Pen) -> tuple[Content, Content]:
    assert view.assessment is not None
    head = pen.named(glyphs.of_state(view.assessment.state)) + "  "
    said, rest = broken(pen.spelled(visible(view.assessment.text)), width - 2 - head.cell_length)
    parts = [pen.say(rest), coming(view, pen), advised(view, pen)]
    between = pen.spelled(" · ")
    second = joined(parts, between)
    if second.cell_length > width - 2 and parts[2].plain == NOTHING:
        parts[2] = Content("")
        second = joined(parts, between)
    if second.cell_length > width - 2 and parts[2].plain:
        # What comes next is also said by the steps; what to do is said nowhere else.
        room = width - 2 - parts[2].cell_length - len(between)
        return head + pen.say(said), joined([parts[2], pen.say(in_short(rest, room))], between)
    cost = pen.say(harmed(view, width - 2 - second.cell_length - len(between)))
    return head + pen.say(said), joined([*parts[:2], cost, parts[2]], between)


def harmed(view: View, width: int) -> str:
    """What a failing canary has cost so far, as ``status`` says it and as far as there is room."""
    verdict = view.assessment.verdict if view.assessment else None
    done = damage_of(verdict) if verdict and verdict.answer is Answer.FAIL else None
    alias = view.snapshot.alias if view.snapshot else None
    goes_on = alias is not None and alias.routing.split
    return fitting(done, width, goes_on=goes_on) if done else ""


def broken(text: str, width: int) -> tuple[str, str]:
    """``text`` in two: as much as fits, at a dot between sentences or else between words."""
    if cell_len(text) <= width:
        return text, ""
    for between in (" · ", " - ", " "):
        head, tail = text, ""
        while cell_len(head) > width and between in head:
            head, _, cut = head.rpartition(between)
            tail = f"{cut}{between}{tail}" if tail else cut
        if cell_len(head) <= width:
            return head, tail
    return text, ""


def in_short(rest: str, room: int) -> str:
    """``INCONCLUSIVE: v42 may still fail up to 2 %``, the word alone where there is no more room:
    the numbers are below the charts, too."""
    return rest if cell_len(rest) <= room else rest.partition(":")[0]


def coming(view: View, pen: Pen) -> Content:
    """``next 100 % in 05:48, at 14:13:10``; at rest, which version waits for its turn."""
    following = coming_of(view.snapshot) if view.snapshot else None
    if view.snapshot and view.snapshot.active_deployment is None and following is None:
        return pen.say(waiting(view.snapshot, pen.key("shift")))
    if following is None or view.now is None:
        return Content("")
    left = (following.at - view.now).total_seconds()
    when = f"in {countdown(left)}" if left > 0 else "due"
    running = view.snapshot.active_deployment if view.snapshot else None
    # The hook itself is named in the line above.
    what = "it fails" if running and running.waiting_hook else f"next {following.what}"
    return pen.say(f"{what} {when}, at {clock(following.at)}")


def waiting(snapshot: Snapshot, key: str) -> str:
    """What could be shifted to, by ``key``, where nothing is going on."""
    routing = snapshot.alias.routing if snapshot.alias else None
    if routing is None or routing.split or not snapshot.versions:
        return ""
    if snapshot.unreadable("deployment"):
        # Whether CodeDeploy is moving it is not known: nothing may be shifted.
        return ""
    newest = snapshot.versions[-1]
    if len(snapshot.versions) == 1 and routing.stable == newest.number:
        return f"only {newest.label} is published: nothing to shift to; publish one, then {key}"
    if routing.stable is not None and newest.number <= routing.stable:
        return "nothing newer is published"
    went_wrong = snapshot.previous or snapshot.deployment
    if went_wrong is not None and went_wrong.target_version == newest.number:
        if any(alarm.state == "ALARM" for alarm in snapshot.alarms):
            return f"{newest.label} was taken back"
        return f"{newest.label} was taken back; {key} shifts to it again"
    return f"{newest.label} is published and gets no calls; {key} shifts to it"

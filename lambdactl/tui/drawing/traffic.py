"""Where calls go: the weights that are set beside what was really measured, and the steps."""

from __future__ import annotations

from textual.content import Content

from lambdactl.model import Snapshot
from lambdactl.render.driver import long
from lambdactl.render.glyphs import of_lifecycle
from lambdactl.render.numbers import clock, countdown, counted, duration
from lambdactl.render.progress import Measured, measured
from lambdactl.tui.drawing import bar
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.steps import (
    Step,
    coming_of,
    current,
    next_of,
    shift_number,
    steps_of,
    walk_of,
)
from lambdactl.tui.drawing.text import fitted, folded, joined, middle
from lambdactl.tui.drawing.way_out import hinted, in_line
from lambdactl.tui.view import View
from lambdactl.verdict.driver import driver_of

SHORT = {"BeforeAllowTraffic": "Before", "AfterAllowTraffic": "After"}
PER_CALL = "the weight is per call, not per user: at low traffic the two can differ"


def lines(view: View, width: int, height: int, pen: Pen) -> list[Content]:
    """The bar; with a second line, what is set and what was measured."""
    snapshot = view.snapshot
    if snapshot is None:
        return [pen.say(" not read yet", "dim")]
    if snapshot.alias is None:
        return [pen.say(f" there is no alias {snapshot.target.alias}: nothing is routed", "dim")]
    drawn = bar.traffic(snapshot.alias.routing, width - 2, pen, words=width >= 60)
    set_and_measured = [pen.say(" " + shares(snapshot)), pen.say(counts(snapshot), "dim")]
    second = joined(set_and_measured, "    ")
    if height < 2:
        return [Content(" ") + drawn]
    split = snapshot.alias.routing.split
    if split and width >= second.cell_length + len(PER_CALL) + 6:
        second = second + pen.say(f"    {PER_CALL}", "dim")
    return [Content(" ") + drawn, second]


def shares(snapshot: Snapshot) -> str:
    """``set 90/10 · measured 90.2/9.8``, or that it was not measured."""
    routing = snapshot.alias.routing if snapshot.alias else None
    if routing is None or routing.canary is None:
        return "set 100" if routing is not None else ""
    told = f"set {100.0 - routing.weight:.4g}/{routing.weight:.4g}"
    share = found.canary_share if (found := measured(snapshot)) else None
    if share is None:
        return f"{told} · not measured yet" if snapshot.metrics else f"{told} · not measured"
    return f"{told} · measured {100.0 - share:.1f}/{share:.1f}"


def counts(snapshot: Snapshot) -> str:
    found: Measured | None = measured(snapshot)
    if found is None or found.canary_share is None:
        return ""
    calls = counted(found.stable_calls + found.canary_calls, "call")
    return f"{calls} since {clock(found.since)}"


def since(snapshot: Snapshot) -> str:
    found = measured(snapshot)
    if found is None or found.canary_share is None:
        return shares(snapshot)
    return f"{shares(snapshot)} since {clock(found.since)[:5]}"


def title(view: View, pen: Pen) -> str:
    """``step 1 of 2 · 100 % in 05:48``."""
    if view.snapshot is None:
        return ""
    walk = walk_of(view.snapshot)
    if view.snapshot.active_deployment is None and walk is None:
        return ended(view.snapshot)
    reached, all_steps = (
        shift_number(steps_of(view.snapshot)) if walk is None else (walk.done, len(walk.steps))
    )
    parts = [f"step {reached} of {all_steps}"] if all_steps > 1 else []
    following = coming_of(view.snapshot)
    if following is not None and view.now is not None:
        left = (following.at - view.now).total_seconds()
        parts.append(f"{following.what} in {countdown(left)}" if left > 0 else "due now")
    return pen.spelled(" · ".join(parts))


def ended(snapshot: Snapshot) -> str:
    """``d-7K2QXB1 Stopped``, of the last deployment; nothing where there was none."""
    last = snapshot.previous or snapshot.deployment
    return f"{last.id} {last.status.value}" if last is not None else ""


def step_lines(view: View, width: int, height: int, pen: Pen) -> list[Content]:
    """One line of steps; with more lines, their times below them."""
    if view.snapshot is None:
        return [Content("")]
    by_hand = view.past is None and driven_by_hand(view.snapshot)
    steps = () if by_hand else steps_of(view.snapshot)
    if not steps:
        told = no_steps(view.snapshot, pen, width if height < 2 else 2 * width)
        lines = folded(told, width - 2) if height > 1 else [told]
        return [fitted(Content(" ") + line, width) for line in lines]
    if height >= 2 and width >= 100:
        return columns(steps, view, width, height, pen)
    return [one_line(steps, view, width, pen)]


def no_steps(snapshot: Snapshot, pen: Pen, room: int) -> Content:
    """In ``room`` cells: of a reason that is too long the way out is left."""
    unread = snapshot.unreadable("deployment")
    if unread is not None:
        told = pen.say(f"? not known: {unread.reason}", "$text-warning")
        return in_line(told, hinted(unread.hint, pen), room - 2, pen)
    driver = driver_of(snapshot)
    if driven_by_hand(snapshot) or driver.kind.moves:
        return pen.say(long(driver, snapshot))
    if snapshot.deployment is not None:
        return pen.say(f"{snapshot.deployment.id} has ended; its steps are not known any more")
    return pen.say("no deployment has moved this alias", "dim")


def driven_by_hand(snapshot: Snapshot) -> bool:
    """Whether the alias is split and no deployment is known to run."""
    split = snapshot.alias is not None and snapshot.alias.routing.split
    unread = snapshot.unreadable("deployment") is not None
    return split and not unread and snapshot.active_deployment is None


def one_line(steps: tuple[Step, ...], view: View, width: int, pen: Pen) -> Content:
    """All steps if they fit; else shorter names; else only where we are and what is next."""
    for few in (False, True):
        for names in ({}, SHORT):
            chosen = nearby(steps) if few else steps
            parts = [named(s, view, pen, names) for s in chosen]
            line = Content(f" {pen.rule} ").join(parts)
            if line.cell_length <= width - 2:
                return Content(" ") + line
    return fitted(Content(" ") + line, width)


def nearby(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The step that runs with its neighbours, and the last: what a narrow line has room for."""
    now = current(steps)
    at = (
        steps.index(now)
        if now
        else next((i for i, s in enumerate(steps) if s.status == "Pending"), len(steps) - 1)
    )
    wanted = sorted({*range(max(0, at - 1), min(len(steps), at + 2)), len(steps) - 1})
    return tuple(steps[i] for i in wanted)


def named(step: Step, view: View, pen: Pen, names: dict[str, str]) -> Content:
    """``● 10 % 04:12/10:00``, ``✔ BeforeAllowTraffic 12s``."""
    style = "dim" if step.status in ("Pending", "Skipped") else ""
    name = pen.say(f" {names.get(step.name, step.name)}", style)
    return joined([pen.sign(of_lifecycle(step.status)) + name, took(step, view, pen)], " ")


def took(step: Step, view: View, pen: Pen) -> Content:
    passed = step.passed_s(view.now)
    if passed is None or step.status in ("Pending", "Skipped"):
        return Content("")
    if step.status != "InProgress":
        return pen.say(duration(passed), "dim") if step.weight is None else Content("")
    of = f"/{countdown(step.holds_s)}" if step.holds_s else ""
    return pen.say(f"{countdown(passed)}{of}", "bold")


def columns(
    steps: tuple[Step, ...], view: View, width: int, height: int, pen: Pen
) -> list[Content]:
    """A column for each step: its name on a line that fills up, its times below."""
    shown = steps if len(steps) <= width // 18 else nearby(steps)
    each = (width - 2) // len(shown)
    rows = [Content(" "), Content(" "), Content(" ")]
    for index, step in enumerate(shown):
        last = index == len(shown) - 1
        rows[0] = rows[0] + named_column(step, view, each, last, pen)
        rows[1] = rows[1] + fitted(Content("  ") + detail(step, view, pen), each)
        rows[2] = rows[2] + fitted(Content("  ") + times(step, pen), each)
    return rows[: min(height, 3)]


def named_column(step: Step, view: View, width: int, last: bool, pen: Pen) -> Content:
    style = "dim" if step.status in ("Pending", "Skipped") else "bold"
    fits = len(step.name) <= width - 8
    name = step.name if fits else middle(SHORT.get(step.name, step.name), width - 8, pen.ellipsis)
    head = pen.sign(of_lifecycle(step.status)) + pen.say(f" {name} ", style)
    if last:
        return fitted(head, width)
    room = max(0, width - head.cell_length - 1)
    filled = round(room * done(step, view))
    line = Content.assemble(
        (pen.passed * filled, "$text-accent"), (pen.rule * (room - filled), "dim"), " "
    )
    return head + line


def done(step: Step, view: View) -> float:
    """How much of the step has passed, 0.0 to 1.0, as far as time tells."""
    if step.status == "Succeeded":
        return 1.0
    passed = step.passed_s(view.now)
    if step.status != "InProgress" or passed is None or not step.holds_s:
        return 0.0
    return min(1.0, passed / step.holds_s)


def detail(step: Step, view: View, pen: Pen) -> Content:
    passed = step.passed_s(view.now)
    if step.status == "Pending" and step.weight is not None:
        return awaited(step, view, pen)
    if passed is None or step.status in ("Pending", "Skipped"):
        return pen.say(step.status, "dim")
    if step.status == "InProgress" and step.holds_s:
        return pen.say(f"{countdown(passed)} of {countdown(step.holds_s)}", "bold")
    if step.status == "InProgress" and step.weight is None:
        return pen.say(f"{countdown(passed)}, has not called back", "bold")
    return pen.say(f"{step.status} {duration(passed)}", "dim")


def awaited(step: Step, view: View, pen: Pen) -> Content:
    following = next_of(steps_of(view.snapshot)) if view.snapshot else None
    if following is None or following.what != step.name or view.now is None:
        return pen.say("Pending", "dim")
    left = (following.at - view.now).total_seconds()
    when = f"in {countdown(left)}" if left > 0 else "due"
    return pen.say(f"{when}, at {clock(following.at)}")


def times(step: Step, pen: Pen) -> Content:
    if step.started is None:
        return Content("")
    if step.ended is None:
        return pen.say(f"since {clock(step.started)}", "dim")
    return pen.say(f"{clock(step.started)} – {clock(step.ended)}", "dim")

"""Why the verdict is what it is: every number that it rests on, and what is not known."""

from __future__ import annotations

import math

from textual.content import Content

from lambdactl.model import Snapshot, label
from lambdactl.render import glyphs
from lambdactl.render.numbers import rate
from lambdactl.tui.drawing import rates
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import age
from lambdactl.tui.view import View
from lambdactl.verdict import Answer, Verdict

EXPLAINED = {
    Answer.PASS: "the canary is not twice as bad: enough evidence",
    Answer.FAIL: "the canary is worse: enough evidence",
    Answer.INCONCLUSIVE: "neither worse nor not worse is shown yet",
    Answer.NOT_MEASURED: "there is nothing to judge",
}


def why(view: View, pen: Pen) -> list[Content]:
    """Lines of their natural width."""
    if view.snapshot is None or view.assessment is None:
        return [pen.say("nothing has been read yet", "dim")]
    verdict = view.assessment.verdict
    mark = glyphs.ANSWERS[verdict.answer]
    lines = [pen.named(mark) + pen.say(f"  {EXPLAINED[verdict.answer]}"), Content("")]
    lines += [*table(view, pen), Content(""), *judged(verdict, pen), Content("")]
    return [*lines, *around(view.snapshot, view, pen)]


def table(view: View, pen: Pen) -> list[Content]:
    both = rates.sides(view)
    names = [label(s.version) for s in both] or ["-"]
    rows = [
        ("", names),
        ("error rate", [rate(s.rate) for s in both]),
        ("failed calls", ["-" if s.errors is None else f"{s.errors:,.0f}" for s in both]),
        ("calls", ["-" if s.calls is None else f"{s.calls:,.0f}" for s in both]),
        ("p95, newest minute", [rates.newest_p95(s) for s in both]),
        ("throttles", [rates.throttles(s) for s in both]),
    ]
    return [pen.say(f"{n:<20}" + "".join(f"{c:>12}" for c in cells)) for n, cells in rows]


def judged(verdict: Verdict, pen: Pen) -> list[Content]:
    numbers = rates.short_number
    rows = [
        ("evidence: worse", f"{numbers(verdict.evidence)}  (FAIL at 20)"),
        ("evidence: not worse", f"{numbers(verdict.clearance)}  (PASS at 20)"),
    ]
    if verdict.odds_ratio is not None:
        low, high = verdict.odds_ratio
        told = f"{low:.2g} to {high:.3g}" if math.isfinite(high) else f"at least {low:.2g}"
        rows.append(("odds ratio, 95 %", told))
    if verdict.clump >= 1.1:
        rows.append(("errors at a time", f"{verdict.clump:.1f}, and weighed so"))
    if verdict.more_calls is not None:
        rows.append(("still needed", f"about {verdict.more_calls:,} calls of the canary"))
    if verdict.canary_bound is not None:
        rows.append(("canary's rate", f"below {verdict.canary_bound:.2g} %, none failed so far"))
    return [pen.say(f"{name:<20}  {told}") for name, told in rows]


def around(snapshot: Snapshot, view: View, pen: Pen) -> list[Content]:
    """The alarms, what could not be read, and what the numbers leave out."""
    lines = [
        pen.sign(glyphs.of_alarm(a.state)) + pen.say(f" alarm {a.name}") for a in snapshot.alarms
    ]
    lines += [pen.say(f"? {u.part}: {u.reason}", "$text-warning") for u in snapshot.unread]
    if view.age_s is not None:
        lines.append(pen.say(f"read {age(view.age_s)} ago", "dim"))
    left_out = "not counted: throttled calls, minutes still open, a handled error"
    return [*lines, pen.say(left_out, "dim")]

"""Why the verdict is what it is: every number that it rests on, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from lambdactl.model import Snapshot, label
from lambdactl.render import driver, glyphs
from lambdactl.render.explaining import per_minute, reasons
from lambdactl.render.numbers import rate
from lambdactl.tui.drawing import rates
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import age
from lambdactl.tui.view import View
from lambdactl.verdict import Answer, Verdict
from lambdactl.verdict.driver import driver_of
from lambdactl.verdict.gate import told

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
    lines += [*held(view, pen), Content("")] if view.gates else []
    lines += [*around(view.snapshot, view, pen), Content("")]
    return [*lines, *minutes(verdict, pen)]


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
    return [pen.say(f"{name:<20}  {told}") for name, told in reasons(verdict)]


def held(view: View, pen: Pen) -> list[Content]:
    """The operator's gates, each with what was measured and its limit."""
    return [pen.sign(glyphs.CHECKS[gate.met]) + pen.say(f" {told(gate)}") for gate in view.gates]


def minutes(verdict: Verdict, pen: Pen) -> list[Content]:
    """The counts that were weighed, newest first."""
    rows = list(per_minute(verdict))
    return [pen.say(f"{row[0]:<6}" + cells(row[1:])) for row in rows]


def cells(texts: Sequence[str]) -> str:
    """Counts, and the evidence in as many cells as its largest takes."""
    *counts, last = texts or ("",)
    return "".join(f"{count:>8}" for count in counts) + f"{last:>16}"


def around(snapshot: Snapshot, view: View, pen: Pen) -> list[Content]:
    """Who drives it, the alarms, what could not be read, and what the numbers leave out."""
    by = f"driver: {driver.long(driver_of(snapshot), snapshot)}"
    # Who drives it now says nothing of a rollout that is over.
    lines = [pen.say(by)] if view.past is None else []
    if view.guarded is not None:
        lines.append(pen.say(f"guard: {label(view.guarded.canary)}, while this console runs"))
    lines += [
        pen.sign(glyphs.of_alarm(a.state)) + pen.say(f" alarm {a.name}") for a in snapshot.alarms
    ]
    lines += [pen.say(f"? {u.part}: {u.reason}", "$text-warning") for u in snapshot.unread]
    if view.age_s is not None:
        measured = rates.measured_ago(view)
        told = f"read {age(view.age_s)} ago{f', metrics {measured}' if measured else ''}"
        lines.append(pen.say(told, "dim"))
    left_out = "not counted: throttled calls, minutes still open, a handled error"
    return [*lines, pen.say(left_out, "dim")]

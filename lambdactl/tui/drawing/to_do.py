"""What should I do: the third answer of the first lines, always with the key that does it.

Where nothing needs a person it says so, but only of a rollout of which everything was read: silence
is no leave to look away.
"""

from __future__ import annotations

import re

from textual.content import Content

from lambdactl.model import Snapshot
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.view import View
from lambdactl.verdict import Answer, State

KEYED = re.compile(r"\b(promote|abort)\b|\bshift\b(?! --)")
"""Verbs of an advice that are done by one key."""
PATIENCE_S = 60.0
"""A hook that takes longer than this may be waiting for a person."""
NOTHING = "nothing to do yet"
OVER = (State.ROLLED_BACK, State.FAILED)


def advised(view: View, pen: Pen) -> Content:
    """Empty where there is nothing to do, and where it is not known what."""
    if view.guarded is not None and view.guarded.left_s is not None:
        left, key = f"{view.guarded.left_s:.0f} s", pen.key("guard")
        told = f"{pen.arrow} the guard aborts in {left}, {key}: stop it"
        return pen.say(told, "bold $text-error")
    if view.running is not None:
        return pen.say(f"{view.running} is being applied", "bold $text-accent")
    snapshot, assessment = view.snapshot, view.assessment
    if snapshot is None or assessment is None:
        return Content("")
    if assessment.advice is None:
        told = asked(view, snapshot, pen)
        if not told:
            return pen.say(NOTHING) if goes_well(view) else Content("")
    elif snapshot.unreadable("deployment"):
        # Without knowing who drives the alias there is nothing to advise.
        return Content("")
    else:
        told = keyed(assessment.advice, pen)
    return pen.say(f"{pen.arrow} {told}", "bold")


def keyed(advice: str, pen: Pen) -> str:
    """``promote or abort: nothing drives this split`` with the keys that do it."""
    verbs, colon, why = advice.partition(": ")
    told = KEYED.sub(lambda verb: f"{pen.key(verb[0])}: {verb[0]}", verbs)
    return f"{told}{' - ' if told != verbs else colon}{why}" if colon else told


def asked(view: View, snapshot: Snapshot, pen: Pen) -> str:
    """What waits for a person although no rate speaks for or against it."""
    running = snapshot.active_deployment
    hook = running.waiting_hook if running else None
    if hook is not None and hook.started is not None and view.now is not None:
        waited = (view.now - hook.started).total_seconds()
        told = f"{pen.key('answer_hook')}: answer it, {pane(view, pen, 'hooks')}: its log"
        return told if waited >= PATIENCE_S else ""
    if view.assessment is None or view.assessment.state not in OVER:
        return ""
    return after(view, snapshot, pen)


def after(view: View, snapshot: Snapshot, pen: Pen) -> str:
    """Where the reason of what ended badly is read."""
    red = [alarm for alarm in snapshot.alarms if alarm.state == "ALARM"]
    if red:
        return f"{pane(view, pen, 'alarms')}: {red[0].name} is still red"
    last = snapshot.deployment
    wrong = snapshot.previous if last is not None and last.rolls_back else last
    failed = [e.name for e in wrong.events if e.status == "Failed"] if wrong else []
    if any(name != "AllowTraffic" for name in failed):
        return f"{pane(view, pen, 'hooks')}: the hook's log"
    if wrong is None or wrong.error_code == "MANUAL_STOP":
        return ""
    if wrong.error_code == "ALARM_ACTIVE":
        return f"{pen.key('logs')}: its errors"
    return f"{pane(view, pen, 'hooks')}: what CodeDeploy said"


def pane(view: View, pen: Pen, name: str) -> str:
    """The key of a pane, which is on the screen of the rollout."""
    return pen.key(name) if view.near else f"{pen.key('open')}, then {pen.key(name)}"


def goes_well(view: View) -> bool:
    """Whether CodeDeploy moves on by itself, and all that would speak against it was read."""
    snapshot, assessment = view.snapshot, view.assessment
    if snapshot is None or assessment is None or assessment.state is not State.SHIFTING:
        return False
    read = snapshot.active_deployment is not None and not snapshot.unread
    held = all(gate.met for gate in view.gates)
    return read and held and assessment.verdict.answer in (Answer.PASS, Answer.INCONCLUSIVE)

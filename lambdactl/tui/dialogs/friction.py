"""How much stands between a key and its deed: by how hard it is to take back, not by its name.

::

    1   one screen, and enter does it         abort
    2   the focus is on Cancel                shift, promote, rollback, the answer for a hook
    3   the function's name must be typed     prune; taking all traffic, and letting a rollout go
                                              on unchecked, in production; a gate of the
                                              operator's that is not met, or not known to be

What speaks against the deed raises it by one, and is said first: data that is old, a canary that is
failing and would get more calls, or that would get all of them and was never called. That it is not
known to be good is said before it takes all traffic, too, and raises nothing. A condition that was
not read yet is read before the write.
"""

from __future__ import annotations

from dataclasses import dataclass

from lambdactl.model import DeploymentStatus, label
from lambdactl.ops.limiting import unmet_gates
from lambdactl.plan import Check, Plan
from lambdactl.tui.drawing.text import age
from lambdactl.tui.view import View
from lambdactl.verdict import Answer, State
from lambdactl.verdict.wording import cause

ENTER, CANCEL, TYPED = 1, 2, 3
LEVELS = {
    "abort": ENTER,
    **dict.fromkeys(("shift", "promote", "rollback", "approve", "fail"), CANCEL),
    "prune": TYPED,
}

FORWARD = ("promote", "shift")
"""What gives a canary all traffic is held to the operator's gates; a way back never is."""


@dataclass(frozen=True, slots=True)
class Friction:
    level: int
    cautions: tuple[str, ...] = ()
    remark: str = ""
    """What an operator has to know besides; it raises nothing."""


def friction(plan: Plan, view: View, *, production: bool) -> Friction:
    cautions = tuple(against(plan, view))
    level = LEVELS.get(plan.verb, TYPED)
    named = production and (plan.takes_all or plan.verb == "approve")
    if named or unmet_gates(plan):
        level = TYPED
    return Friction(min(TYPED, level + bool(cautions)), cautions, unproven(plan, view))


def unproven(plan: Plan, view: View) -> str:
    """That no answer speaks for the version which is to take all traffic; a way back needs none."""
    verdict = view.assessment.verdict if view.assessment else None
    asked = plan.verb in FORWARD and plan.takes_all and plan.after is not None
    if verdict is None or plan.after is None or not asked:
        return ""
    if verdict.answer in (Answer.PASS, Answer.FAIL):
        return ""
    known = f"{verdict.canary_calls:,.0f} calls so far" if verdict.canary_calls else "no calls yet"
    return f"Nothing shows yet that {label(plan.after.stable)} is no worse: {known}."


def against(plan: Plan, view: View) -> list[str]:
    """What speaks against it, as sentences."""
    found = []
    if view.stale and view.age_s is not None:
        found.append(f"What is shown is {age(view.age_s)} old. It is read again before the write.")
    assessment = view.assessment
    if assessment and assessment.state is State.FAILING and feeds_canary(plan):
        found.append(f"The canary is FAILING: {assessment.text}")
    if went_wrong := taken_back(plan, view):
        found.append(went_wrong)
    if assessment and assessment.state is State.NO_DATA and plan.verb in FORWARD and plan.takes_all:
        found.append(f"NO DATA: {assessment.text}")
    return [*found, *(held(check) for check in plan.checks if check.name in unmet_gates(plan))]


def taken_back(plan: Plan, view: View) -> str:
    """That a version which gets more calls by it was taken back a while ago, and why."""
    snapshot = view.snapshot
    last = (snapshot.previous or snapshot.deployment) if snapshot else None
    gainer = gaining(plan)
    if last is None or last.active or gainer is None or last.target_version != gainer:
        return ""
    bad = last.status is not DeploymentStatus.Succeeded
    return f"{label(gainer)} was taken back by {last.id}: {cause(last)}." if bad else ""


def held(gate: Check) -> str:
    """A gate that is not met, with what was measured; the dialog's checks are names only."""
    return f"{gate.name} is {'not met' if gate.ok is False else 'not known'}: {gate.detail}"


def feeds_canary(plan: Plan) -> bool:
    """Whether the version that is not the stable one now gets more calls than before."""
    return gaining(plan) is not None


def gaining(plan: Plan) -> int | None:
    """The version that is not the stable one now and gets more calls than before."""
    before, after = plan.before, plan.after
    if before is None or after is None:
        return None
    newcomers = after.versions - {before.stable}
    return next((v for v in newcomers if after.share(v) > before.share(v)), None)

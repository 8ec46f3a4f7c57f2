"""The one state of a rollout, and the reason for it, from everything a snapshot holds.

The order of the questions is the order of danger: can we see the alias at all, is the canary
failing, is traffic going back, does anything drive this split, is it over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from lambdactl.model import Alarm, Deployment, DeploymentStatus, Routing, Snapshot, label
from lambdactl.verdict.driver import Kind, driver_of, left_behind, sets
from lambdactl.verdict.judge import Answer, Verdict
from lambdactl.verdict.measuring import judge_snapshot, pair_of
from lambdactl.verdict.readings import SETTLING_S
from lambdactl.verdict.shifts import awaits_traffic, split_since
from lambdactl.verdict.wording import SETTLING, canary_rate, cause, ground, stable_rate

__all__ = ["NEWS", "SETTLING_S", "Assessment", "State", "assess", "judge_snapshot"]

NEWS = timedelta(hours=1)
"""For how long a rollout that succeeded is the news rather than the way things are."""


FEW = 3
"""So many aliases are offered for one that is not there."""


class State(StrEnum):
    """What the first line says. The value is the word that is shown."""

    STABLE = "STABLE"
    SHIFTING = "SHIFTING"
    PAUSED = "PAUSED"
    FAILING = "FAILING"
    ROLLING_BACK = "ROLLING BACK"
    ROLLED_BACK = "ROLLED BACK"
    FAILED = "FAILED"
    DONE = "DONE"
    NO_DATA = "NO DATA"
    NOT_MEASURED = "NOT MEASURED"
    NO_ALIAS = "NO ALIAS"


@dataclass(frozen=True, slots=True)
class Assessment:
    """``text`` is one sentence without the state's word; ``advice`` what to do now, if anything."""

    state: State
    text: str
    advice: str | None
    verdict: Verdict


def assess(snapshot: Snapshot, before: Assessment | None = None) -> Assessment:
    """The state of the snapshot's target.

    ``before`` is what an earlier look came to: a FAIL of the same rollout latches, whatever this
    look could measure.
    """
    verdict = judge_snapshot(snapshot, before.verdict if before else None)
    if snapshot.alias is None:
        text = f"{snapshot.target.function} has no alias named {snapshot.target.alias}"
        return Assessment(State.NO_ALIAS, text, _no_alias(snapshot), verdict)
    deployment = snapshot.active_deployment
    if deployment is not None and deployment.rolls_back:
        text = f"{deployment.id} returns all traffic to {label(deployment.target_version)}"
        return Assessment(State.ROLLING_BACK, text, None, verdict)
    if deployment is not None or snapshot.alias.routing.split:
        return _moving(snapshot, deployment, verdict)
    return _at_rest(snapshot, verdict)


def _no_alias(snapshot: Snapshot) -> str:
    """A name that was mistyped is likelier than an alias that nobody has made."""
    names = [f"-f {snapshot.target.function}:{a.name}" for a in snapshot.aliases]
    if not names:
        return "publish a version and create the alias"
    more = f", or {len(names) - FEW} more" if len(names) > FEW else ""
    return f"name one that it has: {', '.join(names[:FEW])}{more}"


def _moving(snapshot: Snapshot, deployment: Deployment | None, verdict: Verdict) -> Assessment:
    red = [a for a in snapshot.alarms if a.state == "ALARM"]
    if verdict.answer is Answer.FAIL:
        return Assessment(State.FAILING, _compared(snapshot, verdict), "abort", verdict)
    if red:
        return Assessment(State.FAILING, _alarm_text(red), "abort", verdict)
    found = _undecided(snapshot, deployment, verdict)
    if deployment is not None and not sets(snapshot, deployment):
        moved = f"{deployment.id} sets no such weight: somebody moved the alias"
        return replace(found, text=f"{moved} · {found.text}")
    earlier = verdict.earlier
    if earlier is None or earlier.failed is None:
        return found
    return replace(found, text=f"{found.text} · an earlier split was FAIL")


def _undecided(snapshot: Snapshot, deployment: Deployment | None, verdict: Verdict) -> Assessment:
    """Of a split that neither the verdict nor an alarm speaks against."""
    moving = deployment is not None or driver_of(snapshot).kind.moves
    state = State.SHIFTING if moving else State.PAUSED
    advice = None if deployment else _advice(snapshot, verdict)
    if verdict.reason is not None:
        return Assessment(State.NOT_MEASURED, verdict.reason, advice, verdict)
    if not _canary_was_called(snapshot):
        return _without_calls(snapshot, state, advice, verdict)
    return Assessment(state, _compared(snapshot, verdict), advice, verdict)


def _advice(snapshot: Snapshot, verdict: Verdict) -> str | None:
    """What to do with a split that no deployment drives, by who does."""
    driver = driver_of(snapshot)
    if snapshot.unreadable("deployment"):
        return "find out whether CodeDeploy drives this split: deployments could not be read"
    if driver.kind is Kind.UNKNOWN:
        return f"find out who drives this split: {driver.reason}"
    if driver.kind.moves:
        return None
    if driver.kind is Kind.WALK_LEFT:
        return "shift --resume, promote or abort: the walk was left"
    last = snapshot.deployment
    if last is not None and left_behind(snapshot):
        stuck = snapshot.stack_status == "UPDATE_ROLLBACK_FAILED"
        stack = f", and stack {snapshot.stack} is UPDATE_ROLLBACK_FAILED" if stuck else ""
        return f"abort: {last.id} {last.status} and left this split{stack}"
    if verdict.answer is Answer.PASS:
        return "promote: nothing drives this split"
    return "promote or abort: nothing drives this split"


def _canary_was_called(snapshot: Snapshot) -> bool:
    if awaits_traffic(snapshot):
        return False
    pair = pair_of(snapshot)
    series = snapshot.metrics.judged.get(pair[1]) if snapshot.metrics and pair else None
    return bool(series and series.calls(split_since(snapshot)))


def _without_calls(
    snapshot: Snapshot, state: State, advice: str | None, verdict: Verdict
) -> Assessment:
    """A canary that has traffic but no calls is worth a warning; one that has none yet is not."""
    routing = snapshot.alias.routing if snapshot.alias else None
    if routing is None or not routing.split or not routing.weight:
        return Assessment(state, _whole(snapshot, routing), advice, verdict)
    text = f"{label(routing.canary)} has {routing.weight:g} % but no calls were measured yet"
    return Assessment(State.NO_DATA, text, advice, verdict)


def _whole(snapshot: Snapshot, routing: Routing | None) -> str:
    """One version has all traffic while a deployment runs: before its first shift, or after its
    last; and which hook it waits for, as that is what it stands still for."""
    running = snapshot.active_deployment
    hook = running.waiting_hook if running else None
    waits = f"waits for hook {hook.name}; " if hook else ""
    there = routing is not None and running is not None and routing.stable == running.target_version
    if there and routing is not None and routing.stable is not None:
        return f"{waits}{label(routing.stable)} has all traffic, no calls yet"
    return f"{waits}no traffic on the canary yet"


def _alarm_text(red: list[Alarm]) -> str:
    names = ", ".join(a.name for a in red)
    return f"alarm {names} is in ALARM" if len(red) == 1 else f"alarms {names} are in ALARM"


def _compared(snapshot: Snapshot, verdict: Verdict) -> str:
    """Both rates with their counts, and whether that is enough to tell."""
    pair = pair_of(snapshot)
    if pair is None or not verdict.canary_calls or verdict.answer is Answer.NOT_MEASURED:
        return SETTLING
    stable, canary = pair
    text = f"{label(canary)} {canary_rate(verdict)} vs {label(stable)} {stable_rate(verdict)}"
    mismatch = verdict.sample_ratio
    warning = f" · {mismatch.text}" if mismatch and mismatch.warns else ""
    return f"{text} · {verdict.answer.value}: {ground(verdict, label(canary))}{warning}"


def _at_rest(snapshot: Snapshot, verdict: Verdict) -> Assessment:
    assert snapshot.alias is not None
    stable = label(snapshot.alias.routing.stable)
    last = snapshot.deployment
    if last is None:
        unread = snapshot.unreadable("deployment")
        known = f"{stable} has all traffic"
        if unread is None:
            return Assessment(State.STABLE, known, None, verdict)
        # A deployment may be about to move it: that is no green.
        text = f"{known}; deployments could not be read: {unread.reason}"
        return Assessment(State.NOT_MEASURED, text, None, verdict)
    if last.rolls_back:
        return _after_rollback(snapshot, last, verdict)
    if last.status is DeploymentStatus.Succeeded:
        if last.target_version == snapshot.alias.routing.stable:
            fresh = last.completed and snapshot.taken - last.completed < NEWS
            text = f"{stable} has all traffic since {last.id}"
            return Assessment(State.DONE if fresh else State.STABLE, text, None, verdict)
        text = f"{stable} has all traffic; it was moved after {last.id}"
        return Assessment(State.STABLE, text, None, verdict)
    text = f"{last.id} {last.status}: {cause(last)}; {stable} has all traffic"
    return Assessment(State.FAILED, text, None, verdict)


def _was_moved_after(snapshot: Snapshot, last: Deployment) -> bool:
    """Whether another version has all traffic than the one that ``last`` gave it to."""
    routing = snapshot.alias.routing if snapshot.alias else None
    return routing is not None and last.target_version not in (None, routing.stable)


def _after_rollback(snapshot: Snapshot, last: Deployment, verdict: Verdict) -> Assessment:
    assert snapshot.alias is not None
    stable = label(snapshot.alias.routing.stable)
    why = cause(snapshot.previous) if snapshot.previous else last.rollback_message
    because = f": {why}" if why else ""
    if last.status is DeploymentStatus.Succeeded and _was_moved_after(snapshot, last):
        text = f"{stable} has all traffic; it was moved after {last.id}"
        return Assessment(State.STABLE, text, None, verdict)
    if last.status is DeploymentStatus.Succeeded:
        return Assessment(State.ROLLED_BACK, f"back on {stable}{because}", None, verdict)
    text = f"the rollback {last.id} {last.status}; the alias is on {stable}{because}"
    left = last.target_version is not None and snapshot.alias.routing.stable != last.target_version
    return Assessment(State.FAILED, text, "check the alias, then shift" if left else None, verdict)

"""What a rollout's state means for the exit code: ``--exit-status`` and ``--watch``."""

from __future__ import annotations

from lambdactl.errors import LambdactlError, NotFound, RolloutFailed, StillInProgress
from lambdactl.model import Snapshot
from lambdactl.ops.events import RolloutEnded
from lambdactl.render.numbers import routed
from lambdactl.verdict import Assessment, State

GOOD = frozenset({State.STABLE, State.DONE})
BAD = frozenset({State.FAILING, State.FAILED, State.ROLLING_BACK, State.ROLLED_BACK})


def of_state(snapshot: Snapshot, assessment: Assessment) -> LambdactlError | None:
    """None where all is well; the error that says otherwise, with its exit code."""
    state, target = assessment.state, snapshot.target
    if state in GOOD:
        return None
    if state is State.NO_ALIAS:
        return NotFound(assessment.text)
    if state in BAD:
        return RolloutFailed(f"{target} is {state.value}: {assessment.text}")
    return StillInProgress(
        f"{target} is {state.value}: {assessment.text}",
        hint=f"lambdactl status -f {target} --watch",
    )


def of_end(event: RolloutEnded) -> LambdactlError | None:
    """None where the rollout succeeded."""
    if event.succeeded:
        return None
    deployment = event.deployment
    why = (deployment.error_message or deployment.rollback_message) if deployment else None
    return RolloutFailed(
        f"the rollout of {event.target} {_came_to(event)}; it is at {routed(event.routing)}",
        why=why,
        hint=f"lambdactl status -f {event.target}",
    )


def _came_to(event: RolloutEnded) -> str:
    return "failed" if event.outcome == "failed" else f"was {event.outcome}"

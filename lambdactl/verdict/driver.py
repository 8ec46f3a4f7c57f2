"""Who moves an alias at this moment, as far as one look knows: one answer for all that show it.

CodeDeploy comes first, for it takes the alias for its own; then a stack update, which is about to;
then a walk of ours. Weights that none of them set were set by a person, or by Lambda itself while
it moves provisioned concurrency from one version to the next: an alias that has it cannot be split
by hand. A person leaves no trace here; CloudTrail knows the name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lambdactl.model import Deployment, DeploymentStatus, Snapshot


class Kind(StrEnum):
    CODEDEPLOY = "codedeploy"
    CLOUDFORMATION = "cloudformation"
    WALK = "walk"
    WALK_LEFT = "walk_left"
    """A walk whose process is gone: nothing moves the alias until somebody resumes it."""
    PROVISIONED_CONCURRENCY = "provisioned_concurrency"
    PERSON = "person"
    NOBODY = "nobody"
    UNKNOWN = "unknown"

    @property
    def moves(self) -> bool:
        """Whether the weights may change by themselves."""
        return self in _MOVING


_MOVING = frozenset((Kind.CODEDEPLOY, Kind.CLOUDFORMATION, Kind.WALK, Kind.PROVISIONED_CONCURRENCY))


@dataclass(frozen=True, slots=True)
class Driver:
    kind: Kind
    name: str | None = None
    """The deployment's id, or the stack's name."""
    reason: str | None = None
    """Why it is not known, or why nobody does."""


def driver_of(snapshot: Snapshot) -> Driver:
    running = snapshot.active_deployment
    if running is not None:
        return Driver(Kind.CODEDEPLOY, running.id)
    for part in ("deployment", "stack status", "provisioned concurrency"):
        unread = snapshot.unreadable(part)
        if unread is not None:
            return Driver(Kind.UNKNOWN, reason=f"{part} could not be read: {unread.reason}")
    if is_changing(snapshot.stack_status):
        return Driver(Kind.CLOUDFORMATION, snapshot.stack)
    walk = our_walk(snapshot)
    if walk is not None:
        return Driver(walk)
    if snapshot.alias is None or not snapshot.alias.routing.split:
        return Driver(Kind.NOBODY)
    last = snapshot.deployment
    if last is not None and was_outrun(last):
        # By a person, or by a deployment before it: which of the two nothing says.
        return Driver(Kind.NOBODY, last.id, "found the alias moved, and failed")
    if last is not None and left_behind(snapshot):
        return Driver(Kind.NOBODY, last.id, "ended and left these weights behind")
    if snapshot.provisioned and snapshot.target.alias in snapshot.provisioned:
        return Driver(Kind.PROVISIONED_CONCURRENCY)
    return Driver(Kind.PERSON)


def left_behind(snapshot: Snapshot) -> bool:
    """Whether the last deployment failed or was stopped between these two versions, at a weight
    that it sets, and was not undone.

    One that never came to its versions (a stack's rollback that failed at once) left what it found.
    """
    last, routing = snapshot.deployment, snapshot.alias.routing if snapshot.alias else None
    if last is None or routing is None or not routing.split:
        return False
    unfinished = last.status in (DeploymentStatus.Failed, DeploymentStatus.Stopped)
    between = {last.current_version, last.target_version}
    ours = between == {None} or (between == set(routing.versions) and sets(snapshot, last))
    return unfinished and ours and not last.rolled_back_by and not was_outrun(last)


def sets(snapshot: Snapshot, last: Deployment) -> bool:
    """Whether a deployment of this kind sets the weight there is; a rollback left another's."""
    alias, config = snapshot.alias, snapshot.config
    if alias is None or not alias.routing.split or last.rolls_back:
        return True
    if config is None or config.name != last.config_name:
        return True
    return any(abs(due - alias.routing.weight) < 1e-6 for _, due in config.steps())


def was_outrun(last: Deployment) -> bool:
    """Whether it failed because somebody else had moved the alias: CodeDeploy reads it first."""
    wrong = last.error_code == "INVALID_LAMBDA_CONFIGURATION"
    return wrong and "does not match the current version" in (last.error_message or "")


def is_changing(status: str | None) -> bool:
    """A stack in review has a change set and nothing that moves."""
    return (status or "").endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def our_walk(snapshot: Snapshot) -> Kind | None:
    """The kept walk, while the alias is as it left it; with another revision it is history.

    Between a step and its note on disk a walker that lives may be one revision behind.
    """
    walk, alias = snapshot.walk, snapshot.alias
    if walk is None or alias is None:
        return None
    if walk.running:
        return Kind.WALK
    at = walk.revision_id in (None, alias.revision_id) and walk.done
    return Kind.WALK_LEFT if at else None

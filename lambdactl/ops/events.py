"""What can happen to a rollout, as frozen values with the time it happened on AWS's clock.

``apply``, ``follow``, ``changes`` and ``history`` all speak these; ``render`` has one wording for
each, and both front ends use it. Everything an event says was read from AWS: nothing is announced
because it was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lambdactl.errors import LambdactlError
from lambdactl.model import Alarm, Deployment, Routing, Target, Version

Outcome = Literal["succeeded", "failed", "stopped", "rolled back"]


@dataclass(frozen=True, slots=True)
class AliasMoved:
    """The alias routes elsewhere than before. ``before`` is None for an alias that is new."""

    at: datetime
    target: Target
    before: Routing | None
    after: Routing
    revision_id: str
    by: Literal["lambdactl", "CodeDeploy"] | None = None
    """None where it was neither this command nor a running deployment: somebody else."""


@dataclass(frozen=True, slots=True)
class AliasVerified:
    """The alias was read back after a write and routes as the plan said."""

    at: datetime
    target: Target
    routing: Routing
    revision_id: str


@dataclass(frozen=True, slots=True)
class DeploymentStarted:
    at: datetime
    deployment: Deployment


@dataclass(frozen=True, slots=True)
class LifecycleEventChanged:
    at: datetime
    deployment_id: str
    name: str
    """BeforeAllowTraffic, AllowTraffic, AfterAllowTraffic, ..., as CodeDeploy spells it."""
    status: str
    before: str | None
    message: str | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class DeploymentStopRequested:
    """StopDeployment was accepted; that it has stopped is told by DeploymentEnded."""

    at: datetime
    deployment_id: str


@dataclass(frozen=True, slots=True)
class HookReported:
    """CodeDeploy took an answer that was given in a hook's stead."""

    at: datetime
    deployment_id: str
    name: str
    """The lifecycle event that the hook was called for."""
    status: str


@dataclass(frozen=True, slots=True)
class DeploymentEnded:
    """``deployment`` is the deployment as it ended: Succeeded, Failed or Stopped."""

    at: datetime
    deployment: Deployment


@dataclass(frozen=True, slots=True)
class AlarmChanged:
    """``before`` is None where the alarm was not looked at before."""

    at: datetime
    before: str | None
    alarm: Alarm


@dataclass(frozen=True, slots=True)
class VersionPublished:
    at: datetime
    version: Version


@dataclass(frozen=True, slots=True)
class VersionDeleted:
    at: datetime
    function: str
    version: int
    code_size: int = 0
    asynchronous: bool = False
    """AWS accepted the delete and works on it (capacity providers)."""


@dataclass(frozen=True, slots=True)
class VersionKept:
    """A version that was to be deleted and was not, with the reason."""

    at: datetime
    function: str
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class LayerVersionDeleted:
    at: datetime
    layer: str
    version: int
    code_size: int = 0


@dataclass(frozen=True, slots=True)
class FunctionPruned:
    """All that a plan says of one function was tried. ``freed`` is bytes, at most."""

    at: datetime
    function: str
    deleted: int
    kept: int
    freed: int


@dataclass(frozen=True, slots=True)
class FunctionSkipped:
    """Nothing more of a function is touched, for this reason."""

    at: datetime
    function: str
    reason: str


@dataclass(frozen=True, slots=True)
class PruneProgressed:
    """``rate`` is deletes a second since the start; both None until it can be told."""

    at: datetime
    done: int
    total: int
    freed: int
    rate: float | None
    left_s: float | None


@dataclass(frozen=True, slots=True)
class AccountRead:
    """How far the reading of an account for a plan has come."""

    at: datetime
    what: str
    done: int
    total: int | None
    """None where it is not known before the end."""


@dataclass(frozen=True, slots=True)
class StorageMeasured:
    """Code storage of the account around a prune, bytes: ``estimated`` is at most what it frees."""

    at: datetime
    before: int
    after: int
    estimated: int


@dataclass(frozen=True, slots=True)
class Rate:
    """One version over the newly closed minutes. None is unknown or no call, never zero."""

    version: int
    calls: float
    errors: float

    @property
    def error_rate(self) -> float | None:
        """Per cent of the calls that failed."""
        return 100.0 * self.errors / self.calls if self.calls else None


@dataclass(frozen=True, slots=True)
class RatesMeasured:
    """Both versions over the minutes from ``since`` to ``at``, closed since the last look."""

    at: datetime
    since: datetime
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class PartUnread:
    """One part of a look failed; the rest of it holds."""

    at: datetime
    part: str
    reason: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class LookFailed:
    """A whole look failed in a way that passes by itself; the next one is tried."""

    at: datetime
    error: LambdactlError


@dataclass(frozen=True, slots=True)
class StackEventSeen:
    """One line of DescribeStackEvents."""

    at: datetime
    stack: str
    logical_id: str
    resource_type: str
    status: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RolloutEnded:
    """The last event of ``follow``: what the rollout came to, and where the alias is now."""

    at: datetime
    target: Target
    outcome: Outcome
    routing: Routing | None
    deployment: Deployment | None
    rollback: Deployment | None = None

    @property
    def succeeded(self) -> bool:
        return self.outcome == "succeeded"


@dataclass(frozen=True, slots=True)
class VerdictReached:
    """The judge's answer is another one than at the look before."""

    at: datetime
    target: Target
    answer: str
    """PASS, FAIL, INCONCLUSIVE or NOT MEASURED."""
    because: str


@dataclass(frozen=True, slots=True)
class ActAnnounced:
    """Something will be done that nobody typed, for this reason, in ``in_s`` seconds."""

    at: datetime
    target: Target
    act: str
    because: str
    in_s: float


@dataclass(frozen=True, slots=True)
class WalkHeld:
    """The next step waits, at the present weight, for this reason."""

    at: datetime
    target: Target
    because: str


Event = (
    AliasMoved
    | AliasVerified
    | DeploymentStarted
    | LifecycleEventChanged
    | DeploymentStopRequested
    | HookReported
    | DeploymentEnded
    | AlarmChanged
    | VersionPublished
    | VersionDeleted
    | VersionKept
    | LayerVersionDeleted
    | FunctionPruned
    | FunctionSkipped
    | PruneProgressed
    | AccountRead
    | StorageMeasured
    | RatesMeasured
    | PartUnread
    | LookFailed
    | StackEventSeen
    | VerdictReached
    | ActAnnounced
    | WalkHeld
    | RolloutEnded
)

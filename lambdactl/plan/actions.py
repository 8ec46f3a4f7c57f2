"""What a plan is made of: the very object that is shown, confirmed and applied.

An action carries everything that its one AWS call needs, the lock included, so that nothing is
looked up between the confirmation and the write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lambdactl.model import Alias, Place, Routing, Target
from lambdactl.model_stack import ResourceChange


@dataclass(frozen=True, slots=True)
class UpdateAlias:
    """One UpdateAlias that carries version, weights and RevisionId together."""

    target: Target
    before: Routing
    after: Routing
    revision_id: str


@dataclass(frozen=True, slots=True)
class StopDeployment:
    """StopDeployment with rollback, then the alias itself is verified to be at ``restores``."""

    deployment_id: str
    target: Target
    restores: Routing


@dataclass(frozen=True, slots=True)
class DeleteVersion:
    """DeleteFunction with a numeric qualifier; there is no undo and no lock on this call."""

    function: str
    version: int
    code_size: int


@dataclass(frozen=True, slots=True)
class ExecuteChangeSet:
    """ExecuteChangeSet of a change set that has been shown."""

    stack: str
    change_set: str


@dataclass(frozen=True, slots=True)
class ReportHook:
    """PutLifecycleEventHookExecutionStatus in a hook's stead. CodeDeploy takes the first answer."""

    deployment_id: str
    event: str
    """The lifecycle event that the hook was called for."""
    execution_id: str
    status: Literal["Succeeded", "Failed"]


Action = UpdateAlias | StopDeployment | DeleteVersion | ExecuteChangeSet | ReportHook


@dataclass(frozen=True, slots=True)
class Check:
    """One precondition. ``ok`` is None when it could not be read: unknown, never met."""

    name: str
    ok: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class VersionVerdict:
    """Why one version stays or goes."""

    version: int
    fate: Literal["keep", "delete"]
    reason: str
    code_size: int
    rule: int | None = None
    """The rule that protects it; None where none does, or where it was only not selected."""
    code_sha256: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class FunctionPlan:
    """One function of a prune of many, or why nothing of it is touched."""

    function: str
    verdicts: tuple[VersionVerdict, ...] = ()
    """Every version, newest first; empty where it is skipped."""
    aliases: tuple[Alias, ...] = ()
    """As they were when the verdicts were given."""
    stack: str | None = None
    skipped: str | None = None
    """Why: a source that could not be read, a deployment or a stack update that runs."""

    @property
    def deletes(self) -> tuple[DeleteVersion, ...]:
        """Oldest first."""
        gone = (v for v in reversed(self.verdicts) if v.fate == "delete")
        return tuple(DeleteVersion(self.function, v.version, v.code_size) for v in gone)


How = Literal["first", "CodeDeploy", "at once", "unknown", "stays", "removed"]


@dataclass(frozen=True, slots=True)
class Release:
    """What a deploy does to one alias of its stack."""

    logical_id: str
    """Of the alias, in the template."""
    target: Target
    """On the first deployment ``function`` is the function's logical id: it has no name yet."""
    how: How
    """first: the alias is made, without hooks or canary. stays: no traffic moves."""
    publishes: bool
    """Whether a new version is published."""
    before: Routing | None = None
    """None where the alias does not exist yet, and where it could not be read."""
    config_name: str | None = None
    """How CodeDeploy moves traffic, where that is known before the deploy."""
    hooks: tuple[str, ...] = ()
    """Logical ids of the hooks that run."""

    @property
    def moves(self) -> bool:
        return self.how in ("CodeDeploy", "at once", "unknown")


@dataclass(frozen=True, slots=True)
class Plan:
    verb: Literal["shift", "promote", "abort", "rollback", "prune", "deploy", "approve", "fail"]
    place: Place
    target: Target
    actions: tuple[Action, ...]
    """Empty when there is nothing to do; ``notes`` then says why."""
    before: Routing | None = None
    after: Routing | None = None
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()
    undo: str | None = None
    """The command that takes it back, ready to type, one for each alias on a line of its own; None
    where nothing can."""
    verdicts: tuple[VersionVerdict, ...] = ()
    """Prune only: every version of the function, newest first."""
    keep: int | None = None
    """Prune only: how many of the newest stay, whatever else does."""
    only: tuple[int, ...] | None = None
    """Prune only: the versions that were chosen to go; None where all that may go do."""
    stack: str | None = None
    """Prune only: the stack that made the function."""
    releases: tuple[Release, ...] = ()
    """Deploy only: every alias of the stack."""
    changes: tuple[ResourceChange, ...] = ()
    """Deploy only: the change set, resource by resource."""

    @property
    def takes_all(self) -> bool:
        """Whether a version that had a part of the traffic, or none, gets all of it."""
        before, after = self.before, self.after
        if self.verb == "abort" or before is None or after is None or after.split:
            return False
        return after.stable != before.stable

    @property
    def frees(self) -> int:
        """Bytes of code storage that the deletes free, at most (AWS counts every copy in full)."""
        return sum(a.code_size for a in self.actions if isinstance(a, DeleteVersion))

"""What we know of an account, frozen, in AWS's own words.

Units everywhere: weights and rates are per cent (0.0 to 100.0), sizes are bytes, durations are
seconds unless the name says ``_ms``, times are timezone-aware UTC on AWS's clock. ``None`` means
unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from lambdactl.model_storage import Storage
from lambdactl.model_uses import OwningStack as OwningStack
from lambdactl.model_uses import VersionUse as VersionUse
from lambdactl.model_walk import KeptWalk


@dataclass(frozen=True, slots=True)
class Place:
    """The account and region of a snapshot. ``endpoint`` is set when it is not AWS itself."""

    account_id: str
    region: str
    partition: str = "aws"
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One alias of one function: what every rollout command is about."""

    function: str
    alias: str

    def __str__(self) -> str:
        return f"{self.function}:{self.alias}" if self.alias else self.function


def label(version: int | None) -> str:
    """``v7`` for a published version, ``$LATEST`` for None."""
    return "$LATEST" if version is None else f"v{version}"


@dataclass(frozen=True, slots=True)
class Version:
    """A published version: immutable, its number never used again."""

    number: int
    published: datetime | None
    description: str
    code_sha256: str
    code_size: int
    runtime: str | None
    handler: str | None
    memory_mb: int | None
    timeout_s: int | None
    role: str
    dead_letter_arn: str | None
    package_type: Literal["Zip", "Image"] = "Zip"
    architectures: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    state: str | None = None
    """Pending, Active, Inactive, Failed, ...; None where the listing does not say."""
    durable: bool = False
    """Durable executions may be running on it, and stay on it until they end."""
    managed: bool = False
    """It runs on the instances of a capacity provider, and a delete of it takes a while."""
    snap_start: bool = False
    """A snapshot of it is cached for as long as it exists."""

    @property
    def label(self) -> str:
        return label(self.number)


@dataclass(frozen=True, slots=True)
class Routing:
    """Where an alias sends traffic: ``stable`` gets the rest, ``canary`` gets ``weight`` per cent.

    ``stable`` is the alias's FunctionVersion (None for ``$LATEST``), ``canary`` the key of its
    AdditionalVersionWeights. ``canary is None`` exactly when no second version is routed to. A
    canary at weight 0.0 is still a routed version.
    """

    stable: int | None
    canary: int | None = None
    weight: float = 0.0

    @property
    def split(self) -> bool:
        return self.canary is not None

    @property
    def versions(self) -> frozenset[int]:
        return frozenset(v for v in (self.stable, self.canary) if v is not None)

    def share(self, version: int) -> float:
        """Per cent of traffic that ``version`` is set to receive."""
        if version == self.canary:
            return self.weight
        return 100.0 - self.weight if version == self.stable else 0.0


@dataclass(frozen=True, slots=True)
class Alias:
    name: str
    arn: str
    routing: Routing
    revision_id: str
    description: str = ""


class DeploymentStatus(StrEnum):
    """CodeDeploy's DeploymentStatus."""

    Created = "Created"
    Queued = "Queued"
    InProgress = "InProgress"
    Baking = "Baking"
    Succeeded = "Succeeded"
    Failed = "Failed"
    Stopped = "Stopped"
    Ready = "Ready"

    @property
    def active(self) -> bool:
        return self not in (self.Succeeded, self.Failed, self.Stopped)


HOOKED = ("BeforeAllowTraffic", "AfterAllowTraffic")
"""The lifecycle events of a Lambda deployment that a function may be called for. [D]"""


@dataclass(frozen=True, slots=True)
class LifecycleEvent:
    """One of Start, BeforeAllowTraffic, AllowTraffic, AfterAllowTraffic, End."""

    name: str
    status: str
    """Pending, InProgress, Succeeded, Failed, Skipped, Unknown, as CodeDeploy spells them."""
    started: datetime | None = None
    ended: datetime | None = None
    message: str | None = None
    """The diagnostics of a failed event."""


@dataclass(frozen=True, slots=True)
class DeploymentConfig:
    """How a group moves traffic. ``percentage`` per step, ``interval_minutes`` between steps."""

    name: str
    type: Literal["TimeBasedCanary", "TimeBasedLinear", "AllAtOnce"]
    percentage: float = 100.0
    interval_minutes: int = 0

    def steps(self) -> tuple[tuple[float, float], ...]:
        """(seconds after AllowTraffic starts, canary's weight in per cent) of each shift."""
        if self.type == "AllAtOnce":
            return ((0.0, 100.0),)
        if self.type == "TimeBasedCanary":
            return ((0.0, self.percentage), (self.interval_minutes * 60.0, 100.0))
        shifts = []
        weight = self.percentage
        while weight < 100.0:
            shifts.append(weight)
            weight += self.percentage
        return tuple((n * self.interval_minutes * 60.0, w) for n, w in enumerate([*shifts, 100.0]))


@dataclass(frozen=True, slots=True)
class DeploymentGroup:
    application: str
    name: str
    config_name: str
    alarms: tuple[str, ...] = ()
    alarms_enabled: bool = False
    auto_rollback: frozenset[str] = frozenset()
    """Of DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST."""
    role_arn: str | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    id: str
    status: DeploymentStatus
    application: str
    group: str
    config_name: str
    creator: str
    """user, codeDeployRollback, CloudFormation, ..., as CodeDeploy spells it."""
    created: datetime | None
    completed: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None
    rolls_back: str | None = None
    """The deployment that this one undoes (rollbackTriggeringDeploymentId)."""
    rolled_back_by: str | None = None
    """The deployment that undoes this one (rollbackDeploymentId)."""
    rollback_message: str | None = None
    function: str | None = None
    alias: str | None = None
    current_version: int | None = None
    target_version: int | None = None
    events: tuple[LifecycleEvent, ...] = ()

    @property
    def active(self) -> bool:
        return self.status.active

    def event(self, name: str) -> LifecycleEvent | None:
        return next((e for e in self.events if e.name == name), None)

    @property
    def waiting_hook(self) -> LifecycleEvent | None:
        """The hook that has been called and has not called back."""
        return next((e for e in self.events if e.name in HOOKED and e.status == "InProgress"), None)


@dataclass(frozen=True, slots=True)
class Alarm:
    name: str
    state: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    updated: datetime | None = None
    reason: str = ""
    threshold: float | None = None
    comparison: str | None = None
    summary: str = ""
    """The rule in a person's words: ``error rate > 2 for 1 of 1 x 60 s``."""


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of one version behind the alias, closed or open; None: nothing was measured."""

    start: datetime
    invocations: float | None = None
    errors: float | None = None
    throttles: float | None = None
    p95_ms: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    concurrency: float | None = None
    """The most calls that ran at once. This and p50 and p99 are read for a console only."""

    @property
    def error_rate(self) -> float | None:
        """Per cent of calls that failed; None without a call."""
        if not self.invocations or self.errors is None:
            return None
        return 100.0 * self.errors / self.invocations


@dataclass(frozen=True, slots=True)
class Series:
    """The minutes of one version, oldest first, one for every minute of the window."""

    version: int
    minutes: tuple[Minute, ...]

    def calls(self, since: datetime | None = None) -> float:
        return sum(m.invocations or 0.0 for m in self.minutes if since is None or m.start >= since)

    def errors(self) -> float:
        return sum(m.errors or 0.0 for m in self.minutes)

    def error_rate(self) -> float | None:
        """Per cent of the calls that failed; None where there was no call."""
        calls = self.calls()
        return 100.0 * self.errors() / calls if calls else None


@dataclass(frozen=True, slots=True)
class Metrics:
    """What CloudWatch says of the versions behind one alias."""

    taken: datetime
    """When CloudWatch was asked, on AWS's clock."""
    window_s: int
    series: Mapping[int, Series]
    """The minutes that are drawn."""
    history: Mapping[int, Series] | None = None
    """The whole rollout and some minutes before it: what is judged. None: no more than is drawn."""
    doubts: tuple[str, ...] = ()
    """Counts that went down between two looks: a sum of calls only ever grows."""
    longer: Mapping[int, Series] | None = None
    """What can be drawn beside ``series``: hours. Read for a console only, and never judged."""

    @property
    def judged(self) -> Mapping[int, Series]:
        return self.series if self.history is None else self.history


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a snapshot that could not be read: unknown, which is not the same as empty."""

    part: str
    """deployment, alarms, metrics, storage, ..."""
    reason: str
    """One line: ``no permission: codedeploy:ListDeployments``."""
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Inventory:
    """What besides an alias may need a version of the function: read before a prune only."""

    uses: tuple[VersionUse, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    """Of every alias: those running, the last one, and the last one that succeeded."""
    stack: OwningStack | None = None
    policies_read: frozenset[int] = frozenset()
    """The versions whose resource policy was looked up, whether they have one or not."""
    policies_later: bool = False
    """Policies are looked up just before each delete instead: an account has too many to ask."""
    deep: bool = False
    """Other services were searched for ARNs that name a version, too."""
    left: Mapping[int, datetime] = field(default_factory=dict)
    """Version -> when an alias was last seen to route to it that does no longer."""
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One look at one target. Front ends draw it, ``plan`` judges it; neither asks AWS again."""

    taken: datetime
    """AWS's clock, from the Date header of its answers."""
    place: Place
    target: Target
    alias: Alias | None
    """None when the function has no such alias."""
    aliases: tuple[Alias, ...]
    """Every alias of the function, this one included."""
    versions: tuple[Version, ...]
    """Every published version, oldest first."""
    deployment: Deployment | None = None
    """The newest deployment that moved this alias, running or ended."""
    previous: Deployment | None = None
    """The deployment that ``deployment`` rolls back, where it is a rollback."""
    config: DeploymentConfig | None = None
    group: DeploymentGroup | None = None
    alarms: tuple[Alarm, ...] = ()
    metrics: Metrics | None = None
    storage: Storage | None = None
    provisioned: frozenset[str] | None = None
    """Qualifiers (alias names, numbers) with provisioned concurrency; None: not read."""
    stack: str | None = None
    """The CloudFormation stack that made the function; None where there is none, or not known."""
    stack_status: str | None = None
    """UPDATE_COMPLETE, ...; None where nobody asked, or there is no stack."""
    walk: KeptWalk | None = None
    """A walk of this alias that this machine keeps, running or left; None where nobody looked."""
    inventory: Inventory | None = None
    """Read only where a prune is being planned."""
    split_since: datetime | None = None
    """By when at the latest these two versions had begun to share the traffic; None: not known."""
    weight_since: datetime | None = None
    """By when at the latest these weights were set; None: not known."""
    unsplit_at: datetime | None = None
    """The newest moment at which these two versions did not share it yet; None: not known."""
    unread: tuple[Unread, ...] = field(default=())
    older: Mapping[str, datetime] = field(default_factory=dict)
    """Part -> when it was read, of the parts that a console did not read again in this look."""

    def read_at(self, part: str) -> datetime:
        """When ``part`` (alarms, group, versions, ...) was read, on AWS's clock."""
        return self.older.get(part, self.taken)

    def version(self, number: int | None) -> Version | None:
        return next((v for v in self.versions if v.number == number), None)

    def unreadable(self, part: str) -> Unread | None:
        return next((u for u in self.unread if u.part == part), None)

    @property
    def active_deployment(self) -> Deployment | None:
        return self.deployment if self.deployment and self.deployment.active else None

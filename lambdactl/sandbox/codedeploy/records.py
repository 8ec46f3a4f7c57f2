"""What CodeDeploy keeps: applications, groups, configs, revisions, deployments. Times are account
time, as UNIX timestamps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from lambdactl.sandbox.clock import moment
from lambdactl.sandbox.codedeploy.appspec import AppSpec
from lambdactl.sandbox.codedeploy.configs import PREDEFINED, Config
from lambdactl.sandbox.codedeploy.refusals import no_application, no_config, no_group

Status = Literal["Created", "InProgress", "Succeeded", "Failed", "Stopped"]
Revision = tuple[str, str]
"""Type and SHA-256 of a revision, or the place of one in S3."""

ENDED = frozenset({"Succeeded", "Failed", "Stopped"})
EVENTS = ("BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic")
"""The lifecycle events of a Lambda target. [V: GetDeploymentTarget lists these three; Start and End
of the guide are not among them]"""


@dataclass(frozen=True, slots=True)
class Routing:
    """Where an alias sends traffic; ``weights`` are the shares of other versions."""

    version: str
    weights: tuple[tuple[str, float], ...] = ()


@dataclass(slots=True)
class KnownRevision:
    """A registered revision. ``location`` is what was registered, content and all."""

    location: dict[str, Any]
    registered: float
    description: str | None = None
    first_used: float | None = None
    last_used: float | None = None
    groups: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """``settings`` are the members of GetDeploymentGroup that were put."""

    id: str
    name: str
    settings: dict[str, Any]


@dataclass(slots=True)
class Application:
    id: str
    name: str
    created: float
    groups: dict[str, Group] = field(default_factory=dict)
    revisions: dict[Revision, KnownRevision] = field(default_factory=dict)


@dataclass(slots=True)
class Lifecycle:
    """A lifecycle event of a deployment's target."""

    name: str
    status: str = "Pending"
    started: float | None = None
    ended: float | None = None
    diagnostics: dict[str, str] | None = None

    def described(self) -> dict[str, Any]:
        output: dict[str, Any] = {"lifecycleEventName": self.name, "status": self.status}
        if self.started is not None:
            output["startTime"] = moment(self.started)
        if self.ended is not None:
            output["endTime"] = moment(self.ended)
        if self.diagnostics is not None:
            output["diagnostics"] = self.diagnostics
        return output


@dataclass(slots=True)
class HookRun:
    """One invocation of a hook, until it is answered."""

    id: str
    event: str
    result: Literal["Succeeded", "Failed"] | None = None


@dataclass(slots=True)
class Stop:
    """That somebody asked for a stop; ``rolls_back`` None leaves it to the group."""

    rolls_back: bool | None


@dataclass(slots=True)
class Deployment:
    """One deployment, running or ended. Its process alone changes it; the API leaves ``stop`` and
    the results of hooks for it to find."""

    id: str
    application: str
    group: str
    config: Config
    revision: dict[str, Any]
    created: float
    creator: str
    role: str
    alarms: dict[str, Any]
    auto_rollback: dict[str, Any]
    description: str | None = None
    external_id: str | None = None
    previous_revision: dict[str, Any] | None = None
    overrides_alarms: bool = False
    undoes: Deployment | None = None
    """The deployment that this one rolls back."""
    undone_by: str | None = None
    rollback_message: str | None = None
    spec: AppSpec | None = None
    """Known once the AppSpec was read and found right."""
    routing: Routing | None = None
    """How this deployment last saw or set the alias."""
    status: Status = "Created"
    started: float | None = None
    completed: float | None = None
    error: tuple[str, str] | None = None
    target_status: str = "Pending"
    target_updated: float | None = None
    weight: float = 0.0
    """The target version's share of traffic, 0 to 1."""
    events: tuple[Lifecycle, ...] = ()
    hooks: dict[str, HookRun] = field(default_factory=dict)
    stop: Stop | None = None

    @property
    def active(self) -> bool:
        return self.status not in ENDED

    def event(self, name: str) -> Lifecycle:
        return next(event for event in self.events if event.name == name)


class Ledger:
    """Everything CodeDeploy knows, with the look-ups that refuse what is not there."""

    def __init__(self) -> None:
        self.applications: dict[str, Application] = {}
        self.configs: dict[str, Config] = dict(PREDEFINED)
        self.deployments: dict[str, Deployment] = {}
        """In the order in which they were created."""

    def application(self, name: str) -> Application:
        if found := self.applications.get(name):
            return found
        raise no_application(name)

    def group(self, application: str, name: str) -> Group:
        if found := self.application(application).groups.get(name):
            return found
        raise no_group(name)

    def config(self, name: str) -> Config:
        if found := self.configs.get(name):
            return found
        raise no_config(name)

    def of_group(self, application: str, group: str) -> Iterator[Deployment]:
        """The deployments of a group, newest first."""
        for deployment in reversed(self.deployments.values()):
            if (deployment.application, deployment.group) == (application, group):
                yield deployment

    def last(self, application: str, group: str, status: str | None = None) -> Deployment | None:
        found = self.of_group(application, group)
        return next((d for d in found if status in (None, d.status)), None)

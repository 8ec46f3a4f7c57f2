"""What CloudFormation remembers: stacks, their resources, their events, their change sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lambdactl.sandbox.cloudformation.parameters import secrets
from lambdactl.sandbox.cloudformation.template import Template

if TYPE_CHECKING:
    from lambdactl.sandbox.cloudformation.drift import Drift

STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Desired:
    """What a stack is asked to be: a template that has passed its transforms, and its inputs."""

    body: str
    original: Template
    template: Template
    parameters: Mapping[str, str]
    conditions: Mapping[str, bool]
    names: Mapping[str, Any]
    """What Ref of each parameter and pseudo parameter gives."""
    capabilities: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    role_arn: str | None = None
    notification_arns: tuple[str, ...] = ()

    def active(self) -> dict[str, Mapping[str, Any]]:
        return dict(self.template.active(self.conditions))


@dataclass
class StackResource:
    """A resource that a stack has made, or tries to make.

    ``properties`` are resolved: what the resource was given, not what the template says.
    ``definition`` is its place in the template that it was made from.
    """

    logical_id: str
    type: str
    definition: Mapping[str, Any]
    properties: Mapping[str, Any]
    updated_at: datetime
    physical_id: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    status: str = ""
    reason: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    """The stack's tags that it was given."""
    needs: frozenset[str] = frozenset()
    """The logical ids it referred to when it was made: it is removed before they are."""

    def is_retained(self, *, in_vain: bool = False) -> bool:
        """Whether its DeletionPolicy leaves it behind. ``in_vain``: the operation that made it is
        rolled back."""
        policy = self.definition.get("DeletionPolicy", "Delete")
        return policy == "Retain" or (policy == "RetainExceptOnCreate" and not in_vain)


@dataclass(frozen=True)
class Superseded:
    """A physical resource that the stack no longer wants; the cleanup removes or retains it."""

    resource: StackResource
    is_retained: bool


@dataclass(frozen=True)
class StackEvent:
    """One line of a stack's story; ``logical_id`` is the stack's name for the stack's own."""

    id: str
    at: datetime
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str | None
    operation_id: str
    token: str | None
    properties: str | None = None


@dataclass
class ChangeSet:
    name: str
    id: str
    created_at: datetime
    kind: str
    desired: Desired | None
    """None where the template did not survive its transform."""
    description: str | None = None
    on_failure: str | None = None
    status: str = "CREATE_PENDING"
    reason: str | None = None
    execution: str = "UNAVAILABLE"
    changes: list[dict[str, Any]] = field(default_factory=list)
    body: str = ""
    capabilities: tuple[str, ...] = ()
    parameters: list[dict[str, Any]] = field(default_factory=list)
    tags: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None


@dataclass
class Operation:
    """An operation under way: who asked, and what it has touched so far."""

    id: str
    kind: str
    token: str | None = None
    disable_rollback: bool = False
    on_failure: str = "ROLLBACK"
    retain_except_on_create: bool = False
    cancelled: str | None = None
    """Why the operation must turn back: CancelUpdateStack, or its time is over."""
    change_set: ChangeSet | None = None
    """The change set that is executed, if one is."""
    skipped: frozenset[str] = frozenset()
    """ResourcesToSkip of ContinueUpdateRollback."""
    failures: list[str] = field(default_factory=list)
    """Logical ids that failed of themselves, not because others did."""


@dataclass
class Stack:
    """A stack. ``desired`` is what it is or becomes, ``before`` where a rollback leads back to."""

    name: str
    id: str
    created_at: datetime
    status: str
    operation: Operation
    desired: Desired | None = None
    before: Desired | None = None
    reason: str | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    resources: dict[str, StackResource] = field(default_factory=dict)
    touched: dict[str, StackResource | None] = field(default_factory=dict)
    """What each resource was before the operation changed it; None where it was not there."""
    superseded: list[Superseded] = field(default_factory=list)
    outputs: list[dict[str, str]] = field(default_factory=list)
    imports: frozenset[str] = frozenset()
    events: list[StackEvent] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    change_set_id: str | None = None
    operations: list[Operation] = field(default_factory=list)
    secrets: frozenset[str] = frozenset()
    """Values that its events and change sets must not show."""
    disable_rollback: bool = False
    drifts: dict[str, Drift] = field(default_factory=dict)
    """The latest look at each resource that was looked at, by logical id."""
    drift: str = "NOT_CHECKED"
    drift_at: datetime | None = None
    is_protected: bool = False
    timeout_minutes: int | None = None

    def become(self, desired: Desired) -> None:
        """From now on ``desired`` is what the stack is made into."""
        self.desired = desired
        self.secrets |= secrets(desired.original, desired.parameters)

    @property
    def is_deleted(self) -> bool:
        return self.status == "DELETE_COMPLETE"

    @property
    def tags(self) -> Mapping[str, str]:
        return self.desired.tags if self.desired else {}

    def exports(self) -> dict[str, str]:
        return {
            output["ExportName"]: output["OutputValue"]
            for output in self.outputs
            if "ExportName" in output
        }

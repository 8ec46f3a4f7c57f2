"""What we know of a CloudFormation stack, frozen, in CloudFormation's own words.

Units as in :mod:`lambdactl.model`: times are timezone-aware UTC on AWS's clock, ``None`` is
unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StackState:
    """One stack as DescribeStacks tells it."""

    name: str
    id: str
    status: str
    """UPDATE_COMPLETE, ROLLBACK_COMPLETE, ..., as CloudFormation spells it."""
    reason: str | None = None
    created: datetime | None = None
    updated: datetime | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One reason why a resource changes. ``path`` is ``Properties.Environment``, ``Tags``, ..."""

    path: str
    before: str | None = None
    """None where CloudFormation does not say, and where the property is new."""
    after: str | None = None
    """None where CloudFormation does not say, where it is known only later, or where it goes."""


@dataclass(frozen=True, slots=True)
class ResourceChange:
    action: str
    """Add, Modify, Remove, Import, Dynamic."""
    logical_id: str
    type: str
    physical_id: str | None = None
    replacement: str | None = None
    """True, False or Conditional for a Modify."""
    policy_action: str | None = None
    """What becomes of the old one: Delete, Retain, Snapshot, ReplaceAndDelete, ..."""
    properties: tuple[PropertyChange, ...] = ()

    @property
    def replaced(self) -> bool:
        """Conditional counts: CloudFormation decides only while it works."""
        return self.action == "Modify" and self.replacement in ("True", "Conditional")

    def touches(self, name: str) -> bool:
        """Whether the top-level property ``name`` is among the reasons of this change."""
        return any(p.path.split(".")[:2] == ["Properties", name] for p in self.properties)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A change set that CloudFormation has worked out, and not executed."""

    id: str
    name: str
    stack: str
    stack_id: str
    creates: bool
    """True where executing it makes the stack."""
    changes: tuple[ResourceChange, ...]
    """Empty where the stack already is what the template says."""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AliasRule:
    """How the stack's template lets one alias move, once transforms have run."""

    logical_id: str
    name: str | None
    """The alias's name; None where only the deployment decides it."""
    function: str | None
    """Logical id of its function."""
    version: str | None
    """Logical id of the version it will point at; None where that is no resource of the stack."""
    application: str | None = None
    """Logical id of CodeDeploy's application; None where no CodeDeploy moves this alias."""
    group: str | None = None
    hooks: tuple[str, ...] = ()
    """Logical ids of the hooks, in the order in which they run."""

    @property
    def by_codedeploy(self) -> bool:
        return self.application is not None


@dataclass(frozen=True, slots=True)
class Resource:
    """One line of ListStackResources."""

    logical_id: str
    physical_id: str
    type: str
    status: str


@dataclass(frozen=True, slots=True)
class StackEvent:
    """One line of DescribeStackEvents."""

    id: str
    at: datetime
    logical_id: str
    physical_id: str | None
    type: str
    status: str
    reason: str | None = None
    token: str | None = None
    """ClientRequestToken of the operation it belongs to."""

    def is_of(self, stack_id: str) -> bool:
        """Whether it speaks of the stack itself, not of one of its resources."""
        return self.physical_id == stack_id and self.type == "AWS::CloudFormation::Stack"

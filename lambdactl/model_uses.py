"""What besides an alias may need a version: asked before a prune only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VersionUse:
    """Something other than an alias that needs one version by its number."""

    version: int
    by: str
    """What needs it, as a noun: ``event source mapping 5f1c...``, ``provisioned concurrency``."""
    rule: int | None = None
    """The rule of pruning that protects it for this."""


@dataclass(frozen=True, slots=True)
class OwningStack:
    """The CloudFormation stack that made the function, and the versions it calls its own now."""

    name: str
    status: str
    """UPDATE_COMPLETE, UPDATE_IN_PROGRESS, ..., as CloudFormation spells it."""
    versions: frozenset[int] = frozenset()

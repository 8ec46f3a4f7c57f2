"""The rules that protect a version from a prune, by their numbers in ``docs/pruning.md``.

Each is a question to what was read: it answers why it protects, or None. A version may go only if
none of them does. What points at a version by its number (event source mappings, provisioned
concurrency, asynchronous configuration, policies, durable executions, calls, the edge, other
services, pins: rules 8 to 14, 16 and 17) is a use that the inventory names with its rule.

Sources: AWS refuses to delete a version that an alias points to, and nothing says that it refuses
one that is only weighted, or pinned by its ARN; deleting the previous version just after a move has
given callers "Function not found", because alias resolution is eventually consistent; a stack that
must roll back to a pruned version stays in UPDATE_ROLLBACK_FAILED.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from lambdactl.model import Alias, Inventory, Snapshot, Version, VersionUse, label

DAY = 86_400.0


class Protected(NamedTuple):
    """Why a version stays: the rule's number, and its words."""

    rule: int
    reason: str


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the operator asked for; times in seconds."""

    keep: int = 5
    grace_s: float = DAY
    older_than_s: float = 0.0
    allow_unreleased: bool = False
    allow_managed: bool = False
    """Versions on a capacity provider may go, too: AWS takes a while to delete one."""
    only: tuple[int, ...] | None = None
    """Of those that may go only these do, and each of them must; None: all that may."""


@dataclass(frozen=True)
class Pruning:
    """What the rules look at."""

    snapshot: Snapshot
    inventory: Inventory
    criteria: Criteria = field(default_factory=Criteria)

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        return tuple(sorted(v.number for v in self.snapshot.versions))

    @cached_property
    def in_use(self) -> Mapping[int, Protected]:
        return in_use(self.snapshot.aliases, self.numbers)

    @cached_property
    def uses(self) -> Mapping[int, VersionUse]:
        """The first use of each version."""
        return {u.version: u for u in reversed(self.inventory.uses)}

    @cached_property
    def newest(self) -> frozenset[int]:
        return frozenset(self.numbers[-self.criteria.keep :])

    @cached_property
    def released(self) -> int | None:
        """The newest version that any alias routes to."""
        return max((n for a in self.snapshot.aliases for n in a.routing.versions), default=None)


def in_use(aliases: Iterable[Alias], numbers: Collection[int]) -> dict[int, Protected]:
    """Version -> why an alias needs it: routed to, on either side at any weight, or the next older
    of ``numbers`` below such a one. Numbers have gaps, so that is not the number minus one."""
    needed: dict[int, Protected] = {}
    routed = [(alias, target) for alias in aliases for target in alias.routing.versions]
    for alias, target in routed:
        older = max((n for n in numbers if n < target), default=None)
        if older is not None:
            needed.setdefault(older, Protected(4, f"previous of {alias.name} ({label(target)})"))
    for alias, target in routed:
        canary = target == alias.routing.canary
        side = "canary" if canary else "stable"
        needed[target] = Protected(2 if canary else 1, f"{alias.name} ({side})")
    return needed


def aliased(pruning: Pruning, version: Version) -> Protected | None:
    return pruning.in_use.get(version.number)


def used(pruning: Pruning, version: Version) -> Protected | None:
    """Something points at it by its number."""
    use = pruning.uses.get(version.number)
    return Protected(use.rule or 0, use.by) if use is not None else None


def deployed(pruning: Pruning, version: Version) -> Protected | None:
    """The last deployment, or the last that succeeded, went from it or to it."""
    looked = pruning.snapshot
    for deployment in (looked.deployment, looked.previous, *pruning.inventory.deployments):
        if deployment is None:
            continue
        if version.number == deployment.current_version:
            return Protected(6, f"rollback target of {deployment.id}")
        if version.number == deployment.target_version:
            return Protected(6, f"target of {deployment.id}")
    return None


def stack_owned(pruning: Pruning, version: Version) -> Protected | None:
    stack = pruning.inventory.stack
    if stack is None or version.number not in stack.versions:
        return None
    return Protected(7, f"resource of stack {stack.name}")


def unreleased(pruning: Pruning, version: Version) -> Protected | None:
    """Newer than every version that an alias routes to: published, and its turn may still come."""
    released = pruning.released
    if pruning.criteria.allow_unreleased or (released is not None and version.number <= released):
        return None
    return Protected(4, "not released yet")


def newest(pruning: Pruning, version: Version) -> Protected | None:
    if version.number not in pruning.newest:
        return None
    return Protected(3, f"newest {pruning.criteria.keep}")


def young(pruning: Pruning, version: Version) -> Protected | None:
    if version.published is None:
        return Protected(5, "publish time unknown")
    return within_grace(pruning, "published", version.published)


def just_left(pruning: Pruning, version: Version) -> Protected | None:
    """An alias routed to it until a moment ago, and calls may still be on their way there."""
    left = pruning.inventory.left.get(version.number)
    return within_grace(pruning, "an alias was seen on it", left) if left is not None else None


def within_grace(pruning: Pruning, what: str, at: datetime) -> Protected | None:
    age, grace_s = pruning.snapshot.taken - at, pruning.criteria.grace_s
    if age >= timedelta(seconds=grace_s):
        return None
    told = duration(max(age.total_seconds(), 0.0))
    return Protected(5, f"{what} {told} ago, grace is {duration(grace_s)}")


def managed(pruning: Pruning, version: Version) -> Protected | None:
    if pruning.criteria.allow_managed or not version.managed:
        return None
    return Protected(15, "runs on a capacity provider")


def unsettled(_pruning: Pruning, version: Version) -> Protected | None:
    settled = version.state in (None, "Active", "Inactive")
    return None if settled else Protected(18, f"it is {version.state}")


def policy_unread(pruning: Pruning, version: Version) -> Protected | None:
    inventory = pruning.inventory
    if inventory.policies_later or version.number in inventory.policies_read:
        return None
    return Protected(11, "its resource policy was not read")


Rule = Callable[[Pruning, Version], Protected | None]
RULES: tuple[Rule, ...] = (
    aliased,
    used,
    deployed,
    stack_owned,
    unreleased,
    newest,
    young,
    just_left,
    managed,
    unsettled,
    policy_unread,
)


def protection(pruning: Pruning, version: Version) -> Protected | None:
    """The first rule that protects ``version``."""
    return next((p for rule in RULES if (p := rule(pruning, version)) is not None), None)


def protections(pruning: Pruning, version: Version) -> tuple[Protected, ...]:
    """What every rule says that protects ``version``, in the order of the rules."""
    return tuple(p for rule in RULES if (p := rule(pruning, version)) is not None)


def duration(seconds: float) -> str:
    """``30 s``, ``45 min``, ``24 h``, ``6 d``: the largest unit that says it, rounded down."""
    for unit, size in (("d", DAY), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * size or (seconds >= size and unit != "d"):
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"

"""``prune --keep 5``: every version gets a verdict and a reason; what nothing needs may go.

A version is deleted only if no rule protects it **and** the source of every rule was read to its
end. One unreadable source refuses the whole prune: DeleteFunction has no lock and no undo. The
rules, in the order in which they are asked, are the functions of ``RULES``; the first that protects
a version gives its reason.

Sources of the rules: AWS refuses to delete a version that an alias points to, and nothing says that
it refuses one that is only weighted, or pinned by its ARN; deleting the previous version just after
a move has given callers "Function not found", because alias resolution is eventually consistent; a
stack that must roll back to a pruned version stays in UPDATE_ROLLBACK_FAILED.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from lambdactl.errors import Refused, UsageError
from lambdactl.model import Alias, Inventory, Snapshot, Version, label
from lambdactl.plan.actions import DeleteVersion, Plan, VersionVerdict
from lambdactl.plan.routing import refuse_unread_deployment

DAY = 86_400.0
LEAST_GRACE_S = 3_600.0
"""Alias resolution is eventually consistent in Lambda's data plane; an hour is well beyond it."""
LEAST_KEEP = 2


@dataclass(frozen=True, slots=True)
class Pruning:
    """What the rules look at."""

    snapshot: Snapshot
    inventory: Inventory
    keep: int
    grace_s: float
    allow_unreleased: bool


def plan_prune(
    snapshot: Snapshot, keep: int = 5, *, grace_s: float = DAY, allow_unreleased: bool = False
) -> Plan:
    """Delete what is neither needed nor among the newest ``keep`` nor younger than ``grace_s``.

    The snapshot must have been taken with its inventory. Raises UsageError (``keep`` below 2,
    ``grace_s`` below an hour) or Refused (a source unread, a deployment or a stack update running).
    """
    require_sane(keep, grace_s)
    inventory = require_read(snapshot)
    refuse_while_changing(snapshot, inventory)
    pruning = Pruning(snapshot, inventory, keep, grace_s, allow_unreleased)
    verdicts = tuple(verdict(pruning, v) for v in reversed(snapshot.versions))
    deletes = tuple(
        DeleteVersion(snapshot.target.function, v.version, v.code_size)
        for v in reversed(verdicts)
        if v.fate == "delete"
    )
    return Plan(
        verb="prune",
        place=snapshot.place,
        target=snapshot.target,
        actions=deletes,
        notes=tuple(notes_of(pruning, len(deletes))),
        verdicts=verdicts,
    )


def require_sane(keep: int, grace_s: float) -> None:
    if keep < LEAST_KEEP:
        raise UsageError(
            f"--keep {keep} is too few",
            why="with fewer than two versions there is nothing to roll back to",
            hint=f"lambdactl prune --keep {LEAST_KEEP}",
        )
    if not grace_s >= LEAST_GRACE_S:
        raise UsageError(
            f"a grace of {grace_s:g} s is too short",
            why="for a while after an alias has moved some calls still go to the version it left",
            hint="give a grace of an hour or more",
        )


def require_read(snapshot: Snapshot) -> Inventory:
    """The inventory, complete; Refused names the source that is missing."""
    refuse_unread_deployment(snapshot, "prune")
    function = snapshot.target.function
    if snapshot.inventory is None:
        raise Refused(
            f"cannot prune {function}: what uses its versions was not read",
            hint="lambdactl prune",
        )
    unread = next(iter(snapshot.inventory.unread), None)
    if unread is not None:
        raise Refused(
            f"cannot prune {function}: {unread.part} could not be read, and a delete has no undo",
            why=unread.reason,
            hint=unread.hint,
        )
    return snapshot.inventory


def refuse_while_changing(snapshot: Snapshot, inventory: Inventory) -> None:
    function, stack = snapshot.target.function, inventory.stack
    candidates = (snapshot.active_deployment, *inventory.deployments)
    running = next((d for d in candidates if d is not None and d.active), None)
    if running is not None:
        raise Refused(
            f"cannot prune {function}: deployment {running.id} is {running.status.value}",
            why="its versions are needed until it has ended, and deletes would use up the calls a"
            " second that CodeDeploy needs",
            hint=f"lambdactl status -f {snapshot.target} --watch",
        )
    if stack is not None and stack.status.endswith(("_IN_PROGRESS", "_FAILED")):
        raise Refused(
            f"cannot prune {function}: stack {stack.name} is {stack.status}",
            why="a stack that must go back to a version that is gone cannot be rolled back",
            hint=f"aws cloudformation describe-stack-events --stack-name {stack.name}",
        )


def verdict(pruning: Pruning, version: Version) -> VersionVerdict:
    size = version.code_size if version.package_type == "Zip" else 0
    for rule in RULES:
        reason = rule(pruning, version)
        if reason is not None:
            return VersionVerdict(version.number, "keep", reason, size)
    return VersionVerdict(version.number, "delete", f"not in newest {pruning.keep}", size)


def in_use(aliases: Iterable[Alias], numbers: Collection[int]) -> dict[int, str]:
    """Version -> why an alias needs it: routed to, on either side at any weight, or the next older
    of ``numbers`` below such a one. Numbers have gaps, so that is not the number minus one."""
    needed: dict[int, str] = {}
    for alias in aliases:
        for target in alias.routing.versions:
            older = [n for n in numbers if n < target]
            if older:
                needed.setdefault(max(older), f"previous of {alias.name} ({label(target)})")
    for alias in aliases:
        for target in alias.routing.versions:
            side = "canary" if target == alias.routing.canary else "stable"
            needed[target] = f"{alias.name} ({side})"
    return needed


def aliased(pruning: Pruning, version: Version) -> str | None:
    numbers = [v.number for v in pruning.snapshot.versions]
    return in_use(pruning.snapshot.aliases, numbers).get(version.number)


def used(pruning: Pruning, version: Version) -> str | None:
    """Something points at it by its number."""
    return next((u.by for u in pruning.inventory.uses if u.version == version.number), None)


def deployed(pruning: Pruning, version: Version) -> str | None:
    """The last deployment, or the last that succeeded, went from it or to it."""
    last = (pruning.snapshot.deployment, pruning.snapshot.previous, *pruning.inventory.deployments)
    for deployment in last:
        if deployment is None:
            continue
        if version.number == deployment.current_version:
            return f"rollback target of {deployment.id}"
        if version.number == deployment.target_version:
            return f"target of {deployment.id}"
    return None


def stack_owned(pruning: Pruning, version: Version) -> str | None:
    stack = pruning.inventory.stack
    owned = stack is not None and version.number in stack.versions
    return f"resource of stack {stack.name}" if stack is not None and owned else None


def unreleased(pruning: Pruning, version: Version) -> str | None:
    """Newer than every version that an alias routes to: published, and its turn may still come."""
    if pruning.allow_unreleased:
        return None
    targets = [n for a in pruning.snapshot.aliases for n in a.routing.versions]
    return "not released yet" if not targets or version.number > max(targets) else None


def newest(pruning: Pruning, version: Version) -> str | None:
    numbers = sorted((v.number for v in pruning.snapshot.versions), reverse=True)
    return f"newest {pruning.keep}" if version.number in numbers[: pruning.keep] else None


def young(pruning: Pruning, version: Version) -> str | None:
    if version.published is None:
        return "publish time unknown"
    age = pruning.snapshot.taken - version.published
    if age >= timedelta(seconds=pruning.grace_s):
        return None
    return f"published {duration(age.total_seconds())} ago, grace is {duration(pruning.grace_s)}"


def unsettled(_pruning: Pruning, version: Version) -> str | None:
    state = version.state
    return f"it is {state}" if state not in (None, "Active", "Inactive") else None


def policy_unread(pruning: Pruning, version: Version) -> str | None:
    read = version.number in pruning.inventory.policies_read
    return None if read else "its resource policy was not read"


Rule = Callable[[Pruning, Version], str | None]
RULES: tuple[Rule, ...] = (
    aliased,
    used,
    deployed,
    stack_owned,
    unreleased,
    newest,
    young,
    unsettled,
    policy_unread,
)


def notes_of(pruning: Pruning, deletes: int) -> Iterator[str]:
    if not deletes:
        yield "nothing to prune: every version is needed, for the reasons given"
    if not pruning.snapshot.versions:
        yield f"no version of {pruning.snapshot.target.function} is published"
    yield (
        "not looked at: versions named by their ARN in Step Functions, API Gateway, EventBridge"
        " or CloudFront"
    )


def duration(seconds: float) -> str:
    """``30 s``, ``45 min``, ``24 h``, ``6 d``: the largest unit that says it, rounded down."""
    for unit, size in (("d", DAY), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * size or (seconds >= size and unit != "d"):
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"

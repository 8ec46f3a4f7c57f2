"""``prune --keep 5``: every version gets a verdict and a reason; what nothing needs may go.

A version is deleted only if no rule of :mod:`lambdactl.plan.protecting` protects it **and** the
source of every rule was read to its end. One unreadable source refuses the whole prune of the
function: DeleteFunction has no lock and no undo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from lambdactl.errors import NotFound, Refused, UsageError
from lambdactl.model import Inventory, Snapshot, Version, label
from lambdactl.plan.actions import DeleteVersion, Plan, VersionVerdict
from lambdactl.plan.protecting import DAY, Criteria, Pruning, duration, protection
from lambdactl.plan.routing import refuse_unread_deployment

LEAST_GRACE_S = 3_600.0
"""Alias resolution is eventually consistent in Lambda's data plane; an hour is well beyond it."""
LEAST_KEEP = 2
UNCHOSEN = "not chosen"


def plan_prune(
    snapshot: Snapshot,
    keep: int = 5,
    *,
    grace_s: float = DAY,
    allow_unreleased: bool = False,
    only: Collection[int] | None = None,
) -> Plan:
    """Delete what is neither needed nor among the newest ``keep`` nor younger than ``grace_s``;
    with ``only``, of those no others than these.

    The snapshot must have been taken with its inventory. Raises UsageError (``keep`` below 2,
    ``grace_s`` below an hour), Refused (a source unread, a deployment or a stack update running,
    one of ``only`` is kept) or NotFound (one of ``only`` is not there).
    """
    chosen = None if only is None else tuple(sorted(only))
    return plan_prune_by(
        snapshot, Criteria(keep, grace_s, allow_unreleased=allow_unreleased, only=chosen)
    )


def plan_prune_by(snapshot: Snapshot, criteria: Criteria) -> Plan:
    """``plan_prune`` by everything that can be asked for."""
    require_sane(criteria.keep, criteria.grace_s)
    inventory = require_read(snapshot)
    refuse_while_changing(snapshot, inventory)
    pruning = Pruning(snapshot, inventory, criteria)
    verdicts = tuple(verdict(pruning, v) for v in reversed(snapshot.versions))
    if criteria.only is not None:
        verdicts = tuple(narrowed(snapshot.target.function, verdicts, criteria.only))
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
        keep=criteria.keep,
        only=criteria.only,
        stack=inventory.stack.name if inventory.stack else None,
    )


def narrowed(
    function: str, verdicts: Sequence[VersionVerdict], only: Collection[int]
) -> Iterator[VersionVerdict]:
    """No other than ``only`` goes; that one of them stays is refused, not passed over."""
    known = {v.version: v for v in verdicts}
    for number in only:
        require_goes(function, number, known.get(number))
    for one in verdicts:
        spared = one.fate == "delete" and one.version not in only
        yield replace(one, fate="keep", reason=UNCHOSEN) if spared else one


def require_goes(function: str, number: int, found: VersionVerdict | None) -> None:
    if found is None:
        raise NotFound(
            f"there is no version {number} of {function}",
            hint=f"lambdactl versions -f {function}   lists them",
        )
    if found.fate == "keep":
        by = (
            f"rule {found.rule} of docs/pruning.md"
            if found.rule is not None
            else "what was asked for"
        )
        raise Refused(
            f"cannot prune {label(number)} of {function}: {found.reason}",
            why=f"it is kept by {by}, and --only takes nothing out of what is kept",
            hint=f"lambdactl prune -f {function} --dry-run   tells what may go, and why not",
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
            hint=f"lambdactl events -f {snapshot.target}   says what came of it",
        )


def verdict(pruning: Pruning, version: Version) -> VersionVerdict:
    fate, reason, rule = judged(pruning, version)
    return VersionVerdict(
        version.number,
        fate,
        reason,
        counted_size(version),
        rule,
        version.code_sha256,
        version.published,
    )


def judged(pruning: Pruning, version: Version) -> tuple[Literal["keep", "delete"], str, int | None]:
    kept = protection(pruning, version)
    if kept is not None:
        return "keep", kept.reason, kept.rule
    older_s = pruning.criteria.older_than_s
    if older_s and not is_older(pruning, version, older_s):
        return "keep", f"not older than {duration(older_s)}", None
    return "delete", f"not in newest {pruning.criteria.keep}", None


def counted_size(version: Version) -> int:
    """What it counts against code storage: an image lies in a registry of its own."""
    return version.code_size if version.package_type == "Zip" else 0


def is_older(pruning: Pruning, version: Version, seconds: float) -> bool:
    published = version.published
    taken = pruning.snapshot.taken
    return published is not None and taken - published >= timedelta(seconds=seconds)


def notes_of(pruning: Pruning, deletes: int) -> Iterator[str]:
    if pruning.criteria.only == ():
        yield "nothing is chosen"
    elif not deletes:
        yield "nothing to prune: every version is needed, for the reasons given"
    if not pruning.snapshot.versions:
        yield f"no version of {pruning.snapshot.target.function} is published"
    if not pruning.inventory.deep:
        yield (
            "not looked at: versions named by their ARN in Step Functions, API Gateway,"
            " EventBridge or CloudFront"
        )

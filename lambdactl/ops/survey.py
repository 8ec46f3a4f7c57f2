"""A prune of many functions, planned: the account is swept once, then judged function by function.

Two passes over each function. The first judges by what is known already; only if something would go
is it asked what needs those versions (four calls a function), and judged again. A function of which
a source cannot be read is skipped and says so; a source of the whole account skips all of it. What
is asked of each version by its number (policy, durable executions, state) is asked just before its
delete, where it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import islice
from typing import TYPE_CHECKING

from lambdactl.aws.fleet import Surroundings, Swept
from lambdactl.errors import CredentialsError, LambdactlError, NotFound
from lambdactl.model import Alias, Inventory, Place, Snapshot, Target, Version, VersionUse
from lambdactl.ops.events import AccountRead, Event, FunctionSkipped
from lambdactl.ops.pins import Pins
from lambdactl.ops.sightings import Sightings
from lambdactl.ops.spool import Spool
from lambdactl.plan.actions import FunctionPlan
from lambdactl.plan.protecting import Criteria
from lambdactl.plan.prune import plan_prune_by, require_sane

if TYPE_CHECKING:
    from lambdactl.aws import Aws

WORKERS = 4
"""More gain nothing: 15 calls a second and 200 ms a call are three at once."""
PAGES_TOLD = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """Which functions: all, those of a glob, or those named (of a stack, or by hand)."""

    match: str = "*"
    names: tuple[str, ...] | None = None

    def holds(self, function: str) -> bool:
        if self.names is not None:
            return function in self.names
        return fnmatchcase(function, self.match)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan is to be made by."""

    scope: Scope = field(default_factory=Scope)
    criteria: Criteria = field(default_factory=Criteria)
    pins: Pins = field(default_factory=Pins)
    deep: bool = False
    until: int | None = None
    """Bytes of code storage at which to stop."""
    layers: bool = False
    """Layer versions, too: the whole account is swept then, for any function may have them."""
    quick: bool = False
    """Without what is asked function by function: for an estimate, never for a plan."""


class Survey:
    """``read`` fills the spool with a verdict for every version in scope."""

    def __init__(
        self,
        aws: Aws,
        asked: Asked,
        spool: Spool,
        sightings: Sightings,
        workers: int = WORKERS,
    ) -> None:
        require_sane(asked.criteria.keep, asked.criteria.grace_s)
        self.workers = workers
        self.aws = aws
        self.asked = asked
        self.spool = spool
        self.sightings = sightings
        self.place: Place = aws.place()
        self.taken: datetime = aws.now()

    def read(self) -> Iterator[Event]:
        yield from self.sweep()
        around = self.aws.surroundings(searched=self.asked.deep)
        self.taken = self.aws.now()
        names = [n for n in self.spool.functions() if self.asked.scope.holds(n)]
        done = 0
        with ThreadPoolExecutor(self.workers) as pool:
            waiting = iter(names)
            while some := list(islice(waiting, 2 * WORKERS)):
                yield from self.judge(pool, some, around)
                done += len(some)
                if done % (16 * WORKERS) == 0 or done == len(names):
                    yield AccountRead(self.aws.now(), "functions", done, len(names))
        self.stop_early()
        self.sightings.save()

    def sweep(self) -> Iterator[Event]:
        for n, page in enumerate(self.pages(), 1):
            self.spool.add(page)
            if n % PAGES_TOLD == 0:
                yield AccountRead(self.aws.now(), "versions", self.spool.count(), None)
        yield AccountRead(self.aws.now(), "versions", self.spool.count(), self.spool.count())

    def pages(self) -> Iterable[Swept]:
        """Of the account, or of a few functions that are known by name."""
        names = self.asked.scope.names
        if names is None or self.asked.layers:
            return self.aws.sweep()
        return (self.aws.versions_of(name) for name in names)

    def judge(
        self, pool: ThreadPoolExecutor, names: list[str], around: Surroundings
    ) -> Iterator[Event]:
        known = [(name, self.spool.versions(name)) for name in names]
        for plan in pool.map(lambda one: self.plan(one[0], one[1], around), known):
            self.spool.judge(plan)
            self.sightings.see(plan.function, plan.aliases, self.aws.now())
            if plan.skipped is not None:
                yield FunctionSkipped(self.aws.now(), plan.function, plan.skipped)

    def plan(
        self, function: str, versions: tuple[Version, ...], around: Surroundings
    ) -> FunctionPlan:
        aliases: tuple[Alias, ...] = ()
        inventory = around.of(function)
        stack = inventory.stack.name if inventory.stack else None
        try:
            aliases = self.aws.aliases(function)
            verdicts = self.verdicts(function, versions, aliases, inventory)
        except CredentialsError:
            raise
        except LambdactlError as error:
            if self.asked.criteria.only is not None:
                # One function, of which versions were named: there is nothing to go on with.
                raise
            return FunctionPlan(function, (), aliases, stack, skipped_for(error))
        return replace(verdicts, stack=stack)

    def verdicts(
        self,
        function: str,
        versions: tuple[Version, ...],
        aliases: tuple[Alias, ...],
        inventory: Inventory,
    ) -> FunctionPlan:
        own = self.asked.pins.uses(function, versions)
        left = self.sightings.left(function, aliases)
        known = replace(inventory, uses=(*own, *inventory.uses), left=left)
        looked = Snapshot(
            taken=self.taken,
            place=self.place,
            target=Target(function, ""),
            alias=None,
            aliases=aliases,
            versions=versions,
            inventory=known,
        )
        plan = plan_prune_by(looked, self.asked.criteria)
        if plan.actions and not self.asked.quick:
            plan = plan_prune_by(self.with_uses(looked, known), self.asked.criteria)
        return FunctionPlan(function, plan.verdicts, aliases)

    def with_uses(self, looked: Snapshot, known: Inventory) -> Snapshot:
        """``looked`` with what is asked function by function."""
        routed = {n for a in looked.aliases for n in a.routing.versions}
        loose = [v for v in looked.versions if v.number not in routed]
        uses: tuple[VersionUse, ...]
        uses, unread = self.aws.uses(looked.target.function, loose, self.asked.criteria.grace_s)
        more = replace(known, uses=(*known.uses, *uses), unread=(*known.unread, *unread))
        return replace(looked, inventory=more)

    def stop_early(self) -> None:
        """Only the largest, until the account is at ``until`` bytes."""
        target = self.asked.until
        if target is None:
            return
        gain = self.aws.storage().used - target
        self.spool.stop_at(max(gain, 0), f"not needed to come down to {target:,} bytes")


def skipped_for(error: LambdactlError) -> str:
    if isinstance(error, NotFound):
        return "the function is gone"
    return f"{error}: {error.why}" if error.why else str(error)

"""One look at one alias, put together from as many reads as the question needs.

The aliases and versions are the look itself: where they cannot be read it fails. Everything else is
a part that may fail alone and is then recorded as unread. The reads run one after another: seven
calls of a few milliseconds each, in an order in which each knows what the one before has found, and
no thread is left behind when a network hangs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from lambdactl.aws import alarms, deployments, discovery, inventory, metrics, reads
from lambdactl.aws.deployments import GroupName, Rollout
from lambdactl.aws.discovery import Discovery
from lambdactl.aws.door import Door
from lambdactl.aws.parts import Parts
from lambdactl.aws.routings import KnownRouting, Since
from lambdactl.model import (
    Alarm,
    Alias,
    Deployment,
    DeploymentConfig,
    DeploymentGroup,
    Inventory,
    Metrics,
    Place,
    Snapshot,
    Target,
    Unread,
    Version,
)

T = TypeVar("T")
HISTORY = timedelta(minutes=30)
"""Of the stable version alone, before a rollout: shows how its errors clump."""
LONGEST = timedelta(hours=24)
"""So far back a look goes at most, and for a split that was made by hand."""
GROUP_S = 60.0
CHECKS_S = 15.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which parts a look is to have beside the alias, the versions and the deployment."""

    metrics: bool = True
    window_s: int = 1800
    storage: bool = False
    to: int | None = None
    checks: bool = False
    inventory: bool = False
    afresh: bool = False
    rollout: bool = True
    versions: bool = True

    @property
    def precedes_a_write(self) -> bool:
        """Then no CodeDeploy must be known to be there now, not a moment ago."""
        return self.afresh or self.inventory or self.to is not None


def look(door: Door, place: Place, target: Target, wanted: Wanted) -> Snapshot:
    """Raises NotFound where there is no such function, and what its two reads raise."""
    return Look(door, place, target, wanted).take()


def is_news(deployment: Deployment, now: datetime) -> bool:
    """It runs, or has ended so lately that its last minutes are still being judged."""
    ended = deployment.completed
    return deployment.active or (ended is not None and now - ended < timedelta(hours=1))


class Look:
    """The parts of one look, each a method that asks for it."""

    def __init__(self, door: Door, place: Place, target: Target, wanted: Wanted) -> None:
        self.door = door
        self.place = place
        self.target = target
        self.wanted = wanted
        self.parts = Parts()
        self.older: dict[str, datetime] = {}
        """When the parts were read that are of an earlier look."""

    def take(self) -> Snapshot:
        aliases = self.read_aliases()
        taken = self.door.clock.now()
        alias = next((a for a in aliases if a.name == self.target.alias), None)
        versions = self.read_versions()
        found, rollout = self.find_rollout()
        group = self.read_group(rollout)
        since = self.since(alias, taken)
        snapshot = Snapshot(
            taken=taken,
            place=self.place,
            target=self.target,
            alias=alias,
            aliases=aliases,
            versions=self.with_states(versions, alias),
            deployment=rollout.deployment,
            previous=rollout.previous,
            config=self.read_config(rollout, group),
            group=group,
            alarms=self.read_alarms(group),
            metrics=self.read_metrics(alias, rollout),
            storage=self.part("storage", self.wanted.storage, lambda: reads.storage(self.door)),
            provisioned=self.read_provisioned(),
            stack=found.stack,
            inventory=self.read_inventory(aliases, versions, found),
            split_since=since.split,
            weight_since=since.weight,
            unsplit_at=since.unsplit,
        )
        return replace(snapshot, unread=tuple(self.parts.unread), older=self.older)

    def read_aliases(self) -> tuple[Alias, ...]:
        return reads.aliases(self.door, self.target.function)

    def read_versions(self) -> tuple[Version, ...]:
        if not self.wanted.versions:
            self.parts.unread.append(Unread("versions", "they were not asked for"))
            return ()
        return reads.versions(self.door, self.target.function)

    def since(self, alias: Alias | None, taken: datetime) -> Since:
        if alias is None:
            return Since()
        known = self.door.remembered(("routing", self.target), float("inf"), KnownRouting)
        return known.see(alias.routing, taken)

    def find_rollout(self) -> tuple[Discovery, Rollout]:
        nothing = Discovery(None, (), ())
        if not self.wanted.rollout:
            self.parts.unread.append(Unread("deployment", "it was not asked for"))
            return nothing, Rollout()
        found, rollout = self.parts.read("deployment", self.ask_rollout, (nothing, Rollout()))
        self.parts.unread += found.unread
        return found, rollout

    def ask_rollout(self) -> tuple[Discovery, Rollout]:
        return discovery.rollout(self.door, self.target, afresh=self.wanted.precedes_a_write)

    def read_group(self, rollout: Rollout) -> DeploymentGroup | None:
        name = rollout.group
        if name is None:
            return None
        # A new deployment may come with a changed group, so its id is part of the key.
        key = (name, rollout.deployment and rollout.deployment.id)
        return self.parts.read("group", lambda: self.ask_group(name, key), None)

    def ask_group(self, name: GroupName, key: object) -> DeploymentGroup:
        return self.door.remembered(
            ("group", key), GROUP_S, lambda: deployments.group(self.door, name)
        )

    def read_config(
        self, rollout: Rollout, group: DeploymentGroup | None
    ) -> DeploymentConfig | None:
        own = rollout.deployment.config_name if rollout.deployment else ""
        name = own or (group.config_name if group else "")
        return self.part("config", bool(name), lambda: deployments.config(self.door, name))

    def read_alarms(self, group: DeploymentGroup | None) -> tuple[Alarm, ...]:
        names = group.alarms if group else ()
        return self.parts.read("alarms", lambda: self.ask_alarms(names), ())

    def ask_alarms(self, names: tuple[str, ...]) -> tuple[Alarm, ...]:
        return alarms.alarms(self.door, names)

    def read_metrics(self, alias: Alias | None, rollout: Rollout) -> Metrics | None:
        if alias is None:
            return None
        versions = set(alias.routing.versions)
        if rollout.deployment is not None:
            moved = (rollout.deployment.current_version, rollout.deployment.target_version)
            versions |= {v for v in moved if v is not None}
        since = self.judged_since(alias, rollout)
        return self.part("metrics", self.wanted.metrics, lambda: self.ask_metrics(versions, since))

    def ask_metrics(self, versions: set[int], since: datetime | None) -> Metrics:
        return metrics.metrics(
            self.door,
            self.target,
            versions,
            now=self.door.clock.now(),
            window_s=self.wanted.window_s,
            since=since,
        )

    def judged_since(self, alias: Alias, rollout: Rollout) -> datetime | None:
        """Where the evidence begins: fixed at the first look, for a beginning that wanders with
        every look would be another test at every look. None at rest."""
        last = rollout.previous or rollout.deployment
        now = self.door.clock.now()
        if last is not None and last.created is not None and is_news(last, now):
            start = last.created - HISTORY
        elif alias.routing.split:
            start = now - LONGEST
        else:
            return None
        key = ("judged since", self.target, alias.routing.versions, last and last.id)
        return self.door.remembered(key, float("inf"), lambda: max(start, now - LONGEST))

    def with_states(
        self, versions: tuple[Version, ...], alias: Alias | None
    ) -> tuple[Version, ...]:
        """``versions`` with the state of the one that is to get traffic, which no listing tells."""
        number = self.gaining(versions, alias)
        if number not in {v.number for v in versions}:
            return versions
        state = self.parts.read("state", lambda: self.state_of(number), None)
        return tuple(replace(v, state=state) if v.number == number else v for v in versions)

    def gaining(self, versions: tuple[Version, ...], alias: Alias | None) -> int:
        """The version that is asked about, else the canary, else the newest; 0 for none."""
        if self.wanted.to is not None or not self.wanted.checks:
            return self.wanted.to or 0
        canary = alias.routing.canary if alias is not None else None
        return canary or (versions[-1].number if versions else 0)

    def state_of(self, number: int) -> str | None:
        function = self.target.function
        return self.now_and_then(
            ("state", function, number), lambda: reads.state(self.door, function, number)
        )

    def read_provisioned(self) -> frozenset[str] | None:
        function = self.target.function
        if self.wanted.to is None and not self.wanted.checks:
            return None
        key = ("provisioned", function)
        return self.parts.read(
            "provisioned concurrency",
            lambda: self.now_and_then(key, lambda: reads.provisioned(self.door, function)),
            None,
        )

    def read_inventory(
        self, aliases: tuple[Alias, ...], versions: tuple[Version, ...], found: Discovery
    ) -> Inventory | None:
        if not self.wanted.inventory:
            return None
        return inventory.take(self.door, self.target.function, aliases, versions, found)

    def now_and_then(self, key: object, read: Callable[[], T]) -> T:
        """Afresh before a write; a console that looks again and again asks only now and then."""
        if self.wanted.to is not None:
            return read()
        return self.door.remembered(key, CHECKS_S, read)

    def part(self, name: str, wanted: bool, read: Callable[[], T]) -> T | None:
        """A part that is None where it is not wanted, or could not be read."""
        return self.parts.read(name, read, None) if wanted else None

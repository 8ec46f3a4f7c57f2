"""The looks of somebody who watches: each asks only for what may have changed since the last one.

What an operator must not miss is asked at every look: where the alias routes, and what CodeDeploy
does. The rest is as old as it may be without being wrong, by AWS's clock, and says how old it is::

    part           at rest        while it moves
    alias          every look     every look      GetAlias; the other aliases with it once a minute
    deployment     every look     every look      the list of ids; of one that runs, itself
    alarms         15 s           every look
    metrics        60 s           60 s            datapoints are minutes, and a minute late
    versions       30 s           30 s            and when the alias is another one
    group          5 min          5 min           and with every deployment
    state, provisioned concurrency: until the alias changes, 5 min at most

A part that is forbidden is not asked again sooner than one that was read. ``anew`` reads everything
again but metrics: of those there is one call a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from lambdactl.aws import alarms, deployments, discovery, metrics, reads
from lambdactl.aws.deployments import GroupName, Rollout
from lambdactl.aws.discovery import Discovery
from lambdactl.aws.door import Door
from lambdactl.aws.snapshot import Look, Wanted
from lambdactl.errors import CredentialsError, LambdactlError, NotFound, PermissionDenied
from lambdactl.model import Alarm, Alias, DeploymentGroup, Metrics, Place, Snapshot, Target, Version

T = TypeVar("T")
ALIASES_S = 60.0
VERSIONS_S = 30.0
ALARMS_S = 15.0
METRICS_S = 60.0
GROUP_S = GROUPS_S = 300.0
NO_GROUPS_S = 60.0
CHECKS_S = 300.0
PENDING_S = 15.0
"""A version that is not active yet may soon be."""
REACH_S = 3 * 3600
"""So far back the charts go: to ask for hours costs as much as to ask for a minute."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a part was read as, and when; that it could not be read is an answer, too."""

    at: datetime
    key: object
    value: Any = None
    error: LambdactlError | None = None

    def given(self) -> Any:
        if self.error is not None:
            raise self.error.with_traceback(None)
        return self.value


class Kept:
    """What the looks at one alias have read so far."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.rollout: Rollout | None = None
        self.listed: dict[GroupName, list[str]] = {}
        """The ids of the groups' deployments when the rollout was found."""


def look(door: Door, place: Place, target: Target, *, anew: bool = False) -> Snapshot:
    """Raises NotFound where there is no such function, and what the reads of the alias raise."""
    return Recurring(door, place, target, Wanted(checks=True, afresh=anew)).take()


class Recurring(Look):
    """One of many looks at an alias; what they keep belongs to the door."""

    def __init__(self, door: Door, place: Place, target: Target, wanted: Wanted) -> None:
        super().__init__(door, place, target, wanted)
        self.known = door.remembered(("kept", target), float("inf"), Kept)
        self.alias: Alias | None = None
        self.deploying = False

    @property
    def moving(self) -> bool:
        return self.deploying or (self.alias is not None and self.alias.routing.split)

    @property
    def revision(self) -> str | None:
        return self.alias.revision_id if self.alias is not None else None

    def kept(self, part: str, lasts_s: float, read: Callable[[], T], key: object = None) -> T:
        """What is known of ``part``, for ``lasts_s`` seconds of AWS's and as long as ``key`` is."""
        known = self.still(part, lasts_s)
        if known is None or known.key != key:
            known = self.asked(read, key)
            if isinstance(known.error, PermissionDenied | None) or part == "metrics":
                self.known.answers[part] = known
        else:
            self.older[part] = known.at
        found: T = known.given()
        return found

    def still(self, part: str, lasts_s: float) -> Answer | None:
        known = self.known.answers.get(part)
        if known is None or (self.wanted.afresh and (part != "metrics" or known.error)):
            return None
        age_s = (self.door.clock.now() - known.at).total_seconds()
        return known if 0.0 <= age_s < lasts_s else None

    def asked(self, read: Callable[[], object], key: object) -> Answer:
        at = self.door.clock.now()
        try:
            return Answer(at, key, read())
        except CredentialsError:
            raise
        except LambdactlError as error:
            return Answer(at, key, error=error.without_frames())

    def read_aliases(self) -> tuple[Alias, ...]:
        """This one, and once a minute all of them."""
        known = self.still("aliases", ALIASES_S)
        found: tuple[Alias, ...] = known.value if known is not None else ()
        if known is not None and any(a.name == self.target.alias for a in found):
            self.older["aliases"] = known.at
            found = self.with_mine(found)
        else:
            found = self.list_aliases()
        self.alias = next((a for a in found if a.name == self.target.alias), None)
        return found

    def with_mine(self, found: tuple[Alias, ...]) -> tuple[Alias, ...]:
        try:
            mine = reads.alias(self.door, self.target)
        except NotFound:
            # Whether the alias is gone or the whole function, only the list says.
            return self.list_aliases()
        return tuple(mine if a.name == mine.name else a for a in found)

    def list_aliases(self) -> tuple[Alias, ...]:
        found = super().read_aliases()
        self.older.pop("aliases", None)
        self.known.answers["aliases"] = Answer(self.door.clock.now(), None, found)
        return found

    def read_versions(self) -> tuple[Version, ...]:
        return self.kept("versions", VERSIONS_S, super().read_versions, self.revision)

    def ask_rollout(self) -> tuple[Discovery, Rollout]:
        """What may not be read is not asked for again at once; anything else is."""
        denied = self.still("deployment", NO_GROUPS_S)
        if denied is not None:
            denied.given()
        try:
            found, rollout = self.find()
        except PermissionDenied as error:
            self.known.answers["deployment"] = Answer(self.door.clock.now(), None, error=error)
            raise
        deployment = rollout.deployment
        self.deploying = deployment is not None and deployment.active
        versions = self.known.answers["versions"].value
        if deployment and deployment.target_version not in {None, *(v.number for v in versions)}:
            self.known.answers.pop("versions", None)
        return found, rollout

    def find(self) -> tuple[Discovery, Rollout]:
        found = self.groups()
        try:
            return found, self.newest(found.groups)
        except NotFound:
            self.door.forget(("groups", self.target.function))
            self.known.answers.pop("groups", None)
            found = self.groups()
            return found, deployments.rollout(self.door, self.target, found.groups)

    def groups(self) -> Discovery:
        """Where there was no group, one may have come with the move that was just seen."""
        known = self.still("groups", GROUPS_S)
        recent = self.still("groups", NO_GROUPS_S)
        if known is not None and (known.value or (recent and known.key == self.revision)):
            told: Discovery = known.given()
            return told
        found = discovery.discover(self.door, self.target.function, afresh=True)
        self.known.answers["groups"] = Answer(self.door.clock.now(), self.revision, found)
        return found

    def newest(self, groups: tuple[GroupName, ...]) -> Rollout:
        """The rollout as it is now: one that runs is asked itself, else whether there is another.

        One that has ended never changes; what rolls it back is a deployment of its own.
        """
        last = self.known.rollout
        running = last.deployment if last and last.deployment and last.deployment.active else None
        if last is not None and running is not None:
            (told,) = deployments.described(self.door, [running.id])
            told = deployments.with_target(self.door, told)
            if told.active and deployments.moved(told, self.target):
                self.known.rollout = replace(last, deployment=told)
                return self.known.rollout
        ids = {name: deployments.newest_ids(self.door, name) for name in groups}
        if last is None or running is not None or ids != self.known.listed or self.wanted.afresh:
            self.known.rollout = deployments.rollout(self.door, self.target, groups)
            self.known.listed = ids
            return self.known.rollout
        return last

    def ask_group(self, name: GroupName, key: object) -> DeploymentGroup:
        return self.kept("group", GROUP_S, lambda: deployments.group(self.door, name), key)

    def ask_alarms(self, names: tuple[str, ...]) -> tuple[Alarm, ...]:
        lasts_s = 0.0 if self.moving else ALARMS_S
        return self.kept("alarms", lasts_s, lambda: alarms.alarms(self.door, names), names)

    def ask_metrics(self, versions: set[int], since: datetime | None) -> Metrics:
        """Of whatever versions the alias had when it was last asked: one call a minute, no more."""
        now, window_s = self.door.clock.now(), self.wanted.window_s

        def ask() -> Metrics:
            return metrics.metrics(
                self.door,
                self.target,
                versions,
                now=now,
                window_s=window_s,
                since=since,
                reach_s=REACH_S,
            )

        return self.kept("metrics", METRICS_S, ask)

    def now_and_then(self, key: object, read: Callable[[], T]) -> T:
        part = str(key)
        known = self.known.answers.get(part)
        pending = known is not None and known.value == "Pending"
        return self.kept(part, PENDING_S if pending else CHECKS_S, read, self.revision)

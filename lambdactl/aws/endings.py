"""Which aliases had a deployment that ended a moment ago, and how: of a whole region, in few calls.

CodeDeploy lists deployments by when they were created. A rollout that is taken back is a deployment
of its own, created when the other ended, so none of those is missed; one that took longer than
``REACH`` before it succeeded is the way things are.

Calls: one at each look for every hundred deployments that have ended and were created within
``REACH``; one for every 25 of them that are new since the last look; and for each that ended a
moment ago two, four where it is a rollback. What has ended never changes: it is read once. One that
could not be read is told, keeps no other from being read, and is tried again in its turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from lambdactl.aws import deployments
from lambdactl.aws.deployments import created
from lambdactl.aws.door import Door
from lambdactl.errors import CredentialsError, LambdactlError, Throttled, Unreachable
from lambdactl.model import Deployment, DeploymentStatus
from lambdactl.model_history import Ending, Endings

ENDED = tuple(status.value for status in DeploymentStatus if not status.active)
REACH = timedelta(hours=6)
MOST = 300
"""So many deployments are described; an account with more says what is not known."""
MOST_AT_ONCE = 25
"""BatchGetDeployments takes so many."""
OF_ALL = (CredentialsError, Throttled, Unreachable)
"""Failures that are not of one deployment: the next would fail as well."""


@dataclass
class Known:
    """What earlier looks have read, by id."""

    described: dict[str, Deployment] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    """Those of other platforms than Lambda, which share the list."""
    endings: dict[str, Ending] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    """Why one could not be looked into; first the one that waits longest for another try."""


def endings(door: Door, *, within: timedelta, most: int) -> Endings:
    """The last ending of each alias that had one ``within``. No more than ``most`` are looked into
    at one look, what ended badly before what succeeded."""
    now = door.clock.now()
    ids, cut = listed(door, now - REACH)
    known = door.remembered(("endings",), float("inf"), Known)
    describe(door, ids, known)
    fresh = [d for d in known.described.values() if d.completed and now - d.completed < within]
    # One that was taken back is told by the deployment that did it.
    fresh = [d for d in fresh if d.rolled_back_by not in known.described]
    waiting = look_into(door, {d.id: d for d in fresh}, known, most)
    told = [known.endings[d.id] for d in fresh if d.id in known.endings]
    failed = {d.id: known.unread[d.id] for d in fresh if d.id in known.unread}
    return Endings(last_of_each(told), why_not_all(waiting, failed, cut=cut))


def look_into(door: Door, fresh: Mapping[str, Deployment], known: Known, most: int) -> int:
    """Those that are new, and one more of those that could not be read; how many wait."""
    tried = known.endings.keys() | known.unread.keys()
    new = sorted((d for i, d in fresh.items() if i not in tried), key=gravest_first)
    again = [fresh[i] for i in known.unread if i in fresh][:1]
    for deployment in (*new[:most], *again):
        known.unread.pop(deployment.id, None)
        try:
            known.endings[deployment.id] = ending(door, deployment, known)
        except OF_ALL:
            raise
        except LambdactlError as error:
            known.unread[deployment.id] = str(error)
    return len(new) - most


def listed(door: Door, since: datetime) -> tuple[list[str], bool]:
    """The ids of those that have ended, and whether there are more than ``MOST``."""
    pages = door.pages(
        "codedeploy",
        "ListDeployments",
        "deployments",
        "the deployments that have ended",
        includeOnlyStatuses=list(ENDED),
        createTimeRange={"start": since},
    )
    ids = list(islice(pages, MOST + 1))
    return ids[:MOST], len(ids) > MOST


def describe(door: Door, ids: Sequence[str], known: Known) -> None:
    """Those that are new; what is not listed any more is forgotten."""
    new = [i for i in ids if i not in known.described and i not in known.others]
    for start in range(0, len(new), MOST_AT_ONCE):
        some = new[start : start + MOST_AT_ONCE]
        found = described(door, some)
        known.described.update((d.id, d) for d in found)
        known.others.update(set(some) - {d.id for d in found})
    known.others &= set(ids)
    for gone in known.described.keys() - set(ids):
        del known.described[gone]
        known.endings.pop(gone, None)
        known.unread.pop(gone, None)


def described(door: Door, ids: Sequence[str]) -> list[Deployment]:
    """Those of ``ids`` that move aliases of Lambda functions."""
    answer = door.call(
        "codedeploy", "BatchGetDeployments", f"deployment {ids[0]}", deploymentIds=list(ids)
    )
    mine = (i for i in answer["deploymentsInfo"] if i.get("computePlatform") in (None, "Lambda"))
    return [deployments.deployment_from(info) for info in mine]


def gravest_first(deployment: Deployment) -> tuple[bool, float]:
    well = deployment.status is DeploymentStatus.Succeeded and not deployment.rolls_back
    return well, -created(deployment).timestamp()


def ending(door: Door, deployment: Deployment, known: Known) -> Ending:
    """With the alias that it moved. One that was stopped before it started names none: then it has
    moved none either."""
    whole = deployments.with_target(door, deployment)
    return Ending(whole, deployments.rolled_back(door, whole, known.described.values()))


def last_of_each(found: Iterable[Ending]) -> tuple[Ending, ...]:
    last: dict[tuple[str | None, str | None], Ending] = {}
    for one in sorted(found, key=lambda e: created(e.deployment)):
        last[one.deployment.function, one.deployment.alias] = one
    last.pop((None, None), None)
    return tuple(last.values())


def why_not_all(waiting: int, failed: Mapping[str, str], *, cut: bool) -> str | None:
    """``failed``: the ids of those that could not be read -> why."""
    whys = []
    if cut:
        hours = REACH.total_seconds() / 3600
        whys.append(f"more than {MOST} have ended that were created in the past {hours:g} hours")
    elif waiting > 0:
        whys.append(f"{waiting} more have not been looked into yet")
    for id_, why in list(failed.items())[:1]:
        more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        whys.append(f"{id_}{more} could not be read: {why}")
    return "; ".join(whys) or None

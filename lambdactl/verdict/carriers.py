"""Which versions carried all traffic of an alias, by what CodeDeploy and CloudWatch still hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from lambdactl.model import Deployment, DeploymentStatus
from lambdactl.model_history import Carried, Past


def past(deployments: Iterable[Deployment], calls: Mapping[int, Mapping[datetime, float]]) -> Past:
    """``calls``: version -> start of the hour -> calls through the alias in it."""
    known = list(deployments)
    carried = [*by_deployments(known), *by_calls(calls)]
    carried.sort(key=lambda c: c.until, reverse=True)
    return Past(tuple(carried), taken_back(known))


def by_deployments(deployments: Iterable[Deployment]) -> list[Carried]:
    """What a deployment came from had all traffic when it began; what it led to, at its end."""
    found = []
    for d in deployments:
        if d.created and d.current_version is not None and not d.rolls_back:
            found.append(Carried(d.current_version, d.created, f"until {d.id}"))
        if d.completed and d.target_version is not None and d.status is DeploymentStatus.Succeeded:
            found.append(Carried(d.target_version, d.completed, f"{d.id} Succeeded"))
    return found


def by_calls(calls: Mapping[int, Mapping[datetime, float]]) -> list[Carried]:
    """The last hour in which a version had every call of the alias."""
    total: dict[datetime, float] = {}
    for hours in calls.values():
        for at, n in hours.items():
            total[at] = total.get(at, 0.0) + n
    alone = {
        version: max((at for at, n in hours.items() if n > 0 and n == total[at]), default=None)
        for version, hours in calls.items()
    }
    return [Carried(v, at, "measured by CloudWatch") for v, at in alone.items() if at is not None]


def taken_back(deployments: Iterable[Deployment]) -> dict[int, str]:
    """Versions whose newest release did not last, with the deployment that says so."""
    newest: dict[int, Deployment] = {}
    for d in deployments:
        if d.target_version is not None and not d.rolls_back:
            newest.setdefault(d.target_version, d)
    return {
        version: f"{d.id} {d.status}"
        for version, d in newest.items()
        if d.rolled_back_by or d.status in (DeploymentStatus.Failed, DeploymentStatus.Stopped)
    }

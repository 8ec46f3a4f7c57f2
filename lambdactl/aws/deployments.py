"""CodeDeploy's deployments of a Lambda alias: the newest, the one it rolls back, and how they move.

The versions of a deployment are in its target's ``lambdaFunctionInfo``: GetDeployment answers with
an empty AppSpec. A deployment that has not started has no target yet, and one that has ended never
changes its target again, so that is asked for once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lambdactl.aws.door import Door
from lambdactl.errors import LambdactlError, NotFound
from lambdactl.model import (
    Deployment,
    DeploymentConfig,
    DeploymentGroup,
    DeploymentStatus,
    LifecycleEvent,
    Target,
)

ACTIVE = tuple(status.value for status in DeploymentStatus if status.active)
DAY_S = 86_400.0
LOOKED_THROUGH = 10
"""How many of a group's newest deployments are searched for the alias."""


@dataclass(frozen=True, slots=True)
class GroupName:
    application: str
    name: str


@dataclass(frozen=True, slots=True)
class Rollout:
    """The newest deployment of an alias, the one it rolls back, and the group they belong to."""

    deployment: Deployment | None = None
    previous: Deployment | None = None
    group: GroupName | None = None


def rollout(door: Door, target: Target, groups: Sequence[GroupName]) -> Rollout:
    """The newest deployment that moved ``target``, over all of ``groups``."""
    found = [r for name in groups if (r := rollout_in(door, target, name)) is not None]
    if not found:
        return Rollout(group=groups[0] if len(groups) == 1 else None)
    return max(found, key=lambda r: created(r.deployment))


def rollout_in(door: Door, target: Target, name: GroupName) -> Rollout | None:
    latest = recent(door, name)
    for candidate in latest:
        deployment = with_target(door, candidate)
        if moved(deployment, target):
            return Rollout(deployment, rolled_back(door, deployment, latest), name)
    return None


def moved(deployment: Deployment, target: Target) -> bool:
    """One that has no target yet counts: its group is known to be this function's."""
    return deployment.function in (None, target.function) and deployment.alias in (
        None,
        target.alias,
    )


def rolled_back(
    door: Door, deployment: Deployment, latest: Iterable[Deployment]
) -> Deployment | None:
    if deployment.rolls_back is None:
        return None
    known = next((d for d in latest if d.id == deployment.rolls_back), None)
    return with_target(door, known) if known else get(door, deployment.rolls_back)


def recent(door: Door, name: GroupName, *, limit: int = LOOKED_THROUGH) -> list[Deployment]:
    """The group's newest deployments, newest first, without their targets."""
    return described(door, newest_ids(door, name)[:limit])


def newest_ids(door: Door, name: GroupName) -> list[str]:
    """The ids of the group's deployments, those that still run before the others.

    CodeDeploy lists the newest first. Where there are more than one page of them, those that are
    still running are asked for too, so that none hides behind the order.
    """
    ids, more = listed(door, name, ())
    running = listed(door, name, ACTIVE)[0] if more else []
    return list(dict.fromkeys([*running, *ids]))


def running(door: Door, groups: Iterable[GroupName]) -> tuple[Deployment, ...]:
    """What has not ended yet in any of ``groups``, without targets."""
    ids = [i for name in groups for i in listed(door, name, ACTIVE)[0]]
    return tuple(d for d in described(door, ids[:25]) if d.active)


def last_succeeded(door: Door, name: GroupName) -> list[Deployment]:
    """The group's newest deployment that succeeded, without its target; empty where none did."""
    ids, _ = listed(door, name, (DeploymentStatus.Succeeded.value,))
    return described(door, ids[:1])


def listed(door: Door, name: GroupName, statuses: Sequence[str]) -> tuple[list[str], bool]:
    """The ids of the first page (AWS's are 100 long), and whether there are more."""
    only = {"includeOnlyStatuses": list(statuses)} if statuses else {}
    answer = door.call(
        "codedeploy",
        "ListDeployments",
        f"deployment group {name.name}",
        applicationName=name.application,
        deploymentGroupName=name.name,
        **only,
    )
    return list(answer.get("deployments", ())), bool(answer.get("nextToken"))


def described(door: Door, ids: Sequence[str]) -> list[Deployment]:
    if not ids:
        return []
    answer = door.call(
        "codedeploy", "BatchGetDeployments", f"deployment {ids[0]}", deploymentIds=list(ids)
    )
    found = (deployment_from(info) for info in answer["deploymentsInfo"])
    return sorted(found, key=created, reverse=True)


def get(door: Door, deployment_id: str) -> Deployment:
    """One deployment with its target; NotFound where there is none of this id."""
    answer = door.call(
        "codedeploy",
        "GetDeployment",
        f"deployment {deployment_id}",
        deploymentId=deployment_id,
    )
    return with_target(door, deployment_from(answer["deploymentInfo"]))


def with_target(door: Door, deployment: Deployment) -> Deployment:
    """``deployment`` with its function, alias, versions and lifecycle events, once it has them."""
    if deployment.active:
        return joined(deployment, target_of(door, deployment.id))
    told = door.remembered(
        ("target", deployment.id), DAY_S, lambda: target_of(door, deployment.id), empty_ttl_s=5.0
    )
    return joined(deployment, told)


def target_of(door: Door, deployment_id: str) -> Mapping[str, Any]:
    """The lambdaTarget of a deployment; empty until it has started."""
    about = f"deployment {deployment_id}"

    def ids() -> list[str]:
        rows = door.pages(
            "codedeploy", "ListDeploymentTargets", "targetIds", about, deploymentId=deployment_id
        )
        return list(rows)

    try:
        targets = door.remembered(("target ids", deployment_id), DAY_S, ids, empty_ttl_s=0.0)
    except NotFound as error:
        if error.aws_code == "DeploymentNotStartedException":
            return {}
        raise
    if not targets:
        return {}
    answer = door.call(
        "codedeploy",
        "BatchGetDeploymentTargets",
        about,
        deploymentId=deployment_id,
        targetIds=targets[:25],
    )
    rows = answer.get("deploymentTargets", ())
    return next((row["lambdaTarget"] for row in rows if "lambdaTarget" in row), {})


def joined(deployment: Deployment, told: Mapping[str, Any]) -> Deployment:
    info = told.get("lambdaFunctionInfo", {})
    return replace(
        deployment,
        function=bare(info.get("functionName")),
        alias=info.get("functionAlias"),
        current_version=number_of(info.get("currentVersion")),
        target_version=number_of(info.get("targetVersion")),
        events=tuple(event_from(row) for row in told.get("lifecycleEvents", ())),
    )


def group(door: Door, name: GroupName) -> DeploymentGroup:
    """What a deployment group is told to do: its config, its alarms, when it rolls back."""
    answer = door.call(
        "codedeploy",
        "GetDeploymentGroup",
        f"deployment group {name.name}",
        applicationName=name.application,
        deploymentGroupName=name.name,
    )
    info = answer["deploymentGroupInfo"]
    alarms = info.get("alarmConfiguration", {})
    rollback = info.get("autoRollbackConfiguration", {})
    return DeploymentGroup(
        application=name.application,
        name=name.name,
        config_name=info.get("deploymentConfigName", ""),
        alarms=tuple(alarm["name"] for alarm in alarms.get("alarms", ())),
        alarms_enabled=alarms.get("enabled", False),
        auto_rollback=frozenset(rollback.get("events", ()) if rollback.get("enabled") else ()),
        role_arn=info.get("serviceRoleArn"),
    )


def config(door: Door, name: str) -> DeploymentConfig:
    """The steps of a deployment config. A config cannot be changed, so it is asked for once."""

    def read() -> DeploymentConfig:
        answer = door.call(
            "codedeploy",
            "GetDeploymentConfig",
            f"deployment config {name}",
            deploymentConfigName=name,
        )
        return config_from(name, answer["deploymentConfigInfo"].get("trafficRoutingConfig", {}))

    return door.remembered(("config", name), DAY_S, read)


def config_from(name: str, routing: Mapping[str, Any]) -> DeploymentConfig:
    match routing.get("type"):
        case "TimeBasedCanary":
            canary = routing["timeBasedCanary"]
            return DeploymentConfig(
                name, "TimeBasedCanary", canary["canaryPercentage"], canary["canaryInterval"]
            )
        case "TimeBasedLinear":
            linear = routing["timeBasedLinear"]
            return DeploymentConfig(
                name, "TimeBasedLinear", linear["linearPercentage"], linear["linearInterval"]
            )
        case _:
            return DeploymentConfig(name, "AllAtOnce")


def deployment_from(info: Mapping[str, Any]) -> Deployment:
    error = info.get("errorInformation") or {}
    rollback = info.get("rollbackInfo") or {}
    return Deployment(
        id=info["deploymentId"],
        status=status_of(info),
        application=info.get("applicationName", ""),
        group=info.get("deploymentGroupName", ""),
        config_name=info.get("deploymentConfigName", ""),
        creator=info.get("creator", ""),
        created=utc(info.get("createTime")),
        completed=utc(info.get("completeTime")),
        error_code=error.get("code"),
        error_message=error.get("message"),
        rolls_back=rollback.get("rollbackTriggeringDeploymentId"),
        rolled_back_by=rollback.get("rollbackDeploymentId"),
        rollback_message=rollback.get("rollbackMessage"),
    )


def status_of(info: Mapping[str, Any]) -> DeploymentStatus:
    """A status that we do not know may be one in which CodeDeploy still works: it is an error."""
    try:
        return DeploymentStatus(info["status"])
    except ValueError as error:
        raise LambdactlError(
            f"deployment {info['deploymentId']} is {info['status']}, a status that we do not know",
            hint="a newer lambdactl may know it",
        ) from error


def event_from(row: Mapping[str, Any]) -> LifecycleEvent:
    diagnostics = row.get("diagnostics") or {}
    return LifecycleEvent(
        name=row["lifecycleEventName"],
        status=row["status"],
        started=utc(row.get("startTime")),
        ended=utc(row.get("endTime")),
        message=diagnostics.get("message") or None,
    )


def created(deployment: Deployment | None) -> datetime:
    told = deployment.created if deployment else None
    return told or datetime.min.replace(tzinfo=UTC)


def utc(time: datetime | None) -> datetime | None:
    """botocore parses some of AWS's times into the zone of this machine."""
    return time.astimezone(UTC) if time else None


def number_of(version: str | None) -> int | None:
    return int(version) if version and version.isdecimal() else None


def bare(function: str | None) -> str | None:
    """The name of a function that may be given by its ARN."""
    if function is None or not function.startswith("arn:"):
        return function
    return function.split(":")[6]

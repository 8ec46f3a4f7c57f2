"""Which CodeDeploy deployment groups move a function's aliases: nothing at AWS says so directly.

A function made by CloudFormation carries the stack's name and its own logical id as tags. Where the
stack has ``<logical id>DeploymentGroup``, as SAM names it, that is the group. Else the groups of
the stack, and where there are none every Lambda group of the account, are asked what their last
deployment moved. What was found is remembered, so that a look every few seconds asks for it once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdactl.aws import deployments, reads
from lambdactl.aws.deployments import GroupName, Rollout
from lambdactl.aws.door import Door
from lambdactl.aws.parts import Parts
from lambdactl.errors import NotFound
from lambdactl.model import Target, Unread

FOUND_S = 300.0
NOT_FOUND_S = 5.0
STACK_TAG = "aws:cloudformation:stack-name"
LOGICAL_ID_TAG = "aws:cloudformation:logical-id"
GROUP_TYPE = "AWS::CodeDeploy::DeploymentGroup"
APPLICATION_TYPE = "AWS::CodeDeploy::Application"


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found about one function; ``unread`` is what could not be asked on the way."""

    stack: str | None
    groups: tuple[GroupName, ...]
    unread: tuple[Unread, ...]

    def __bool__(self) -> bool:
        return bool(self.groups)


def discover(door: Door, function: str, *, afresh: bool = False) -> Discovery:
    """The stack and the deployment groups of ``function``. Raises what CodeDeploy's reads raise.

    Where tags or stack cannot be read, that is recorded and every group is asked instead. That
    there is no group is remembered for a moment only, and not at all where ``afresh`` is asked.
    """

    def read() -> Discovery:
        parts = Parts()
        none: Mapping[str, str] = {}
        tags = parts.read("stack", lambda: reads.tags(door, function), none)
        stack = tags.get(STACK_TAG)
        groups = in_stack(door, function, tags, parts) or everywhere(door, function)
        return Discovery(stack, groups, tuple(parts.unread))

    empty_ttl_s = 0.0 if afresh else NOT_FOUND_S
    return door.remembered(("groups", function), FOUND_S, read, empty_ttl_s=empty_ttl_s)


def rollout(door: Door, target: Target, *, afresh: bool = False) -> tuple[Discovery, Rollout]:
    """What moves ``target``, and its newest deployment; found anew where a group has gone."""
    found = discover(door, target.function, afresh=afresh)
    try:
        return found, deployments.rollout(door, target, found.groups)
    except NotFound:
        door.forget(("groups", target.function))
        found = discover(door, target.function)
        return found, deployments.rollout(door, target, found.groups)


def stack_resources(door: Door, stack: str) -> list[dict[str, Any]]:
    """Every line of ListStackResources."""
    rows = door.pages(
        "cloudformation",
        "ListStackResources",
        "StackResourceSummaries",
        f"stack {stack}",
        StackName=stack,
    )
    return list(rows)


def in_stack(
    door: Door, function: str, tags: Mapping[str, str], parts: Parts
) -> tuple[GroupName, ...]:
    """The function's groups in its own stack; none where it has none, or cannot be read."""
    stack = tags.get(STACK_TAG)
    if stack is None:
        return ()
    nothing: list[dict[str, Any]] = []
    resources = parts.read("stack", lambda: stack_resources(door, stack), nothing)
    applications = physical_ids(resources, APPLICATION_TYPE)
    groups = physical_ids(resources, GROUP_TYPE)
    own = groups.get(f"{tags.get(LOGICAL_ID_TAG)}DeploymentGroup")
    if own is not None:
        return homes(door, own, applications.values())
    homed = (homes(door, group, applications.values()) for group in groups.values())
    named = (name for names in homed for name in names)
    return tuple(name for name in named if moves(door, name, function))


def physical_ids(resources: Iterable[Mapping[str, Any]], kind: str) -> dict[str, str]:
    """Logical id -> physical id of the resources of one type that exist already."""
    return {
        r["LogicalResourceId"]: r["PhysicalResourceId"]
        for r in resources
        if r["ResourceType"] == kind and r.get("PhysicalResourceId")
    }


def homes(door: Door, group: str, applications: Collection[str]) -> tuple[GroupName, ...]:
    """The group in its application: the stack's only one, or the one that lists it."""
    if len(applications) == 1:
        return tuple(GroupName(application, group) for application in applications)
    among = applications or lambda_applications(door)
    return tuple(GroupName(a, group) for a in among if group in groups_in(door, a))


def everywhere(door: Door, function: str) -> tuple[GroupName, ...]:
    """Every group of the account that has lately moved the function."""
    names = (
        GroupName(application, group)
        for application in lambda_applications(door)
        for group in groups_in(door, application)
    )
    return tuple(name for name in names if moves(door, name, function))


def moves(door: Door, name: GroupName, function: str) -> bool:
    """Whether one of the group's last deployments was of the function, or is about to tell.

    One that has not started says nothing yet: until it does it may be this function's.
    """
    latest = (deployments.with_target(door, d) for d in deployments.recent(door, name, limit=3))
    return any(d.function == function or (d.active and d.function is None) for d in latest)


def lambda_applications(door: Door) -> list[str]:
    names = list(door.pages("codedeploy", "ListApplications", "applications", "the applications"))
    found = []
    for start in range(0, len(names), 100):
        answer = door.call(
            "codedeploy",
            "BatchGetApplications",
            "the applications",
            applicationNames=names[start : start + 100],
        )
        found += [
            info["applicationName"]
            for info in answer["applicationsInfo"]
            if info.get("computePlatform") == "Lambda"
        ]
    return found


def groups_in(door: Door, application: str) -> list[str]:
    rows = door.pages(
        "codedeploy",
        "ListDeploymentGroups",
        "deploymentGroups",
        f"application {application}",
        applicationName=application,
    )
    return list(rows)

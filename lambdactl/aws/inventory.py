"""What besides an alias may need a version of a function: everything a prune must know first.

Each source is read to its end or recorded as unread, and one that is unread keeps the prune from
being planned. AWS does not refuse to delete a version that any of these point at.

Sources: aws-lambda's API reference, per operation; the qualifier of an ARN is its last segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from lambdactl.aws import calling, deployments, discovery
from lambdactl.aws.deployments import GroupName
from lambdactl.aws.discovery import Discovery
from lambdactl.aws.door import Door
from lambdactl.aws.parts import Parts
from lambdactl.errors import NotFound
from lambdactl.model import (
    Alias,
    Deployment,
    DeploymentStatus,
    Inventory,
    OwningStack,
    Version,
    VersionUse,
)

VERSION_TYPE = "AWS::Lambda::Version"
DAY_S = 86_400.0
BUSY = ("RUNNING", "PAUSING", "PAUSED")


def take(
    door: Door,
    function: str,
    aliases: Iterable[Alias],
    versions: Iterable[Version],
    found: Discovery,
) -> Inventory:
    """The inventory of ``function``. Policies are looked up for versions no alias routes to."""
    parts = Parts()
    now = door.clock.now()
    routed = frozenset(n for a in aliases for n in a.routing.versions)
    loose = [v for v in versions if v.number not in routed]
    none: dict[int, bool] = {}
    nowhere: tuple[VersionUse, ...] = ()
    policies = parts.read("resource policies", lambda: policies_of(door, function, loose), none)
    return Inventory(
        uses=(
            *parts.read("event source mappings", lambda: mappings(door, function), nowhere),
            *uses_of(door, function, loose, parts, now=now),
            *granted(policies),
        ),
        deployments=parts.read("deployments", lambda: of_groups(door, found.groups), ()),
        stack=parts.read("owning stack", lambda: owning_stack(door, found.stack), None),
        policies_read=routed.union(policies),
        unread=(*found.unread, *parts.unread),
    )


def uses_of(
    door: Door,
    function: str,
    loose: Iterable[Version],
    parts: Parts,
    *,
    now: datetime,
    grace_s: float = DAY_S,
) -> Iterator[VersionUse]:
    """What has to be asked function by function: rules 9, 10, 12 and 13."""
    none: tuple[VersionUse, ...] = ()
    yield from parts.read("provisioned concurrency", lambda: provisioned(door, function), none)
    yield from parts.read("asynchronous invocation", lambda: async_configs(door, function), none)
    yield from parts.read("durable executions", lambda: executing(door, function, loose), none)
    numbers = {v.number for v in loose}
    yield from parts.read(
        "calls", lambda: calling.called(door, function, numbers, now=now, grace_s=grace_s), none
    )


def qualifier_of(arn: str) -> int | None:
    """The version that ``arn:aws:lambda:REGION:ACCOUNT:function:NAME:N`` names, if it names one."""
    parts = arn.split(":")
    return int(parts[7]) if len(parts) > 7 and parts[7].isdecimal() else None


def named(rows: Iterable[Mapping[str, Any]], what: str, rule: int) -> tuple[VersionUse, ...]:
    numbers = (qualifier_of(row["FunctionArn"]) for row in rows)
    return tuple(VersionUse(number, what, rule) for number in numbers if number is not None)


def mappings(door: Door, function: str) -> tuple[VersionUse, ...]:
    return all_mappings(door).get(function, ())


def all_mappings(door: Door) -> dict[str, tuple[VersionUse, ...]]:
    """Function -> its versions that an event source mapping names.

    Of all mappings there are: that a filter by name sees qualified ones is not documented.
    """
    rows = door.pages(
        "lambda", "ListEventSourceMappings", "EventSourceMappings", "the event source mappings"
    )
    found: dict[str, tuple[VersionUse, ...]] = {}
    for row in rows:
        function = deployments.bare(row.get("FunctionArn"))
        uses = named([row], "event source mapping", 8) if function else ()
        if function and uses:
            found[function] = (*found.get(function, ()), *uses)
    return found


def provisioned(door: Door, function: str) -> tuple[VersionUse, ...]:
    rows = door.pages(
        "lambda",
        "ListProvisionedConcurrencyConfigs",
        "ProvisionedConcurrencyConfigs",
        f"provisioned concurrency of {function}",
        FunctionName=function,
    )
    return named(rows, "provisioned concurrency", 9)


def async_configs(door: Door, function: str) -> tuple[VersionUse, ...]:
    rows = door.pages(
        "lambda",
        "ListFunctionEventInvokeConfigs",
        "FunctionEventInvokeConfigs",
        f"asynchronous invocation of {function}",
        FunctionName=function,
    )
    return named(rows, "asynchronous invocation", 10)


def executing(door: Door, function: str, loose: Iterable[Version]) -> tuple[VersionUse, ...]:
    """Versions with durable executions that have not ended: these stay on their version."""
    durable = (v.number for v in loose if v.durable)
    busy = (number for number in durable if is_executing(door, function, number))
    return tuple(VersionUse(number, "durable execution running", 12) for number in busy)


def is_executing(door: Door, function: str, number: int) -> bool:
    answer = door.call(
        "lambda",
        "ListDurableExecutionsByFunction",
        f"version {function}:{number}",
        FunctionName=function,
        Qualifier=str(number),
        Statuses=list(BUSY),
        MaxItems=1,
    )
    # A page may come back empty and still say that there is more.
    return bool(answer.get("DurableExecutions") or answer.get("NextMarker"))


def policies_of(door: Door, function: str, loose: Iterable[Version]) -> dict[int, bool]:
    """Version -> whether it has a resource policy, that is whether somebody may push to it."""
    return {v.number: has_policy(door, function, v.number) for v in loose}


def has_policy(door: Door, function: str, number: int) -> bool:
    try:
        door.call(
            "lambda",
            "GetPolicy",
            f"policy of {function}:{number}",
            FunctionName=function,
            Qualifier=str(number),
        )
    except NotFound:
        return False
    return True


def granted(policies: Mapping[int, bool]) -> Iterator[VersionUse]:
    return (VersionUse(number, "resource policy", 11) for number, has in policies.items() if has)


def of_groups(door: Door, groups: Iterable[GroupName]) -> tuple[Deployment, ...]:
    """Of every group: what runs, the newest deployments, and the last one that succeeded."""
    found: list[Deployment] = []
    for name in groups:
        latest = deployments.recent(door, name)
        found += latest
        if not any(d.status is DeploymentStatus.Succeeded for d in latest):
            found += deployments.last_succeeded(door, name)
    return tuple(deployments.with_target(door, d) for d in needed(found))


def needed(found: Iterable[Deployment]) -> Iterator[Deployment]:
    """Of each group, newest first: those that run, the last, and the last that succeeded."""
    seen: set[tuple[str, str]] = set()
    succeeded: set[tuple[str, str]] = set()
    for deployment in found:
        group = (deployment.application, deployment.group)
        good = deployment.status is DeploymentStatus.Succeeded and group not in succeeded
        if deployment.active or good or group not in seen:
            yield deployment
        seen.add(group)
        if good:
            succeeded.add(group)


def owning_stack(door: Door, name: str | None) -> OwningStack | None:
    if name is None:
        return None
    answer = door.call("cloudformation", "DescribeStacks", f"stack {name}", StackName=name)
    resources = discovery.stack_resources(door, name)
    arns = (r.get("PhysicalResourceId", "") for r in resources if r["ResourceType"] == VERSION_TYPE)
    numbers = (qualifier_of(arn) for arn in arns)
    return OwningStack(
        name=name,
        status=answer["Stacks"][0]["StackStatus"],
        versions=frozenset(n for n in numbers if n is not None),
    )

"""A whole account for a prune, in as few calls as it can be read with.

ListFunctions(FunctionVersion=ALL) gives every version of every function, fifty to a page, with its
size, age and layers: one page is in memory at a time. What does not belong to one function
(mappings, deployments, stacks) is asked once; what does is asked only for functions that have
something to delete.

The pages are not taken to come function by function: AWS does not say in which order they come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdactl.aws import deep, deployments, discovery, inventory, reads
from lambdactl.aws.deployments import ACTIVE, GroupName
from lambdactl.aws.door import Door
from lambdactl.aws.parts import Parts
from lambdactl.errors import NotFound
from lambdactl.model import Deployment, Inventory, OwningStack, Unread, Version, VersionUse

FUNCTION_TYPE = "AWS::Lambda::Function"
MOST_AT_ONCE = 25
"""BatchGetDeployments takes so many."""
Uses = Mapping[str, tuple[VersionUse, ...]]


@dataclass(frozen=True, slots=True)
class Swept:
    """One page of the sweep. The number of ``$LATEST`` is 0 here, for it counts its bytes too."""

    rows: tuple[tuple[str, Version], ...]
    layers: Mapping[str, int]
    """ARN of each layer version that is attached -> its bytes."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What needs versions and is asked of the account once, for all of its functions."""

    mappings: Uses = field(default_factory=dict)
    elsewhere: Uses = field(default_factory=dict)
    deployments: tuple[Deployment, ...] = ()
    stacks: Mapping[str, OwningStack] = field(default_factory=dict)
    """Function -> the stack that made it, with the versions of it that any stack calls its own."""
    deep: bool = False
    unread: tuple[Unread, ...] = ()

    def of(self, function: str) -> Inventory:
        """The inventory of one function, without what must be asked function by function."""
        mine = tuple(d for d in self.deployments if d.function in (None, function))
        return Inventory(
            uses=(*self.mappings.get(function, ()), *self.elsewhere.get(function, ())),
            # One that has not told its function yet may be of this one, until it has ended.
            deployments=tuple(d for d in mine if d.function == function or d.active),
            stack=self.stacks.get(function),
            policies_later=True,
            deep=self.deep,
            unread=self.unread,
        )


def sweep(door: Door) -> Iterator[Swept]:
    """Every version of every function, a page at a time. Raises what the reads raise: an account
    of which only a part was seen is not planned for."""
    marker: str | None = None
    while True:
        more = {"Marker": marker} if marker else {}
        answer = door.call(
            "lambda", "ListFunctions", "the functions", FunctionVersion="ALL", MaxItems=50, **more
        )
        yield swept(answer["Functions"])
        marker = answer.get("NextMarker")
        if not marker:
            return


def versions_of(door: Door, function: str) -> Swept:
    """Every version of one function, for a prune of a few."""
    about = f"function {function}"
    rows = door.pages("lambda", "ListVersionsByFunction", "Versions", about, FunctionName=function)
    return swept(list(rows))


def stack_functions(door: Door, stack: str) -> tuple[str, ...]:
    rows = discovery.stack_resources(door, stack)
    names = discovery.physical_ids(rows, FUNCTION_TYPE).values()
    return tuple(sorted(deployments.bare(name) or name for name in names))


def swept(rows: list[dict[str, Any]]) -> Swept:
    numbered = [(row["FunctionName"], row) for row in rows if is_counted(row["Version"])]
    layers = {x["Arn"]: x.get("CodeSize", 0) for row in rows for x in row.get("Layers", ())}
    return Swept(tuple((name, version_of(row)) for name, row in numbered), layers)


def is_counted(version: str) -> bool:
    """``$LATEST.PUBLISHED`` stands for a version that has a row of its own."""
    return version == "$LATEST" or version.isdecimal()


def version_of(row: Mapping[str, Any]) -> Version:
    number = row["Version"] if row["Version"].isdecimal() else "0"
    return reads.version_from({**row, "Version": number})


def surroundings(door: Door, *, searched: bool = False) -> Surroundings:
    """Mappings, deployments and stacks of the whole account; what could not be read is unread."""
    parts = Parts()
    nowhere: dict[str, tuple[VersionUse, ...]] = {}
    mappings = parts.read("event source mappings", lambda: inventory.all_mappings(door), nowhere)
    none: tuple[Deployment, ...] = ()
    found = parts.read("deployments", lambda: all_deployments(door), none)
    unowned: dict[str, OwningStack] = {}
    stacks = parts.read("stacks", lambda: all_stacks(door), unowned)
    elsewhere = deep.search(door, parts) if searched else nowhere
    return Surroundings(mappings, elsewhere, found, stacks, searched, tuple(parts.unread))


def all_deployments(door: Door) -> tuple[Deployment, ...]:
    """Of every Lambda group: what runs, the last deployment, and the last that succeeded."""
    groups = [
        GroupName(application, group)
        for application in discovery.lambda_applications(door)
        for group in discovery.groups_in(door, application)
    ]
    return inventory.of_groups(door, groups)


def running(door: Door) -> tuple[Deployment, ...]:
    """Every deployment of the region that has not ended, with its target where it has one."""
    ids = list(
        door.pages(
            "codedeploy",
            "ListDeployments",
            "deployments",
            "the running deployments",
            includeOnlyStatuses=list(ACTIVE),
        )
    )
    found = [
        d
        for start in range(0, len(ids), MOST_AT_ONCE)
        for d in deployments.described(door, ids[start : start + MOST_AT_ONCE])
    ]
    return tuple(deployments.with_target(door, d) for d in found if d.active)


def all_stacks(door: Door) -> dict[str, OwningStack]:
    """Function -> its stack. A version that is a resource of any other stack is kept with it."""
    owners: dict[str, tuple[str, str]] = {}
    versions: dict[str, set[int]] = {}
    named: dict[str, tuple[str, str]] = {}
    stacks = door.pages("cloudformation", "DescribeStacks", "Stacks", "the stacks")
    for stack in list(stacks):
        told = (stack["StackName"], stack["StackStatus"])
        for resource in resources_of(door, stack["StackName"]):
            physical = resource.get("PhysicalResourceId", "")
            if resource["ResourceType"] == FUNCTION_TYPE and physical:
                owners[deployments.bare(physical) or physical] = told
            number = inventory.qualifier_of(physical)
            if resource["ResourceType"] == inventory.VERSION_TYPE and number is not None:
                function = physical.split(":")[6]
                versions.setdefault(function, set()).add(number)
                named[function] = told
    return {
        function: OwningStack(*told, frozenset(versions.get(function, ())))
        for function, told in {**named, **owners}.items()
    }


def resources_of(door: Door, stack: str) -> list[dict[str, Any]]:
    """The stack's resources; none where it has been deleted since it was listed."""
    try:
        return discovery.stack_resources(door, stack)
    except NotFound:
        return []


def stack_status(door: Door, name: str) -> str | None:
    """What the stack is doing now; None where it is gone."""
    try:
        answer = door.call("cloudformation", "DescribeStacks", f"stack {name}", StackName=name)
    except NotFound:
        return None
    status: str = answer["Stacks"][0]["StackStatus"]
    return status

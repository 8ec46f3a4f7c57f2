"""The look just before a delete: what has come to need a version since the plan was made.

DeleteFunction has no lock, so this cannot exclude that somebody is faster; it makes the time in
which they would have to be as short as one call. Every read here that fails keeps the version.
"""

from __future__ import annotations

from lambdactl.aws import inventory
from lambdactl.aws.door import Door
from lambdactl.errors import NotFound
from lambdactl.model import VersionUse

MAPPINGS_S = 60.0
SETTLED = (None, "Active", "Inactive")


def pins(door: Door, function: str) -> tuple[VersionUse, ...]:
    """Rules 8 to 10 again: mappings (a minute old at most), provisioned concurrency, and
    asynchronous configuration."""
    known = door.remembered("mappings", MAPPINGS_S, lambda: inventory.all_mappings(door))
    return (
        *known.get(function, ()),
        *inventory.provisioned(door, function),
        *inventory.async_configs(door, function),
    )


def need(door: Door, function: str, number: int) -> VersionUse | None:
    """Rules 11, 12 and 18 of one version: its policy, its durable executions, its state."""
    if inventory.has_policy(door, function, number):
        return VersionUse(number, "resource policy", 11)
    try:
        answer = door.call(
            "lambda",
            "GetFunction",
            f"version {function}:{number}",
            FunctionName=function,
            Qualifier=str(number),
        )
    except NotFound:
        return None
    told = answer["Configuration"]
    state = told.get("State")
    if state not in SETTLED:
        return VersionUse(number, f"it is {state}", 18)
    if "DurableConfig" in told and inventory.is_executing(door, function, number):
        return VersionUse(number, "durable execution running", 12)
    return None

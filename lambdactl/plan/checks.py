"""What must hold before an alias is routed to a version: each condition by name, met or not.

A condition that could not be read is unknown (``ok is None``), and shown so. One that does not hold
refuses the plan, because AWS would refuse the write, or accept it and fail the calls. Conditions
are asked only of a version that gains traffic: nothing may stand in the way of taking traffic away.

Sources: aws-lambda/latest/dg/configuring-alias-routing (two published versions, same execution
role, same dead-letter target); an UpdateAlias onto a version that is still Pending has been seen to
fail with InternalError; provisioned concurrency cannot be changed on an alias that is split.
"""

from __future__ import annotations

from lambdactl.errors import Refused
from lambdactl.model import Alias, Routing, Snapshot, Version, label
from lambdactl.plan.actions import Check
from lambdactl.plan.routing import shift_command


def checks_of(
    snapshot: Snapshot, alias: Alias, after: Routing, gaining: int | None
) -> tuple[Check, ...]:
    """Every precondition of moving ``alias`` to ``after``, by which ``gaining`` gets more calls."""
    checks = [Check("no deployment runs", True)]
    if gaining is not None and gaining != alias.routing.stable:
        checks.append(is_active(snapshot, gaining))
    if after.split:
        checks += [
            same(snapshot, after, "role"),
            same(snapshot, after, "dead-letter target"),
            not_provisioned(snapshot, alias),
        ]
    return (*checks, Check(f"revision id {alias.revision_id[:8]}", True, alias.revision_id))


def is_active(snapshot: Snapshot, number: int) -> Check:
    name = f"{label(number)} Active"
    version = snapshot.version(number)
    if version is None or version.state is None:
        return Check(name, None, "its state was not read")
    return Check(name, version.state == "Active", f"it is {version.state}")


def same(snapshot: Snapshot, after: Routing, what: str) -> Check:
    name = f"same {what}"
    stable, canary = snapshot.version(after.stable), snapshot.version(after.canary)
    if stable is None or canary is None:
        return Check(name, None, "not both versions were read")
    one, other = property_of(stable, what), property_of(canary, what)
    if one == other:
        return Check(name, True, one)
    return Check(name, False, f"{stable.label} has {one}, {canary.label} has {other}")


def property_of(version: Version, what: str) -> str:
    return version.role if what == "role" else version.dead_letter_arn or "none"


def not_provisioned(snapshot: Snapshot, alias: Alias) -> Check:
    name = "no provisioned concurrency"
    if snapshot.provisioned is None:
        return Check(name, None, "it was not read")
    if alias.name not in snapshot.provisioned:
        return Check(name, True)
    return Check(name, False, f"alias {alias.name} has it, and it cannot change during a split")


def refuse_unmet(snapshot: Snapshot, checks: tuple[Check, ...], after: Routing) -> None:
    """Refused with the first check that does not hold."""
    unmet = next((c for c in checks if c.ok is False), None)
    if unmet is None:
        return
    raise Refused(
        f"cannot shift {snapshot.target}: not met: {unmet.name}",
        why=unmet.detail,
        hint=way_out(snapshot, unmet, after),
    )


def way_out(snapshot: Snapshot, unmet: Check, after: Routing) -> str:
    function = snapshot.target.function
    if unmet.name.endswith(" Active"):
        number = unmet.name.removeprefix("v").removesuffix(" Active")
        return f"aws lambda wait published-version-active --function-name {function}:{number}"
    if unmet.name == "no provisioned concurrency":
        return (
            f"aws lambda delete-provisioned-concurrency-config --function-name {function}"
            f" --qualifier {snapshot.target.alias}"
        )
    assert after.canary is not None
    return f"{shift_command(snapshot.target, after.canary, 100.0)}   (all at once, without a split)"

"""``deploy``: what a change set does to the aliases of its stack, said before it is executed.

A change set lists resources; an operator wants to know whether traffic moves. Three things are not
seen in such a list and are worked out here. A function can change without a version of it being
published: then the alias stays, and the deploy shifts nothing. The first deployment of an alias has
no hooks and no canary, because CodeDeploy acts on updates only. And an alias that was moved or left
split outside of the stack makes CodeDeploy refuse, so the plan refuses first, with the way out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lambdactl.errors import Refused
from lambdactl.model import Alarm, Place, Routing, Snapshot, Target, label
from lambdactl.model_stack import AliasRule, ChangeSet, ResourceChange, StackState
from lambdactl.plan.actions import Check, ExecuteChangeSet, How, Plan, Release
from lambdactl.plan.routing import describe, shift_command

ALIAS = "AWS::Lambda::Alias"
FUNCTION = "AWS::Lambda::Function"
VERSION = "AWS::Lambda::Version"
GROUP = "AWS::CodeDeploy::DeploymentGroup"


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a deploy is judged by."""

    place: Place
    change_set: ChangeSet
    state: StackState | None
    """None where the stack does not exist yet."""
    rules: tuple[AliasRule, ...] | None
    """Every alias of the template to come; None where it could not be read."""
    snapshots: Mapping[str, Snapshot]
    """The aliases as they are now, by logical id; without those that do not exist yet."""


def plan_deploy(seen: Seen) -> Plan:
    """The plan of executing the change set; without actions where there is nothing to deploy.

    Raises Refused where the deploy would move an alias that CodeDeploy could not move: split, moved
    outside of the stack, or owned by a running deployment.
    """
    changes = seen.change_set.changes
    releases = tuple(releases_of(seen))
    checks = tuple(checks_of(seen, releases))
    refuse_unmet(seen, releases, checks)
    action = ExecuteChangeSet(seen.change_set.stack, seen.change_set.id)
    moving = next((r for r in releases if r.moves), None)
    main = moving or next(iter(releases), None)
    return Plan(
        verb="deploy",
        place=seen.place,
        target=main.target if main else Target(seen.change_set.stack, ""),
        actions=(action,) if changes else (),
        checks=checks,
        notes=tuple(notes_of(seen, releases)),
        undo=undo_of(releases),
        releases=releases,
        changes=changes,
    )


def releases_of(seen: Seen) -> Iterator[Release]:
    rules = {rule.logical_id: rule for rule in seen.rules or ()}
    changed = {c.logical_id: c for c in seen.change_set.changes if c.type == ALIAS}
    for logical_id in dict.fromkeys((*rules, *changed, *seen.snapshots)):
        yield release_of(seen, logical_id, rules.get(logical_id), changed.get(logical_id))


def release_of(
    seen: Seen, logical_id: str, rule: AliasRule | None, change: ResourceChange | None
) -> Release:
    snapshot = seen.snapshots.get(logical_id)
    return Release(
        logical_id=logical_id,
        target=target_of(seen, logical_id, rule),
        how=how_it_moves(seen, rule, change),
        publishes=publishes(seen.change_set, rule),
        before=snapshot.alias.routing if snapshot and snapshot.alias else None,
        config_name=config_of(seen, rule, snapshot),
        hooks=rule.hooks if rule else (),
    )


def how_it_moves(seen: Seen, rule: AliasRule | None, change: ResourceChange | None) -> How:
    if change is None:
        return "stays"
    if change.action == "Remove":
        return "removed"
    if change.action == "Add" or change.replaced:
        return "first"
    if not change.touches("FunctionVersion"):
        return "stays"
    if seen.rules is None or rule is None:
        return "unknown"
    return "CodeDeploy" if rule.by_codedeploy else "at once"


def publishes(change_set: ChangeSet, rule: AliasRule | None) -> bool:
    """Whether the version that the alias will point at is a new one."""
    published = published_in(change_set)
    return bool(published) if rule is None else rule.version in published


def published_in(change_set: ChangeSet) -> frozenset[str]:
    """Logical ids of the versions that are published: new ones, and those that are replaced."""
    return frozenset(
        c.logical_id
        for c in change_set.changes
        if c.type == VERSION and (c.action == "Add" or c.replaced)
    )


def target_of(seen: Seen, logical_id: str, rule: AliasRule | None) -> Target:
    """Before the first deployment the names in the template are all there is."""
    snapshot = seen.snapshots.get(logical_id)
    if snapshot is not None:
        return snapshot.target
    function = rule.function if rule else None
    name = rule.name if rule else None
    return Target(function or seen.change_set.stack, name or logical_id)


def config_of(seen: Seen, rule: AliasRule | None, snapshot: Snapshot | None) -> str | None:
    """The deployment config that will be used: the change set's, or the one that is set now."""
    group = rule.group if rule else None
    for change in seen.change_set.changes:
        if change.type == GROUP and change.logical_id == group:
            new = [p.after for p in change.properties if p.path.endswith("DeploymentConfigName")]
            if new:
                return new[0]
    return snapshot.group.config_name if snapshot and snapshot.group else None


def checks_of(seen: Seen, releases: tuple[Release, ...]) -> Iterator[Check]:
    """What must hold: of the stack, and of every alias that this deploy moves."""
    if seen.state is not None:
        yield Check(f"stack {seen.state.status}", True)
    for release in releases:
        snapshot = seen.snapshots.get(release.logical_id)
        if release.moves and snapshot is not None and snapshot.alias is not None:
            yield from checks_of_alias(seen, snapshot, snapshot.alias.routing)


def checks_of_alias(seen: Seen, snapshot: Snapshot, routing: Routing) -> Iterator[Check]:
    target = snapshot.target
    yield Check(f"{target} is not split", not routing.split, describe(routing))
    unread = snapshot.unreadable("deployment")
    running = snapshot.active_deployment
    yield Check(
        f"no deployment of {target} runs",
        None if unread else running is None,
        unread.reason if unread else running.id if running else "",
    )
    left = stack_version(seen.change_set, target)
    if left is not None:
        detail = f"the stack left it at {label(left)}, and it is at {label(routing.stable)}"
        yield Check(f"{target} is where the stack left it", left == routing.stable, detail)


def stack_version(change_set: ChangeSet, target: Target) -> int | None:
    """The version that the stack points the alias at now; None where the change set does not tell.

    A deploy that moves an alias takes its version out of the stack, or replaces it.
    """
    leaving = [
        version_number(c.physical_id, target.function)
        for c in change_set.changes
        if c.type == VERSION and (c.action == "Remove" or c.replaced)
    ]
    numbers = [n for n in leaving if n is not None]
    return numbers[0] if len(numbers) == 1 else None


def version_number(arn: str | None, function: str) -> int | None:
    """The number at the end of ``arn:aws:lambda:<region>:<account>:function:<name>:<number>``."""
    parts = (arn or "").split(":")
    if len(parts) != 8 or parts[6] != function or not parts[7].isdecimal():
        return None
    return int(parts[7])


def refuse_unmet(seen: Seen, releases: tuple[Release, ...], checks: tuple[Check, ...]) -> None:
    unmet = next((c for c in checks if c.ok is False), None)
    if unmet is None:
        return
    target = next(r.target for r in releases if r.moves and str(r.target) in unmet.name)
    raise Refused(
        f"CodeDeploy could not move {target}: not met: {unmet.name}",
        why=unmet.detail,
        hint=way_out(seen, target, unmet),
    )


def way_out(seen: Seen, target: Target, unmet: Check) -> str:
    if unmet.name.endswith("is not split"):
        return f"lambdactl promote -f {target}   or lambdactl abort -f {target}, then deploy again"
    if unmet.name.startswith("no deployment"):
        return f"lambdactl status -f {target} --watch   or lambdactl abort -f {target}"
    left = stack_version(seen.change_set, target)
    assert left is not None
    return f"{shift_command(target, left, 100.0)}   puts it back, then deploy again"


def notes_of(seen: Seen, releases: tuple[Release, ...]) -> Iterator[str]:
    change_set = seen.change_set
    if not change_set.changes:
        yield f"nothing to deploy: stack {change_set.stack} already is what the template says"
        return
    if change_set.creates:
        yield f"makes stack {change_set.stack} with {len(change_set.changes)} resources"
    for release in releases:
        yield from notes_of_release(release)
    if seen.rules is None:
        yield "the template of the change set could not be read: how aliases move is not known"
    if not any(r.moves or r.how == "first" for r in releases):
        yield from notes_of_standstill(seen, releases)
    yield from notes_of_losses(change_set)
    for snapshot in seen.snapshots.values():
        yield from (f"alarm {a.name} is in ALARM" for a in ringing(snapshot))


def ringing(snapshot: Snapshot) -> tuple[Alarm, ...]:
    return tuple(a for a in snapshot.alarms if a.state == "ALARM")


def notes_of_release(release: Release) -> Iterator[str]:
    target = release.target
    match release.how:
        case "first":
            yield (
                f"first deployment of {target}: no hooks and no canary, all traffic"
                " goes to the new version at once; CodeDeploy acts from the next deploy on"
            )
        case "CodeDeploy":
            how = f" by {release.config_name}" if release.config_name else ""
            hooks = f", hooks {', '.join(release.hooks)}" if release.hooks else ""
            yield f"CodeDeploy moves {target} to {what_comes(release)}{how}{hooks}"
        case "at once":
            yield (
                f"{target} moves to {what_comes(release)} at once, without hooks or canary:"
                " its template has no CodeDeployLambdaAliasUpdate"
            )
        case "unknown":
            yield f"{target} moves to {what_comes(release)}; by CodeDeploy or at once is not known"
        case "removed":
            yield f"alias {target} is removed: every caller that uses it will fail"


def what_comes(release: Release) -> str:
    return "a new version" if release.publishes else "another version"


def notes_of_standstill(seen: Seen, releases: tuple[Release, ...]) -> Iterator[str]:
    """Why no traffic moves. A function that changes without a version is the trap to point at."""
    yield "this deploy will shift nothing"
    rules = {rule.logical_id: rule for rule in seen.rules or ()}
    for release in releases:
        rule = rules.get(release.logical_id)
        for change in seen.change_set.changes:
            if rule and change.type == FUNCTION and change.logical_id == rule.function:
                stays = f" stays at {describe(release.before)}" if release.before else " stays"
                yield (
                    f"{change.logical_id} changes ({', '.join(changed_properties(change))}), but no"
                    f" version of it is published: {release.target}{stays}"
                )


def changed_properties(change: ResourceChange) -> tuple[str, ...]:
    """``Timeout``, ``Environment``: the top-level properties, each once."""
    names = (p.path.split(".") for p in change.properties)
    return tuple(dict.fromkeys(n[1] if len(n) > 1 else n[0] for n in names)) or ("not told what",)


def notes_of_losses(change_set: ChangeSet) -> Iterator[str]:
    """What is deleted or made anew: nothing of that may be overlooked."""
    for change in change_set.changes:
        policy = change.policy_action or ""
        if change.type == VERSION:
            number = (change.physical_id or "").rpartition(":")[2]
            if number and policy.endswith("Delete"):
                yield f"v{number} is deleted: there will be no way back to it"
        elif change.action == "Remove" and not policy.endswith("Retain"):
            yield f"removes {change.logical_id} ({change.type})"
        elif change.replaced:
            sure = "replaces" if change.replacement == "True" else "may replace"
            yield f"{sure} {change.logical_id} ({change.type})"


def undo_of(releases: tuple[Release, ...]) -> str | None:
    """A command for each alias that moves and had a version before, each on a line."""
    return "\n".join(ways_back(releases)) or None


def ways_back(releases: tuple[Release, ...]) -> Iterator[str]:
    for release in releases:
        if not release.moves or release.before is None or release.before.stable is None:
            continue
        if release.how == "at once":
            yield shift_command(release.target, release.before.stable, 100.0)
        else:
            yield f"lambdactl abort -f {release.target}   while it runs"

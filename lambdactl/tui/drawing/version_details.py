"""Everything that is known of one version: what it is, what uses it, what a prune does to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from lambdactl.model import Inventory, Snapshot, Version, label
from lambdactl.plan import Plan, VersionVerdict
from lambdactl.plan.protecting import Criteria, Protected, Pruning, protections
from lambdactl.render.numbers import UNKNOWN, size, stamp
from lambdactl.render.spans import Line, Span, labelled, spans
from lambdactl.render.versions import routed_by
from lambdactl.render.visible import visible
from lambdactl.tui.drawing.text import age

LABEL = 12
CALLED = 13
"""The rule of pruning that is about calls."""
_labelled = partial(labelled, LABEL)


def details(snapshot: Snapshot, plan: Plan | None, number: int) -> list[Line]:
    """A line for each thing, not wrapped; what is not known is said, not left out."""
    version = next((v for v in snapshot.versions if v.number == number), None)
    if version is None:
        return [spans(f"{label(number)} of {snapshot.target.function} is gone")]
    return [
        *_is(version, snapshot),
        *_used(version, snapshot),
        *_planned(version, snapshot, plan),
    ]


def _is(version: Version, snapshot: Snapshot) -> Iterator[Line]:
    published = version.published
    ago = f", {age((snapshot.taken - published).total_seconds())} ago" if published else ""
    code = f"{size(version.code_size)}  {version.package_type}"
    memory = UNKNOWN if version.memory_mb is None else f"{version.memory_mb} MB"
    timeout = UNKNOWN if version.timeout_s is None else f"{version.timeout_s} s"
    yield _labelled("version", Span(f"{snapshot.target.function}:{version.number}", "bold"))
    yield _labelled("described", visible(version.description) or "without a description")
    yield _labelled("published", f"{stamp(published)}{ago}")
    yield _labelled("code", code)
    yield _labelled("sha256", visible(version.code_sha256))
    yield _labelled("runtime", visible(version.runtime or UNKNOWN))
    yield _labelled("handler", visible(version.handler or UNKNOWN))
    yield _labelled("memory", memory)
    yield _labelled("timeout", timeout)
    yield _labelled("processor", visible(", ".join(version.architectures)) or UNKNOWN)
    yield from _each("layers", version.layers, "none")
    yield _labelled("role", visible(version.role) or UNKNOWN)
    if version.dead_letter_arn:
        yield _labelled("dead letter", visible(version.dead_letter_arn))
    yield _labelled("state", version.state or "not told by the list of versions")
    yield from _each("special", tuple(_special(version)), "")


def _special(version: Version) -> Iterator[str]:
    if version.durable:
        yield "durable: executions stay on it until they end"
    if version.managed:
        yield "runs on a capacity provider"
    if version.snap_start:
        yield "SnapStart: a snapshot of it is cached"


def _used(version: Version, snapshot: Snapshot) -> Iterator[Line]:
    inventory = snapshot.inventory
    yield _labelled("routed by", visible(routed_by(snapshot, version.number)) or "no alias")
    if inventory is None:
        yield _labelled("used by", "not read")
        return
    uses = [
        f"{use.by}{_by_rule(use.rule)}"
        for use in inventory.uses
        if use.version == version.number and use.rule != CALLED
    ]
    yield from _each("used by", tuple(uses), "nothing that was found")
    yield _labelled("last call", _called(version, snapshot, inventory))
    for unread in inventory.unread:
        yield _labelled("not known", Span(visible(f"{unread.part}: {unread.reason}"), "yellow"))


def _called(version: Version, snapshot: Snapshot, inventory: Inventory) -> str:
    known = [u.by for u in inventory.uses if u.version == version.number and u.rule == CALLED]
    if known:
        return "; ".join(known)
    if any(version.number in alias.routing.versions for alias in snapshot.aliases):
        return "not asked: an alias routes to it"
    if inventory.unread:
        return "not known"
    return "none by its number in 14 days, none at all within the grace"


def _planned(version: Version, snapshot: Snapshot, plan: Plan | None) -> Iterator[Line]:
    verdict = (
        next((v for v in plan.verdicts if v.version == version.number), None) if plan else None
    )
    if verdict is None:
        yield _labelled("plan", "none can be made: see the line below the list")
        return
    yield _labelled("plan", _told(verdict))
    if plan is not None and snapshot.inventory is not None:
        criteria = Criteria(plan.keep or Criteria().keep)
        also = protections(Pruning(snapshot, snapshot.inventory, criteria), version)
        others = (p for p in also if (p.rule, p.reason) != (verdict.rule, verdict.reason))
        yield from _each("also", tuple(_kept_by(one) for one in others), "")


def _told(verdict: VersionVerdict) -> Span:
    if verdict.fate == "delete":
        return Span(f"DELETE: {verdict.reason}; no rule protects it", "bold red")
    of = " of docs/pruning.md" if verdict.rule is not None else ""
    return Span(f"keep: {visible(verdict.reason)}{_by_rule(verdict.rule)}{of}", "bold")


def _kept_by(one: Protected) -> str:
    return f"{one.reason}{_by_rule(one.rule)}"


def _by_rule(rule: int | None) -> str:
    return f", rule {rule}" if rule is not None else ""


def _each(name: str, told: tuple[str, ...], none: str) -> Iterator[Line]:
    """One below the other; ``none`` where there is none, and where that is empty no line."""
    if not told and none:
        yield _labelled(name, none)
    for n, one in enumerate(told):
        yield _labelled("" if n else name, visible(one))

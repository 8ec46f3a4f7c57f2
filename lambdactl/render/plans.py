"""A plan as text: what is now, what will be, what was checked, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from lambdactl.model import Snapshot
from lambdactl.model_stack import ResourceChange
from lambdactl.plan import Check, DeleteVersion, Plan, VersionVerdict
from lambdactl.plan.actions import How
from lambdactl.render import glyphs
from lambdactl.render.columns import columns, folded
from lambdactl.render.numbers import counted, routed, size, stamp
from lambdactl.render.spans import Line, Span
from lambdactl.render.spans import labelled as spans_labelled
from lambdactl.render.visible import visible

LABEL = 9
labelled = partial(spans_labelled, LABEL)
WIDTH = 80
HOW: dict[How, str] = {
    "first": "is made, with all traffic at once",
    "CodeDeploy": "is moved by CodeDeploy",
    "at once": "is moved at once",
    "unknown": "is moved",
    "stays": "stays where it is",
    "removed": "is removed",
}
SIGNS = {"Add": ("+", "green"), "Modify": ("~", "yellow"), "Remove": ("-", "red")}


def plan_lines(plan: Plan, snapshot: Snapshot | None = None, *, ascii: bool = False) -> list[Line]:
    """The very plan that will be applied. ``snapshot`` adds dates to the versions of a prune."""
    return [
        *routing_lines(plan),
        *change_lines(plan, ascii),
        *version_lines(plan, snapshot),
        *check_lines(plan.checks, ascii),
        *(labelled("Note", visible(note)) for note in plan.notes),
        *undo_lines(plan),
    ]


def routing_lines(plan: Plan) -> Iterator[Line]:
    if plan.before is None:
        return
    yield labelled("Now", routed(plan.before))
    if plan.actions and plan.after != plan.before:
        yield labelled("After", Span(routed(plan.after), "bold"))


def check_lines(checks: tuple[Check, ...], ascii: bool) -> Iterator[Line]:
    """What holds, briefly; what is not met or not known has a line of its own."""
    sign = glyphs.CHECKS[True].sign(ascii)
    fine = folded([f"{sign} {visible(c.name)}" for c in checks if c.ok], WIDTH - LABEL)
    for n, row in enumerate(fine):
        yield labelled("" if n else "Checks", *row)
    for check in checks:
        if not check.ok:
            mark = glyphs.CHECKS[check.ok]
            detail = f": {visible(check.detail)}" if check.detail else ""
            yield labelled(
                "", Span(f"{mark.sign(ascii)} {visible(check.name)}{detail}", mark.style)
            )


def undo_lines(plan: Plan) -> Iterator[Line]:
    if not plan.actions:
        return
    if plan.undo:
        for n, command in enumerate(plan.undo.splitlines()):
            yield labelled("" if n else "Undo", command)
    elif any(isinstance(a, DeleteVersion) for a in plan.actions):
        yield labelled("Undo", Span("none: a deleted version cannot be brought back", "bold"))


def change_lines(plan: Plan, ascii: bool) -> Iterator[Line]:
    """The change set of a deploy, resource by resource, and what it does to each alias."""
    if plan.changes:
        yield labelled("Changes", counted(len(plan.changes), "resource"))
        yield from columns([_change_row(c, ascii) for c in plan.changes], indent=LABEL)
    for release in plan.releases:
        before = f"  now {routed(release.before)}" if release.before else ""
        new = "  a new version is published" if release.publishes else ""
        yield labelled("Alias", f"{visible(str(release.target))}  {HOW[release.how]}{new}{before}")


def _change_row(change: ResourceChange, ascii: bool) -> list[Span | str]:
    sign, style = SIGNS.get(change.action, ("?", "yellow"))
    if change.replaced:
        sign, style = ("±", "yellow") if not ascii else ("-+", "yellow")
    what = "Replace" if change.replacement == "True" else change.action
    names = dict.fromkeys(
        p.path.removeprefix("Properties.").split(".")[0] for p in change.properties
    )
    return [
        Span(f"{sign} {visible(what)}", style),
        visible(change.logical_id),
        visible(change.type),
        visible(", ".join(names)) if change.action == "Modify" else "",
    ]


def version_lines(plan: Plan, snapshot: Snapshot | None) -> Iterator[Line]:
    """Every version with its fate: what is kept is as visible as what goes."""
    if not plan.verdicts:
        return
    gone = sum(isinstance(a, DeleteVersion) for a in plan.actions)
    kept = len(plan.verdicts) - gone
    summary = f"nothing to delete, keep {kept}"
    if gone:
        summary = f"delete {counted(gone, 'version')}, keep {kept}, frees up to {size(plan.frees)}"
    yield labelled("Prune", Span(summary, "bold"))
    rows = [_version_row(v, snapshot) for v in plan.verdicts]
    yield from columns(
        rows,
        header=("VERSION", "PUBLISHED", "SIZE", "PLAN", "WHY"),
        right=frozenset({2}),
        indent=LABEL,
    )


def _version_row(verdict: VersionVerdict, snapshot: Snapshot | None) -> list[Span | str]:
    version = snapshot.version(verdict.version) if snapshot else None
    goes = verdict.fate == "delete"
    return [
        f"v{verdict.version}",
        stamp(version.published if version else None),
        size(verdict.code_size),
        Span("DELETE" if goes else "keep", "red" if goes else ""),
        visible(verdict.reason),
    ]

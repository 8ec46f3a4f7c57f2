"""The plan of a prune of many functions, in totals and one line a function; and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from lambdactl.ops.plan_file import Head
from lambdactl.ops.pruning import Counts
from lambdactl.plan.actions import FunctionPlan
from lambdactl.plan.layers import LayerVerdict
from lambdactl.render import document
from lambdactl.render.columns import columns
from lambdactl.render.numbers import counted, iso, size
from lambdactl.render.spans import Line, Span
from lambdactl.render.spans import labelled as spans_labelled
from lambdactl.render.visible import visible

LABEL = 9
_labelled = partial(spans_labelled, LABEL)
MOST = 20


def plan_summary(
    head: Head, functions: Iterable[FunctionPlan] = (), layers: Iterable[LayerVerdict] = ()
) -> list[Line]:
    """Totals, the functions that free most, and all that are skipped."""
    lines = [
        _labelled("Plan", f"{head.scope} of {head.place.account_id} in {head.place.region}"),
        _labelled("Prune", Span(totals(head), "bold")),
    ]
    shown: list[list[Span | str]] = []
    more = 0
    for plan in functions:
        if plan.skipped is not None or (plan.deletes and len(shown) < MOST):
            shown.append(_row(plan))
        elif plan.deletes:
            more += 1
    if shown:
        header = ("FUNCTION", "DELETE", "KEEP", "FREES", "")
        lines += columns(shown, header=header, right=frozenset({1, 2, 3}), indent=LABEL)
    if more:
        lines.append(_labelled("", f"and {counted(more, 'more function')}"))
    gone = [v.layer for v in layers if v.fate == "delete"]
    lines += [_labelled("Layer", f"{v.name}:{v.number}  {size(v.code_size)}") for v in gone[:MOST]]
    if head.deletes:
        lines.append(
            _labelled("Undo", Span("none: what is deleted cannot be brought back", "bold"))
        )
    return lines


def totals(head: Head) -> str:
    layers = f" and {counted(head.layers, 'layer version')}" if head.layers else ""
    skipped = f", skip {counted(head.skipped, 'function')}" if head.skipped else ""
    if not head.deletes and not head.layers:
        return f"nothing to delete of {counted(head.functions, 'function')}{skipped}"
    return (
        f"delete {counted(head.deletes, 'version')}{layers} of"
        f" {counted(head.functions, 'function')}, keep {head.keeps:,}{skipped},"
        f" frees up to {size(head.frees)}"
    )


def _row(plan: FunctionPlan) -> list[Span | str]:
    if plan.skipped is not None:
        return [visible(plan.function), "-", "-", "-", Span(visible(plan.skipped), "yellow")]
    deletes = plan.deletes
    freed = sum(d.code_size for d in deletes)
    kept = len(plan.verdicts) - len(deletes)
    return [visible(plan.function), f"{len(deletes):,}", f"{kept:,}", size(freed), ""]


def counts_line(counts: Counts) -> str:
    """What was done, estimated and measured."""
    what = counted(counts.deleted, "version")
    text = f"deleted {what} of {counted(len(counts.functions), 'function')}"
    if counts.layers:
        text += f" and {counted(counts.layers, 'layer version')}"
    text += f", kept {len(counts.kept)} against the plan" if counts.kept else ""
    text += f", skipped {counted(len(counts.skipped), 'function')}" if counts.skipped else ""
    found = f", measured {size(counts.measured)}" if counts.measured is not None else ""
    return f"{text}; estimated up to {size(counts.freed)}{found}"


def fleet_document(path: str, heads: Sequence[Head], counts: Counts) -> dict[str, Any]:
    """``kind: Prune``."""
    return {
        "plan": path,
        "regions": [_head(head) for head in heads],
        "deleted_versions": counts.deleted,
        "deleted_layer_versions": counts.layers,
        "estimated_bytes": counts.freed,
        "measured_bytes": counts.measured,
        "kept_against_the_plan": [document.event(e) for e in counts.kept],
        "skipped": [document.event(e) for e in counts.skipped],
    }


def _head(head: Head) -> dict[str, Any]:
    return {
        "id": head.id,
        "made": iso(head.made),
        "account_id": head.place.account_id,
        "region": head.place.region,
        "caller_arn": head.caller_arn,
        "scope": head.scope,
        "functions": head.functions,
        "skipped": head.skipped,
        "deletes": head.deletes,
        "keeps": head.keeps,
        "frees_bytes": head.frees,
        "layer_versions": head.layers,
    }

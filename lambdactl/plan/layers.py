"""Which layer versions may go: those that nothing that stays has attached, and nobody else may use.

A deleted layer version keeps running where it is attached and can never be attached again, which
breaks the next deploy of whoever has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from lambdactl.model_storage import LayerVersion
from lambdactl.plan.protecting import Criteria, duration


@dataclass(frozen=True, slots=True)
class LayerVerdict:
    layer: LayerVersion
    fate: Literal["keep", "delete"]
    reason: str


def judge_layers(
    layers: Iterable[LayerVersion],
    attached: Collection[str],
    criteria: Criteria,
    now: datetime,
) -> tuple[LayerVerdict, ...]:
    """A verdict for each layer version; ``attached`` are the ARNs that remaining versions have,
    those of functions that were skipped included."""
    ordered = sorted(layers, key=lambda v: (v.name, -v.number))
    verdicts: list[LayerVerdict] = []
    for _, versions in groupby(ordered, key=lambda v: v.name):
        for place, version in enumerate(versions):
            reason = next(kept(version, place, attached, criteria, now), None)
            fate: Literal["keep", "delete"] = "keep" if reason else "delete"
            verdicts.append(LayerVerdict(version, fate, reason or "attached to nothing"))
    return tuple(verdicts)


def kept(
    version: LayerVersion,
    place: int,
    attached: Collection[str],
    criteria: Criteria,
    now: datetime,
) -> Iterator[str]:
    """Why a layer version stays; ``place`` counts from the newest of its layer, 0."""
    if version.arn in attached:
        yield "attached to a version that stays"
    if place < criteria.keep:
        yield f"newest {criteria.keep}"
    if version.shared:
        yield "shared by a policy: who uses it cannot be seen"
    if version.created is None:
        yield "creation time unknown"
    elif now - version.created < timedelta(seconds=max(criteria.grace_s, criteria.older_than_s)):
        yield f"created {duration((now - version.created).total_seconds())} ago"

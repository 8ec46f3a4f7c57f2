"""What a deploy would do, as far as it can be told before anything is written.

CloudFormation works out a change set from what lies in a bucket. Where there is no bucket yet, a
dry run makes none: what is known then is the template, and what the stack already has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdactl.model import Place, Target
from lambdactl.model_stack import ResourceChange
from lambdactl.plan.actions import Plan

TRANSFORMED = "AWS::Serverless::"


@dataclass(frozen=True, slots=True)
class Sketch:
    """``resources`` as the template has them, ``held`` the logical ids that the stack has (None
    where there is no stack), ``uploads`` the local paths as the template names them."""

    place: Place
    stack: str
    bucket: str
    resources: Mapping[str, Any]
    held: frozenset[str] | None
    uploads: tuple[str, ...]


def plan_outline(sketch: Sketch) -> Plan:
    """A plan without actions: it is shown, and cannot be applied."""
    held = sketch.held or frozenset()
    return Plan(
        verb="deploy",
        place=sketch.place,
        target=Target(sketch.stack, ""),
        actions=(),
        notes=tuple(_notes(sketch)),
        changes=tuple(
            ResourceChange("Add", logical_id, str(resource.get("Type", "")))
            for logical_id, resource in sketch.resources.items()
            if logical_id not in held
        ),
    )


def _notes(sketch: Sketch) -> Iterator[str]:
    yield f"would make bucket {sketch.bucket}: private, encrypted"
    for path in sketch.uploads:
        yield f"would upload {path}"
    resources = sketch.resources
    if sketch.held is None:
        yield f"would make stack {sketch.stack}, with all traffic at once"
    else:
        stay = sum(logical_id in sketch.held for logical_id in resources)
        yield f"would update stack {sketch.stack}; which of {stay} that it has change is not known"
    if any(str(r.get("Type", "")).startswith(TRANSFORMED) for r in resources.values()):
        yield "the SAM transform adds what belongs to these: roles, versions, aliases"
    if any("Condition" in r for r in resources.values()):
        yield "conditions of the template are not evaluated"
    yield (
        "the change set, and what it does to aliases, is worked out from what is uploaded:"
        " lambdactl deploy asks for the bucket, shows the change set, and asks again"
    )

"""A dry run of a deploy for which there is no bucket: read, and write nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lambdactl.aws import buckets, stacks
from lambdactl.aws.parameters import parameters_for
from lambdactl.ops.deploy import packaged
from lambdactl.plan.actions import Plan
from lambdactl.plan.outline import Sketch, plan_outline

if TYPE_CHECKING:
    from lambdactl.aws import Aws


def outline_deploy(
    aws: Aws, template: Path, stack: str, parameters: Mapping[str, str]
) -> Plan | None:
    """What would be made; None where the bucket is there, for then a change set can tell all.

    Raises what preparing raises before it writes: a bad template, parameter or name, code that
    needs a build, a stack that cannot be updated.
    """
    place = aws.place()
    bucket = buckets.bucket_name(place)
    if buckets.bucket_exists(aws, place, bucket):
        return None
    local, state = packaged(template, stack), stacks.stack_state(aws, stack)
    stacks.refuse_state(state)
    parameters_for(local.template, parameters, state)
    found = stacks.resources(aws, state.id) if state is not None else ()
    return plan_outline(
        Sketch(
            place=place,
            stack=stack,
            bucket=bucket,
            resources=local.template.resources,
            held=None if state is None else frozenset(r.logical_id for r in found),
            uploads=tuple(artifact.written for artifact in local.artifacts),
        )
    )

"""What besides CodeDeploy may drive an alias: asked only where CodeDeploy does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from lambdactl.aws.parts import Parts
from lambdactl.aws.reads import provisioned
from lambdactl.model import Snapshot
from lambdactl.model_walk import KeptWalk

if TYPE_CHECKING:
    from lambdactl.aws import Aws

SOME_S = 15.0
"""So old may be what was asked before: a front end looks again every few seconds."""


def with_driver(aws: Aws, snapshot: Snapshot, walk: Callable[[], KeptWalk | None]) -> Snapshot:
    """``snapshot`` with what says who drives the alias; ``walk`` reads one that is kept here.

    What cannot be read is unread, and then the driver is not known.
    """
    parts = Parts()
    kept = parts.read("walk", walk, None)
    seen = replace(snapshot, walk=kept)
    if snapshot.active_deployment is None and snapshot.alias is not None:
        seen = replace(
            seen,
            stack_status=stack_status(aws, snapshot.stack, parts),
            provisioned=moved_by_lambda(aws, snapshot, parts),
        )
    return replace(seen, unread=(*snapshot.unread, *parts.unread))


def stack_status(aws: Aws, stack: str | None, parts: Parts) -> str | None:
    if stack is None:
        return None

    def ask() -> str | None:
        return aws.remembered(("stack status", stack), SOME_S, lambda: aws.stack_status(stack))

    return parts.read("stack status", ask, None)


def moved_by_lambda(aws: Aws, snapshot: Snapshot, parts: Parts) -> frozenset[str] | None:
    """Asked of an alias that is split, where it is not known already."""
    split = snapshot.alias is not None and snapshot.alias.routing.split
    if not split or snapshot.provisioned is not None:
        return snapshot.provisioned
    function = snapshot.target.function

    def ask() -> frozenset[str]:
        return aws.remembered(("provisioned", function), SOME_S, lambda: provisioned(aws, function))

    return parts.read("provisioned concurrency", ask, None)

"""What besides CodeDeploy may drive an alias: asked only where CodeDeploy does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from lambdactl.aws.parts import Parts
from lambdactl.aws.reads import provisioned
from lambdactl.errors import PermissionDenied
from lambdactl.model import Snapshot
from lambdactl.model_walk import KeptWalk

if TYPE_CHECKING:
    from lambdactl.aws import Aws

T = TypeVar("T")
SOME_S = 15.0
"""So old may be what was asked before: a front end looks again every few seconds."""


def with_driver(
    aws: Aws,
    snapshot: Snapshot,
    walk: Callable[[], KeptWalk | None],
    *,
    lasts_s: float = SOME_S,
) -> Snapshot:
    """``snapshot`` with what says who drives the alias; ``walk`` reads one that is kept here, and
    ``lasts_s`` is how old, in seconds, the answers of AWS may be.

    What cannot be read is unread, and then the driver is not known.
    """
    parts = Parts()
    kept = parts.read("walk", walk, None)
    seen = replace(snapshot, walk=kept)
    if snapshot.active_deployment is None and snapshot.alias is not None:
        seen = replace(
            seen,
            stack_status=stack_status(aws, snapshot.stack, parts, lasts_s),
            provisioned=moved_by_lambda(aws, snapshot, parts, lasts_s),
        )
    return replace(seen, unread=(*snapshot.unread, *parts.unread))


def stack_status(aws: Aws, stack: str | None, parts: Parts, lasts_s: float = SOME_S) -> str | None:
    if stack is None:
        return None
    key = ("stack status", stack)
    return parts.read(key[0], lambda: recalled(aws, key, lasts_s, aws.stack_status, stack), None)


def moved_by_lambda(
    aws: Aws, snapshot: Snapshot, parts: Parts, lasts_s: float = SOME_S
) -> frozenset[str] | None:
    """Asked of an alias that is split, where it is not known already."""
    split = snapshot.alias is not None and snapshot.alias.routing.split
    if not split or snapshot.provisioned is not None:
        return snapshot.provisioned
    function = snapshot.target.function
    ask = partial(provisioned, aws)
    key = ("provisioned", function)
    read = partial(recalled, aws, key, lasts_s, ask, function)
    return parts.read("provisioned concurrency", read, None)


def recalled(aws: Aws, key: object, lasts_s: float, ask: Callable[[str], T], about: str) -> T:
    """What AWS said in the past ``lasts_s`` seconds; that it is forbidden is an answer as well."""

    def asked() -> T | PermissionDenied:
        try:
            return ask(about)
        except PermissionDenied as error:
            return error

    told = aws.remembered(key, lasts_s, asked)
    if isinstance(told, PermissionDenied):
        raise told.with_traceback(None)
    return told

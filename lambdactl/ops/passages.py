"""The history of an alias: CodeDeploy's deployments and what was changed by hand, in one order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from lambdactl.model import Deployment
from lambdactl.model_history import AliasChange

Passed = Deployment | AliasChange
NEVER = datetime.min.replace(tzinfo=UTC)


def history(
    deployments: Sequence[Deployment], changes: Sequence[AliasChange], most: int
) -> tuple[Passed, ...]:
    """All of ``deployments`` and the newest ``most`` of ``changes``, newest first.

    Both come newest first. Where ``deployments`` were cut off at ``most``, no change from before
    the oldest of them is told: it would look as if there had been no deployment around it.
    """
    cut = deployments[-1].created if 0 < most <= len(deployments) else None
    told = [change for change in changes[:most] if cut is None or change.began >= cut]
    return tuple(sorted((*deployments, *told), key=began, reverse=True))


def began(one: Passed) -> datetime:
    """What has not told when it was made is the oldest."""
    at = one.created if isinstance(one, Deployment) else one.began
    return at or NEVER

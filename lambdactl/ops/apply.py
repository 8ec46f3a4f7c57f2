"""``apply``: the plan that was shown and confirmed, done, and told as it happens.

Nothing is looked up to decide anew: each action carries what its call needs, its lock included.
Each is read back, and what could not be verified ends as an error that says where things stand. A
caller that stops listening stops between two calls; after a Ctrl-C in the middle of a write only a
fresh look says whether it was done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, assert_never

from lambdactl.ops.events import Event
from lambdactl.ops.pruning import delete_versions
from lambdactl.ops.reporting import report
from lambdactl.ops.rerouting import reroute
from lambdactl.ops.stopping import stop
from lambdactl.plan.actions import (
    DeleteVersion,
    ExecuteChangeSet,
    Plan,
    ReportHook,
    StopDeployment,
    UpdateAlias,
)

if TYPE_CHECKING:
    from lambdactl.aws import Aws


def apply(
    plan: Plan,
    aws: Aws,
    *,
    sleep: Callable[[float], None] = time.sleep,
    interval_s: float = 2.0,
    wait_s: float = 3600.0,
    halted: Callable[[], bool] = lambda: False,
    despite_deployments: bool = False,
) -> Iterator[Event]:
    """Do ``plan``; a plan without actions does nothing.

    ``interval_s`` is the time between two looks while an abort is followed, ``wait_s`` the longest
    that is waited for it; ``halted`` is asked before each delete of a prune. Raises Stale (nothing
    done), PartlyDone, WaitTimeout, or what AWS said.
    """
    if plan.verb == "prune":
        yield from delete_versions(
            plan, aws, sleep=sleep, stop=halted, despite_deployments=despite_deployments
        )
        return
    for action in plan.actions:
        match action:
            case UpdateAlias():
                yield from reroute(action, aws, sleep=sleep, interval_s=interval_s)
            case StopDeployment():
                yield from stop(action, aws, sleep=sleep, interval_s=interval_s, wait_s=wait_s)
            case ReportHook():
                yield from report(action, aws, sleep=sleep, interval_s=interval_s)
            case DeleteVersion() | ExecuteChangeSet():
                raise TypeError(f"{type(action).__name__} is no action of a {plan.verb}")
            case _:
                assert_never(action)

"""The judgement, pure: a snapshot goes in; a Plan comes out, or Refused with the way out.

Nothing here asks AWS, reads a clock, an environment or a file. What a plan says is what is shown,
confirmed and applied; what it could not know it says too, and where that matters it refuses.
"""

from lambdactl.plan.abort import plan_abort
from lambdactl.plan.actions import (
    Action,
    Check,
    DeleteVersion,
    ExecuteChangeSet,
    Plan,
    Release,
    ReportHook,
    StopDeployment,
    UpdateAlias,
    VersionVerdict,
)
from lambdactl.plan.deploy import plan_deploy
from lambdactl.plan.hook import plan_hook
from lambdactl.plan.promote import plan_promote
from lambdactl.plan.prune import plan_prune
from lambdactl.plan.rollback import plan_rollback
from lambdactl.plan.shift import plan_shift

__all__ = [
    "Action",
    "Check",
    "DeleteVersion",
    "ExecuteChangeSet",
    "Plan",
    "Release",
    "ReportHook",
    "StopDeployment",
    "UpdateAlias",
    "VersionVerdict",
    "plan_abort",
    "plan_deploy",
    "plan_hook",
    "plan_promote",
    "plan_prune",
    "plan_rollback",
    "plan_shift",
]

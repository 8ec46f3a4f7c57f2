"""What is read of an alias beside its snapshot, each only where somebody looks at it.

Every call blocks, raises LambdactlError, and is made in a thread. What is read again and again (a
log) is a look that remembers where it was: made once by its screen, and called by one thread at a
time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lambdactl.model import Deployment
from lambdactl.model_history import AliasChange
from lambdactl.ops.comparing import Compared
from lambdactl.ops.hook_log import HookLog
from lambdactl.ops.log_errors import Errors
from lambdactl.ops.log_tail import Looked
from lambdactl.ops.revisiting import Revisited


@dataclass(frozen=True, slots=True)
class Evidence:
    rollouts: Callable[[], tuple[Deployment, ...]]
    """The newest deployments that moved the alias, newest first."""
    changes: Callable[[], tuple[AliasChange, ...]]
    """What was changed of the alias from this machine, newest first."""
    revisit: Callable[[str], Revisited]
    """A rollout that is over, by the id of one of its deployments."""
    compare: Callable[[int, int], Compared]
    errors: Callable[[int, datetime], Callable[[], Errors]]
    """Of a version since a time; asks nothing before the first look."""
    errors_then: Callable[[int, datetime, datetime], Errors]
    """Of a version in a time that is over."""
    tail: Callable[[int], Callable[[], Looked]]
    """What a version logs from some minutes ago on; asks nothing before the first look."""
    hook_log: Callable[[Deployment, str], HookLog]
    """What the hook of a lifecycle event logged for a deployment."""

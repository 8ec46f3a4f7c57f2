"""What the console reads of an alias beside its snapshot, of the account that it is in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from lambdactl.aws import Aws
from lambdactl.cli.alias_changes import alias_changes
from lambdactl.cli.session import Session
from lambdactl.model import Deployment, Target
from lambdactl.ops.comparing import compared
from lambdactl.ops.hook_log import HookLog, hook_log
from lambdactl.ops.log_errors import MOST_READ, ErrorLog, Errors, errors_between
from lambdactl.ops.log_tail import Looked, Tail, looking
from lambdactl.ops.revisiting import revisited
from lambdactl.tui.evidence import Evidence

ROLLOUTS = 25
TAILED = timedelta(minutes=5)
"""So far back a tail begins."""


def evidence(session: Callable[[], Session], target: Target) -> Evidence:
    """``session`` leads to the account; nothing is asked before one of these is called."""

    def reached() -> Aws:
        return session().aws

    def errors(version: int, since: datetime) -> Callable[[], Errors]:
        log: list[ErrorLog] = []

        def look() -> Errors:
            if not log:
                log.append(ErrorLog(reached(), target.function, version, since))
            return log[0].look()

        return look

    def hooked(deployment: Deployment, name: str) -> HookLog:
        """With the lifecycle event as it is now: the hook may have called back since."""
        now = deployment if not deployment.active else reached().deployment(deployment.id)
        return hook_log(reached(), now, name)

    return Evidence(
        rollouts=lambda: reached().rollouts(target, limit=ROLLOUTS),
        changes=lambda: alias_changes(session().place, target),
        revisit=lambda deployment_id: revisited(reached(), target, deployment_id),
        compare=lambda before, after: compared(reached(), target.function, before, after),
        errors=errors,
        errors_then=lambda version, since, until: errors_between(
            reached(), target.function, version, since, until
        ),
        tail=lambda version: tailing(reached, target.function, version),
        hook_log=hooked,
    )


def tailing(reached: Callable[[], Aws], function: str, version: int) -> Callable[[], Looked]:
    """Looks that tell each line once."""
    tail: list[Tail] = []

    def look() -> Looked:
        if not tail:
            aws = reached()
            group = aws.log_group(function, version)
            look = looking(aws, group, function, version, most=MOST_READ)
            tail.append(Tail(look, aws.now() - TAILED))
        return tail[0].more()

    return look

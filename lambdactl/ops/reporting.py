"""The answer to a waiting hook: the id that it must name, found in the hook's own log; and given.

CodeDeploy hands the id of an execution to the hook alone, in its event, and no call reads it back.
A hook that logs its event, as those of the included stack do, has written it down.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lambdactl.errors import NotFound, PartlyDone, Stale, Unreachable
from lambdactl.model import LifecycleEvent, Snapshot, Target
from lambdactl.ops.differences import lifecycle
from lambdactl.ops.events import Event, HookReported
from lambdactl.ops.hook_log import HookLog, hook_log
from lambdactl.plan import Plan, ReportHook, plan_hook
from lambdactl.plan.hook import Answer, Execution, require_waiting

if TYPE_CHECKING:
    from lambdactl.aws import Aws

TOLD = re.compile(r"LifecycleEventHookExecutionId\W{1,6}(?P<id>[\w+/=.:-]+)", re.IGNORECASE)
"""As JSON, as Python's repr, as ``name=value``: however a hook has logged its event."""
READS_BACK = 15


def find_execution(aws: Aws, snapshot: Snapshot, answer: Answer) -> Execution:
    """The execution that is waited for. Refused where none is, NotFound where no line tells it."""
    running, event = require_waiting(snapshot, answer)
    told = hook_log(aws, running, event.name)
    ids = [m["id"] for line in told.lines for m in TOLD.finditer(line.message)]
    if not ids:
        raise NotFound(
            f"the log of {told.function or event.name} does not tell the id of its execution",
            why=why_not(told),
            hint=f"lambdactl hook {answer} -f {snapshot.target} --execution-id ID   where ID is"
            " LifecycleEventHookExecutionId of the event that the hook was called with",
        )
    return Execution(running.id, event.name, ids[-1], f"the log of {told.function}")


def why_not(told: HookLog) -> str:
    if told.missing is not None:
        return str(told.missing)
    if told.function is None:
        return "the AppSpec names no hook for this event"
    return f"none of its {len(told.lines)} lines in {told.group} has it; no AWS call reads it back"


def learn_answer(
    aws: Aws, target: Target, answer: Answer, execution_id: str | None
) -> tuple[Callable[[Snapshot], Plan], None]:
    """How to decide the answer on a fresh look: ``execution_id`` was typed, or is found."""
    snapshot = aws.snapshot(target, metrics=False, afresh=True)
    execution = (
        find_execution(aws, snapshot, answer)
        if execution_id is None
        else typed(snapshot, answer, execution_id)
    )

    def decide(fresh: Snapshot) -> Plan:
        return plan_hook(fresh, execution, answer)

    return decide, None


def typed(snapshot: Snapshot, answer: Answer, execution_id: str) -> Execution:
    """An id that an operator gives is of the hook that waits now, whichever that is."""
    running, event = require_waiting(snapshot, answer)
    return Execution(running.id, event.name, execution_id, "given by the operator")


def report(
    action: ReportHook, aws: Aws, *, sleep: Callable[[float], None], interval_s: float
) -> Iterator[Event]:
    """Give the answer, and see CodeDeploy take it. Raises Stale where another was faster."""
    before = aws.deployment(action.deployment_id)
    try:
        aws.report_hook(action.deployment_id, action.execution_id, action.status)
    except Stale as error:
        raise answered(action, aws, error) from error
    except Unreachable:
        told = aws.deployment(action.deployment_id).event(action.event)
        if told is None or told.status != action.status:
            raise
    yield HookReported(aws.now(), action.deployment_id, action.event, action.status)
    for _ in range(READS_BACK):
        now = aws.deployment(action.deployment_id)
        told = now.event(action.event)
        if told is not None and told.status != "InProgress":
            yield from lifecycle(before, now, aws.now())
            require_taken(action, told)
            return
        sleep(interval_s)
    raise PartlyDone(
        f"CodeDeploy took the answer, but {action.event} of {action.deployment_id} still waits",
        why="nothing else was changed",
        hint="lambdactl status --watch",
    )


def answered(action: ReportHook, aws: Aws, error: Stale) -> Stale:
    """The hook called back, or its hour was over, while the operator was reading."""
    told = aws.deployment(action.deployment_id).event(action.event)
    status = told.status if told is not None else "not known"
    stale = Stale(
        f"{action.event} of {action.deployment_id} was answered before: it is {status}",
        why="nothing was done",
        hint="lambdactl status",
    )
    stale.aws_code, stale.request_id = error.aws_code, error.request_id
    return stale


def require_taken(action: ReportHook, told: LifecycleEvent) -> None:
    if told.status != action.status:
        raise PartlyDone(
            f"{action.event} of {action.deployment_id} is {told.status}, not {action.status}",
            why=told.message or "somebody else has answered",
            hint="lambdactl status",
        )

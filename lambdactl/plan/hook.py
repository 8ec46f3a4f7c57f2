"""``hook approve`` and ``hook fail``: the answer that a hook owes CodeDeploy, from a person.

A hook that never calls back holds its deployment for an hour and then fails it. An operator who
knows better may answer in its stead, once: CodeDeploy takes the first answer. It must name the
execution, which only the hook was told; and nothing but the deployment that runs now may be
answered, whatever id was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lambdactl.errors import Refused, UsageError
from lambdactl.model import Deployment, LifecycleEvent, Snapshot, label
from lambdactl.plan.actions import Check, Plan, ReportHook
from lambdactl.plan.routing import alias_of, refuse_unread_deployment

Answer = Literal["approve", "fail"]
STATUS: dict[Answer, Literal["Succeeded", "Failed"]] = {"approve": "Succeeded", "fail": "Failed"}


@dataclass(frozen=True, slots=True)
class Execution:
    """One call of a hook: the id that an answer must carry, and where it is known from."""

    deployment_id: str
    event: str
    id: str
    source: str


def waiting_hook(snapshot: Snapshot) -> tuple[Deployment, LifecycleEvent] | None:
    """The deployment that runs and the hook that it waits for; None where it waits for none."""
    running = snapshot.active_deployment
    event = running.waiting_hook if running else None
    return (running, event) if running is not None and event is not None else None


def require_waiting(snapshot: Snapshot, answer: Answer) -> tuple[Deployment, LifecycleEvent]:
    """Raises Refused where nothing waits for an answer."""
    refuse_unread_deployment(snapshot, answer)
    found = waiting_hook(snapshot)
    if found is not None:
        return found
    running = snapshot.active_deployment
    state = f"{running.id} waits for no hook" if running else "no deployment runs"
    raise Refused(
        f"cannot {answer} a hook of {snapshot.target}: {state}",
        why="only a hook that has been called and has not called back can be answered",
        hint=f"lambdactl status -f {snapshot.target}",
    )


def plan_hook(snapshot: Snapshot, execution: Execution, answer: Answer) -> Plan:
    """Answer for the hook. Raises NotFound, Refused, or UsageError for an id that is none."""
    alias = alias_of(snapshot)
    running, event = require_waiting(snapshot, answer)
    if not execution.id.strip() or any(letter.isspace() for letter in execution.id.strip()):
        raise UsageError(
            "the id of the hook's execution is missing",
            why="only the hook was told it, as LifecycleEventHookExecutionId of its event",
            hint=f"lambdactl hook {answer} -f {snapshot.target} --execution-id ID",
        )
    if (execution.deployment_id, execution.event) != (running.id, event.name):
        raise Refused(
            f"cannot {answer} {event.name} of {running.id}: the id is of {execution.event} of"
            f" {execution.deployment_id}",
            why="the hook that waits is another one by now",
            hint=f"lambdactl hook {answer} -f {snapshot.target}",
        )
    action = ReportHook(running.id, event.name, execution.id.strip(), STATUS[answer])
    return Plan(
        verb=answer,
        place=snapshot.place,
        target=snapshot.target,
        actions=(action,),
        before=alias.routing,
        after=alias.routing,
        checks=(Check(f"{event.name} InProgress", True), Check(f"{running.id} runs", True)),
        notes=(*comes_of(running, event, answer), f"execution id: {execution.source}"),
        undo=f"lambdactl abort -f {snapshot.target}" if answer == "approve" else None,
    )


def comes_of(running: Deployment, event: LifecycleEvent, answer: Answer) -> tuple[str, ...]:
    """What CodeDeploy does with the answer."""
    told = f"CodeDeploy is told that {event.name} of {running.id} {STATUS[answer]}"
    route = f"{label(running.current_version)} → {label(running.target_version)}"
    if answer == "fail":
        return (told, f"the deployment {route} fails, and is rolled back where its group says so")
    if event.name == "BeforeAllowTraffic":
        return (told, f"traffic begins to shift {route}; what the hook checks stays unchecked")
    return (told, f"the deployment {route} ends; what the hook checks stays unchecked")

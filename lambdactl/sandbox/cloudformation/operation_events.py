"""DescribeEvents: the events of a stack, of one of its operations or of a change set, with the
operation that each belongs to."""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.cloudformation.ledger import Ledger, paged
from lambdactl.sandbox.cloudformation.records import STACK, Stack, StackEvent
from lambdactl.sandbox.cloudformation.template import invalid

Params = dict[str, Any]
_PAGE = 100


class OperationEvents(Ledger):
    def describe_events(self, params: Params) -> Params:
        """Newest first. ``FailedEvents`` leaves what went wrong."""
        failed = bool((params.get("Filters") or {}).get("FailedEvents"))
        with self.account.lock:
            stack, wanted = self._asked(params)
            found = [
                event
                for event in reversed(stack.events)
                if wanted in (None, event.operation_id)
                and (not failed or event.status.endswith("FAILED"))
            ]
            return paged("OperationEvents", found, params, _PAGE, lambda e: _shown(stack, e))

    def _asked(self, params: Params) -> tuple[Stack, str | None]:
        """The stack, and the operation of it that is asked about, None for all."""
        if operation_id := params.get("OperationId"):
            for stack in self.stacks.values():
                if any(operation.id == operation_id for operation in stack.operations):
                    return stack, operation_id
            raise invalid(f"Operation [{operation_id}] does not exist")
        if name := params.get("ChangeSetName"):
            stack, change_set = self.find_change_set(name, params.get("StackName"))
            executed = (o.id for o in stack.operations if o.change_set is change_set)
            return stack, next(executed, "")
        if "StackName" not in params:
            raise invalid("One of StackName, ChangeSetName or OperationId must be specified.")
        return self.find(params["StackName"], "Stack [{0}] does not exist"), None


def _shown(stack: Stack, event: StackEvent) -> Params:
    kinds = {operation.id: operation.kind for operation in stack.operations}
    shown: Params = {
        "EventId": event.id,
        "StackId": stack.id,
        "OperationId": event.operation_id,
        "EventType": _type(event),
        "LogicalResourceId": event.logical_id,
        "PhysicalResourceId": event.physical_id,
        "ResourceType": event.type,
        "Timestamp": event.at,
        "ResourceStatus": event.status,
    }
    optional = {
        "OperationType": kinds.get(event.operation_id),
        "OperationStatus": _outcome(event) if event.type == STACK else None,
        "ResourceStatusReason": event.reason,
        "ResourceProperties": event.properties,
        "ClientRequestToken": event.token,
    }
    return {**shown, **{name: value for name, value in optional.items() if value is not None}}


def _type(event: StackEvent) -> str:
    if event.type == STACK:
        return "STACK_EVENT"
    return "PROVISIONING_ERROR" if event.status.endswith("FAILED") else "PROGRESS_EVENT"


def _outcome(event: StackEvent) -> str:
    """How the operation stands after this event of its stack."""
    if event.status.endswith("IN_PROGRESS"):
        return "IN_PROGRESS"
    is_good = event.status.endswith("COMPLETE") and "ROLLBACK" not in event.status
    return "SUCCEEDED" if is_good else "FAILED"

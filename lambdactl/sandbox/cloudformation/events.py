"""Every change of a status is an event: when, what, why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.cloudformation.parameters import masked
from lambdactl.sandbox.cloudformation.records import STACK, Stack, StackEvent, StackResource


def set_stack_status(
    account: Account, stack: Stack, status: str, reason: str | None = None
) -> None:
    """The stack's own status, and its event."""
    with account.lock:
        stack.status = status
        stack.reason = reason
        event = StackEvent(
            id=account.new_id(),
            at=account.clock.utcnow(),
            logical_id=stack.name,
            physical_id=stack.id,
            type=STACK,
            status=status,
            reason=reason,
            operation_id=stack.operation.id,
            token=stack.operation.token,
        )
        stack.events.append(event)


def set_status(
    account: Account,
    stack: Stack,
    resource: StackResource,
    status: str,
    reason: str | None = None,
) -> None:
    """A resource's status, and its event with the properties it was given."""
    with account.lock:
        now = account.clock.utcnow()
        resource.status = status
        resource.reason = reason
        resource.updated_at = now
        event = StackEvent(
            id=f"{resource.logical_id}-{account.new_id()}",
            at=now,
            logical_id=resource.logical_id,
            physical_id=resource.physical_id,
            type=resource.type,
            status=status,
            reason=reason,
            operation_id=stack.operation.id,
            token=stack.operation.token,
            properties=masked(_as_json(resource.properties), stack.secrets),
        )
        stack.events.append(event)


def _as_json(properties: Mapping[str, Any]) -> str:
    return json.dumps(properties, default=str, separators=(",", ":"))

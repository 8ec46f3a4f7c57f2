"""All stacks of the account, and who may do what to them in which status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.cloudformation.exports import Exports
from lambdactl.sandbox.cloudformation.operation import Story
from lambdactl.sandbox.cloudformation.records import ChangeSet, Operation, Stack
from lambdactl.sandbox.cloudformation.template import invalid

if TYPE_CHECKING:
    from lambdactl.sandbox.cloudformation.drift import Detection

T = TypeVar("T")
UPDATABLE = frozenset(
    {
        "CREATE_COMPLETE",
        "CREATE_FAILED",
        "UPDATE_COMPLETE",
        "UPDATE_FAILED",
        "UPDATE_ROLLBACK_COMPLETE",
    }
)
"""Statuses from which a stack can be updated; the two FAILED ones only where rollback is off."""


class Ledger:
    """The stacks by id, in the order in which they were made."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.stacks: dict[str, Stack] = {}
        self.exports = Exports(self.stacks)
        self.detections: dict[str, Detection] = {}

    def find(self, name: str, message: str = "Stack with id {0} does not exist") -> Stack:
        """A stack by its id, or one that is not deleted by its name. Raises ValidationError."""
        found = self.look_up(name)
        if found is None:
            raise invalid(message.format(name))
        return found

    def look_up(self, name: str) -> Stack | None:
        by_id = self.stacks.get(name)
        if by_id is not None:
            return by_id
        live = (s for s in self.stacks.values() if s.name == name and not s.is_deleted)
        return next(live, None)

    def find_live(self, name: str) -> Stack:
        """A stack that is there and not deleted, for operations that change it."""
        stack = self.find(name, "Stack [{0}] does not exist")
        if stack.is_deleted:
            raise invalid(f"Stack [{name}] does not exist")
        return stack

    def new_stack(self, name: str, status: str) -> Stack:
        """A stack, not yet entered."""
        stack_id = self.account.arn("cloudformation", f"stack/{name}/{self.account.new_id()}")
        operation = self.new_operation("CREATE_STACK", None)
        now = self.account.clock.utcnow()
        return Stack(name, stack_id, now, status, operation)

    def enter(self, stack: Stack) -> None:
        self.stacks[stack.id] = stack

    def new_operation(self, kind: str, token: str | None, **settings: Any) -> Operation:
        return replace(Operation(self.account.new_id(), kind, token), **settings)

    def story(self, stack: Stack, operation: Operation) -> Story:
        """``operation`` is what the stack does from now on."""
        stack.operation = operation
        stack.operations.insert(0, operation)
        return Story(self.account, stack, self.exports)

    def find_change_set(self, name: str, stack_name: str | None) -> tuple[Stack, ChangeSet]:
        """A change set by its id, or by its name and its stack. Raises ChangeSetNotFound."""
        if stack_name is None:
            for stack in self.stacks.values():
                for change_set in stack.change_sets.values():
                    if change_set.id == name:
                        return stack, change_set
            if not name.startswith("arn:"):
                raise invalid(
                    "StackName must be specified if ChangeSetName is not specified as an ARN."
                )
            raise _no_change_set(name)
        stack = self.find(stack_name, "Stack [{0}] does not exist")
        for change_set in stack.change_sets.values():
            if name in (change_set.id, change_set.name):
                return stack, change_set
        raise _no_change_set(name)


def _no_change_set(name: str) -> ApiError:
    return ApiError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)


def in_state(stack: Stack) -> ApiError:
    """The refusal of an update in the wrong moment."""
    return invalid(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")


def check_updatable(stack: Stack, *, disable_rollback: bool = True) -> None:
    """Raise unless ``stack`` can be updated now.

    A stack whose last operation failed without being rolled back goes on only without rollback.
    """
    if stack.status not in UPDATABLE:
        raise in_state(stack)
    if stack.status.endswith("_FAILED") and not disable_rollback:
        raise in_state(stack)


def page(items: Sequence[T], token: str | None, size: int) -> tuple[Sequence[T], str | None]:
    """The items of one page, and the token of the next."""
    start = _position(token)
    end = start + size
    return items[start:end], str(end) if end < len(items) else None


def _position(token: str | None) -> int:
    if token is None:
        return 0
    if not token.isdigit():
        raise invalid(f"Invalid NextToken: {token}")
    return int(token)


def paged(
    key: str, items: Sequence[T], params: dict[str, Any], size: int, show: Callable[[T], Any]
) -> dict[str, Any]:
    """One page of an answer whose members are ``key`` and NextToken."""
    shown, token = page(items, params.get("NextToken"), size)
    answer: dict[str, Any] = {key: [show(item) for item in shown]}
    if token is not None:
        answer["NextToken"] = token
    return answer

"""Change sets: an update computed, shown, and executed only when somebody says so.

What is wrong with a template that has no transform is said at once; where there is one, the
template is seen only after it, and the change set itself ends as FAILED, with the reason.
"""

from __future__ import annotations

import re
from typing import Any

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.clock import Process
from lambdactl.sandbox.cloudformation import parameters
from lambdactl.sandbox.cloudformation.changes import without_values
from lambdactl.sandbox.cloudformation.drafting import Draft, check_capabilities
from lambdactl.sandbox.cloudformation.events import set_stack_status
from lambdactl.sandbox.cloudformation.ledger import check_updatable, in_state, page, paged
from lambdactl.sandbox.cloudformation.records import ChangeSet, Desired, Stack
from lambdactl.sandbox.cloudformation.stacks import (
    StackOperations,
    check_same_types,
    is_repeated,
    is_same,
)
from lambdactl.sandbox.cloudformation.template import invalid

Params = dict[str, Any]
NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set."
)
_PAGE = 100
_STEP_S = 1.0
_NAME = r"[a-zA-Z][-a-zA-Z0-9]{0,127}"


class ChangeSetOperations(StackOperations):
    """The operations on change sets."""

    def create_change_set(self, params: Params) -> Params:
        kind = params.get("ChangeSetType", "UPDATE")
        with self.account.lock:
            stack, is_new = self._stack_for(params, kind)
            made = self._made_before(stack, params)
            if made is not None:
                return {"Id": made.id, "StackId": stack.id}
        draft = Draft.of(self.account, params, stack)
        desired, failure = _settled(draft, stack)
        change_set = self._new(params, kind, draft, desired)
        with self.account.lock:
            if is_new:
                self._check_free(stack.name)
                self.enter(stack)
                set_stack_status(self.account, stack, "REVIEW_IN_PROGRESS", "User Initiated")
            stack.change_sets[change_set.name] = change_set
        self.account.clock.spawn(self._compute(stack, change_set, failure))
        return {"Id": change_set.id, "StackId": stack.id}

    def _stack_for(self, params: Params, kind: str) -> tuple[Stack, bool]:
        """The stack of a new change set; a CREATE makes one that awaits its review."""
        name = params["StackName"]
        stack = self.look_up(name)
        if kind == "CREATE":
            if stack is None or stack.is_deleted:
                return self.new_stack(name, "REVIEW_IN_PROGRESS"), True
            if stack.status != "REVIEW_IN_PROGRESS":
                raise invalid(
                    f"Stack [{name}] already exists and cannot be created again with the changeSet "
                    f"[{params['ChangeSetName']}]."
                )
            return stack, False
        found = self.find_live(name)
        check_updatable(found)
        return found, False

    def _made_before(self, stack: Stack, params: Params) -> ChangeSet | None:
        name, token = params["ChangeSetName"], params.get("ClientToken")
        if not re.fullmatch(_NAME, name):
            raise invalid(
                f"1 validation error detected: Value '{name}' at 'changeSetName' failed to satisfy "
                f"constraint: Member must satisfy regular expression pattern: {_NAME}"
            )
        made = stack.change_sets.get(name)
        if made is None or made.execution in ("EXECUTE_COMPLETE", "EXECUTE_FAILED"):
            return None
        if token is not None and token == made.token:
            return made
        raise ApiError("AlreadyExistsException", f"ChangeSet {made.id} already exists")

    def _new(self, params: Params, kind: str, draft: Draft, desired: Desired | None) -> ChangeSet:
        name = params["ChangeSetName"]
        arn = self.account.arn("cloudformation", f"changeSet/{name}/{self.account.new_id()}")
        return ChangeSet(
            name=name,
            id=arn,
            created_at=self.account.clock.utcnow(),
            kind=kind,
            desired=desired,
            description=params.get("Description"),
            on_failure=params.get("OnStackFailure"),
            token=params.get("ClientToken"),
            body=draft.body,
            capabilities=draft.capabilities,
            parameters=parameters.shown(draft.original, draft.parameters),
            tags=draft.tags,
        )

    def _compute(self, stack: Stack, change_set: ChangeSet, failure: str | None) -> Process:
        yield _STEP_S
        with self.account.lock:
            change_set.status = "CREATE_IN_PROGRESS"
        yield _STEP_S
        with self.account.lock:
            try:
                reason = failure or self._changes_into(stack, change_set)
            except ApiError as error:
                reason = error.message
            change_set.status = "FAILED" if reason else "CREATE_COMPLETE"
            change_set.reason = reason
            change_set.execution = "UNAVAILABLE" if reason else "AVAILABLE"

    def _changes_into(self, stack: Stack, change_set: ChangeSet) -> str | None:
        """Compute the changes; returns why there are none to execute."""
        assert change_set.desired is not None
        change_set.changes = self.changes_of(stack, change_set.desired)
        if is_same(stack, change_set.desired, change_set.changes):
            return NO_CHANGES
        return None

    # -- look, throw away, execute ----------------------------------------------------------------

    def describe_change_set(self, params: Params) -> Params:
        with self.account.lock:
            stack, change_set = self.find_change_set(
                params["ChangeSetName"], params.get("StackName")
            )
            changes, token = page(change_set.changes, params.get("NextToken"), _PAGE)
            if not params.get("IncludePropertyValues"):
                changes = [without_values(change) for change in changes]
            shown = _described(stack, change_set)
        shown["Changes"] = list(changes)
        if token is not None:
            shown["NextToken"] = token
        return shown

    def list_change_sets(self, params: Params) -> Params:
        with self.account.lock:
            stack = self.find(params["StackName"], "Stack [{0}] does not exist")
            listed = [c for c in stack.change_sets.values() if c.execution != "EXECUTE_COMPLETE"]
            return paged("Summaries", listed, params, _PAGE, lambda c: _summary(stack, c))

    def delete_change_set(self, params: Params) -> Params:
        with self.account.lock:
            stack, change_set = self.find_change_set(
                params["ChangeSetName"], params.get("StackName")
            )
            if change_set.status in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
                raise _wrong_status(change_set, "deleted", change_set.status)
            if change_set.execution == "EXECUTE_IN_PROGRESS":
                raise _wrong_status(change_set, "deleted", change_set.execution)
            del stack.change_sets[change_set.name]
        return {}

    def execute_change_set(self, params: Params) -> Params:
        with self.account.lock:
            stack, change_set = self.find_change_set(
                params["ChangeSetName"], params.get("StackName")
            )
            if stack.operation.change_set is change_set and is_repeated(
                stack, stack.operation.kind, params
            ):
                return {}
            if change_set.status != "CREATE_COMPLETE":
                raise _wrong_status(change_set, "executed", change_set.status)
            if change_set.execution != "AVAILABLE":
                raise _wrong_status(change_set, "executed", change_set.execution)
            self._execute(stack, change_set, params)
        return {}

    def _execute(self, stack: Stack, change_set: ChangeSet, params: Params) -> None:
        desired = change_set.desired
        assert desired is not None
        on_failure = change_set.on_failure or "ROLLBACK"
        operation = self.new_operation(
            "CREATE_STACK" if change_set.kind == "CREATE" else "UPDATE_STACK",
            params.get("ClientRequestToken"),
            disable_rollback=bool(params.get("DisableRollback")) or on_failure == "DO_NOTHING",
            on_failure=on_failure,
            retain_except_on_create=bool(params.get("RetainExceptOnCreate")),
            change_set=change_set,
        )
        if change_set.kind == "CREATE":
            if stack.status != "REVIEW_IN_PROGRESS":
                raise in_state(stack)
            stack.become(desired)
            self.start_creation(stack, operation)
        else:
            check_updatable(stack, disable_rollback=operation.disable_rollback)
            self.start_update(stack, desired, operation)
        change_set.execution = "EXECUTE_IN_PROGRESS"
        stack.change_set_id = change_set.id
        stack.change_sets = {change_set.name: change_set}


def _settled(draft: Draft, stack: Stack) -> tuple[Desired | None, str | None]:
    """What the draft comes to, or why its transform comes to nothing."""
    try:
        desired = draft.settle()
        check_same_types(stack, desired)
    except ApiError as error:
        if not draft.original.transforms or error.code != "ValidationError":
            raise
        return None, error.message
    check_capabilities(desired, is_direct=False)
    return desired, None


def _wrong_status(change_set: ChangeSet, verb: str, status: str) -> ApiError:
    return ApiError(
        "InvalidChangeSetStatus",
        f"ChangeSet [{change_set.id}] cannot be {verb} in its current status of [{status}]",
    )


def _summary(stack: Stack, change_set: ChangeSet) -> Params:
    shown: Params = {
        "StackId": stack.id,
        "StackName": stack.name,
        "ChangeSetId": change_set.id,
        "ChangeSetName": change_set.name,
        "CreationTime": change_set.created_at,
        "Status": change_set.status,
        "ExecutionStatus": change_set.execution,
        "IncludeNestedStacks": False,
        "ImportExistingResources": False,
    }
    if change_set.reason:
        shown["StatusReason"] = change_set.reason
    if change_set.description:
        shown["Description"] = change_set.description
    return shown


def _described(stack: Stack, change_set: ChangeSet) -> Params:
    shown = _summary(stack, change_set)
    shown["Parameters"] = list(change_set.parameters)
    shown["Capabilities"] = list(change_set.capabilities)
    shown["Tags"] = [{"Key": k, "Value": v} for k, v in change_set.tags.items()]
    shown["NotificationARNs"] = []
    shown["RollbackConfiguration"] = {}
    if change_set.on_failure:
        shown["OnStackFailure"] = change_set.on_failure
    return shown

"""CreateStack, UpdateStack, DeleteStack, and the ways out of an operation that went wrong."""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.cloudformation.changes import compute
from lambdactl.sandbox.cloudformation.drafting import Draft, check_capabilities
from lambdactl.sandbox.cloudformation.events import set_stack_status
from lambdactl.sandbox.cloudformation.ledger import Ledger, check_updatable, in_state
from lambdactl.sandbox.cloudformation.records import Desired, Operation, Stack
from lambdactl.sandbox.cloudformation.template import invalid

Params = dict[str, Any]
_DELETABLE_NOT = frozenset(
    {
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "ROLLBACK_IN_PROGRESS",
    }
)


class StackOperations(Ledger):
    """The operations that change a stack directly, without a change set."""

    def create_stack(self, params: Params) -> Params:
        name = params["StackName"]
        with self.account.lock:
            begun = self.look_up(name)
            if begun is not None and is_repeated(begun, "CREATE_STACK", params):
                return {"StackId": begun.id, "OperationId": begun.operation.id}
            self._check_free(name)
            stack = self.new_stack(name, "CREATE_IN_PROGRESS")
        desired = self._settled(params, stack)
        with self.account.lock:
            self._check_free(name)
            self.enter(stack)
            stack.become(desired)
            stack.is_protected = bool(params.get("EnableTerminationProtection"))
            stack.timeout_minutes = params.get("TimeoutInMinutes")
            operation = self._operation("CREATE_STACK", params)
            self.start_creation(stack, operation)
        return {"StackId": stack.id, "OperationId": operation.id}

    def _check_free(self, name: str) -> None:
        if self.look_up(name) is not None:
            raise ApiError("AlreadyExistsException", f"Stack [{name}] already exists")

    def _settled(self, params: Params, stack: Stack) -> Desired:
        desired = Draft.of(self.account, params, stack).settle()
        check_capabilities(desired, is_direct=True)
        check_same_types(stack, desired)
        return desired

    def _operation(self, kind: str, params: Params) -> Operation:
        config = params.get("DeploymentConfig") or {}
        return self.new_operation(
            kind,
            params.get("ClientRequestToken"),
            disable_rollback=bool(params.get("DisableRollback") or config.get("DisableRollback")),
            on_failure=params.get("OnFailure", "ROLLBACK"),
            retain_except_on_create=bool(params.get("RetainExceptOnCreate")),
        )

    def start_creation(self, stack: Stack, operation: Operation) -> None:
        stack.disable_rollback = operation.disable_rollback
        story = self.story(stack, operation)
        story.begin("CREATE_IN_PROGRESS", story.create())
        if stack.timeout_minutes:
            reason = "Stack creation time exceeded the specified timeout"
            seconds = 60.0 * stack.timeout_minutes
            self.account.clock.call_later(seconds, lambda: self._give_up(stack, operation, reason))

    def _give_up(self, stack: Stack, operation: Operation, reason: str) -> None:
        with self.account.lock:
            if stack.operation is operation and stack.status == "CREATE_IN_PROGRESS":
                operation.cancelled = reason

    def update_stack(self, params: Params) -> Params:
        with self.account.lock:
            stack = self.find_live(params["StackName"])
            if is_repeated(stack, "UPDATE_STACK", params):
                return {"StackId": stack.id, "OperationId": stack.operation.id}
            operation = self._operation("UPDATE_STACK", params)
            check_updatable(stack, disable_rollback=operation.disable_rollback)
        desired = self._settled(params, stack)
        with self.account.lock:
            check_updatable(stack, disable_rollback=operation.disable_rollback)
            if is_same(stack, desired, self.changes_of(stack, desired)):
                raise invalid("No updates are to be performed.")
            self.start_update(stack, desired, operation)
        return {"StackId": stack.id, "OperationId": operation.id}

    def changes_of(self, stack: Stack, desired: Desired) -> list[Params]:
        return compute(stack, desired, self.exports.value)

    def start_update(self, stack: Stack, desired: Desired, operation: Operation) -> None:
        for change_set in stack.change_sets.values():
            if change_set.execution == "AVAILABLE":
                change_set.execution = "OBSOLETE"
        stack.become(desired)
        stack.disable_rollback = operation.disable_rollback
        stack.updated_at = self.account.clock.utcnow()
        story = self.story(stack, operation)
        story.begin("UPDATE_IN_PROGRESS", story.update())

    def delete_stack(self, params: Params) -> None:
        """Deleting what is not there succeeds, as on AWS."""
        with self.account.lock:
            stack = self.look_up(params["StackName"])
            if stack is None or stack.is_deleted or stack.status == "DELETE_IN_PROGRESS":
                return
            self._check_deletable(stack, params)
            if stack.status == "CREATE_IN_PROGRESS":
                stack.operation.cancelled = "Delete requested by user"
                stack.operation.on_failure = "DELETE"
                stack.operation.disable_rollback = False
                return
            operation = self.new_operation("DELETE_STACK", params.get("ClientRequestToken"))
            story = self.story(stack, operation)
            if stack.desired is None:
                stack.deleted_at = self.account.clock.utcnow()
                set_stack_status(self.account, stack, "DELETE_COMPLETE")
                return
            retained = frozenset(params.get("RetainResources") or ())
            story.begin("DELETE_IN_PROGRESS", story.delete(retained))

    def _check_deletable(self, stack: Stack, params: Params) -> None:
        if stack.is_protected:
            raise invalid(
                f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
            )
        if stack.status in _DELETABLE_NOT:
            raise invalid(f"Stack [{stack.id}] cannot be deleted while in status {stack.status}")
        if params.get("RetainResources") and stack.status != "DELETE_FAILED":
            raise invalid(
                f"Invalid operation on stack [{stack.id}]. Stack is not in DELETE_FAILED state, so "
                "no resources can be retained"
            )

    # -- when it went wrong -----------------------------------------------------------------------

    def cancel_update_stack(self, params: Params) -> None:
        with self.account.lock:
            stack = self.find_live(params["StackName"])
            if stack.status != "UPDATE_IN_PROGRESS":
                raise invalid("CancelUpdateStack cannot be called from current stack status")
            stack.operation.cancelled = "Update cancelled by user"

    def continue_update_rollback(self, params: Params) -> Params:
        """Go on with a rollback that failed, leaving out ``ResourcesToSkip`` as they are."""
        with self.account.lock:
            stack = self.find_live(params["StackName"])
            if stack.status != "UPDATE_ROLLBACK_FAILED":
                raise in_state(stack)
            skipped = frozenset(params.get("ResourcesToSkip") or ())
            if params.get("ForceRollback"):
                skipped |= {n for n, r in stack.resources.items() if r.status == "UPDATE_FAILED"}
            self._check_skipped(stack, skipped)
            operation = self.new_operation(
                "CONTINUE_ROLLBACK", params.get("ClientRequestToken"), skipped=skipped
            )
            story = self.story(stack, operation)
            story.begin("UPDATE_ROLLBACK_IN_PROGRESS", story.roll_back_update())
        return {}

    def _check_skipped(self, stack: Stack, skipped: frozenset[str]) -> None:
        wrong = sorted(
            name
            for name in skipped
            if name not in stack.resources or stack.resources[name].status != "UPDATE_FAILED"
        )
        if wrong:
            raise invalid(
                f"Resources to skip must be in the UPDATE_FAILED state: [{', '.join(wrong)}]"
            )

    def rollback_stack(self, params: Params) -> Params:
        """Roll back what was left standing because rollback was off."""
        with self.account.lock:
            stack = self.find_live(params["StackName"])
            if stack.status not in ("CREATE_FAILED", "UPDATE_FAILED"):
                raise invalid(
                    f"Stack [{stack.name}] is in {stack.status} state and can not be rolled back."
                )
            operation = self._operation("ROLLBACK", params)
            story = self.story(stack, operation)
            story.begin(*story.way_back())
        return {"StackId": stack.id, "OperationId": operation.id}

    def update_termination_protection(self, params: Params) -> Params:
        with self.account.lock:
            stack = self.find_live(params["StackName"])
            stack.is_protected = params["EnableTerminationProtection"]
        return {"StackId": stack.id}


def is_repeated(stack: Stack, kind: str, params: Params) -> bool:
    """Whether the request is the one that began the stack's operation, sent a second time."""
    token = params.get("ClientRequestToken")
    return token is not None and (token, kind) == (stack.operation.token, stack.operation.kind)


def check_same_types(stack: Stack, desired: Desired) -> None:
    """A logical id keeps its type for life."""
    changed = sorted(
        name
        for name, definition in desired.active().items()
        if name in stack.resources and stack.resources[name].type != definition["Type"]
    )
    if changed:
        raise invalid(
            "Update of resource type is not permitted. The new template modifies resource type of "
            f"the following resources: [{', '.join(changed)}]"
        )


def is_same(stack: Stack, desired: Desired, changes: list[Params]) -> bool:
    """Whether an update to ``desired`` would do nothing at all."""
    before = stack.desired
    if before is None or changes or stack.status.endswith("_FAILED"):
        return False
    outputs = (before.template.section("Outputs"), before.tags)
    return outputs == (desired.template.section("Outputs"), desired.tags)

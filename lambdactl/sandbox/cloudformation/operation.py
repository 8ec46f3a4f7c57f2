"""The story of one operation on a stack, told by a process on the account's clock.

::

    create   CREATE_IN_PROGRESS ... CREATE_COMPLETE
                               `--> ROLLBACK_IN_PROGRESS ... ROLLBACK_COMPLETE
    update   UPDATE_IN_PROGRESS ... UPDATE_COMPLETE_CLEANUP_IN_PROGRESS ... UPDATE_COMPLETE
                               `--> UPDATE_ROLLBACK_IN_PROGRESS
                                    ... UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS
                                    ... UPDATE_ROLLBACK_COMPLETE
    delete   DELETE_IN_PROGRESS ... DELETE_COMPLETE

What an update no longer wants is removed last, in the cleanup, when nothing refers to it any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.clock import Process
from lambdactl.sandbox.cloudformation.events import set_stack_status
from lambdactl.sandbox.cloudformation.exports import Exports
from lambdactl.sandbox.cloudformation.graph import reverse
from lambdactl.sandbox.cloudformation.intrinsics import resolve
from lambdactl.sandbox.cloudformation.making import Maker
from lambdactl.sandbox.cloudformation.records import Desired, Stack, StackResource, Superseded
from lambdactl.sandbox.cloudformation.scope import scope_of
from lambdactl.sandbox.cloudformation.walk import Walk, Work

_BREATH_S = 1.0


@dataclass
class Story:
    """One operation on ``stack``; ``exports`` knows what other stacks offer and use."""

    account: Account
    stack: Stack
    exports: Exports

    def begin(self, status: str, process: Process) -> None:
        """Say ``status`` at once, for the caller asks next; the rest is left to the clock."""
        self._say(status, "User Initiated")
        self.account.clock.spawn(process)

    # -- create -----------------------------------------------------------------------------------

    def create(self) -> Process:
        yield _BREATH_S
        if (yield from self._converge()):
            self._settle("CREATE_COMPLETE")
            return
        reason = self._blame()
        operation = self.stack.operation
        if operation.disable_rollback or operation.on_failure == "DO_NOTHING":
            self._say("CREATE_FAILED", reason)
        elif operation.on_failure == "DELETE":
            self._say("DELETE_IN_PROGRESS", f"{reason}Delete requested by user.")
            yield from self._delete_everything(frozenset())
        else:
            self._say("ROLLBACK_IN_PROGRESS", f"{reason}Rollback requested by user.")
            yield from self.roll_back_creation()

    def roll_back_creation(self) -> Process:
        yield _BREATH_S
        keeps = not self.stack.operation.retain_except_on_create
        entries = [
            Superseded(r, keeps and r.is_retained(in_vain=True))
            for r in self.stack.resources.values()
        ]
        failed = yield from self._remove([*entries, *self._take_superseded()])
        self._forget_outputs()
        if failed:
            text = f"The following resource(s) failed to delete: [{', '.join(failed)}]. "
            self._say("ROLLBACK_FAILED", text)
        else:
            self._say("ROLLBACK_COMPLETE")

    # -- update -----------------------------------------------------------------------------------

    def update(self) -> Process:
        yield _BREATH_S
        if (yield from self._converge()):
            self._say("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            yield _BREATH_S
            yield from self._remove(self._unwanted())
            self._settle("UPDATE_COMPLETE")
        elif self.stack.operation.disable_rollback and not self.stack.operation.cancelled:
            self._say("UPDATE_FAILED", self._blame())
        else:
            status, process = self.way_back()
            self._say(status, self._blame())
            yield from process

    def way_back(self) -> tuple[str, Process]:
        """The status and the process of a rollback: to what the stack was, or to nothing."""
        if self.stack.before is None:
            return "ROLLBACK_IN_PROGRESS", self.roll_back_creation()
        return "UPDATE_ROLLBACK_IN_PROGRESS", self.roll_back_update()

    def roll_back_update(self) -> Process:
        """Lead every touched resource back, then remove what the update had made."""
        stack = self.stack
        stack.operation.failures.clear()
        stack.operation.cancelled = None
        with self.account.lock:
            stack.desired = stack.before
        yield _BREATH_S
        maker = self._maker(rolls_back=True)
        restored = {name for name, before in stack.touched.items() if before is not None}
        graph = {name: needs & restored for name, needs in maker.graph.items() if name in restored}
        if not (yield from Walk(graph, maker.restore).run()) or not self._compute_outputs():
            self._say("UPDATE_ROLLBACK_FAILED", self._blame())
            return
        self._say("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        yield _BREATH_S
        yield from self._remove(self._made_in_vain())
        self._settle("UPDATE_ROLLBACK_COMPLETE")

    # -- delete -----------------------------------------------------------------------------------

    def delete(self, retained: frozenset[str]) -> Process:
        yield _BREATH_S
        for name in self.stack.exports():
            if (user := self.exports.user_of(name)) is not None:
                reason = f"Delete canceled. Cannot delete export {name} as it is in use by {user}."
                self._say("DELETE_FAILED", reason)
                return
        yield from self._delete_everything(retained)

    def _delete_everything(self, retained: frozenset[str]) -> Process:
        entries = [
            Superseded(r, r.logical_id in retained or r.is_retained())
            for r in self.stack.resources.values()
            if r.status != "DELETE_COMPLETE"
        ]
        failed = yield from self._remove([*entries, *self._take_superseded()])
        if failed:
            names = ", ".join(failed)
            self._say("DELETE_FAILED", f"The following resource(s) failed to delete: [{names}]. ")
            return
        self._forget_outputs()
        with self.account.lock:
            self.stack.deleted_at = self.account.clock.utcnow()
        self._say("DELETE_COMPLETE")

    # -- the parts --------------------------------------------------------------------------------

    def _say(self, status: str, reason: str | None = None) -> None:
        change_set = self.stack.operation.change_set
        with self.account.lock:
            if change_set is not None and status.endswith(("_COMPLETE", "_FAILED")):
                is_done = status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
                change_set.execution = "EXECUTE_COMPLETE" if is_done else "EXECUTE_FAILED"
            set_stack_status(self.account, self.stack, status, reason)

    def _maker(self, *, rolls_back: bool = False) -> Maker:
        assert self.stack.desired is not None
        return Maker(self.account, self.stack, self.stack.desired, self._imported, rolls_back)

    def _imported(self, name: str) -> str:
        return self.exports.value_for(self.stack, name)

    def _converge(self) -> Work[bool]:
        """Make everything what is desired. False: something failed, or somebody cancelled."""
        maker = self._maker()
        operation = self.stack.operation
        walk = Walk(maker.graph, maker.make, is_cancelled=lambda: operation.cancelled is not None)
        if not (yield from walk.run()) or operation.cancelled is not None:
            return False
        return self._compute_outputs()

    def _compute_outputs(self) -> bool:
        desired = self.stack.desired
        assert desired is not None
        try:
            outputs = list(self._outputs(desired))
        except ApiError as error:
            self.stack.operation.cancelled = error.message
            return False
        with self.account.lock:
            self.stack.outputs = outputs
        return True

    def _outputs(self, desired: Desired) -> Iterable[dict[str, str]]:
        scope = scope_of(desired, self.stack, self._imported)
        for name, definition in desired.template.section("Outputs").items():
            condition = definition.get("Condition")
            if condition is not None and not desired.conditions[condition]:
                continue
            output = {"OutputKey": name, "OutputValue": str(resolve(definition["Value"], scope))}
            if "Description" in definition:
                output["Description"] = str(definition["Description"])
            if "Export" in definition:
                output["ExportName"] = str(resolve(definition["Export"]["Name"], scope))
                self.exports.check_free(self.stack, output["ExportName"])
            yield output

    def _forget_outputs(self) -> None:
        with self.account.lock:
            self.stack.outputs = []
            self.stack.imports = frozenset()

    def _blame(self) -> str:
        """Why the operation did not succeed, in CloudFormation's words."""
        operation, text = self.stack.operation, ""
        for verb in ("create", "update"):
            names = [n for n in operation.failures if self._failed_to(n) == verb]
            if names:
                text += f"The following resource(s) failed to {verb}: [{', '.join(names)}]. "
        return text or f"{operation.cancelled or 'Internal Failure'}. "

    def _failed_to(self, logical_id: str) -> str:
        resource = self.stack.resources.get(logical_id)
        is_new = resource is not None and resource.status.startswith("CREATE")
        return "create" if is_new else "update"

    def _settle(self, status: str) -> None:
        """The operation is over and what it left is the stack's new ground.

        The status comes last: who sees it may begin the next operation at once.
        """
        with self.account.lock:
            self.stack.before = self.stack.desired
            self.stack.touched.clear()
            self.stack.superseded.clear()
            self._say(status)

    def _take_superseded(self) -> list[Superseded]:
        with self.account.lock:
            taken, self.stack.superseded = self.stack.superseded, []
        return taken

    def _unwanted(self) -> list[Superseded]:
        """What the new template does not have, and what was replaced."""
        assert self.stack.desired is not None
        wanted = self.stack.desired.active()
        gone = [r for name, r in self.stack.resources.items() if name not in wanted]
        entries = [Superseded(r, r.is_retained()) for r in gone]
        return [*entries, *self._take_superseded()]

    def _made_in_vain(self) -> list[Superseded]:
        """What the update that failed had created, and the replacements it had made."""
        stack = self.stack
        keeps = not stack.operation.retain_except_on_create
        created = [
            stack.resources[name]
            for name, before in stack.touched.items()
            if before is None and name in stack.resources
        ]
        entries = [Superseded(r, keeps and r.is_retained(in_vain=True)) for r in created]
        standing = {(r.logical_id, r.physical_id) for r in stack.resources.values()}
        replaced = [
            entry
            for entry in self._take_superseded()
            if (entry.resource.logical_id, entry.resource.physical_id) not in standing
        ]
        return [*entries, *replaced]

    def _remove(self, entries: list[Superseded]) -> Work[list[str]]:
        """Remove ``entries``, each before what it needs. Returns the names that would not go."""
        by_key = {f"{n}:{e.resource.logical_id}": e for n, e in enumerate(entries)}
        maker = self._maker()
        walk = Walk(
            _removal_graph(by_key), lambda key: self._remove_one(maker, by_key[key]), goes_on=True
        )
        yield from walk.run()
        return sorted(by_key[key].resource.logical_id for key in walk.failed)

    def _remove_one(self, maker: Maker, entry: Superseded) -> Work[bool]:
        is_gone = yield from maker.remove(entry)
        name = entry.resource.logical_id
        if is_gone and not self.stack.status.startswith(("DELETE", "ROLLBACK")):
            with self.account.lock:
                if self.stack.resources.get(name) is entry.resource:
                    del self.stack.resources[name]
        return is_gone


def _removal_graph(by_key: Mapping[str, Superseded]) -> dict[str, frozenset[str]]:
    keys: dict[str, list[str]] = {}
    for key, entry in by_key.items():
        keys.setdefault(entry.resource.logical_id, []).append(key)

    def needed(resource: StackResource) -> frozenset[str]:
        return frozenset(key for name in resource.needs for key in keys.get(name, []))

    return reverse({key: needed(entry.resource) for key, entry in by_key.items()})

"""One resource at a time: created, updated, replaced, restored or removed, with its events.

Everything here is work for a :class:`~lambdactl.sandbox.cloudformation.walk.Walk`: it returns
whether it succeeded, and a failure is an event with its reason, never an exception.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.cloudformation.events import set_status
from lambdactl.sandbox.cloudformation.graph import dependencies
from lambdactl.sandbox.cloudformation.intrinsics import resolve
from lambdactl.sandbox.cloudformation.records import (
    Desired,
    Stack,
    StackResource,
    Superseded,
)
from lambdactl.sandbox.cloudformation.references import update_policy
from lambdactl.sandbox.cloudformation.resources import KINDS
from lambdactl.sandbox.cloudformation.resources.kind import Kind, Made, ResourceFailed, Site
from lambdactl.sandbox.cloudformation.scope import scope_of
from lambdactl.sandbox.cloudformation.walk import Cancelled, Work

log = logging.getLogger(__name__)

PAUSE_S = 1.0
"""Account seconds before and after every call, so that events have an order one can read."""
_REPLACING = (
    "Requested update requires the creation of a new physical resource; hence creating one."
)
_HANDLER_CODES = {
    400: "InvalidRequest",
    403: "AccessDenied",
    404: "NotFound",
    409: "AlreadyExists",
    429: "Throttling",
}


@dataclass(frozen=True)
class _Wanted:
    """A resource as the template wants it, its functions resolved."""

    logical_id: str
    definition: Mapping[str, Any]
    properties: Mapping[str, Any]
    policy: Mapping[str, str] | None


@dataclass
class Maker:
    """Makes the resources of ``stack`` what ``desired`` says."""

    account: Account
    stack: Stack
    desired: Desired
    imported: Callable[[str], str]
    rolls_back: bool = False

    def __post_init__(self) -> None:
        self.definitions = self.desired.active()
        self.graph = dependencies(self.definitions.items(), self.desired.conditions)

    # -- towards what is desired ------------------------------------------------------------------

    def make(self, logical_id: str) -> Work[bool]:
        """Create, update or replace one resource, or leave it as it is."""
        current = self.stack.resources.get(logical_id)
        definition = self.definitions[logical_id]
        try:
            wanted = self._wanted(logical_id, definition)
        except ApiError as error:
            self._fail_unresolved(logical_id, definition, current, error)
            return False
        if current is None or current.status == "CREATE_FAILED":
            self._give_up(current)
            return (yield from self._create(wanted))
        if self._is_as_wanted(current, wanted.properties):
            self._adopt(current)
            return True
        properties = self._last_good(current).properties
        if KINDS[current.type].replaced_for(properties, wanted.properties):
            return (yield from self._replace(current, wanted))
        return (yield from self._update(current, wanted))

    def _wanted(self, logical_id: str, definition: Mapping[str, Any]) -> _Wanted:
        scope = scope_of(self.desired, self.stack, self.imported)
        properties: dict[str, Any] = resolve(definition.get("Properties") or {}, scope)
        return _Wanted(logical_id, definition, properties, self._policy(definition))

    def _policy(self, definition: Mapping[str, Any]) -> Mapping[str, str] | None:
        policy = update_policy(definition)
        if policy is None:
            return None
        resolved: dict[str, str] = resolve(
            policy, scope_of(self.desired, self.stack, self.imported)
        )
        return resolved

    def _is_as_wanted(self, current: StackResource, properties: Mapping[str, Any]) -> bool:
        if current.status.endswith("_FAILED") or current.properties != properties:
            return False
        return not KINDS[current.type].takes_tags or current.tags == self.desired.tags

    def _last_good(self, current: StackResource) -> StackResource:
        """``current``, or what it was before an update of it failed and was not rolled back."""
        before = self.stack.touched.get(current.logical_id)
        return before if before and current.status == "UPDATE_FAILED" else replace(current)

    def _adopt(self, resource: StackResource) -> None:
        """Nothing to do to the resource itself; its place in the template may be another."""
        with self.account.lock:
            self.stack.touched.setdefault(resource.logical_id, replace(resource))
            resource.definition = self.definitions[resource.logical_id]
            resource.needs = self.graph[resource.logical_id]

    def _give_up(self, failed: StackResource | None) -> None:
        """What an earlier attempt left half made is removed with the cleanup."""
        if failed and failed.physical_id:
            with self.account.lock:
                self.stack.superseded.append(Superseded(failed, is_retained=False))

    def _fail_unresolved(
        self,
        logical_id: str,
        definition: Mapping[str, Any],
        current: StackResource | None,
        error: ApiError,
    ) -> None:
        resource = current or self._new(logical_id, definition, {})
        verb = "UPDATE" if current else "CREATE"
        with self.account.lock:
            self.stack.touched.setdefault(logical_id, replace(current) if current else None)
            self.stack.resources[logical_id] = resource
        set_status(self.account, self.stack, resource, f"{verb}_FAILED", error.message)
        self.stack.operation.failures.append(logical_id)

    def _new(
        self, logical_id: str, definition: Mapping[str, Any], properties: Mapping[str, Any]
    ) -> StackResource:
        return StackResource(
            logical_id=logical_id,
            type=str(definition["Type"]),
            definition=definition,
            properties=properties,
            updated_at=self.account.clock.utcnow(),
            tags=dict(self.desired.tags),
            needs=self.graph[logical_id],
        )

    def _create(self, wanted: _Wanted) -> Work[bool]:
        resource = self._new(wanted.logical_id, wanted.definition, wanted.properties)
        with self.account.lock:
            self.stack.touched.setdefault(wanted.logical_id, None)
            self.stack.resources[wanted.logical_id] = resource
        set_status(self.account, self.stack, resource, "CREATE_IN_PROGRESS")
        site = self._site(resource, "CREATE_IN_PROGRESS", wanted.policy)
        work = KINDS[resource.type].create(site, wanted.properties)
        return (yield from self._perform(resource, "CREATE", work, site))

    def _update(self, resource: StackResource, wanted: _Wanted) -> Work[bool]:
        before = self._last_good(resource)
        kind = KINDS[resource.type]
        self._adopt(resource)
        with self.account.lock:
            resource.properties = wanted.properties
            resource.tags = dict(self.desired.tags)
        set_status(self.account, self.stack, resource, "UPDATE_IN_PROGRESS")
        site = self._site(resource, None, wanted.policy)
        work = kind.update(site, before, wanted.properties)
        return (yield from self._perform(resource, "UPDATE", work, site))

    def _replace(self, old: StackResource, wanted: _Wanted) -> Work[bool]:
        logical_id = old.logical_id
        new = self._new(logical_id, wanted.definition, wanted.properties)
        new.physical_id, new.attributes = old.physical_id, old.attributes
        with self.account.lock:
            self.stack.touched.setdefault(logical_id, replace(old))
            self.stack.resources[logical_id] = new
        set_status(self.account, self.stack, new, "UPDATE_IN_PROGRESS", _REPLACING)
        site = self._site(new, "UPDATE_IN_PROGRESS", wanted.policy)
        work = self._replacement(KINDS[old.type], site, old, wanted.properties)
        succeeded = yield from self._perform(new, "UPDATE", work, site)
        if new.physical_id != old.physical_id:
            retained = new.definition.get("UpdateReplacePolicy") == "Retain"
            with self.account.lock:
                self.stack.superseded.append(Superseded(old, retained))
        elif not succeeded:
            with self.account.lock:
                self.stack.resources[logical_id] = replace(old, status=new.status)
        return succeeded

    def _replacement(
        self, kind: Kind, site: Site, old: StackResource, properties: Mapping[str, Any]
    ) -> Work[Made]:
        name = kind.named_by and properties.get(kind.named_by)
        if name and name == old.properties.get(kind.named_by or ""):
            raise ResourceFailed(
                "CloudFormation cannot update a stack when a custom-named resource requires "
                f"replacing. Rename {name} and update the stack again."
            )
        made = yield from kind.create(site, properties)
        return made

    # -- back to what was ---------------------------------------------------------------------

    def restore(self, logical_id: str) -> Work[bool]:
        """Lead one resource back to what it was before the operation touched it."""
        before = self.stack.touched[logical_id]
        assert before is not None
        now = self.stack.resources[logical_id]
        if logical_id in self.stack.operation.skipped:
            set_status(self.account, self.stack, now, "UPDATE_COMPLETE")
            return True
        if now.physical_id != before.physical_id:
            self._return_to(now, before)
            return True
        if not now.status.startswith("UPDATE") or _is_same(now, before):
            with self.account.lock:
                self.stack.resources[logical_id] = before
            return True
        set_status(self.account, self.stack, now, "UPDATE_IN_PROGRESS")
        site = self._site(now, None, self._policy(before.definition))
        work = KINDS[now.type].restore(site, replace(now), before)
        succeeded = yield from self._perform(now, "UPDATE", work, site)
        if succeeded:
            with self.account.lock:
                now.properties, now.definition = before.properties, before.definition
                now.tags, now.needs = before.tags, before.needs
        return succeeded

    def _return_to(self, now: StackResource, before: StackResource) -> None:
        """The old physical resource is still there: it takes its place again."""
        retained = now.is_retained(in_vain=True)
        with self.account.lock:
            self.stack.resources[now.logical_id] = before
            self.stack.superseded.append(Superseded(now, retained))
        set_status(self.account, self.stack, before, "UPDATE_COMPLETE")

    # -- away -----------------------------------------------------------------------------------

    def remove(self, entry: Superseded) -> Work[bool]:
        """Delete one physical resource, or leave it behind where its policy says so."""
        resource = entry.resource
        if entry.is_retained:
            set_status(self.account, self.stack, resource, "DELETE_SKIPPED")
            return True
        if not resource.physical_id:
            set_status(self.account, self.stack, resource, "DELETE_COMPLETE")
            return True
        set_status(self.account, self.stack, resource, "DELETE_IN_PROGRESS")
        kind = KINDS[resource.type]
        site = self._site(resource)
        return (yield from self._perform(resource, "DELETE", kind.delete(site, resource), site))

    # -- doing it -----------------------------------------------------------------------------

    def _site(
        self,
        resource: StackResource,
        initiated: str | None = None,
        policy: Mapping[str, str] | None = None,
    ) -> Site:
        """Where ``resource`` is made. With ``initiated`` the event of its beginning is written."""

        def begun(physical_id: str) -> None:
            if resource.physical_id == physical_id:
                return
            with self.account.lock:
                resource.physical_id = physical_id
            if initiated:
                reason = "Resource creation Initiated"
                set_status(self.account, self.stack, resource, initiated, reason)

        return Site(
            account=self.account,
            stack_name=self.stack.name,
            stack_id=self.stack.id,
            logical_id=resource.logical_id,
            begun=begun,
            tags=self.desired.tags,
            policy=policy,
            rolls_back=self.rolls_back,
        )

    def _perform(
        self, resource: StackResource, verb: str, work: Work[Made] | Work[None], site: Site
    ) -> Work[bool]:
        """Run ``work``; the resource ends as ``<verb>_COMPLETE`` or ``<verb>_FAILED``."""
        try:
            yield PAUSE_S
            made = yield from work
            if made is not None:
                site.begun(made.physical_id)
                with self.account.lock:
                    resource.attributes = made.attributes
            yield PAUSE_S
        except Cancelled:
            word = {"CREATE": "creation", "UPDATE": "update"}.get(verb, "deletion")
            self._fail(resource, verb, f"Resource {word} cancelled")
            return False
        except ResourceFailed as error:
            self._fail(resource, verb, str(error), is_cause=True)
            return False
        except ApiError as error:
            self._fail(resource, verb, self._reason(error, resource), is_cause=True)
            return False
        except Exception:
            log.exception("the sandbox failed at %s %s", verb, resource.logical_id)
            self._fail(resource, verb, "Internal Failure", is_cause=True)
            return False
        set_status(self.account, self.stack, resource, f"{verb}_COMPLETE")
        return True

    def _fail(
        self, resource: StackResource, verb: str, reason: str, *, is_cause: bool = False
    ) -> None:
        set_status(self.account, self.stack, resource, f"{verb}_FAILED", reason)
        if is_cause:
            self.stack.operation.failures.append(resource.logical_id)

    def _reason(self, error: ApiError, resource: StackResource) -> str:
        """The words in which CloudFormation passes on what a service answered."""
        if error.code == "ValidationError" and error.message.startswith("Properties validation"):
            named = f"for resource {resource.logical_id} with"
            return error.message.replace("for resource with", named)
        service = resource.type.split("::")[1]
        code = _HANDLER_CODES.get(error.status, "GeneralServiceException")
        return (
            f'Resource handler returned message: "{error.message} (Service: {service}, '
            f'Status Code: {error.status}, Request ID: {self.account.new_id()})" '
            f"(RequestToken: {self.account.new_id()}, HandlerErrorCode: {code})"
        )


def _is_same(now: StackResource, before: StackResource) -> bool:
    return now.properties == before.properties and now.tags == before.tags

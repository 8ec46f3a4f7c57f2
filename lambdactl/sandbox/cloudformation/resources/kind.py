"""What every type of resource can do, and where it does it.

A :class:`Kind` makes, changes and removes one type of resource through the account's own APIs. Its
methods are work (generators that yield account seconds), for a resource is done when AWS would call
it stable, not when the call was taken. A :class:`Site` is the place of one resource in one stack.
"""

from __future__ import annotations

import string
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from lambdactl.sandbox.account import Account, ApiError, random_text
from lambdactl.sandbox.cloudformation.records import StackResource
from lambdactl.sandbox.cloudformation.walk import Work

_SLOW_DOWN = frozenset(
    {"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"}
)
_ATTEMPTS = 10
"""Eight and a half minutes of account time: seconds of the clock on the wall where the account runs
fast and the machine is busy."""
_LEAST_S = 0.001
"""The shortest rest: the clock must go on by it, whatever it rounds away."""


class ResourceFailed(Exception):
    """The resource did not become what it should; the reason is what the event says."""


@dataclass(frozen=True)
class Made:
    """A resource that exists: what Ref gives, and what Fn::GetAtt gives."""

    physical_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """One resource's place: its stack, its name, its update policy already resolved."""

    account: Account
    stack_name: str
    stack_id: str
    logical_id: str
    begun: Callable[[str], None]
    """To be called with the physical id as soon as there is one."""
    tags: Mapping[str, str] = field(default_factory=dict)
    policy: Mapping[str, str] | None = None
    rolls_back: bool = False

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Work[dict[str, Any]]:
        """An API call that asks again when the service says to slow down or has failed inside."""
        return (yield from asked(self.account, service, operation, params))

    def rest(self, seconds: float) -> Work[None]:
        """Let ``seconds`` of account time pass before the next look."""
        yield from rested(self.account, seconds)

    def name(self, limit: int = 64, *, is_lower: bool = False) -> str:
        """A generated physical name: ``<stack>-<logical id>-<12 random characters>``."""
        room = (limit - 14) // 2
        token = random_text(12, string.ascii_letters + string.digits)
        name = f"{self.stack_name[:room]}-{self.logical_id[:room]}-{token}"
        return name.lower() if is_lower else name

    def system_tags(self) -> dict[str, str]:
        """The tags that CloudFormation puts on what it makes, and the stack's own."""
        return {
            **self.tags,
            "aws:cloudformation:stack-name": self.stack_name,
            "aws:cloudformation:stack-id": self.stack_id,
            "aws:cloudformation:logical-id": self.logical_id,
        }


class Kind(ABC):
    """One type of resource.

    ``type`` is CloudFormation's name; ``attributes`` what Fn::GetAtt may ask for; ``fixed`` the
    properties that cannot change in place (a change makes a new resource); ``named_by`` the
    property that names it, if the template wants to.
    """

    type: ClassVar[str]
    attributes: ClassVar[frozenset[str]] = frozenset()
    fixed: ClassVar[frozenset[str]] = frozenset()
    named_by: ClassVar[str | None] = None
    needs_capability: ClassVar[bool] = False
    takes_tags: ClassVar[bool] = False

    @abstractmethod
    def create(self, site: Site, properties: Mapping[str, Any]) -> Work[Made]:
        """Make the resource."""

    def update(
        self,
        site: Site,  # noqa: ARG002
        resource: StackResource,
        properties: Mapping[str, Any],  # noqa: ARG002
    ) -> Work[Made]:
        """Change ``resource``, which has ``resource.properties``, to ``properties``.

        Of a resource whose properties are all fixed there is nothing to change.
        """
        yield from ()
        return Made(resource.physical_id, resource.attributes)

    @abstractmethod
    def delete(self, site: Site, resource: StackResource) -> Work[None]:
        """Remove the resource; one that is gone already is removed."""

    def restore(self, site: Site, resource: StackResource, before: StackResource) -> Work[Made]:
        """Lead ``resource`` back to what it was ``before`` the update that failed."""
        made = yield from self.update(site, resource, before.properties)
        return made

    def has_attribute(self, name: str) -> bool:
        return name in self.attributes

    def replaced_for(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
        """The changed properties for which a new resource is needed."""
        return [name for name in sorted(self.fixed) if before.get(name) != after.get(name)]


def asked(
    account: Account, service: str, operation: str, params: Mapping[str, Any]
) -> Work[dict[str, Any]]:
    """A call of CloudFormation's: it backs off and repeats where it is throttled."""
    for attempt in range(_ATTEMPTS):
        try:
            return account.call(service, operation, params)
        except ApiError as error:
            is_passing = error.code in _SLOW_DOWN or error.status in (500, 503)
            if not is_passing or attempt == _ATTEMPTS - 1:
                raise
        yield from rested(account, float(2**attempt))
    raise AssertionError("unreachable: the last attempt returns or raises")


def rested(account: Account, seconds: float) -> Work[None]:
    """Wait by the clock, not by when the wait was due: a process that is late makes up for what it
    missed, and would otherwise ask all its questions in one moment, for which no quota is enough.
    """
    until = account.clock.now() + seconds
    while (left := until - account.clock.now()) > 0:
        yield max(left, _LEAST_S)


def deleted(site: Site, service: str, operation: str, params: Mapping[str, Any]) -> Work[None]:
    """Delete by one call; what is gone already is as good as deleted."""
    try:
        yield from site.call(service, operation, params)
    except ApiError as error:
        if not is_missing(error):
            raise


def is_missing(error: ApiError) -> bool:
    return error.status == 404 or any(
        word in error.code for word in ("NotFound", "NoSuch", "DoesNotExist")
    )


def as_tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def from_tag_list(tags: Any) -> dict[str, str]:
    """A ``Tags`` property, in the list form or the map form, as a map."""
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags or []}

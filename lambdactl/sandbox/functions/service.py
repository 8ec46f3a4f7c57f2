"""The service itself: every operation that Lambda has in this account, found in its room."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.clock import ManualClock
from lambdactl.sandbox.functions.aliases import Aliases
from lambdactl.sandbox.functions.asynchronous import Events, OnDone
from lambdactl.sandbox.functions.concurrency import ProvisionedConcurrency, ReservedConcurrency
from lambdactl.sandbox.functions.configuration import Configuration
from lambdactl.sandbox.functions.deletion import Deletion, replicate
from lambdactl.sandbox.functions.durable import DurableExecutions, put_execution
from lambdactl.sandbox.functions.invoke import Invocation, Invocations, read_payload
from lambdactl.sandbox.functions.layers import Layers
from lambdactl.sandbox.functions.policies import Policies
from lambdactl.sandbox.functions.registry import AccountSettings, Registry, Room
from lambdactl.sandbox.functions.tags import Tags
from lambdactl.sandbox.functions.triggers import EventInvokeConfigs, EventSourceMappings
from lambdactl.sandbox.functions.urls import FunctionUrls
from lambdactl.sandbox.functions.versions import Versions

Operation = Callable[[dict[str, Any]], dict[str, Any]]


class LambdaService:
    """Answers CreateAlias with ``create_alias(params)``, in botocore's members both ways.

    ``registry`` holds the state (``registry.storage.limit`` and ``registry.activation_s`` rehearse
    a full and a slow account), ``deletion.canary_is_held`` is how AWS's one open question falls,
    ``invocations.seed`` makes routing repeatable.
    """

    def __init__(self, account: Account) -> None:
        self.registry = Registry(account)
        self.invocations = Invocations(self.registry)
        self.events = Events(self.invocations)
        self.deletion = Deletion(self.registry)
        if isinstance(account.clock, ManualClock):
            account.clock.settle = self.settle
        versions, layers = Versions(self.registry), Layers(self.registry)
        rooms = (Aliases, Policies, Tags, ReservedConcurrency, ProvisionedConcurrency)
        triggers = (EventSourceMappings, EventInvokeConfigs, FunctionUrls, DurableExecutions)
        self._operations = _operations(
            versions,
            layers,
            Configuration(self.registry, versions, layers),
            self.deletion,
            *(room(self.registry) for room in (*rooms, *triggers, AccountSettings)),
        )

    def __getattr__(self, name: str) -> Operation:
        """The operation of that name, from the room that has it."""
        operation = self.__dict__.get("_operations", {}).get(name)
        if operation is None:
            raise AttributeError(name)
        found: Operation = operation
        return found

    def invoke(self, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("InvocationType") != "Event":
            return self.invocations.invoke(params)
        name, qualifier = params["FunctionName"], params.get("Qualifier")
        self.events.accept(name, qualifier, read_payload(params))
        return {"StatusCode": 202}

    def invoke_async(
        self,
        function: str | Mapping[str, Any],
        qualifier: str | None = None,
        payload: bytes = b"{}",
        on_done: OnDone | None = None,
    ) -> dict[str, Any]:
        """Accept an event for another service of the account; see :meth:`Events.accept`.

        The retired operation InvokeAsync has the same name, and comes with its members instead.
        """
        if not isinstance(function, str):
            raise ApiError("NotImplemented", "InvokeAsync is retired: use Invoke", 501)
        self.events.accept(function, qualifier, payload, on_done)
        return {"Status": 202}

    def put_execution(
        self, function: str, version: str, name: str, status: str = "RUNNING"
    ) -> None:
        """Let a version of a durable function have a durable execution, or set its status."""
        put_execution(self.deletion, function, version, name, status)

    def replicate(self, function: str, version: str, *, replicated: bool = True) -> None:
        """Let Lambda@Edge have replicas of a version, which then cannot be deleted; or no more."""
        replicate(self.deletion, function, version, replicated=replicated)

    def code_at(self, path: str) -> bytes | None:
        """The zip behind the path of a Location that GetFunction or GetLayerVersion gave."""
        return self.registry.packages.at(path)

    def run(self, function: str, qualifier: str | None, payload: bytes) -> Invocation:
        """Invoke and wait, without the members of the API around it."""
        return self.invocations.run(function, qualifier, payload)

    def settle(self) -> None:
        """Block until no function runs for an event or for traffic; a ManualClock does so at every
        step, so that what the code reports has arrived before time goes on."""
        self.events.settle()

    def close(self) -> None:
        """End every worker and every thread of the service."""
        self.invocations.close()
        self.events.close()


def _operations(*rooms: Room) -> dict[str, Operation]:
    """Every public method of every room, by its name."""
    found: dict[str, Operation] = {}
    for room in rooms:
        for name, method in inspect.getmembers(room, inspect.ismethod):
            if not name.startswith("_"):
                assert name not in found, f"two rooms answer {name}"
                found[name] = method
    return found

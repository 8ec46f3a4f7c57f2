"""Reserved concurrency of a function, provisioned concurrency of a version or an alias."""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.clock import stamp
from lambdactl.sandbox.functions.names import is_alias
from lambdactl.sandbox.functions.paging import page, with_next
from lambdactl.sandbox.functions.records import LATEST, Function, Provisioned
from lambdactl.sandbox.functions.refusals import conflict, invalid
from lambdactl.sandbox.functions.registry import Room
from lambdactl.sandbox.functions.storage import CONCURRENCY_LIMIT

_MINIMUM_UNRESERVED = 100
_PAGE = 50
_ALLOCATION_S = 30.0
_NOT_PUBLISHED = "The function resource provided must be an alias or a published version."


class ReservedConcurrency(Room):
    def put_function_concurrency(self, params: dict[str, Any]) -> dict[str, Any]:
        wanted = params["ReservedConcurrentExecutions"]
        with self.account.lock:
            function, _ = self.registry.find(params)
            others = self.registry.reserved_concurrency() - (function.reserved or 0)
            if CONCURRENCY_LIMIT - others - wanted < _MINIMUM_UNRESERVED:
                raise invalid(
                    "Specified ReservedConcurrentExecutions for function decreases account's "
                    "UnreservedConcurrentExecution below its minimum value of "
                    f"[{_MINIMUM_UNRESERVED}]."
                )
            function.reserved = wanted
        return {"ReservedConcurrentExecutions": wanted}

    def get_function_concurrency(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, _ = self.registry.find(params)
            if function.reserved is None:
                return {}
            return {"ReservedConcurrentExecutions": function.reserved}

    def delete_function_concurrency(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, _ = self.registry.find(params)
            function.reserved = None
        return {}


class ProvisionedConcurrency(Room):
    """Records only: no environment is kept warm for it. An alias with weights cannot have its
    provisioned concurrency managed, and a version cannot have it both itself and by an alias."""

    def put_provisioned_concurrency_config(self, params: dict[str, Any]) -> dict[str, Any]:
        if params["Qualifier"] == LATEST:
            raise invalid(
                "Provisioned Concurrency Configs cannot be applied to unpublished function "
                "versions."
            )
        wanted = params["ProvisionedConcurrentExecutions"]
        with self.account.lock:
            function, qualifier = self._published(params)
            _check_free(function, qualifier)
            _check_reserved(function, qualifier, wanted)
            provisioned = Provisioned(wanted, self.account.clock.now())
            function.provisioned[qualifier] = provisioned
            self.account.clock.call_later(_ALLOCATION_S, lambda: self._allocated(provisioned))
            return _shown(provisioned)

    def _allocated(self, provisioned: Provisioned) -> None:
        with self.account.lock:
            provisioned.ready = True

    def get_provisioned_concurrency_config(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, qualifier = self._published(params)
            provisioned = function.provisioned.get(qualifier)
            if provisioned is None:
                raise ApiError(
                    "ProvisionedConcurrencyConfigNotFoundException",
                    "No Provisioned Concurrency Config found for this function",
                    404,
                    Type="User",
                )
            return _shown(provisioned)

    def delete_provisioned_concurrency_config(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, qualifier = self._published(params)
            _check_unweighted(function, qualifier)
            function.provisioned.pop(qualifier, None)
        return {}

    def list_provisioned_concurrency_configs(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, _ = self.registry.find(params)
            chosen, marker = page(function.provisioned, params, limit=_PAGE)
            configs = [
                {
                    "FunctionArn": self.registry.arn(function.name, qualifier),
                    **_shown(function.provisioned[qualifier]),
                }
                for qualifier in chosen
            ]
        return with_next({"ProvisionedConcurrencyConfigs": configs}, marker)

    def _published(self, params: dict[str, Any]) -> tuple[Function, str]:
        function, qualifier = self.registry.find(params)
        if qualifier is None or qualifier == LATEST:
            raise invalid(_NOT_PUBLISHED)
        self.registry.check_qualifier(function, qualifier)
        return function, qualifier


def _check_unweighted(function: Function, qualifier: str) -> None:
    if is_alias(qualifier) and function.aliases[qualifier].weights:
        raise invalid("Alias with weights can not be used with Provisioned Concurrency")


def _check_free(function: Function, qualifier: str) -> None:
    _check_unweighted(function, qualifier)
    if is_alias(qualifier):
        if function.aliases[qualifier].version in function.provisioned:
            raise conflict(
                "Alias can't be used for Provisioned Concurrency configuration on an already "
                "Provisioned version"
            )
        return
    for alias in function.aliases.values():
        if alias.version == qualifier and alias.name in function.provisioned:
            raise conflict("Version is pointed by a Provisioned Concurrency alias")


def _check_reserved(function: Function, qualifier: str, wanted: int) -> None:
    others = sum(p.requested for q, p in function.provisioned.items() if q != qualifier)
    if function.reserved is not None and function.reserved < others + wanted:
        raise invalid(
            "Requested Provisioned Concurrency should not be greater than the "
            "reservedConcurrentExecution for function"
        )


def _shown(provisioned: Provisioned) -> dict[str, Any]:
    ready = provisioned.requested if provisioned.ready else 0
    return {
        "RequestedProvisionedConcurrentExecutions": provisioned.requested,
        "AllocatedProvisionedConcurrentExecutions": ready,
        "AvailableProvisionedConcurrentExecutions": ready,
        "Status": "READY" if provisioned.ready else "IN_PROGRESS",
        "LastModified": stamp(provisioned.modified),
    }

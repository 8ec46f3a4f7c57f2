"""Everything the account knows of Lambda, and how a caller's words find it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from typing import Any

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.functions.names import arn_of, is_alias, read_name
from lambdactl.sandbox.functions.packages import Packages
from lambdactl.sandbox.functions.records import LATEST, Function, FunctionVersion, Layer, Package
from lambdactl.sandbox.functions.refusals import conflict, function_not_found, not_found
from lambdactl.sandbox.functions.storage import Storage

_BUSY = "The operation cannot be performed at this time."


class Registry:
    """The functions by name, the layers, the event source mappings, and the bytes they take.

    ``activation_s`` is how many account seconds a new or changed function stays Pending or
    InProgress before the clock makes it Active.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.functions: dict[str, Function] = {}
        self.function_names: list[str] = []
        self.layers: dict[str, Layer] = {}
        self.attached_layers: dict[str, Package] = {}
        """By ARN, what functions use: deleting a layer version does not take it from them."""
        self.mappings: dict[str, dict[str, Any]] = {}
        self.mapping_tags: dict[str, dict[str, str]] = {}
        self.retired: list[Callable[[Function, FunctionVersion], None]] = []
        """Told when the code of a version is gone or has changed."""
        self.moved: list[Callable[[str, str, dict[str, float]], None]] = []
        """Told which version has what share of an alias, when that has changed."""
        self.storage = Storage()
        self.packages = Packages(account)
        self.activation_s = 1.0

    def find(self, params: Mapping[str, Any]) -> tuple[Function, str | None]:
        """The function that FunctionName and Qualifier name, and the qualifier; 404 if absent."""
        name, qualifier = read_name(
            self.account, str(params["FunctionName"]), params.get("Qualifier")
        )
        function = self.functions.get(name)
        if function is None:
            raise function_not_found(self.arn(name, qualifier))
        return function, qualifier

    def find_place(self, params: Mapping[str, Any]) -> tuple[Function, str]:
        """As :meth:`find`; 404 as well if the qualifier is absent, ``$LATEST`` if none is given."""
        function, qualifier = self.find(params)
        self.check_qualifier(function, qualifier)
        return function, qualifier or LATEST

    def version_of(self, function: Function, qualifier: str | None) -> FunctionVersion:
        """The version that ``qualifier`` stands for: an alias stands for its FunctionVersion."""
        label = qualifier or LATEST
        if is_alias(label) and (alias := function.aliases.get(label)) is not None:
            label = alias.version
        version = function.version(label)
        if version is None:
            raise function_not_found(self.arn(function.name, qualifier))
        return version

    def check_qualifier(self, function: Function, qualifier: str | None) -> None:
        """404 unless the version or alias is there."""
        if qualifier and is_alias(qualifier):
            if qualifier not in function.aliases:
                raise not_found(f"Cannot find alias arn: {self.arn(function.name, qualifier)}")
        else:
            self.version_of(function, qualifier)

    def arn(self, function: str, qualifier: str | None = None) -> str:
        return arn_of(self.account, function, qualifier)

    def enlist(self, function: Function) -> None:
        """Add a new function to the account."""
        self.functions[function.name] = function
        insort(self.function_names, function.name)

    def strike_off(self, function: Function) -> None:
        """Remove a function, its versions, and the bytes they counted."""
        del self.functions[function.name]
        del self.function_names[bisect_left(self.function_names, function.name)]
        for version in function.versions():
            self.storage.give_back(version.package.counted)
            self.retire(function, version)

    def retire(self, function: Function, version: FunctionVersion) -> None:
        """The code of ``version`` is gone or has changed: its warm workers must not run again."""
        for tell in self.retired:
            tell(function, version)

    def check_settled(self, function: Function) -> None:
        """409 while ``$LATEST`` is Pending or being updated, as AWS has it since 2021."""
        if function.latest.state == "Pending":
            raise conflict(f"{_BUSY} The function is currently in the following state: Pending")
        if function.latest.updating:
            arn = self.arn(function.name)
            raise conflict(f"{_BUSY} An update is in progress for resource: {arn}")

    def activate_later(self, function: Function, version: FunctionVersion) -> None:
        """Let the clock make ``version`` Active; ``$LATEST`` gets a new RevisionId with it."""

        def activate() -> None:
            with self.account.lock:
                version.updating = False
                if version.state == "Pending":
                    version.state = "Active"
                if version is function.latest:
                    version.revision_id = self.account.new_id()

        self.account.clock.call_later(self.activation_s, activate)

    def reserved_concurrency(self) -> int:
        return sum(function.reserved or 0 for function in self.functions.values())


class Room:
    """A part of Lambda: operations on the one registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.account = registry.account


class AccountSettings(Room):
    def get_account_settings(self, _params: dict[str, Any]) -> dict[str, Any]:
        registry = self.registry
        with self.account.lock:
            used, count = registry.storage.used, len(registry.functions)
            limits = registry.storage.limits(registry.reserved_concurrency())
        usage = {"TotalCodeSize": used, "FunctionCount": count}
        return {"AccountLimit": limits, "AccountUsage": usage}

"""Aliases: a name that routes to one version, or to two by weight.

FunctionVersion gets what is left after the weight of the additional version. UpdateAlias is a
patch: what is left out keeps its value, an empty map of weights clears them. Every write, even one
that changes nothing, gives a new RevisionId; one that carries an old RevisionId changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.functions.paging import page, with_next
from lambdactl.sandbox.functions.records import LATEST, Alias, Function
from lambdactl.sandbox.functions.refusals import (
    check_revision,
    conflict,
    function_not_found,
    invalid,
    not_found,
)
from lambdactl.sandbox.functions.registry import Room

_LIST_LIMIT = 10_000
_LATEST_CANNOT_SHARE = "$LATEST is not supported for an alias pointing to more than 1 version"


class Aliases(Room):
    def create_alias(self, params: dict[str, Any]) -> dict[str, Any]:
        name, version = params["Name"], params["FunctionVersion"]
        weights = _weights(params) or {}
        with self.account.lock:
            function, _ = self.registry.find(params)
            self._check_version(function, version)
            if name in function.aliases:
                raise conflict(f"Alias already exists: {self.registry.arn(function.name, name)}")
            self._check_routing(function, version, weights)
            description = params.get("Description") or ""
            alias = Alias(name, version, weights, description, self.account.new_id())
            function.aliases[name] = alias
            return self._alias(function, alias)

    def update_alias(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, _ = self.registry.find(params)
            alias = function.aliases.get(params["Name"])
            if alias is None:
                raise not_found(
                    f"Alias not found: {self.registry.arn(function.name, params['Name'])}"
                )
            check_revision(params.get("RevisionId"), alias.revision_id)
            version = params.get("FunctionVersion") or alias.version
            given = _weights(params)
            weights = alias.weights if given is None else given
            self._check_version(function, version)
            self._check_routing(function, version, weights)
            alias.version, alias.weights = version, weights
            alias.description = params.get("Description", alias.description)
            alias.revision_id = self.account.new_id()
            for tell in self.registry.moved:
                tell(function.name, alias.name, alias.shares)
            return self._alias(function, alias)

    def get_alias(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, _ = self.registry.find(params)
            alias = function.aliases.get(params["Name"])
            if alias is None:
                raise not_found(
                    f"Cannot find alias arn: {self.registry.arn(function.name, params['Name'])}"
                )
            return self._alias(function, alias)

    def delete_alias(self, params: dict[str, Any]) -> dict[str, Any]:
        """The alias and what hangs on it: policy, provisioned concurrency, retry settings, URL.
        An alias that is not there is deleted without complaint."""
        name = params["Name"]
        with self.account.lock:
            function, _ = self.registry.find(params)
            for kept in (
                function.aliases,
                function.policies,
                function.provisioned,
                function.event_invoke,
                function.urls,
            ):
                kept.pop(name, None)
        return {}

    def list_aliases(self, params: dict[str, Any]) -> dict[str, Any]:
        """FunctionVersion filters by the primary version; the additional one does not count."""
        wanted = params.get("FunctionVersion")
        with self.account.lock:
            function, _ = self.registry.find(params)
            names = (a.name for a in function.aliases.values() if wanted in (None, a.version))
            chosen, marker = page(names, params, limit=_LIST_LIMIT)
            aliases = [self._alias(function, function.aliases[name]) for name in chosen]
        return with_next({"Aliases": aliases}, marker)

    def _check_version(self, function: Function, version: str) -> None:
        if function.version(version) is None:
            raise function_not_found(self.registry.arn(function.name, version))

    def _check_routing(
        self, function: Function, version: str, weights: Mapping[str, float]
    ) -> None:
        """Refuse what Lambda refuses; weights out of range are refused before they come here."""
        if len(weights) > 1:
            raise invalid("Number of items in AdditionalVersionWeights cannot be greater than 1")
        for other in weights:
            if other == version:
                raise invalid(
                    f"Invalid function version {version}. Function version {version} is already "
                    "included in routing configuration."
                )
            if version == LATEST:
                raise invalid(_LATEST_CANNOT_SHARE)
            self._check_version(function, other)
            _check_alike(function, version, other)

    def _alias(self, function: Function, alias: Alias) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "AliasArn": self.registry.arn(function.name, alias.name),
            "Name": alias.name,
            "FunctionVersion": alias.version,
            "Description": alias.description,
            "RevisionId": alias.revision_id,
        }
        if alias.weights:
            shown["RoutingConfig"] = {"AdditionalVersionWeights": dict(alias.weights)}
        return shown


def _weights(params: Mapping[str, Any]) -> dict[str, float] | None:
    """The weights that a request sets, empty to clear them, None to leave them alone."""
    routing = params.get("RoutingConfig")
    if routing is None:
        return None
    return dict(routing.get("AdditionalVersionWeights") or {})


def _check_alike(function: Function, one: str, other: str) -> None:
    """Two versions share an alias only with the same role and the same dead letter queue. AWS's
    sentence is known for the role; the one for the queue is ours."""
    first, second = (function.published[label].settings.members for label in (one, other))
    if first["Role"] != second["Role"]:
        raise invalid("Specified versions must be associated with the same execution role")
    if first.get("DeadLetterConfig") != second.get("DeadLetterConfig"):
        raise invalid("Specified versions must have the same dead letter queue configuration")

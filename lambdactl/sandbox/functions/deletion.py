"""DeleteFunction: one version with a number as Qualifier, everything without one.

There is no lock on this call and no way back. What points at a version from outside (an event
source mapping, provisioned concurrency, another service's ARN) does not hold it; an alias does.
"""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.functions.durable import RUNNING
from lambdactl.sandbox.functions.names import is_version, read_name
from lambdactl.sandbox.functions.records import LATEST_PUBLISHED, Function, FunctionVersion
from lambdactl.sandbox.functions.refusals import conflict, function_not_found, invalid
from lambdactl.sandbox.functions.registry import Room

_DELETED, _DELETING = {"StatusCode": 204}, {"StatusCode": 202}
_ALIASED = "Unable to delete version because the following aliases reference it: "
_LATEST_STAYS = "$LATEST version cannot be deleted without deleting the function."


class Deletion(Room):
    """``canary_is_held``: whether an alias also holds the version that it only gives a weight to.
    AWS's documentation reads as if it did and nobody has published a proof, so both are here.

    ``draining_s`` is how long a function on a capacity provider, or one with durable executions,
    stays Deleting. A version with durable executions goes at once, and they with it: whether AWS
    would refuse is not known, and this is the worse of the two for whoever relied on it.
    """

    canary_is_held = True
    draining_s = 30.0

    def delete_function(self, params: dict[str, Any]) -> dict[str, Any]:
        name, qualifier = read_name(self.account, params["FunctionName"], params.get("Qualifier"))
        if qualifier is not None:
            _check_deletable(qualifier)
        with self.account.lock:
            function = self.registry.functions.get(name)
            if function is None:
                raise function_not_found(self.registry.arn(name))
            if qualifier is None:
                return self._delete_all(function)
            version = function.version(qualifier)
            return self._delete(function, version) if version else dict(_DELETED)

    def _delete_all(self, function: Function) -> dict[str, Any]:
        executing = [e for e in function.executions if e.status in RUNNING]
        if not executing and not _drains(function.latest):
            self.registry.strike_off(function)
            return dict(_DELETED)
        if function.latest.state != "Deleting":
            for version in function.versions():
                version.state = "Deleting"
            for execution in executing:
                execution.status = "DELETING"
            self._after_draining(lambda: self._finish(function))
        return dict(_DELETING)

    def _delete(self, function: Function, version: FunctionVersion) -> dict[str, Any]:
        if holders := self._holders(function, version.label):
            raise conflict(f"{_ALIASED}[{', '.join(holders)}]")
        if version.replicated:
            arn = self.registry.arn(function.name, version.label)
            raise invalid(
                f"Lambda was unable to delete {arn} because it is a replicated function. Please "
                "see our documentation for Deleting Lambda@Edge Functions and Replicas."
            )
        if not _drains(version):
            self._remove(function, version)
            return dict(_DELETED)
        if version.state != "Deleting":
            version.state = "Deleting"
            self._after_draining(lambda: self._remove(function, version))
        return dict(_DELETING)

    def _holders(self, function: Function, label: str) -> list[str]:
        """The aliases that keep a version from being deleted, by name."""
        return sorted(
            alias.name
            for alias in function.aliases.values()
            if label == alias.version or (self.canary_is_held and label in alias.weights)
        )

    def _remove(self, function: Function, version: FunctionVersion) -> None:
        """The version and what was set on its number; its number does not come back."""
        if function.version(version.label) is not version:
            return
        if version is function.latest_published:
            function.latest_published = None
        else:
            del function.published[version.label]
        function.executions = [e for e in function.executions if e.version != version.label]
        function.policies.pop(version.label, None)
        function.provisioned.pop(version.label, None)
        function.event_invoke.pop(version.label, None)
        self.registry.storage.give_back(version.package.counted)
        self.registry.retire(function, version)

    def _finish(self, function: Function) -> None:
        if self.registry.functions.get(function.name) is function:
            self.registry.strike_off(function)

    def _after_draining(self, finish: Any) -> None:
        def drained() -> None:
            with self.account.lock:
                finish()

        self.account.clock.call_later(self.draining_s, drained)


def _check_deletable(qualifier: str) -> None:
    if qualifier == "$LATEST":
        raise invalid(_LATEST_STAYS)
    if not is_version(qualifier) and qualifier != LATEST_PUBLISHED:
        raise invalid("Deletion of aliases is not currently supported.")


def _drains(version: FunctionVersion) -> bool:
    """On a capacity provider a delete is asynchronous: 202, then Deleting for a while."""
    return "CapacityProviderConfig" in version.settings.members


def replicate(room: Room, function: str, version: str, *, replicated: bool = True) -> None:
    """Let Lambda@Edge have replicas of a version, as with a distribution of CloudFront, or none."""
    with room.account.lock:
        found, _ = room.registry.find({"FunctionName": function})
        room.registry.version_of(found, version).replicated = replicated

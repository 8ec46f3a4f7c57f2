"""What can hang on a version or an alias without Lambda asking whether it may be deleted: event
source mappings, retry settings of asynchronous invocations.

All are records that the account shows truthfully. Nothing is polled from a queue or a stream.
"""

from __future__ import annotations

from typing import Any

from lambdactl.sandbox.clock import moment
from lambdactl.sandbox.functions.names import read_name
from lambdactl.sandbox.functions.paging import page, with_next
from lambdactl.sandbox.functions.records import EventInvoke, Function
from lambdactl.sandbox.functions.refusals import invalid, not_found
from lambdactl.sandbox.functions.registry import Room

_MAPPINGS_PAGE, _PAGE = 100, 50
_GONE = "The resource you requested does not exist."
_STREAMS = ("dynamodb", "kinesis", "kafka")
_NOT_SHOWN = frozenset({"FunctionName", "Enabled", "Tags"})


class EventSourceMappings(Room):
    """``FunctionArn`` keeps the qualifier that the mapping was made with. Deleting the function or
    the version leaves the mapping where it is."""

    def create_event_source_mapping(self, params: dict[str, Any]) -> dict[str, Any]:
        source = params.get("EventSourceArn", "")
        if not source and "SelfManagedEventSource" not in params:
            raise invalid("Unrecognized event source.")
        if any(f":{kind}:" in source for kind in _STREAMS) and "StartingPosition" not in params:
            raise invalid(
                "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
                "constraint: Member must not be null."
            )
        name, qualifier = read_name(self.account, params["FunctionName"])
        with self.account.lock:
            function = self.registry.functions.get(name)
            if function is None:
                raise invalid("Function does not exist")
            self.registry.check_qualifier(function, qualifier)
            mapping = self._made(function, qualifier, params)
            self.registry.mappings[mapping["UUID"]] = mapping
            self.registry.mapping_tags[mapping["UUID"]] = dict(params.get("Tags") or {})
            return dict(mapping)

    def _made(
        self, function: Function, qualifier: str | None, params: dict[str, Any]
    ) -> dict[str, Any]:
        uuid = self.account.new_id()
        mapping = {
            "BatchSize": 10 if ":sqs:" in params.get("EventSourceArn", "") else 100,
            "MaximumBatchingWindowInSeconds": 0,
            "FunctionResponseTypes": [],
            **{name: value for name, value in params.items() if name not in _NOT_SHOWN},
            "UUID": uuid,
            "EventSourceMappingArn": self.account.arn("lambda", f"event-source-mapping:{uuid}"),
            "FunctionArn": self.registry.arn(function.name, qualifier),
            "LastModified": self.account.clock.utcnow(),
            "State": "Creating",
            "StateTransitionReason": "USER_INITIATED",
        }
        state = "Enabled" if params.get("Enabled", True) else "Disabled"

        def settle() -> None:
            with self.account.lock:
                mapping["State"] = state

        self.account.clock.call_later(self.registry.activation_s, settle)
        return mapping

    def update_event_source_mapping(self, params: dict[str, Any]) -> dict[str, Any]:
        """Members left out keep their value; FunctionName points the mapping elsewhere."""
        with self.account.lock:
            mapping = self.registry.mappings.get(params["UUID"])
            if mapping is None:
                raise not_found(_GONE)
            if params.get("FunctionName"):
                function, qualifier = self.registry.find(params)
                self.registry.check_qualifier(function, qualifier)
                mapping["FunctionArn"] = self.registry.arn(function.name, qualifier)
            mapping |= {name: value for name, value in params.items() if name not in _NOT_SHOWN}
            mapping["LastModified"] = self.account.clock.utcnow()
            if "Enabled" in params:
                mapping["State"] = "Enabled" if params["Enabled"] else "Disabled"
            return dict(mapping)

    def get_event_source_mapping(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            mapping = self.registry.mappings.get(params["UUID"])
            if mapping is None:
                raise not_found(_GONE)
            return dict(mapping)

    def delete_event_source_mapping(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            mapping = self.registry.mappings.pop(params["UUID"], None)
            if mapping is None:
                raise not_found(_GONE)
            self.registry.mapping_tags.pop(params["UUID"], None)
            return {**mapping, "State": "Deleting"}

    def list_event_source_mappings(self, params: dict[str, Any]) -> dict[str, Any]:
        source = params.get("EventSourceArn")
        arn = None
        if params.get("FunctionName"):
            arn = self.registry.arn(*read_name(self.account, params["FunctionName"]))
        with self.account.lock:
            found = (
                uuid
                for uuid, mapping in self.registry.mappings.items()
                if source in (None, mapping.get("EventSourceArn"))
                and (arn is None or _is_of(mapping["FunctionArn"], arn))
            )
            chosen, marker = page(found, params, limit=_MAPPINGS_PAGE, default=_MAPPINGS_PAGE)
            mappings = [dict(self.registry.mappings[uuid]) for uuid in chosen]
        return with_next({"EventSourceMappings": mappings}, marker)


class EventInvokeConfigs(Room):
    """How often and how long asynchronous invocations of a function, version or alias are retried.
    Destinations are kept and shown, but nothing is sent to them."""

    def put_function_event_invoke_config(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._write(params, keep=False)

    def update_function_event_invoke_config(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._write(params, keep=True)

    def _write(self, params: dict[str, Any], *, keep: bool) -> dict[str, Any]:
        names = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
        with self.account.lock:
            function, qualifier = self.registry.find_place(params)
            existing = function.event_invoke.get(qualifier)
            if keep and existing is None:
                raise self._missing(function, qualifier)
            members = dict(existing.members) if keep and existing else {}
            members |= {name: params[name] for name in names if params.get(name) is not None}
            if not members:
                raise invalid("You must specify at least one of error handling or destination.")
            function.event_invoke[qualifier] = EventInvoke(self.account.clock.now(), members)
            return self._shown(function, qualifier)

    def get_function_event_invoke_config(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, qualifier = self.registry.find_place(params)
            if qualifier not in function.event_invoke:
                raise self._missing(function, qualifier)
            return self._shown(function, qualifier)

    def delete_function_event_invoke_config(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, qualifier = self.registry.find_place(params)
            if function.event_invoke.pop(qualifier, None) is None:
                raise self._missing(function, qualifier)
        return {}

    def list_function_event_invoke_configs(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, _ = self.registry.find(params)
            chosen, marker = page(function.event_invoke, params, limit=_PAGE)
            configs = [self._shown(function, qualifier) for qualifier in chosen]
        return with_next({"FunctionEventInvokeConfigs": configs}, marker)

    def _missing(self, function: Function, qualifier: str) -> Exception:
        arn = self.registry.arn(function.name, qualifier)
        return not_found(f"The function {arn} doesn't have an EventInvokeConfig")

    def _shown(self, function: Function, qualifier: str) -> dict[str, Any]:
        kept = function.event_invoke[qualifier]
        return {
            "LastModified": moment(kept.modified),
            "FunctionArn": self.registry.arn(function.name, qualifier),
            "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
            **kept.members,
        }


def _is_of(mapped: str, wanted: str) -> bool:
    """A name without a qualifier finds the mappings of every qualifier."""
    return mapped == wanted or mapped.startswith(f"{wanted}:")

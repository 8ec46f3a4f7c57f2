"""Durable executions, as far as somebody who deletes versions must see them.

An execution stays on the version that it started on, for as long as a year: no alias says so, and
deleting the version is not refused. No replay is performed here; :meth:`DurableExecutions.put` sets
an execution up, and what it is can be read, listed and stopped through the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdactl.sandbox.clock import moment
from lambdactl.sandbox.functions.names import is_alias
from lambdactl.sandbox.functions.paging import page_size, read_marker, with_next, write_marker
from lambdactl.sandbox.functions.records import DurableExecution, Function
from lambdactl.sandbox.functions.refusals import invalid, not_found
from lambdactl.sandbox.functions.registry import Room

_LIMIT, _DEFAULT = 1000, 100
_ENDED = frozenset({"SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "DELETING"})
RUNNING = frozenset({"RUNNING", "PAUSING", "PAUSED"})


class DurableExecutions(Room):
    """The operations, and the way to have an execution at all."""

    def get_durable_execution(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            function, execution = self._found(params["DurableExecutionArn"])
            version = function.version(execution.version)
            config = version.settings.members.get("DurableConfig") if version else None
            shown = self._shown(function, execution)
            return {
                **shown,
                "Version": execution.version,
                "ExecutionDataIncluded": False,
                **({"DurableConfig": config} if config else {}),
            }

    def stop_durable_execution(self, params: dict[str, Any]) -> dict[str, Any]:
        with self.account.lock:
            _, execution = self._found(params["DurableExecutionArn"])
            if execution.status not in RUNNING:
                raise invalid("The durable execution has already ended.")
            execution.status, execution.ended = "STOPPED", self.account.clock.now()
            return {"StopTimestamp": moment(execution.ended)}

    def list_durable_executions_by_function(self, params: dict[str, Any]) -> dict[str, Any]:
        """Oldest first [?]. A version number, an alias or none as Qualifier: an alias stands for
        its FunctionVersion, none for every version."""
        with self.account.lock:
            function, qualifier = self.registry.find(params)
            self.registry.check_qualifier(function, qualifier)
            label = qualifier
            if qualifier and is_alias(qualifier):
                label = function.aliases[qualifier].version
            found = [e for e in function.executions if _fits(e, label, params)]
            found.sort(key=lambda e: e.started, reverse=bool(params.get("ReverseOrder")))
            first = int(read_marker(params) or 0)
            size = page_size(params, limit=_LIMIT, default=_DEFAULT)
            shown = [self._shown(function, each) for each in found[first : first + size]]
        marker = write_marker(str(first + size)) if first + size < len(found) else None
        return with_next({"DurableExecutions": shown}, marker)

    def _found(self, arn: str) -> tuple[Function, DurableExecution]:
        for function in self.registry.functions.values():
            for execution in function.executions:
                if self._arn(function, execution) == arn:
                    return function, execution
        raise not_found(f"Durable execution not found: {arn}")

    def _arn(self, function: Function, execution: DurableExecution) -> str:
        version = self.registry.arn(function.name, execution.version)
        return f"{version}/durable-execution/{execution.name}/{execution.id}"

    def _shown(self, function: Function, execution: DurableExecution) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "DurableExecutionArn": self._arn(function, execution),
            "DurableExecutionName": execution.name,
            "FunctionArn": self.registry.arn(function.name, execution.version),
            "Status": execution.status,
            "StartTimestamp": moment(execution.started),
        }
        if execution.ended is not None:
            shown["EndTimestamp"] = moment(execution.ended)
        return shown


def put_execution(
    room: Room, function: str, version: str, name: str, status: str = "RUNNING"
) -> DurableExecution:
    """Let ``version`` of ``function`` have an execution; one of that name gets a new status.

    Raises Lambda's own errors where the version is not there or is not durable.
    """
    now = room.account.clock.now()
    if status not in RUNNING | _ENDED:
        raise invalid(f"{status} is none of {', '.join(sorted(RUNNING | _ENDED))}")
    with room.account.lock:
        found, _ = room.registry.find({"FunctionName": function})
        settings = room.registry.version_of(found, version).settings
        if "DurableConfig" not in settings.members:
            raise invalid(f"{function}:{version} has no DurableConfig")
        execution = next(
            (e for e in found.executions if (e.name, e.version) == (name, version)), None
        )
        if execution is None:
            execution = DurableExecution(name, room.account.new_id(), version, status, now)
            found.executions.append(execution)
        execution.status = status
        execution.ended = None if status in RUNNING else now
        return execution


def _fits(execution: DurableExecution, label: str | None, params: Mapping[str, Any]) -> bool:
    started = moment(execution.started)
    after, before = params.get("StartedAfter"), params.get("StartedBefore")
    return (
        label in (None, execution.version)
        and params.get("DurableExecutionName", execution.name) == execution.name
        and execution.status in (params.get("Statuses") or (execution.status,))
        and (after is None or started > after)
        and (before is None or started < before)
    )

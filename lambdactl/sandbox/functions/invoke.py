"""Invoke: a version is chosen, a worker runs it, and what came of it is told as Lambda tells it.

An alias chooses by weight, anew for every invocation. The answer is 200 also when the function
failed: FunctionError says so. Only Python runs here, on the sandbox's own interpreter; a function
of another runtime can be made and published, and says honestly that it cannot be invoked.
"""

from __future__ import annotations

import base64
import json
import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdactl.sandbox.account import ApiError
from lambdactl.sandbox.functions.environments import Closed, Environments
from lambdactl.sandbox.functions.names import is_alias, read_name
from lambdactl.sandbox.functions.records import (
    LATEST,
    LATEST_PUBLISHED,
    Function,
    FunctionVersion,
)
from lambdactl.sandbox.functions.refusals import conflict, function_not_found, throttled
from lambdactl.sandbox.functions.registry import Registry, Room
from lambdactl.sandbox.functions.report import Run, log_lines
from lambdactl.sandbox.functions.storage import CONCURRENCY_LIMIT
from lambdactl.sandbox.functions.surroundings import variables_of
from lambdactl.sandbox.functions.telemetry import Logs, Metrics, dimension_sets
from lambdactl.sandbox.functions.unpacked import Unpacked
from lambdactl.sandbox.functions.worker import Exited, Start, TimedOut, Worker

_SYNC_LIMIT, _ASYNC_LIMIT = 6_291_456, 1_048_576
_TAIL = 4096


@dataclass(frozen=True, slots=True)
class Invocation:
    """What came of one invocation. ``version`` is the one that ran, empty if none did; ``payload``
    is what the function returned or, if ``failed``, the error; ``log`` its log lines."""

    request_id: str
    version: str
    payload: bytes
    failed: bool = False
    log: str = ""
    duration_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class _Call:
    function: Function
    qualifier: str | None
    version: FunctionVersion
    request_id: str
    at: float
    concurrent: int


class Invocations(Room):
    """``random`` decides which version of an alias runs; :meth:`seed` makes a run repeatable."""

    def __init__(self, registry: Registry) -> None:
        super().__init__(registry)
        self.random = random.Random()
        self.environments = Environments()
        self.metrics = Metrics(self.account)
        self.logs = Logs(self.account)
        self._unpacked = Unpacked()
        self._running: Counter[str] = Counter()
        registry.retired.append(self._retire)

    def seed(self, seed: int) -> None:
        with self.account.lock:
            self.random.seed(seed)

    def invoke(self, params: dict[str, Any]) -> dict[str, Any]:
        """Invoke with InvocationType RequestResponse or DryRun."""
        payload = read_payload(params)
        name, qualifier = read_name(self.account, params["FunctionName"], params.get("Qualifier"))
        if params.get("InvocationType") == "DryRun":
            self.check_runnable(name, qualifier)
            return {"StatusCode": 204}
        done = self.run(name, qualifier, payload)
        answer = {"StatusCode": 200, "ExecutedVersion": done.version, "Payload": done.payload}
        if done.failed:
            answer["FunctionError"] = "Unhandled"
        if params.get("LogType") == "Tail":
            answer["LogResult"] = base64.b64encode(done.log.encode()[-_TAIL:]).decode()
        return answer

    def check_runnable(self, name: str, qualifier: str | None) -> None:
        """Raise what an invocation would be refused with; run nothing."""
        with self.account.lock:
            self._choose(name, qualifier)

    def close(self) -> None:
        """End the workers and the writer of log lines."""
        self.environments.close()
        self.logs.close()
        self._unpacked.close()

    def run(
        self, name: str, qualifier: str | None, payload: bytes, request_id: str | None = None
    ) -> Invocation:
        """Run the function once and wait for it. Raises ApiError where it cannot run at all."""
        with self.account.lock:
            call = self._admitted(name, qualifier, request_id or self.account.new_id())
        try:
            run = self._perform(call, payload)
        finally:
            with self.account.lock:
                self._running[name] -= 1
        return self._reported(call, run)

    def _retire(self, function: Function, version: FunctionVersion) -> None:
        self.environments.discard((function.name, version.label))

    def _choose(self, name: str, qualifier: str | None) -> tuple[Function, FunctionVersion]:
        """The function, and the version that this one invocation goes to."""
        function = self.registry.functions.get(name)
        if function is None:
            raise function_not_found(self.registry.arn(name, qualifier))
        label = qualifier or (LATEST_PUBLISHED if function.latest_published else LATEST)
        if is_alias(label) and (alias := function.aliases.get(label)) is not None:
            label = alias.version
            for canary, weight in alias.weights.items():
                if self.random.random() < weight:
                    label = canary
        version = function.version(label)
        if version is None:
            raise function_not_found(self.registry.arn(name, qualifier))
        _check_runnable(version)
        return function, version

    def _admitted(self, name: str, qualifier: str | None, request_id: str) -> _Call:
        function, version = self._choose(name, qualifier)
        at = self.account.clock.now()
        running = self._running[name]
        if function.reserved is not None and running >= function.reserved:
            reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
        elif self._running.total() >= CONCURRENCY_LIMIT:
            reason = "ConcurrentInvocationLimitExceeded"
        else:
            self._running[name] += 1
            return _Call(function, qualifier, version, request_id, at, running + 1)
        self.metrics.throttled(dimension_sets(name, qualifier, version.label), at)
        raise throttled(reason)

    def _perform(self, call: _Call, payload: bytes) -> Run:
        version = call.version
        key = (call.function.name, version.label)
        try:
            with self.environments.borrow(key, lambda: self._started(call)) as worker:
                return self._run_in(worker, call, payload)
        except Closed as error:
            raise ApiError("ServiceException", "the account is being closed", 500) from error
        except OSError as error:
            message = f"the sandbox could not start a worker: {error}"
            raise ApiError("ServiceException", message, 500) from error

    def _run_in(self, worker: Worker, call: _Call, payload: bytes) -> Run:
        timeout_s = float(call.version.settings.members["Timeout"])
        arn = self.registry.arn(call.function.name, call.qualifier)
        request = {"id": call.request_id, "arn": arn, "timeout_s": timeout_s}
        run = Run(call.request_id, call.version.label, worker.start.stream, cold_ms=None)
        began = time.monotonic()
        try:
            if worker.init_ms is None:
                worker.load()
                run.cold_ms, run.init_output = worker.init_ms, worker.output()
                began = time.monotonic()
            answer = worker.invoke(request, payload)
            run.answer(answer.payload, failed=answer.failed)
            run.duration_ms, run.memory_mb = answer.duration_ms, answer.memory_mb
        except TimedOut:
            run.duration_ms = timeout_s * 1000
            run.fail("Sandbox.Timedout", f"Task timed out after {timeout_s:.2f} seconds")
        except Exited as error:
            run.duration_ms = (time.monotonic() - began) * 1000
            run.fail("Runtime.ExitError", str(error))
        run.output = worker.output()
        return run

    def _reported(self, call: _Call, run: Run) -> Invocation:
        name, label = call.function.name, call.version.label
        self.metrics.invoked(
            dimension_sets(name, call.qualifier, label),
            call.at,
            failed=run.failed,
            duration_ms=run.duration_ms,
            concurrent=call.concurrent,
        )
        settings = call.version.settings
        lines = log_lines(run, int(settings.members["MemorySize"]), settings.runtime)
        at_ms = int(call.at * 1000)
        self.logs.write(settings.log_group, run.stream, [(at_ms, line) for line in lines])
        text = "\n".join(lines) + "\n"
        return Invocation(call.request_id, label, run.payload, run.failed, text, run.duration_ms)

    def _started(self, call: _Call) -> Worker:
        """A new worker for the version that ``call`` goes to."""
        version = call.version
        root = self._unpacked.path(version.package)
        home = self._unpacked.home()
        variables = variables_of(self.account, call.function, version, home, root)
        return Worker(Start(root, tuple(self._layer_paths(version)), variables))

    def _layer_paths(self, version: FunctionVersion) -> list[Path]:
        """Where the layers' modules are, in the order in which Python looks them up on Lambda."""
        attached = [layer["Arn"] for layer in version.settings.members.get("Layers", ())]
        packages = (self.registry.attached_layers.get(arn) for arn in reversed(attached))
        roots = [self._unpacked.path(package) / "python" for package in packages if package]
        return [path for path in roots if path.is_dir()]


def read_payload(params: Mapping[str, Any]) -> bytes:
    """The payload of an Invoke, checked to be JSON and not too large."""
    payload = params.get("Payload") or b"{}"
    if hasattr(payload, "read"):
        payload = payload.read() or b"{}"
    payload = payload.encode() if isinstance(payload, str) else bytes(payload)
    kind = params.get("InvocationType") or "RequestResponse"
    limit = _ASYNC_LIMIT if kind == "Event" else _SYNC_LIMIT
    if len(payload) > limit:
        raise ApiError(
            "RequestTooLargeException",
            f"{len(payload)} byte payload is too large for the {kind} invocation type "
            f"(limit {limit} bytes)",
            413,
            Type="User",
        )
    try:
        json.loads(payload)
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise ApiError("InvalidRequestContentException", message, 400, Type="User") from error
    return payload


def _check_runnable(version: FunctionVersion) -> None:
    if version.state != "Active":
        raise conflict(
            "The operation cannot be performed at this time. The function is currently in the "
            f"following state: {version.state}"
        )
    runtime = version.settings.runtime
    if not runtime.startswith("python"):
        what = runtime or "container image"
        message = f"the sandbox runs Python functions only, and this one is of runtime {what}"
        raise ApiError("NotImplemented", message, 501)

"""How an invocation is told: the log lines and error payloads, in Lambda's words."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

RESPONSE_LIMIT = 6_291_556


@dataclass(slots=True)
class Run:
    """One run in a worker, while it is being put together."""

    request_id: str
    version: str
    stream: str
    cold_ms: float | None
    """How long loading took, where this invocation had to wait for it."""
    init_output: str = ""
    output: str = ""
    payload: bytes = b""
    failed: bool = False
    duration_ms: float = 0.0
    memory_mb: int = 0
    ended_by: str | None = None
    """The errorType where the process did not survive."""

    def answer(self, payload: bytes, *, failed: bool) -> None:
        """What the function answered, if that is not too much."""
        self.payload, self.failed = payload, failed
        if len(payload) > RESPONSE_LIMIT:
            self.failed = True
            self.payload = error_payload(
                "Function.ResponseSizeTooLarge",
                "Response payload size exceeded maximum allowed payload size "
                f"({RESPONSE_LIMIT} bytes).",
            )

    def fail(self, kind: str, message: str) -> None:
        """The worker gave no answer of its own: ``message`` is the runtime's."""
        self.failed = True
        self.ended_by = kind
        self.payload = error_payload(kind, f"RequestId: {self.request_id} Error: {message}")


def error_payload(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def log_lines(run: Run, memory_size: int, runtime: str) -> list[str]:
    """START, what the function printed, END, REPORT."""
    lines = []
    if run.cold_ms is not None:
        version = runtime.removeprefix("python")
        lines.append(f"INIT_START Runtime Version: python:{version}.sandbox")
    lines += run.init_output.splitlines()
    lines.append(f"START RequestId: {run.request_id} Version: {run.version}")
    lines += run.output.splitlines()
    if run.ended_by is not None:
        lines.append(json.loads(run.payload)["errorMessage"])
    lines.append(f"END RequestId: {run.request_id}")
    lines.append(_report(run, memory_size))
    return lines


def _report(run: Run, memory_size: int) -> str:
    billed = math.ceil(run.duration_ms + (run.cold_ms or 0.0))
    parts = [
        f"REPORT RequestId: {run.request_id}",
        f"Duration: {run.duration_ms:.2f} ms",
        f"Billed Duration: {billed} ms",
        f"Memory Size: {memory_size} MB",
        f"Max Memory Used: {run.memory_mb} MB",
    ]
    if run.cold_ms is not None:
        parts.append(f"Init Duration: {run.cold_ms:.2f} ms")
    if run.ended_by == "Sandbox.Timedout":
        parts.append("Status: timeout")
    elif run.ended_by is not None:
        parts += ["Status: error", f"Error Type: {run.ended_by}"]
    return "\t".join([*parts, ""])

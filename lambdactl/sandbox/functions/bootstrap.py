"""The program of a worker: loads one handler, then answers invocations until its parent is gone.

It is started as a script with the function's environment and nothing else, and imports nothing that
the standard library does not have at hand: what it imports, every cold start pays for. Invocations
come in on one pipe and results go out on another, each as a line of JSON with a ``size`` and that
many bytes; what the function prints goes to a third, which is its standard output and error.

A thread reads the invocations, so that the end of the pipe is noticed even while the handler runs:
a worker never outlives the sandbox.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import Any, BinaryIO

Handler = Callable[[Any, Any], Any]
Inbox = SimpleQueue[tuple[dict[str, Any], bytes]]
_current_id = ""


class Fault(Exception):
    """The runtime's own errors: ``kind`` is the errorType, as ``Runtime.ImportModuleError``."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Context:
    """The second argument of a handler."""

    identity = None
    client_context = None
    tenant_id = None

    def __init__(self, request: dict[str, Any]) -> None:
        self.aws_request_id = request["id"]
        self.invoked_function_arn = request["arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = time.monotonic() + request["timeout_s"]

    def get_remaining_time_in_millis(self) -> int:
        return max(int((self._deadline - time.monotonic()) * 1000), 0)


def main() -> None:
    requests, answers, root = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for descriptor in (requests, answers):
        os.set_inheritable(descriptor, False)
    sys.path[:0] = [root, *sys.argv[4:]]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    _install_logging()
    inbox: Inbox = SimpleQueue()
    threading.Thread(target=_listen, args=(requests, inbox), daemon=True).start()
    handler, failure = _load(os.environ["_HANDLER"])
    _send(answers, {"ready": True}, b"")
    while True:
        request, payload = inbox.get()
        _send(answers, *_serve(handler, failure, request, payload))


def _listen(descriptor: int, inbox: Inbox) -> None:
    with open(descriptor, "rb") as pipe:
        while request := _receive(pipe):
            inbox.put(request)
    os._exit(0)


def _receive(pipe: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    line = pipe.readline()
    if not line:
        return None
    request = json.loads(line)
    return request, pipe.read(request["size"])


def _send(descriptor: int, answer: dict[str, Any], payload: bytes) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    answer["size"] = len(payload)
    left = memoryview(json.dumps(answer).encode() + b"\n" + payload)
    while left:
        left = left[os.write(descriptor, left) :]


def _load(name: str) -> tuple[Handler | None, dict[str, Any] | None]:
    """The handler, or the error that every invocation gets in its place."""
    try:
        return _find(name), None
    except Fault as fault:
        return None, {"errorMessage": str(fault), "errorType": fault.kind, "stackTrace": []}
    except Exception as error:  # noqa: BLE001 - whatever the module raises is its result
        return None, _described(error)


def _find(name: str) -> Handler:
    module_name, dot, attribute = name.rpartition(".")
    if not dot:
        raise Fault(
            "Runtime.MalformedHandlerName",
            f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)",
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise Fault("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        raise Fault("Runtime.UserCodeSyntaxError", message) from error
    handler: Handler | None = getattr(module, attribute, None)
    if handler is None:
        message = f"Handler '{attribute}' missing on module '{module_name}'"
        raise Fault("Runtime.HandlerNotFound", message)
    return handler


def _serve(
    handler: Handler | None, failure: dict[str, Any] | None, request: dict[str, Any], payload: bytes
) -> tuple[dict[str, Any], bytes]:
    """The answer to one invocation. ``ends`` says that the worker is of no further use."""
    global _current_id
    _current_id = request["id"]
    if handler is None:
        return _failed({**(failure or {}), "requestId": request["id"]}, ends=True)
    try:
        result = handler(json.loads(payload), Context(request))
    except Exception as error:  # noqa: BLE001 - whatever the handler raises is its result
        return _failed({**_described(error), "requestId": request["id"]})
    try:
        body = json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        kind = "Runtime.MarshalError"
        return _failed({"errorMessage": message, "errorType": kind, "requestId": request["id"]})
    return {"failed": False, "memory_mb": _peak_mb()}, body


def _failed(error: dict[str, Any], *, ends: bool = False) -> tuple[dict[str, Any], bytes]:
    trace = "".join(error.get("stackTrace", ()))
    head = f"[ERROR] {error['errorType']}: {error['errorMessage']}"
    told = f"{head}\nTraceback (most recent call last):\n{trace}".rstrip() if trace else head
    sys.stdout.write(f"{told}\n")
    answer = {"failed": True, "ends": ends, "memory_mb": _peak_mb()}
    return answer, json.dumps(error, ensure_ascii=False).encode()


def _described(error: Exception) -> dict[str, Any]:
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": _trace(error.__traceback__),
    }


def _trace(trace: TracebackType | None) -> list[str]:
    """The frames of the function's own code, with the paths they would have on Lambda."""
    frames = [f for f in traceback.extract_tb(trace) if f.filename != __file__]
    own = [f for f in frames if "importlib" not in f.filename]
    root = sys.argv[3]
    return [line.replace(root, "/var/task") for line in traceback.format_list(own)]


def _install_logging() -> None:
    """Lambda's handler on the root logger: level, time, request id and message between tabs."""

    class Formatter(logging.Formatter):
        def converter(self, seconds: float | None = None) -> time.struct_time:
            return time.gmtime(seconds)

        def format(self, record: logging.LogRecord) -> str:
            record.aws_request_id = _current_id
            return super().format(record)

    handler = logging.StreamHandler(sys.stdout)
    pattern = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
    handler.setFormatter(Formatter(pattern, "%Y-%m-%dT%H:%M:%S"))
    logging.getLogger().addHandler(handler)


def _peak_mb() -> int:
    """The most memory this process has held. Linux counts the parent's into ru_maxrss."""
    try:
        with open("/proc/self/status", "rb") as status:  # noqa: PTH123 - pathlib is a slow import
            for line in status:
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) // 1024
    except FileNotFoundError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 * 1024)
    return 0


if __name__ == "__main__":
    main()

"""What an invocation leaves behind: five metrics in up to four sets of dimensions, and log lines.

Metrics are stamped at the start of the invocation, in account time. Log lines are collected and
written to CloudWatch Logs in batches by a thread of their own, off the path of the invocation.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from lambdactl.sandbox.account import Account, ApiError
from lambdactl.sandbox.functions.names import is_alias

NAMESPACE = "AWS/Lambda"
_BATCH = 1000
_FLUSH_EVERY_S = 1.0
_KEPT_UNSENT = 100_000
Line = tuple[int, str]
"""Milliseconds of account time, and the text."""
log = logging.getLogger(__name__)


def dimension_sets(
    function: str, qualifier: str | None, version: str | None
) -> list[dict[str, str]]:
    """The sets that one invocation is counted in. ExecutedVersion is known of aliases only."""
    resource = f"{function}:{qualifier}" if qualifier else function
    sets: list[dict[str, str]] = [
        {},
        {"FunctionName": function},
        {"FunctionName": function, "Resource": resource},
    ]
    if qualifier and is_alias(qualifier) and version:
        sets.append({"FunctionName": function, "Resource": resource, "ExecutedVersion": version})
    return sets


class Metrics:
    """Writes to the account's CloudWatch, or nowhere while the account has none."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def invoked(
        self,
        sets: Sequence[dict[str, str]],
        at: float,
        *,
        failed: bool,
        duration_ms: float,
        concurrent: int,
    ) -> None:
        """One invocation that ran, well or badly. Errors is recorded even when it is 0."""
        values = (
            ("Invocations", 1.0, "Count"),
            ("Errors", 1.0 if failed else 0.0, "Count"),
            ("Throttles", 0.0, "Count"),
            ("Duration", duration_ms, "Milliseconds"),
            ("ConcurrentExecutions", float(concurrent), "Count"),
        )
        self._record(sets, at, values)

    def throttled(self, sets: Sequence[dict[str, str]], at: float) -> None:
        """One that was turned away: neither an invocation nor an error."""
        self._record(sets, at, (("Throttles", 1.0, "Count"),))

    def _record(
        self,
        sets: Sequence[dict[str, str]],
        at: float,
        values: Sequence[tuple[str, float, str]],
    ) -> None:
        cloudwatch = self._account.services.get("cloudwatch")
        if cloudwatch is None:
            return
        for dimensions in sets:
            for name, value, unit in values:
                cloudwatch.record(NAMESPACE, name, dimensions, value, unit, at)


class Logs:
    """Collects lines by group and stream, and writes them once a second."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._lines: defaultdict[tuple[str, str], list[Line]] = defaultdict(list)
        self._unsent = 0
        self._made: set[tuple[str, str]] = set()
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.lost = 0
        """Lines that could not be written."""

    def write(self, group: str, stream: str, lines: Sequence[Line]) -> None:
        with self._changed:
            if self._unsent + len(lines) > _KEPT_UNSENT:
                self.lost += len(lines)
                return
            self._lines[group, stream].extend(lines)
            self._unsent += len(lines)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="lambda-logs", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Write what has been collected so far."""
        with self._writing:
            with self._changed:
                collected, self._lines = self._lines, defaultdict(list)
                self._unsent = 0
            for (group, stream), lines in collected.items():
                for first in range(0, len(lines), _BATCH):
                    self._put(group, stream, lines[first : first + _BATCH])

    def close(self) -> None:
        """Write no more: what is still collected goes with the account."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._closed, _FLUSH_EVERY_S):
                    return
            self.flush()

    def _put(self, group: str, stream: str, lines: Sequence[Line]) -> None:
        ordered = sorted(lines, key=lambda line: line[0])
        events = [{"timestamp": at, "message": text} for at, text in ordered]
        place = {"logGroupName": group, "logStreamName": stream}
        try:
            self._make(group, stream)
            answer = self._call("PutLogEvents", {**place, "logEvents": events})
        except ApiError as error:
            self._made.discard((group, stream))
            self.lost += len(lines)
            log.warning("%d log lines of %s were not written: %s", len(lines), group, error)
            return
        if rejected := answer.get("rejectedLogEventsInfo"):
            log.warning("log lines of %s were rejected: %s", group, rejected)

    def _make(self, group: str, stream: str) -> None:
        if (group, stream) in self._made:
            return
        self._unless_there("CreateLogGroup", {"logGroupName": group})
        self._unless_there("CreateLogStream", {"logGroupName": group, "logStreamName": stream})
        self._made.add((group, stream))

    def _unless_there(self, operation: str, params: dict[str, Any]) -> None:
        try:
            self._call(operation, params)
        except ApiError as error:
            if error.code != "ResourceAlreadyExistsException":
                raise

    def _call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        return self._account.call("logs", operation, params)

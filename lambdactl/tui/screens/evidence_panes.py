"""Panes 4 and 5 of the rollout screen: what the new version changes, and its errors.

They are read only while they are seen: the comparison once for each pair of versions, the log every
half minute, from where the last look was. Hidden, they cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lambdactl.errors import LambdactlError
from lambdactl.model import Snapshot, label
from lambdactl.ops.comparing import Compared, pair_to_compare
from lambdactl.ops.log_errors import Errors, errors_since, forward_of, version_to_hear
from lambdactl.render.numbers import counted
from lambdactl.tui.drawing import differences, logs
from lambdactl.tui.drawing.lists import Row, unknown
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import folded
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.logs import EVERY_S
from lambdactl.tui.screens.reading_page import ReadingPage
from lambdactl.tui.view import View

NAMES = ("diff", "logs")


class EvidencePanes:
    """``page`` reads for them, and says which of them is seen."""

    def __init__(self, page: ReadingPage) -> None:
        self._page = page
        self.compared: Reading[Compared] = Reading()
        self.errors: Reading[Errors] = Reading(EVERY_S)
        self._look: Callable[[], Errors] | None = None

    @property
    def readings(self) -> tuple[Reading[Any], ...]:
        return self.compared, self.errors

    def tick(self, snapshot: Snapshot | None, seen: frozenset[str]) -> None:
        """Begin what is due of what is seen."""
        if snapshot is None:
            return
        pair = self.pair(snapshot)
        self.compared.turn_to(pair)
        if "diff" in seen and pair is not None and self._page.is_due(self.compared):
            compare = self._page.subject.operations.evidence.compare
            self._page.read(self.compared, lambda: compare(*pair))
        version = self.version(snapshot)
        self._turn_to(snapshot, version)
        if "logs" in seen and version is not None and self._page.is_due(self.errors):
            if self._look is None:
                self._look = self.look_at(snapshot, version)
            self._page.read(self.errors, self._look)

    def _turn_to(self, snapshot: Snapshot, version: int | None) -> None:
        """Another version, or the same in another rollout, has errors of its own."""
        forward = forward_of(snapshot)
        about = version, forward.id if forward else None
        if about != self.errors.about:
            self.errors.turn_to(about)
            self._look = None

    def renew(self) -> None:
        """What is seen is read again at the next tick."""
        for reading in self.readings:
            reading.due_at = 0.0
            if reading.every_s is None:
                about = reading.about
                reading.turn_to(object())
                reading.turn_to(about)

    def pair(self, snapshot: Snapshot) -> tuple[int, int] | None:
        return pair_to_compare(snapshot)

    def version(self, snapshot: Snapshot) -> int | None:
        return version_to_hear(snapshot)

    def look_at(self, snapshot: Snapshot, version: int) -> Callable[[], Errors]:
        since = errors_since(snapshot, version)
        return self._page.subject.operations.evidence.errors(version, since)

    def rows(self, name: str, view: View, width: int, pen: Pen) -> list[Row]:
        if view.snapshot is None:
            return []
        if name == "diff":
            return self._diff_rows(view.snapshot, width, pen)
        return self._log_rows(view.snapshot, width, pen)

    def _diff_rows(self, snapshot: Snapshot, width: int, pen: Pen) -> list[Row]:
        if self.pair(snapshot) is None:
            return [Row("none", pen.say(" there are no two versions to compare", "dim"), "")]
        if self.compared.value is None:
            return unread("diff", self.compared.error, width, pen)
        return differences.in_pane(self.compared.value, width, pen)

    def _log_rows(self, snapshot: Snapshot, width: int, pen: Pen) -> list[Row]:
        if self.version(snapshot) is None:
            return [Row("none", pen.say(" $LATEST has no log of its own", "dim"), "")]
        failed = unread("logs", self.errors.error, width, pen) if self.errors.error else []
        if self.errors.value is None:
            return failed or unread("logs", None, width, pen)
        return [*failed, *logs.in_pane(self.errors.value, width, pen)]

    def title(self, name: str, view: View) -> str:
        """What stands at the right of the pane's frame."""
        if view.snapshot is None:
            return ""
        pair = self.pair(view.snapshot)
        if name == "diff" and pair is not None:
            return f"{label(pair[0])} → {label(pair[1])}"
        version, found = self.version(view.snapshot), self.errors.value
        if name != "logs" or version is None:
            return ""
        count = f" · {counted(found.count, 'error')}" if found and found.missing is None else ""
        return f"{label(version)}{count}"


def unread(part: str, error: LambdactlError | None, width: int, pen: Pen) -> list[Row]:
    """In as many rows as it takes: the way out stands at its end."""
    if error is None:
        return [Row("reading", pen.say(" reading ...", "dim"), "")]
    told = unknown(part, str(error), error.hint, pen)
    lines = folded(told.line, width - 1, 8)
    return [Row(f"{told.key} {n}", line, told.copied) for n, line in enumerate(lines)]

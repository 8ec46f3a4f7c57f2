"""What an operator chooses to see of a rollout: the window, the metric, one pane alone; and what
the alarms did, which is read while their pane is seen, and seldom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lambdactl.model_history import AlarmChange
from lambdactl.tui.drawing.charted import following, window_after
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.reading_page import ReadingPage
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import View
from lambdactl.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

HISTORY_S = 300.0
"""A change of an alarm is seen at once; what it did before does not change."""


class ChartsPage(ReadingPage):
    minutes = 30
    metric = "errors"

    def __init__(self, console: Console, subject: Subject) -> None:
        super().__init__(console, subject)
        self.history: Reading[Mapping[str, tuple[AlarmChange, ...]]] = Reading(HISTORY_S)
        """Of the alarms in the states they are in: another state is another history."""

    def as_chosen(self, view: View) -> View:
        told = self.history.value if self.history.value is not None else self.history.error
        return replace(view, minutes=self.minutes, metric=self.metric, alarm_history=told)

    def read_history(self) -> None:
        """Where the pane of the alarms is seen."""
        pane = self.query_one("#alarms", Listing)
        snapshot, past = self.subject.watch.snapshot, self.subject.watch.past
        if snapshot is None or past or not snapshot.alarms:
            return
        if not (pane.display and pane.size.height):
            return
        self.history.turn_to(tuple((a.name, a.state) for a in snapshot.alarms))
        if self.is_due(self.history):
            names = tuple(a.name for a in snapshot.alarms)
            self.read(self.history, lambda: self.subject.operations.alarm_changes(names))

    def action_window(self) -> None:
        self.minutes = window_after(self.minutes)
        self.console.show()

    def action_metric(self) -> None:
        self.metric = following(self.metric)
        self.console.show()

    @property
    def zoomed(self) -> bool:
        return self.has_class("-zoom")

    def action_pane(self, name: str) -> None:
        """Bring a pane into sight, and the focus to it."""
        raise NotImplementedError

    def action_zoom(self) -> None:
        """The pane that has the focus alone, or all of them again."""
        self.toggle_class("-zoom")
        pane = self.focused
        if isinstance(pane, Listing) and pane.id is not None:
            self.action_pane(pane.id)

    def action_back(self) -> None:
        """The filter away, else all panes again, else one page up."""
        if self.unfilter():
            return
        if self.zoomed:
            self.action_zoom()
        else:
            super().action_back()

"""Versions: what is deployed and kept, what a prune would take and why, and how full storage is.

It reads more than the rollout screen does (storage, and everything that may use a version by its
number), so it looks when it is opened and when it is asked to, not by itself.

Marks choose from what may go. One that is marked and may not go stays, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from lambdactl.errors import LambdactlError, Refused
from lambdactl.model import Snapshot, label
from lambdactl.plan import Plan, plan_prune
from lambdactl.tui import commands
from lambdactl.tui.dialogs.plan import PlanDialog, Proposal
from lambdactl.tui.dialogs.version import VersionDialog
from lambdactl.tui.drawing import plan as plan_drawing
from lambdactl.tui.drawing import versions
from lambdactl.tui.drawing.advice import Advice, of_error
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import folded
from lambdactl.tui.errand import send
from lambdactl.tui.keys import VERSIONS
from lambdactl.tui.messages import PlanNotWritten, PlanWritten, Surveyed, SurveyFailed
from lambdactl.tui.screens.page import AliasPage
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import ONCE, Failure, View
from lambdactl.tui.widgets.drawn import Drawn
from lambdactl.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

LEAST, MOST = 2, 99
AGAIN_S = 20.0
"""From one survey that failed to the next."""


class VersionsScreen(AliasPage):
    """``prune``: open the dialog as soon as the first survey is back."""

    BINDINGS: ClassVar[list[BindingType]] = [*VERSIONS]
    AUTO_FOCUS = "#list"
    crumb = "Versions"

    def __init__(self, console: Console, subject: Subject, *, prune: bool = False) -> None:
        super().__init__(console, subject)
        self.keep = self.connection.keep
        self.snapshot: Snapshot | None = None
        self.marks: frozenset[int] = frozenset()
        self.whole: Plan | None = None
        """Everything that may go."""
        self.plan: Plan | None = None
        """What ``D`` would do: of that what is marked, where anything is."""
        self.written: str = ""
        """The command that applies the plan that was written last."""
        self.writing = False
        self.error: LambdactlError | None = None
        self.surveying = False
        self.surveyed_at: float | None = None
        self._again_at = 0.0
        self._prune = prune
        self._pruned = console.applying

    @property
    def command(self) -> str:
        """Raises Refused where all that is marked stays: no command prunes nothing."""
        if self.chosen == ():
            raise Refused(self.none_goes)
        only = self.chosen if self.whole is not None else self.marks or None
        return commands.versions(self.subject.target, self.keep, self.connection.flags, only=only)

    @property
    def chosen(self) -> tuple[int, ...] | None:
        """What is marked and may go; None where nothing is marked, or what may go is not known."""
        if not self.marks or self.whole is None:
            return None
        goes = {v.version for v in self.whole.verdicts if v.fate == "delete"}
        return tuple(sorted(self.marks & goes))

    @property
    def none_goes(self) -> str:
        """Of marks that all stay."""
        return f"nothing of what is marked goes: {self.staying[0]}"

    @property
    def staying(self) -> list[str]:
        """``v41 is marked and stays: live (stable)``, of each that is."""
        fates = self.whole.verdicts if self.whole else ()
        return [
            f"{label(v.version)} is marked and stays: {v.reason}"
            for v in fates
            if v.version in self.marks and v.fate == "keep"
        ]

    def compose(self) -> ComposeResult:
        yield self.header()
        yield Drawn(self._storage, self.pen, id="storage")
        yield Drawn(lambda _v, w, _h, _p: [versions.heading(w)], self.pen,
                    title=self._title, id="heading")  # fmt: skip
        yield Listing(self.pen, id="list")
        yield Drawn(self._note, self.pen, id="note")
        yield self.key_line()

    def on_mount(self) -> None:
        self.action_survey()

    def draw(self) -> None:
        """With the age of the survey, which is another than the rollout's."""
        known, now = self.console.view_of(self.subject), self.console.clock()
        age_s = None if self.surveyed_at is None else now - self.surveyed_at
        unread = self.error if self.snapshot is None else None
        failure = Failure(unread, 1, now) if unread else known.failure
        self.show(replace(known, age_s=age_s, interval_s=ONCE, failure=failure))

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._look_after_prune()

    def _look_after_prune(self) -> None:
        """There are other versions then, and what was marked or written is over."""
        done = self.console.applying
        if done is None or done is self._pruned or not done.ended:
            return
        self._pruned = done
        if done.plan.verb == "prune" and self.is_about(done.subject):
            self.marks, self.written = frozenset(), ""
            self.action_survey()

    def tick(self) -> None:
        """What could not be surveyed is surveyed when AWS answers again; a survey is dear, and not
        begun more often."""
        super().tick()
        self._look_after_prune()
        waits = self.console.clock() < self._again_at
        well = self.subject.watch.failure is None
        if self.snapshot is None and self.error is not None and well and not waits:
            self.action_survey()

    def advice(self, _view: View) -> Advice | None:
        if self.snapshot is not None or self.error is None:
            return None
        return of_error(self.error, self.connection)

    def action_survey(self) -> None:
        """Read versions, storage and what uses them, unless that is already under way."""
        if self.surveying:
            return
        self.surveying = True
        self._again_at = self.console.clock() + AGAIN_S
        send(self, self._surveying, SurveyFailed)

    def _surveying(self) -> Iterator[Message]:
        yield Surveyed(self.subject.operations.survey())

    def on_surveyed(self, message: Surveyed) -> None:
        self.surveying, self.error = False, None
        self.snapshot, self.surveyed_at = message.snapshot, self.console.clock()
        self.marks &= {v.number for v in self.snapshot.versions}
        self._plan()
        if self._prune:
            self._prune = False
            self.action_prune()

    def on_survey_failed(self, message: SurveyFailed) -> None:
        self.surveying, self.error = False, message.error
        self.console.show()

    def _plan(self) -> None:
        """What pruning to ``keep`` comes to; the reason where it is refused."""
        if self.snapshot is None:
            return
        self.whole, self.plan, self.error = None, None, None
        try:
            self.whole = plan_prune(self.snapshot, self.keep)
            self.plan = self.whole
            if self.marks:
                self.plan = plan_prune(self.snapshot, self.keep, only=self.chosen)
        except LambdactlError as error:
            self.error = error
        self.console.show()

    def show(self, view: View) -> None:
        self.set_class(bool(self.written or self.marks), "-noted")
        super().show(view)
        if self.snapshot is None:
            return
        listing = self.query_one("#list", Listing)
        drawn = versions.rows(self.snapshot, self.plan, self.size.width, self.pen, self.marks)
        listing.show(drawn)

    def _storage(self, _view: View, width: int, _height: int, pen: Pen) -> list[Content]:
        if self.snapshot is not None:
            return versions.storage(self.snapshot, width, pen)
        return [] if self.error else [pen.say(" reading versions, storage and uses ...", "dim")]

    def _title(self, _view: View, pen: Pen) -> tuple[str, str]:
        return versions.title(self.plan, self.keep, pen, marked=len(self.marks))

    def _note(self, _view: View, width: int, _height: int, pen: Pen) -> list[Content]:
        if self.error is not None:
            notes = plan_drawing.refused(self.error, pen, self.connection.flags)
        else:
            notes = versions.notes(self.plan, self.staying, self.written, pen)
        return [Content(" ") + line for note in notes for line in folded(note, width - 2)]

    def action_keep(self, more: int) -> None:
        self.keep = max(LEAST, min(MOST, self.keep + more))
        self._plan()

    def action_prune(self) -> None:
        if not self.console.may("prune"):
            return
        if self.snapshot is None:
            self.console.say("prune: nothing has been read yet", "warning")
            return
        keep, only = self.keep, self.chosen
        if only == ():
            self.console.say(self.none_goes, "warning")
            return
        if self.marks and only is None:
            # A dialog would plan again, and then of all and not of what is marked.
            self.console.say(str(self.error), "warning")
            return
        proposal = Proposal("prune", lambda s: plan_prune(s, keep, only=only), keep=keep)
        self.app.push_screen(PlanDialog(self.console, self.subject, self.snapshot, proposal))

    @property
    def _number(self) -> int | None:
        """The version under the cursor."""
        row = self.query_one("#list", Listing).row
        found = self.snapshot.versions if self.snapshot and row else ()
        return next((v.number for v in found if row and row.key == label(v.number)), None)

    def action_mark(self) -> None:
        number = self._number
        if number is None:
            return
        self.marks ^= {number}
        self._plan()
        for told in self.staying:
            if number in self.marks and told.startswith(f"{label(number)} "):
                self.console.say(told, "warning")
        self.query_one("#list", Listing).action_move(1)

    def action_open(self) -> None:
        number = self._number
        if self.snapshot is not None and number is not None:
            self.app.push_screen(VersionDialog(self.console, self.snapshot, self.whole, number))

    def action_export_plan(self) -> None:
        """Write what ``D`` would do to a file of its own beside the pictures of the screen."""
        plan, seen = self.plan, self.snapshot
        if plan is None or seen is None or not plan.actions:
            why = str(self.error) if self.error else "no version would go"
            self.console.say(f"no plan to write: {why}", "warning")
        elif not self.writing:
            self.writing = True
            name = f"lambdactl-{self.file_name}.plan.jsonl"
            path = self.console.settings.save_to / name
            send(self, lambda: self._writing(seen, plan, path), PlanNotWritten)

    def _writing(self, seen: Snapshot, plan: Plan, path: Path) -> Iterator[Message]:
        self.subject.operations.write_plan(seen, plan, path)
        yield PlanWritten(path)

    def on_plan_written(self, message: PlanWritten) -> None:
        self.writing = False
        self.written = commands.apply_plan(message.path, self.connection.flags)
        self.console.say(f"plan written to {message.path}")
        self.console.show()

    def on_plan_not_written(self, message: PlanNotWritten) -> None:
        self.writing = False
        why = f": {message.error.why}" if message.error.why else ""
        self.console.say(f"{message.error}{why}", "error")

"""What every screen has: the header, the line of keys, and a way to be shown what is known now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.screen import Screen

from lambdactl.model import Snapshot
from lambdactl.plan import Plan
from lambdactl.tui.connection import Connection
from lambdactl.tui.dialogs.plan import PlanDialog, Proposal
from lambdactl.tui.drawing import header
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.subject import Subject
from lambdactl.tui.view import View
from lambdactl.tui.widgets.drawn import Drawn
from lambdactl.tui.widgets.filtering import FilterLine
from lambdactl.tui.widgets.footer import KeyLine
from lambdactl.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from lambdactl.tui.app import Console


class Page(Screen[None]):
    """One full screen of ``connection``. What its parts draw is a view, made by ``draw``."""

    crumb = ""
    """What the header says after where we are."""

    def __init__(self, console: Console, connection: Connection) -> None:
        super().__init__()
        self.console = console
        self.connection = connection
        self.pen = console.pen

    @property
    def name_in_header(self) -> str:
        raise NotImplementedError

    @property
    def file_name(self) -> str:
        """What a saved picture is called: what it is of, and AWS's time."""
        raise NotImplementedError

    @property
    def command(self) -> str:
        """The command line that tells the same as this screen."""
        raise NotImplementedError

    @property
    def copied(self) -> str | None:
        """What ``y`` copies: the row under the cursor; None where there is none."""
        listing = self.focused
        row = listing.row if isinstance(listing, Listing) else None
        return row.copied if row and row.copied else None

    def tick(self) -> None:
        """A second has passed: begin what is due."""
        raise NotImplementedError

    def look(self) -> None:
        """Read AWS now, unless that is under way."""
        raise NotImplementedError

    def renew(self) -> None:
        """Read AWS now, nothing from an earlier look."""
        self.look()

    def draw(self) -> None:
        """Show what is known now."""
        raise NotImplementedError

    def show(self, view: View) -> None:
        """Draw ``view``: the parts that are functions of it, and then what the screen adds."""
        self.set_class(view.stale, "-stale")
        for part in self.query(Drawn):
            part.show(view)
        self.query_one(KeyLine).redraw()

    def header(self) -> Drawn:
        return Drawn(self._header, self.pen, id="header")

    def key_line(self) -> KeyLine:
        return KeyLine(self.pen, self.why_not)

    def why_not(self, name: str) -> str | None:
        """Why the key with this id cannot be used here now; None where it can."""
        return self.console.why_not(name)

    def on_screen_resume(self) -> None:
        self.console.show()

    def action_filter(self) -> None:
        """Type a filter, on the screens that have the line for it."""
        self.query_one(FilterLine).open()

    def unfilter(self) -> bool:
        """Take the filter away; False where there is none, and escape means what it means."""
        return any(line.clear() for line in self.query(FilterLine))

    def _header(self, view: View, width: int, _height: int, pen: Pen) -> list[Content]:
        name = self.name_in_header
        told = f"{name} {pen.separator} {self.crumb}" if self.crumb else name
        usage = self.connection.usage() if self.connection.usage else None
        return [header.header(view, self.connection, told, usage, width, pen)]


class AliasPage(Page):
    """A screen about one alias, for life: its subject is not swapped under it."""

    def __init__(self, console: Console, subject: Subject) -> None:
        super().__init__(console, subject.connection)
        self.subject = subject

    @property
    def name_in_header(self) -> str:
        return str(self.subject.target)

    @property
    def file_name(self) -> str:
        at = self.subject.watch.pace.now(self.console.clock())
        return f"{self.subject.target.function}{f'-{at:%Y%m%d-%H%M%S}' if at else ''}"

    def tick(self) -> None:
        if self.subject.watch.is_due(self.console.clock(), self.console.times):
            self.look()

    def look(self) -> None:
        self.console.look(self.subject)

    def renew(self) -> None:
        self.console.look(self.subject, anew=True)

    def draw(self) -> None:
        self.show(self.console.view_of(self.subject))

    def action_back(self) -> None:
        """The filter away, else one page up; from the first one, to the fleet. Never out."""
        if self.unfilter():
            return
        pages = [s for s in self.app.screen_stack if isinstance(s, Page)]
        if len(pages) > 1:
            self.app.pop_screen()
        else:
            self.console.action_fleet()

    def action_pause(self) -> None:
        self.subject.watch.paused = not self.subject.watch.paused
        self.console.show()

    def action_slower(self, steps: int) -> None:
        self.subject.watch.slower(steps)
        self.console.say(f"looking every {self.subject.watch.interval_s:g} s")
        self.console.show()

    def propose(self, verb: str, make: Callable[[Snapshot], Plan]) -> None:
        """Open the dialog of a plan that is made from the snapshot that is shown."""
        snapshot = self.ready(verb)
        if snapshot is not None:
            proposal = Proposal(verb, make)
            self.app.push_screen(PlanDialog(self.console, self.subject, snapshot, proposal))

    def ready(self, verb: str) -> Snapshot | None:
        """The snapshot that is shown, to be frozen in a dialog; None, and said, without one."""
        if not self.console.may(verb):
            return None
        snapshot = self.subject.watch.snapshot
        if snapshot is None:
            self.console.say(f"{verb}: nothing has been read yet", "warning")
        return snapshot

"""What every screen has: the header, the line of keys, and a way to be shown what is known now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen

from lambdactl.model import Place, Snapshot, Target
from lambdactl.plan import Plan
from lambdactl.render import console_page, glyphs
from lambdactl.tui.connection import Choice, Connection
from lambdactl.tui.dialogs.plan import PlanDialog, Proposal
from lambdactl.tui.drawing import header
from lambdactl.tui.drawing.advice import Advice, of_error, waiting
from lambdactl.tui.drawing.advice import rows as advised
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.keys import HINDERED
from lambdactl.tui.subject import Subject, is_about
from lambdactl.tui.view import View
from lambdactl.tui.widgets.drawn import Drawn
from lambdactl.tui.widgets.filtering import FilterLine
from lambdactl.tui.widgets.footer import KeyLine
from lambdactl.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from lambdactl.tui.app import Console


class Top(Vertical):
    """The lines above everything; all of the screen where there is nothing else to show."""


COMMAND = "the command line"


class Page(Screen[None]):
    """One full screen of ``connection``. What its parts draw is a view, made by ``draw``."""

    BINDINGS: ClassVar[list[BindingType]] = [*HINDERED]
    crumb = ""
    """What the header says after where we are."""
    name_above = ""
    """What the headers of the pages above it say before that."""

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
    def copies(self) -> tuple[tuple[str, str], ...]:
        """What may be taken elsewhere, by name; the command line first."""
        return ((COMMAND, self.command),)

    @property
    def target(self) -> Target | None:
        """The alias that the page is about; None where it is about none."""
        return None

    @property
    def place(self) -> Place | None:
        """Account and region, as far as AWS has told them."""
        return self.connection.place()

    def aws_page(self, place: Place) -> str | None:
        """The page of AWS's own console for what is seen; None where there is none."""
        return console_page.lambda_page(place, self.target)

    def advice(self, _view: View) -> Advice | None:
        """Why there is nothing to show, and what to do; None where there is something."""
        return None

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
        self._advise(view)
        for part in self.query(Drawn):
            part.show(view)
        self.query_one(KeyLine).redraw()

    def header(self) -> Top:
        """The header, what goes on elsewhere, and what to do where there is nothing to show."""
        return Top(
            Drawn(self._header, self.pen, id="header"),
            Drawn(self._elsewhere, self.pen, id="elsewhere"),
            Listing(self.pen, id="advice"),
            id="top",
        )

    def key_line(self) -> KeyLine:
        return KeyLine(self.pen, self.why_not, self.idle, self.console.news, self.label)

    def label(self, _name: str) -> str | None:
        """What the key with this id does now, where its binding says something else."""
        return None

    def _advise(self, view: View) -> None:
        advice, listing = self.advice(view), self.query_one("#advice", Listing)
        self.set_class(self._elsewhere_told() != "", "-elsewhere")
        if self.set_advised(advice is not None):
            self.refresh_bindings()
            (listing if advice else self.query(self.AUTO_FOCUS or "Listing").first()).focus()
            self.console.seek_sandbox()
        if advice is not None:
            sandbox = self.console.sandbox is not None
            waits = waiting(view, self.pen)
            listing.show(advised(advice, self.size.width, self.pen, waits, sandbox=sandbox))

    def set_advised(self, now: bool) -> bool:
        """Whether that changes anything."""
        before = self.has_class("-advised")
        self.set_class(now, "-advised")
        return before is not now

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "to_sandbox":
            elsewhere = self.console.sandbox is not None and not self.connection.in_sandbox
            return self.has_class("-advised") and elsewhere
        return super().check_action(action, parameters)

    def action_to_sandbox(self) -> None:
        if self.console.sandbox is not None:
            self.console.go(Choice(context=self.console.sandbox))

    def _elsewhere_told(self) -> str:
        """What this session is doing somewhere else than on this page."""
        applying = self.console.applying
        if applying is not None and not applying.ended and not self.is_about(applying.subject):
            return f"{applying.told(self.connection)} is being applied"
        at, key = self.console.clock(), self.pen.key("guard")
        others = [g for g in self.console.guards if not self.is_about(g.subject)]
        return ", ".join(guard.said(at, key) for guard in others)

    def is_about(self, of: Subject) -> bool:
        """Whether this page is about that alias, at that place."""
        return is_about(self.connection, self.target, of)

    def _elsewhere(self, _view: View, _width: int, _height: int, pen: Pen) -> list[Content]:
        told = self._elsewhere_told()
        return [Content(" ") + pen.sign(glyphs.GOING) + pen.say(f" {told}", "bold")]

    def on_listing_opened(self, _event: Listing.Opened) -> None:
        """A double click is enter, where enter opens something."""
        self.app.call_later(self.run_action, "open")

    def why_not(self, name: str) -> str | None:
        """Why the key with this id cannot be used here now; None where it can."""
        return self.console.why_not(name)

    def idle(self, _name: str) -> str | None:
        """Why the key with this id would change nothing now; None where it might."""
        return None

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
        first = next(s for s in self.app.screen_stack if isinstance(s, Page))
        above = "" if first is self else first.name_above
        return [header.header(view, self.connection, told, usage, width, pen, above)]


class AliasPage(Page):
    """A screen about one alias, for life: its subject is not swapped under it."""

    def __init__(self, console: Console, subject: Subject) -> None:
        super().__init__(console, subject.connection)
        self.subject = subject

    @property
    def name_in_header(self) -> str:
        return str(self.subject.target)

    @property
    def target(self) -> Target:
        return self.subject.target

    @property
    def copies(self) -> tuple[tuple[str, str], ...]:
        snapshot = self.subject.watch.snapshot
        alias = snapshot.alias if snapshot else None
        return (*super().copies, *((("its ARN", alias.arn),) if alias else ()))

    @property
    def place(self) -> Place | None:
        snapshot = self.subject.watch.snapshot
        return snapshot.place if snapshot is not None else self.connection.place()

    def advice(self, view: View) -> Advice | None:
        if view.snapshot is not None or view.failure is None:
            return None
        return of_error(view.failure.error, self.connection)

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
        guard = self.console.guard_of(self.subject)
        if guard is not None and guard.subject is self.subject:
            self.console.say("it is guarded, and a guard goes on looking", "warning")
            return
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

"""The console as one that goes elsewhere: to other accounts, to lists, to what the session met.

It is apart from what the console does with an alias, and knows of it only its pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.app import App
from textual.message import Message
from textual.notifications import SeverityLevel

from lambdactl.errors import LambdactlError, Refused
from lambdactl.model import Target
from lambdactl.tui import clipboard, palette, saving, switch, themes
from lambdactl.tui.browsing import browse
from lambdactl.tui.connection import Choice, Connect, Connection, Places
from lambdactl.tui.errand import send
from lambdactl.tui.messages import (
    Browsed,
    BrowseFailed,
    ErrorMet,
    FleetRead,
    ReadFailed,
    SandboxSought,
)
from lambdactl.tui.screens.page import COMMAND, Page
from lambdactl.tui.screens.session import ChangesScreen, ErrorsScreen
from lambdactl.tui.session_log import SessionLog
from lambdactl.tui.settings import Settings

if TYPE_CHECKING:
    from lambdactl.tui.app import Console


AGAIN_S = 2.0
"""Within this time a key that is pressed again means what comes next."""


class Turns:
    """Which of several is meant, where the key is pressed again within a moment."""

    def __init__(self) -> None:
        self._last = ("", 0.0, 0)

    def next(self, about: str, at: float) -> int:
        before, when, turn = self._last
        again = before == about and at - when < AGAIN_S
        self._last = (about, at, turn + 1 if again else 0)
        return self._last[2]


class Going(App[None]):
    """``home`` is the page that a place begins with, and is for the console to say."""

    settings: Settings
    connect: Connect
    connection: Connection
    session: SessionLog
    places: Places | None = None
    choice = Choice()
    sandbox: str | None = None
    """The context of the sandbox that runs on this machine, as far as it was sought."""
    known: tuple[Target, ...] = ()
    """The aliases that have been seen here, for the palette."""
    turns: Turns

    @property
    def itself(self) -> Console:
        """This object, as the pages know it."""
        return cast("Console", self)

    def home(self, target: Target | None) -> Page:
        raise NotImplementedError

    def show(self) -> None:
        raise NotImplementedError

    def say(self, text: str, severity: SeverityLevel = "information") -> None:
        raise NotImplementedError

    @property
    def page(self) -> Page:
        """The page that is seen, under whatever dialog is open."""
        return next(s for s in reversed(self.screen_stack) if isinstance(s, Page))

    def go(self, choice: Choice, *, same: bool = False) -> None:
        """To another place, whatever the network does: to what it is about, or to look at the
        ``same`` alias there. Where there is no such place, the console stays where it is and says
        so. What still comes in from the old place finds pages that nobody sees any more."""
        try:
            there = self.connect(choice)
        except LambdactlError as error:
            self.session.met(error, self.connection.here.label)
            self.say(f"{error}{f'; try: {error.hint}' if error.hint else ''}", "error")
            self.show()
            return
        target = self.page.target if same else there.target
        self.choice, self.connection, self.known = choice, there, ()
        if self.settings.theme != themes.MONO.name:
            self.theme = there.theme or self.settings.theme
        while sum(isinstance(s, Page) for s in self.screen_stack) > 1:
            self.pop_screen()
        self.switch_screen(self.home(target))

    def action_switch(self, kind: str) -> None:
        switch.choose(self.itself, kind)

    def action_command_palette(self) -> None:
        palette.choose(self.itself)

    def action_session_errors(self) -> None:
        self.push_screen(ErrorsScreen(self.itself, self.connection))

    def action_session_log(self) -> None:
        self.push_screen(ChangesScreen(self.itself, self.connection))

    def action_console_page(self) -> None:
        browse(self.itself, self.page)

    def on_browsed(self, message: Browsed) -> None:
        self.say(f"a browser was told to open {message.url}")

    def on_browse_failed(self, message: BrowseFailed) -> None:
        """The address is worth as much on another machine."""
        self.copy(message.url)

    def on_error_met(self, message: ErrorMet) -> None:
        self.session.met(message.error, self.connection.here.label)
        self.show()

    def news(self) -> int:
        """How many failures nobody has looked at yet."""
        return self.session.news

    def seek_sandbox(self) -> None:
        """Whether a sandbox runs here is asked when it would be a way out."""
        if self.places is not None:
            send(self, partial(seeking, self.places), ReadFailed)

    def on_sandbox_sought(self, message: SandboxSought) -> None:
        self.sandbox = message.context
        self.screen.refresh_bindings()
        self.show()

    def on_read_failed(self, _message: ReadFailed) -> None:
        """The state file of the sandbox is spoilt: it is in the list of what failed."""
        self.sandbox = None

    def on_fleet_read(self, message: FleetRead) -> None:
        """It was for the fleet's screen; the palette learns the names from it."""
        self.known = tuple(m.target for m in message.fleet.members if m.alias is not None)

    def copy(self, text: str, *, told_as: str | None = None, then: str = "") -> None:
        """Copy ``text`` and say so, ``told_as`` where it is long; ``then`` is said after it."""
        told = clipboard.copy(
            text,
            self.settings.clipboard,
            in_tmux=self.settings.in_tmux,
            to_terminal=self.copy_to_clipboard,
            file=self.settings.copy_to,
        )
        done = told.startswith("copied")
        self.say(f"{told}: {told_as or text}{then}", "information" if done else "warning")

    def action_copy_row(self) -> None:
        text = self.screen.copied if isinstance(self.screen, Page) else None
        self.copy(text or self.page.name_in_header)

    def action_copy_command(self) -> None:
        """The command line; again within a moment, the ARN and the JSON of the same."""
        try:
            copies = self.page.copies
        except Refused as error:
            self.say(f"no command to copy: {error}", "warning")
            return
        turn = self.turns.next(copies[0][1], self.itself.clock())
        name, text = copies[turn % len(copies)]
        following = copies[(turn + 1) % len(copies)][0]
        then = (
            f"; {self.itself.pen.key('copy_command')} again: {following}" if len(copies) > 1 else ""
        )
        self.copy(text, told_as=None if name == COMMAND else name, then=then)

    def action_save_screen(self) -> None:
        """The screen as a picture and as text, beside where the console was started."""
        saving.save(self.itself)


def seeking(places: Places) -> Iterator[Message]:
    yield SandboxSought(places.sandbox())

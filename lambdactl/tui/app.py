"""The console: where it is, the screens that draw what is known there, the threads that feed it.

Every second the screen is told so; a look at AWS begins when one is due and none is in flight. What
comes back from a thread is a message; its handler changes a Watch and shows the new view. Nothing
on this side of the seam blocks, so keys, help, quit and going elsewhere work with no network.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.notifications import SeverityLevel

from lambdactl.model import Snapshot, Target
from lambdactl.render.status import has_canary
from lambdactl.tui import last_view, terminal, themes
from lambdactl.tui.applying import Applying
from lambdactl.tui.connection import Connect, Connection, Places
from lambdactl.tui.dialogs.help import HelpDialog
from lambdactl.tui.dialogs.quit import QuitDialog
from lambdactl.tui.dialogs.why import WhyDialog
from lambdactl.tui.doing import Doing
from lambdactl.tui.drawing import pen
from lambdactl.tui.errand import send, unexpected
from lambdactl.tui.going import Turns
from lambdactl.tui.keys import EVERYWHERE, WRITES
from lambdactl.tui.messages import LookFailed, SnapshotTaken
from lambdactl.tui.remapping import shown
from lambdactl.tui.screens.fleet import FleetScreen
from lambdactl.tui.screens.page import Page
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.session_log import SessionLog
from lambdactl.tui.settings import Settings
from lambdactl.tui.subject import Subject, is_same, subject
from lambdactl.tui.tidying import Tidying
from lambdactl.tui.view import View
from lambdactl.verdict import Assessment, assess
from lambdactl.verdict.gate import NO_LIMITS, Gate, gates

TWICE_S = 2.0
"""ctrl+c quits if it is pressed again within this time."""


AWAY = 6.0
"""So many times longer is it from look to look while the terminal is not in front."""


class Console(Doing):
    """``clock`` is monotonic, in seconds; without ``ticks`` nothing happens by itself. ``ansi``
    leaves colours to the terminal."""

    TITLE = "lambdactl"
    CSS_PATH = "console.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*EVERYWHERE]
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"),
        (80, "-narrow"),
        (110, "-wide"),
        (180, "-xwide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-vtiny"),
        (24, "-short"),
        (36, "-normal"),
        (50, "-tall"),
    ]

    def __init__(
        self,
        connect: Connect,
        settings: Settings,
        places: Places | None = None,
        session: SessionLog | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        ticks: bool = True,
        ansi: bool | None = None,
    ) -> None:
        super().__init__(ansi_color=ansi)
        for theme in themes.ALL:
            self.register_theme(theme)
        self.theme = settings.theme
        self.settings = settings
        self.set_keymap(settings.keys)
        self.pen = (pen.ASCII if settings.ascii else pen.UNICODE).with_keys(shown(settings.keys))
        self.connect = connect
        self.places = places
        self.session = session or SessionLog()
        self.connection: Connection = connect(self.choice)
        self.applying: Applying | None = None
        self.guards = []
        self.clock = clock
        self._ticks = ticks
        self._tidying = Tidying()
        self.last_opened: last_view.Opened = ()
        self.turns = Turns()
        self._interrupted_at = -TWICE_S
        self.broken_by: Exception | None = None
        """What ended the console, where that was a mistake of ours."""

    def on_mount(self) -> None:
        self.set_class(self.settings.ascii, "-ascii")
        self.push_screen(self.home(self.connection.target))
        if self._ticks:
            self._tidying.begin(self.clock())
            self.set_interval(1.0, self.tick)

    def on_unmount(self) -> None:
        self._tidying.end()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent):
            self._tidying.typed(self.clock())
        await super().on_event(event)

    def home(self, target: Target | None) -> Page:
        """The rollout where a place is about one alias, else the fleet. What was open elsewhere is
        not gone back to from here."""
        self.last_opened = ()
        return self.rollout_of(target) if target else FleetScreen(self, self.connection)

    def rollout_of(self, target: Target) -> RolloutScreen:
        """On what is known of it, where it is guarded or something is being applied to it."""
        self.last_opened = last_view.noted(target, self.last_opened)
        of = subject(self.connection, target)
        busy = [g.subject for g in self.guards] + [a.subject for a in self.under_way]
        return RolloutScreen(self, next((s for s in busy if is_same(s, of)), of))

    def tick(self) -> None:
        """Once a second: ages and times left run on, and a look begins when it is due."""
        if not self.is_headless and terminal.is_gone():
            self.exit()
            return
        self.page.tick()
        self.tick_guards()
        self.show()
        self._tidying.tick(self.clock())

    @property
    def ticking(self) -> bool:
        """Whether anything happens by itself."""
        return self._ticks

    @property
    def times(self) -> float:
        """How much slower than asked everything is looked at; the first key brings it back."""
        return 1.0 if self.app_focus else AWAY

    def watch_app_focus(self, focused: bool) -> None:
        if focused and any(isinstance(s, Page) for s in self.screen_stack):
            self.tick()

    def look(self, of: Subject, *, anew: bool = False) -> None:
        """Begin a look at an alias, unless one is in flight: ``anew`` is then for the next one."""
        watch = of.watch
        watch.renewing |= anew
        if watch.begin():
            failed = partial(LookFailed, watch)
            read = of.operations.renew if watch.renew() else of.operations.look
            send(self, partial(self._looking, of, read, watch.assessment), failed)
        self.show()

    def _looking(
        self, of: Subject, read: Callable[[], Snapshot], before: Assessment | None
    ) -> Iterator[Message]:
        snapshot = read()
        yield SnapshotTaken(of.watch, snapshot, assess(snapshot, before))

    def on_snapshot_taken(self, message: SnapshotTaken) -> None:
        message.watch.took(message.snapshot, message.assessment, self.clock())
        self.judge_guards(message.watch)
        self.show()

    def on_look_failed(self, message: LookFailed) -> None:
        message.watch.failed(message.error, self.clock())
        self.show()

    def view_of(self, of: Subject) -> View:
        guard, at = self.guard_of(of), self.clock()
        applying = self.applying_of(of)
        running = applying.plan.verb if applying else self.running
        view = of.watch.view(at, running, 1.0 if guard else self.times)
        return replace(view, gates=gates_of(of, view), guarded=guard.told(at) if guard else None)

    def show(self) -> None:
        """Draw what is known now, down to the page that covers all others: those are drawn when
        one comes back to them."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Page | WhyDialog) and screen.is_mounted:
                self._draw(screen)
            if isinstance(screen, Page):
                return

    def _draw(self, screen: Page | WhyDialog) -> None:
        """A screen that cannot be drawn is told; its keys, and the others, go on working."""
        try:
            screen.draw()
        except Exception as error:  # noqa: BLE001
            self.session.met(unexpected(error), self.connection.here.label)

    def _handle_exception(self, error: Exception) -> None:
        """Textual's own, for what nothing else has caught: the console ends."""
        self.broken_by = self.broken_by or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual's own would print every value of every frame: :func:`lambdactl.tui.run` raises
        what it was, for whoever opened the console to tell in its way."""
        self._close_messages_no_wait()

    def why_not(self, name: str) -> str | None:
        """Why the key with this id cannot be used now; None where it can."""
        if name not in WRITES:
            return None
        if self.connection.read_only:
            return f"read-only: {self.connection.read_only}"
        if self.running is not None:
            return f"{self.running} is being applied: wait until it has ended"
        if any(self.page.is_about(applying.subject) for applying in self.under_way):
            return "the guard's abort is being applied: wait until it has ended"
        return None

    def may(self, name: str) -> bool:
        """Whether the key may be used; says why where it may not."""
        reason = self.why_not(name)
        if reason is not None:
            self.say(reason, "warning")
        return reason is None

    def say(self, text: str, severity: SeverityLevel = "information") -> None:
        """A toast."""
        self.notify(self.pen.say(text).plain, severity=severity, markup=False)

    def get_key_display(self, binding: Binding) -> str:
        """``↑``, or ``up`` where only ASCII can be drawn."""
        shown = super().get_key_display(binding)
        return binding.key if self.settings.ascii and not shown.isascii() else shown

    def action_help(self) -> None:
        self.push_screen(HelpDialog(self.screen.active_bindings.values(), self.pen))

    def action_refresh_now(self) -> None:
        self.page.renew()

    def action_fleet(self) -> None:
        """Up to the fleet, which is opened if the console did not begin there."""
        pages = [s for s in self.screen_stack if isinstance(s, Page)]
        while len(pages) > 1:
            self.pop_screen()
            pages.pop()
        if not isinstance(pages[0], FleetScreen):
            self.switch_screen(FleetScreen(self, self.connection))

    def open(self, target: Target, *, then: str | None = None) -> None:
        """The rollout screen of another alias here; ``then`` is the action of that screen to go on
        with as soon as the alias has been read."""
        page = self.rollout_of(target)
        page.then = then
        self.push_screen(page)

    def action_last_view(self) -> None:
        last_view.go(self)

    def action_neighbour(self, by: int) -> None:
        """The rollout that is ``by`` rows further in the fleet, in place of this one."""
        fleet = next((s for s in self.screen_stack if isinstance(s, FleetScreen)), None)
        page = self.page
        if fleet is None or not isinstance(page, RolloutScreen):
            back = self.pen.key("back")
            self.say(f"the fleet's order is not known: {back} leads to the fleet", "warning")
            return
        target = fleet.neighbour(page.subject.target, by)
        if target is None:
            self.say("that is the end of the fleet" if by > 0 else "that is its beginning")
            return
        self.switch_screen(self.rollout_of(target))

    def action_leave(self) -> None:
        """Back, or out; asks only where something ends with the console."""
        if sum(isinstance(s, Page) for s in self.screen_stack) > 1:
            self.pop_screen()
        elif self.going_on:
            self.push_screen(QuitDialog(self.going_on), self._quit_if)
        else:
            self.exit()

    async def action_quit(self) -> None:
        self.action_leave() if self.going_on else self.exit()

    def action_help_quit(self) -> None:
        """ctrl+c: twice is meant, on whatever page."""
        at = self.clock()
        again = at - self._interrupted_at < TWICE_S
        self._interrupted_at = at
        if not again:
            self.say("ctrl+c again quits", "warning")
        elif self.going_on:
            self.push_screen(QuitDialog(self.going_on), self._quit_if)
        else:
            self.exit()

    def _quit_if(self, sure: bool | None) -> None:
        if sure:
            self.exit()


def gates_of(of: Subject, view: View) -> tuple[Gate, ...]:
    """Each gate as ``status`` tells it, of what is shown."""
    limits, snapshot, assessment = of.operations.limits, view.snapshot, view.assessment
    if limits == NO_LIMITS or snapshot is None or assessment is None or view.past is not None:
        return ()
    return gates(limits, snapshot, assessment.verdict) if has_canary(snapshot, assessment) else ()

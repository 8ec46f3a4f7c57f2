"""The console: one Watch, the screens that draw it, and the threads that feed it.

Every second the clock is looked at; a look at AWS begins when one is due and none is in flight.
What comes back from a thread is a message; its handler changes the Watch and shows the new view.
Nothing on this side of the seam blocks, so keys, help and quit work with no network.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.message import Message
from textual.notifications import SeverityLevel

from lambdactl.plan import Plan
from lambdactl.render.addressed import addressed
from lambdactl.tui import clipboard, themes
from lambdactl.tui.applying import Applying
from lambdactl.tui.dialogs.help import HelpDialog
from lambdactl.tui.dialogs.plan import PlanDialog
from lambdactl.tui.dialogs.quit import QuitDialog
from lambdactl.tui.dialogs.why import WhyDialog
from lambdactl.tui.drawing import pen
from lambdactl.tui.errand import send
from lambdactl.tui.keys import EVERYWHERE, WRITES
from lambdactl.tui.messages import ActionEnded, ActionTold, LookFailed, SnapshotTaken
from lambdactl.tui.palette import KeyCommands
from lambdactl.tui.screens.page import Page
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.settings import Operations, Settings
from lambdactl.tui.view import View
from lambdactl.tui.watch import Watch
from lambdactl.verdict import Assessment, assess

TWICE_S = 2.0
"""ctrl+c quits if it is pressed again within this time."""


class Console(App[None]):
    """``clock`` is monotonic, in seconds; without ``ticks`` nothing happens by itself. ``ansi``
    leaves colours to the terminal."""

    TITLE = "lambdactl"
    CSS_PATH = "console.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*EVERYWHERE]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {KeyCommands}
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
        operations: Operations,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.monotonic,
        ticks: bool = True,
        ansi: bool | None = None,
    ) -> None:
        super().__init__(ansi_color=ansi)
        for theme in themes.ALL:
            self.register_theme(theme)
        self.theme = settings.theme
        self.operations = operations
        self.settings = settings
        self.pen = pen.ASCII if settings.ascii else pen.UNICODE
        self.rollout = Watch(interval_s=settings.interval_s)
        self.applying: Applying | None = None
        self._clock = clock
        self._ticks = ticks
        self._interrupted_at = -TWICE_S

    def on_mount(self) -> None:
        self.set_class(self.settings.ascii, "-ascii")
        self.push_screen(RolloutScreen(self))
        self.look()
        if self._ticks:
            self.set_interval(1.0, self.tick)

    def tick(self) -> None:
        """Once a second: ages and times left run on, and a look begins when it is due."""
        if self.rollout.is_due(self._clock()):
            self.look()
        self.show()

    def look(self) -> None:
        """Begin a look, unless one is in flight."""
        if self.rollout.begin():
            send(self, partial(self._looking, self.rollout.assessment), LookFailed)
        self.show()

    def _looking(self, before: Assessment | None) -> Iterator[Message]:
        snapshot = self.operations.look()
        yield SnapshotTaken(snapshot, assess(snapshot, before))

    def on_snapshot_taken(self, message: SnapshotTaken) -> None:
        self.rollout.took(message.snapshot, message.assessment, self._clock())
        self.show()

    def on_look_failed(self, message: LookFailed) -> None:
        self.rollout.failed(message.error, self._clock())
        self.show()

    @property
    def view(self) -> View:
        running = self.applying.plan.verb if self.applying and not self.applying.ended else None
        return self.rollout.view(self._clock(), running)

    def show(self) -> None:
        """Draw what is known now on every page, the covered ones too."""
        view = self.view
        for screen in self.screen_stack:
            if isinstance(screen, Page | WhyDialog) and screen.is_mounted:
                screen.show(view)

    def why_not(self, name: str) -> str | None:
        """Why the key with this id cannot be used now; None where it can."""
        if name not in WRITES:
            return None
        if self.settings.read_only:
            return f"read-only: {self.settings.read_only}"
        if self.view.running is not None:
            return f"{self.view.running} is being applied: wait until it has ended"
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

    def apply(self, plan: Plan) -> None:
        """Apply a plan that was confirmed and re-checked. One at a time."""
        self.applying = Applying(plan)

        def acting() -> Iterator[Message]:
            for event in self.operations.act(plan):
                yield ActionTold(event)
            yield ActionEnded()

        send(self, acting, ActionEnded)
        self.show()

    def on_action_told(self, message: ActionTold) -> None:
        assert self.applying is not None
        self.applying.events.append(message.event)
        self.rollout.add_events((message.event,))
        self._show_applying()

    def on_action_ended(self, message: ActionEnded) -> None:
        assert self.applying is not None
        self.applying.ended, self.applying.error = True, message.error
        self._show_applying()
        if not any(isinstance(s, PlanDialog) for s in self.screen_stack):
            self._say_ended(self.applying)
        self.rollout.due_at = self._clock()
        self.look()

    def _show_applying(self) -> None:
        assert self.applying is not None
        for screen in self.screen_stack:
            if isinstance(screen, PlanDialog):
                screen.show_applying(self.applying)
        self.show()

    def undo(self, plan: Plan) -> str | None:
        """The command that takes the plan back, at the place that it was made for."""
        return addressed(plan.undo, self.settings.flags) if plan.undo else None

    def _say_ended(self, applying: Applying) -> None:
        verb, undo = applying.plan.verb, self.undo(applying.plan)
        if applying.error is not None:
            self.say(f"{verb}: {applying.error}", "error")
        else:
            self.say(f"{verb} is done{f'; undo: {undo}' if undo else ''}")

    def get_key_display(self, binding: Binding) -> str:
        """``↑``, or ``up`` where only ASCII can be drawn."""
        shown = super().get_key_display(binding)
        return binding.key if self.settings.ascii and not shown.isascii() else shown

    def action_help(self) -> None:
        self.push_screen(HelpDialog(self.screen.active_bindings.values(), self.pen))

    def action_refresh_now(self) -> None:
        self.look()

    def action_pause(self) -> None:
        self.rollout.paused = not self.rollout.paused
        self.show()

    def action_slower(self, steps: int) -> None:
        self.rollout.slower(steps)
        self.say(f"looking every {self.rollout.interval_s:g} s")
        self.show()

    def action_copy_row(self) -> None:
        text = self.screen.copied if isinstance(self.screen, Page) else None
        self.copy(text or str(self.settings.target))

    def action_copy_command(self) -> None:
        if isinstance(self.screen, Page):
            self.copy(self.screen.command)

    def copy(self, text: str) -> None:
        in_tmux = self.settings.in_tmux
        way = clipboard.copy(text, in_tmux=in_tmux, to_terminal=self.copy_to_clipboard)
        self.say(f"copied {way}: {text}")

    def action_save_screen(self) -> None:
        """The screen as a picture, beside where the console was started."""
        at = self.rollout.pace.now(self._clock())
        stamp = f"-{at:%Y%m%d-%H%M%S}" if at else ""
        path = self.settings.save_to / f"lambdactl-{self.settings.target.function}{stamp}.svg"
        try:
            path.write_text(self.export_screenshot(), encoding="utf-8")
        except OSError as error:
            self.say(f"the screen was not saved: {error}", "error")
            return
        self.say(f"saved {path}")

    def action_leave(self) -> None:
        """Back, or out; asks only while an action of this session is being applied."""
        if isinstance(self.screen, Page) and not isinstance(self.screen, RolloutScreen):
            self.pop_screen()
        elif self.view.running is not None:
            self.push_screen(QuitDialog(self.view.running), self._quit_if)
        else:
            self.exit()

    async def action_quit(self) -> None:
        self.action_leave() if self.view.running is not None else self.exit()

    def action_help_quit(self) -> None:
        """ctrl+c: twice is meant."""
        at = self._clock()
        if at - self._interrupted_at < TWICE_S:
            self.action_leave()
        self._interrupted_at = at
        self.say("ctrl+c again quits; so does q", "warning")

    def _quit_if(self, sure: bool | None) -> None:
        if sure:
            self.exit()

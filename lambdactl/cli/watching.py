"""``status --watch`` and the end of ``deploy``: follow a rollout and answer with its outcome.

On a terminal the same lines as ``status`` are drawn over and over, with what happened under them.
Elsewhere each change is one line on stdout, or one JSON document with ``-o jsonl``.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lambdactl.cli.limits import limits_of
from lambdactl.cli.looking import whole
from lambdactl.cli.moves import with_our_move
from lambdactl.cli.outcome import of_end, of_state
from lambdactl.cli.session import Session
from lambdactl.model import Snapshot, Target
from lambdactl.ops import follow
from lambdactl.ops.events import Event, LookFailed, RolloutEnded
from lambdactl.render import document
from lambdactl.render.spans import Line, Span, spans
from lambdactl.render.status import status_lines
from lambdactl.render.words import line
from lambdactl.verdict import Assessment, assess
from lambdactl.verdict.gate import gates

if TYPE_CHECKING:
    from rich.live import Live

LAST_EVENTS = 8


def watch_rollout(session: Session, target: Target) -> None:
    """Until the rollout ends. Raises RolloutFailed, WaitTimeout, or StillInProgress."""
    screen = viewer(session)
    ended: RolloutEnded | None = None
    with screen.open():
        for event in follow(
            session.aws,
            target,
            interval_s=session.interval_s,
            wait_s=session.asked.timeout,
            sleep=session.sleep,
            seen=screen.see,
        ):
            screen.tell(event)
            ended = event if isinstance(event, RolloutEnded) else ended
    _answer(screen.snapshot, ended)


def viewer(session: Session) -> Lines | Screen:
    redraws = session.terminal.redraws and not session.asked.structured
    return Screen(session) if redraws else Lines(session)


def _answer(snapshot: Snapshot | None, ended: RolloutEnded | None) -> None:
    """The outcome as the exit code; where nothing was going on, the state that was found."""
    error = None
    if ended is not None:
        error = of_end(ended)
    elif snapshot is not None:
        error = of_state(snapshot, assess(snapshot))
    if error is not None:
        raise error


def told(session: Session, snapshot: Snapshot, assessment: Assessment) -> list[Line]:
    """All that ``status`` says, of a look that is whole."""
    limits = limits_of(snapshot.target)
    return status_lines(
        snapshot,
        assessment,
        ascii=session.terminal.ascii,
        gates=gates(limits, snapshot, assessment.verdict),
        now=session.aws.now(),
    )


class Outage:
    """Looks that fail one after the other for the same reason: told once, not at every try."""

    def __init__(self) -> None:
        self._reason: str | None = None

    def is_news(self, event: Event) -> bool:
        if not isinstance(event, LookFailed):
            return True
        before, self._reason = self._reason, str(event.error)
        return self._reason != before

    def ends(self) -> None:
        self._reason = None


class Lines:
    """One line for each change: for pipes, logs and JSON."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.snapshot: Snapshot | None = None
        self.assessment: Assessment | None = None
        self.outage = Outage()

    @contextmanager
    def open(self) -> Iterator[None]:
        yield

    def see(self, snapshot: Snapshot) -> None:
        """The first look is told whole; later ones only by what changed."""
        self.outage.ends()
        first, snapshot = self.snapshot is None, with_our_move(snapshot)
        if first:
            snapshot = whole(self.session, snapshot, limits_of(snapshot.target))
        self.snapshot, self.assessment = snapshot, assess(snapshot, self.assessment)
        if first and not self.session.asked.structured:
            self.session.terminal.out(*told(self.session, snapshot, self.assessment))

    def tell(self, event: Event) -> None:
        if not self.outage.is_news(event):
            return
        if self.session.asked.structured:
            self.session.terminal.document(document.event(event), "jsonl")
        else:
            self.session.terminal.out(line(event, ascii=self.session.terminal.ascii))


class Screen:
    """The newest look drawn in place, the last events under it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.snapshot: Snapshot | None = None
        self.assessment: Assessment | None = None
        self.outage = Outage()
        self._events: deque[str] = deque(maxlen=LAST_EVENTS)
        self._live: Live | None = None

    @contextmanager
    def open(self) -> Iterator[None]:
        from rich.console import Console
        from rich.live import Live

        plain = not self.session.terminal.colors(sys.stdout)
        console = Console(highlight=False, no_color=plain)
        with Live(console=console, auto_refresh=False) as self._live:
            yield

    def see(self, snapshot: Snapshot) -> None:
        self.outage.ends()
        moved = with_our_move(snapshot)
        self.snapshot = whole(self.session, moved, limits_of(snapshot.target))
        self.assessment = assess(self.snapshot, self.assessment)
        self._draw()

    def tell(self, event: Event) -> None:
        if not self.outage.is_news(event):
            return
        self._events.append(line(event, ascii=self.session.terminal.ascii))
        self._draw()

    def _draw(self) -> None:
        from rich.text import Text

        if self.snapshot is None or self.assessment is None or self._live is None:
            return
        lines = told(self.session, self.snapshot, self.assessment)
        drawn = (*lines, (), *(spans(e) for e in self._events))
        pieces = [(part.text, part.style) for row in drawn for part in (*row, Span("\n"))]
        text = Text.assemble(*pieces, no_wrap=True, overflow="ellipsis")
        self._live.update(text, refresh=True)

"""One list to search and choose from: the places to go to, and the palette.

What is typed is searched at once, on this side of every thread, so that enter never takes a row
that had not been searched for yet. Rows may still be coming in while one types.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.widgets.listing import Listing

Pick = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Offer:
    """``name`` is what is chosen and searched first, ``words`` are searched as well."""

    name: str
    line: Content
    pick: Pick
    words: str = ""
    current: bool = False


class Chooser(ModalScreen[Pick]):
    """Dismissed with the deed of the row that was taken; with None where nothing was.

    ``typed`` makes an offer of what was typed where no row is called that; None where it cannot.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "close", key_display="esc"),
        Binding("down,ctrl+n", "move(1)", "down", show=False),
        Binding("up,ctrl+p", "move(-1)", "up", show=False),
        Binding("pagedown", "move(10)", "page down", show=False),
        Binding("pageup", "move(-10)", "page up", show=False),
    ]
    AUTO_FOCUS = "#sought"

    def __init__(
        self,
        title: str,
        pen: Pen,
        offers: Sequence[Offer] = (),
        *,
        typed: Callable[[str], Offer | None] = lambda _: None,
        note: str = "",
    ) -> None:
        super().__init__()
        self._title = title
        self._pen = pen
        self._offers = tuple(offers)
        self._typed = typed
        self._note = pen.say(note, "dim")
        self._found: list[Offer] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog", id="chooser") as box:
            box.border_title = self._pen.say(self._title)
            box.border_subtitle = self._pen.say("enter takes it · esc closes")
            yield Input(id="sought", compact=True, placeholder="type to search")
            yield Listing(self._pen, id="found", lit=True)
            yield Static(id="said_below")

    def on_mount(self) -> None:
        self.query_one(Listing).can_focus = False
        self._draw()
        self._to_current()

    def offer(self, offers: Sequence[Offer], note: Content | None = None) -> None:
        """These are all there is to choose from, from now on."""
        first = not self._offers
        self._offers = tuple(offers)
        self._note = note if note is not None else Content("")
        if self.is_mounted:
            self._draw()
            if first:
                self.call_after_refresh(self._to_current)

    @property
    def sought(self) -> str:
        return self.query_one("#sought", Input).value.strip()

    def _draw(self) -> None:
        self._found = found(self._offers, self.sought)
        exact = any(offer.name == self.sought for offer in self._found)
        spelled = self._typed(self.sought) if self.sought and not exact else None
        if spelled is not None:
            self._found.append(spelled)
        rows = [Row(offer.name, offer.line, offer.name) for offer in self._found]
        self.query_one(Listing).show(rows)
        below = self._note
        if not rows and not below.plain:
            below = self._pen.say("nothing is called that", "dim")
        self.query_one("#said_below", Static).update(below)

    def _to_current(self) -> None:
        """The cursor to where we are, until something is sought or somebody has moved it."""
        listing = self.query_one(Listing)
        if self.sought or listing.cursor:
            return
        at = next((i for i, offer in enumerate(self._found) if offer.current), 0)
        listing.action_move(at)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._draw()
        self.query_one(Listing).action_move(-len(self._found))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._take()

    def on_listing_opened(self, event: Listing.Opened) -> None:
        event.stop()
        self._take()

    def _take(self) -> None:
        at = self.query_one(Listing).cursor
        if at < len(self._found):
            self.dismiss(self._found[at].pick)

    def action_move(self, by: int) -> None:
        self.query_one(Listing).action_move(by)


def found(offers: Sequence[Offer], sought: str) -> list[Offer]:
    """The offers that have every word of ``sought``: first those whose name is it, then those that
    begin with it, then those with it in the name; else in their own order."""
    words = sought.casefold().split()
    kept = [o for o in offers if all(w in f"{o.name} {o.words}".casefold() for w in words)]
    return sorted(kept, key=lambda offer: rank(offer, sought.casefold(), words))


def rank(offer: Offer, sought: str, words: Sequence[str]) -> int:
    name = offer.name.casefold()
    if name == sought or sought in offer.words.casefold().split():
        return 0
    if name.startswith(sought):
        return 1
    return 2 if all(word in name for word in words) else 3

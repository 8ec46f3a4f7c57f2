"""The palette: every key that works here, every place to go to, and the themes, in one list.

``:q`` quits, ``:fleet`` goes up, ``:ctx NAME``, ``:profile NAME`` and ``:region NAME`` go
elsewhere, a function's name opens it. The list is made of live bindings, so that it cannot tell a
key that does not work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message
from textual.screen import Screen

from lambdactl.tui import themes
from lambdactl.tui.connection import Places, Spot
from lambdactl.tui.dialogs.chooser import Chooser, Offer
from lambdactl.tui.drawing import offers
from lambdactl.tui.errand import send
from lambdactl.tui.keys import FOOTER, SAID
from lambdactl.tui.messages import KindsRead, ReadFailed
from lambdactl.tui.switch import KINDS, going, taken

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

SHORT = {"quit": "q exit", "context": "ctx", "back": "up"}
"""What else one may type for a key."""
WORDS = {"ctx": "context", **{kind: kind for kind in KINDS}}
"""``:ctx prod`` goes there, listed or not."""


def choose(console: Console) -> None:
    """Open it over whatever page is seen."""
    palette = Palette(console, [*keys_of(console, console.screen), *ways(console)])
    console.push_screen(palette, partial(taken, console))
    if console.places is not None:
        send(palette, partial(reading, console.places), ReadFailed)


def keys_of(console: Console, screen: Screen[object]) -> Iterator[Offer]:
    """The keys that work here, by importance."""
    order = {name: i for i, name in enumerate(("help", *FOOTER)) if name != "palette"}
    found = {a.binding.id: a for a in screen.active_bindings.values() if a.binding.id in order}
    for name in sorted(found, key=lambda n: order[n or ""]):
        active = found[name]
        binding = active.binding
        said = SAID.get(name or "", binding.description)
        run = partial(console.run_action, binding.action, active.node)
        shown = console.get_key_display(binding)
        yield offers.deed(said, shown, run, console.pen, f"{name} {SHORT.get(name or '', '')}")


def ways(console: Console) -> Iterator[Offer]:
    """What has no key of its own, or none here."""
    if all(a.binding.id != "last_view" for a in console.screen.active_bindings.values()):
        yield offers.deed(SAID["last_view"], "", console.action_last_view, console.pen, "last_view")
    yield offers.deed("fleet: every function here", "", console.action_fleet, console.pen)
    for target in console.known:
        yield offers.deed(str(target), "", partial(console.open, target), console.pen, "function")
    for theme in themes.ALL:
        name = theme.name.removeprefix("lambdactl-")
        paint = partial(setattr, console, "theme", theme.name)
        yield offers.deed(f"theme {name}", "", paint, console.pen)


def reading(places: Places) -> Iterator[Message]:
    for kind, read in zip(KINDS, (places.contexts, places.profiles, places.regions), strict=True):
        yield KindsRead(kind, tuple(read()))


class Palette(Chooser):
    """The list; contexts, profiles and regions are added as they are read."""

    def __init__(self, console: Console, first: Sequence[Offer]) -> None:
        super().__init__("Command", console.pen, first, typed=self._typed_place)
        self.console = console
        self._first = tuple(first)
        self._spots: dict[str, tuple[Spot, ...]] = {}

    def on_kinds_read(self, message: KindsRead) -> None:
        self._spots[message.kind] = message.spots
        self.offer([*self._first, *self._places()])

    def on_read_failed(self, message: ReadFailed) -> None:
        self.offer([*self._first, *self._places()], offers.failed(message.error, self.console.pen))

    def _places(self) -> Iterator[Offer]:
        for kind, spots in self._spots.items():
            for spot in spots:
                yield self._place(kind, spot.name, spot.about)

    def _place(self, kind: str, name: str, about: str) -> Offer:
        go = partial(going, self.console, kind, name)
        short = next(word for word, of in WORDS.items() if of == kind)
        return offers.deed(f"{kind} {name}", "", go, self.console.pen, f"{short} {name} {about}")

    def _typed_place(self, said: str) -> Offer | None:
        word, _, name = said.partition(" ")
        kind = WORDS.get(word)
        return self._place(kind, name.strip(), "") if kind and name.strip() else None

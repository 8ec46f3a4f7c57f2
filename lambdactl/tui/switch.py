"""The switchers: another context, profile, region, or alias of this function.

What there is to choose is read in a thread and shown as it comes in; a name may be typed that is
not in the list, so that nobody has to wait for a list to leave a place that does not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from lambdactl.model import Target
from lambdactl.tui.connection import Choice, Spot
from lambdactl.tui.dialogs.chooser import Chooser, Offer, Pick
from lambdactl.tui.drawing import offers
from lambdactl.tui.errand import send
from lambdactl.tui.messages import ReadFailed, SpotsRead

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

KINDS = ("context", "profile", "region")


def choose(console: Console, kind: str) -> None:
    """Open the list of one kind."""
    if kind == "alias":
        _choose_alias(console)
        return
    note = f"{console.page.target} is then looked at there" if console.page.target else ""
    note = "" if kind == "context" else note
    _open(console, kind, _reader(console, kind), partial(going, console, kind), note)


def going(console: Console, kind: str, name: str) -> None:
    """Go to the context, profile or region of this name. A context says the other two itself."""
    if kind == "context":
        console.go(Choice(context=name))
    else:
        console.go(replace(console.choice, **{kind: name}), same=True)


def current(console: Console, kind: str) -> str | None:
    """The name that is in effect, as far as it is known."""
    place, here = console.connection.place(), console.connection.here
    if kind == "region" and place is not None:
        return place.region
    found: str | None = getattr(here, kind)
    return found or ("aws" if kind == "context" else None)


def _choose_alias(console: Console) -> None:
    target = console.page.target
    if target is None:
        console.say("open a function first: an alias is one of its", "warning")
        return

    def go(name: str) -> None:
        if name != target.alias:
            console.open(Target(target.function, name))

    def read() -> Sequence[Spot]:
        return [Spot(name) for name in console.connection.aliases(target.function)]

    _open(console, "alias", read, go, f"of {target.function}")


def _reader(console: Console, kind: str) -> Callable[[], Sequence[Spot]]:
    places = console.places
    if places is None:
        return tuple
    return {
        "context": places.contexts,
        "profile": places.profiles,
        "region": places.regions,
    }[kind]


def _open(
    console: Console,
    kind: str,
    read: Callable[[], Sequence[Spot]],
    go: Callable[[str], None],
    note: str,
) -> None:
    def offered(spot: Spot) -> Offer:
        marked = spot.name == (page_alias(console) if kind == "alias" else current(console, kind))
        return offers.spot(spot, partial(go, spot.name), console.pen, current=marked)

    def typed(name: str) -> Offer | None:
        if " " in name:
            return None
        return offers.spot(Spot(name, f"{kind} as typed"), partial(go, name), console.pen)

    chooser = SpotChooser(kind.capitalize(), console, offered, typed, note)
    console.push_screen(chooser, partial(taken, console))
    send(chooser, partial(_reading, read), ReadFailed)


def _reading(read: Callable[[], Sequence[Spot]]) -> Iterator[Message]:
    yield SpotsRead(tuple(read()))


def page_alias(console: Console) -> str | None:
    return console.page.target.alias if console.page.target else None


def taken(console: Console, pick: Pick | None) -> None:
    """Do it when the list has gone."""
    if pick is not None:
        console.call_later(pick)


class SpotChooser(Chooser):
    """A list of places, which come in while one is already typing."""

    def __init__(
        self,
        title: str,
        console: Console,
        offered: Callable[[Spot], Offer],
        typed: Callable[[str], Offer | None],
        note: str,
    ) -> None:
        super().__init__(title, console.pen, typed=typed, note="reading ...")
        self.console = console
        self._offered = offered
        self._when_read = console.pen.say(note, "dim")
        self.reading = True

    def on_spots_read(self, message: SpotsRead) -> None:
        self.reading = False
        self.offer([self._offered(spot) for spot in message.spots], self._when_read)

    def on_read_failed(self, message: ReadFailed) -> None:
        self.reading = False
        self.offer((), offers.failed(message.error, self.console.pen))

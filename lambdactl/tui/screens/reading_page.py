"""A page about one alias that reads more than its snapshot, and only what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from textual.message import Message

from lambdactl.model import Snapshot
from lambdactl.tui.errand import send
from lambdactl.tui.messages import PartFailed, PartRead
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.page import AliasPage
from lambdactl.tui.view import ONCE, View

T = TypeVar("T")


class ReadingPage(AliasPage):
    """Its readings are begun by ``read``; what comes back is theirs, wherever the console is."""

    @property
    def readings(self) -> tuple[Reading[Any], ...]:
        raise NotImplementedError

    def read(self, reading: Reading[T], work: Callable[[], T]) -> None:
        """Begin to read in a thread, unless that is under way."""
        if reading.looking:
            return
        reading.looking = True
        about = reading.about

        def reads() -> Iterator[Message]:
            yield PartRead(reading, about, work())

        send(self, reads, partial(PartFailed, reading, about))

    def is_due(self, reading: Reading[Any]) -> bool:
        return reading.is_due(self.console.clock(), self.console.times)

    def on_part_read(self, message: PartRead) -> None:
        message.reading.took(message.about, message.value, self.console.clock())
        self.console.show()

    def on_part_failed(self, message: PartFailed) -> None:
        message.reading.failed(message.about, message.error, self.console.clock())
        self.console.show()

    def view_of(self, reading: Reading[Any]) -> View:
        """The view with the age of what this page reads, which is another than the rollout's."""
        known = self.console.view_of(self.subject)
        at = self.console.clock()
        return replace(
            known,
            snapshot=of_place(known.snapshot) if known.snapshot else None,
            age_s=reading.age_s(at),
            failure=reading.failure,
            retry_s=None,
            looking=reading.looking,
            paused=False,
            interval_s=(reading.every_s or ONCE) * self.console.times,
        )


def of_place(snapshot: Snapshot) -> Snapshot:
    """The account and the region hold; who drives the alias is not watched from here, and so not
    said."""
    return replace(
        snapshot, deployment=None, previous=None, alias=None, stack_status=None, unread=()
    )

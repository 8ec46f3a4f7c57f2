"""A plan that rests on more than the snapshot: that is read first, in a thread, while the dialog
says so; what it says can be closed at any time, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from textual.message import Message

from lambdactl.tui.dialogs.plan import PlanDialog, Stage
from lambdactl.tui.errand import send
from lambdactl.tui.messages import Learned, LearnFailed

T = TypeVar("T")


class LearningDialog(PlanDialog, Generic[T]):
    """``known`` is what was learnt; None before."""

    known: T | None = None

    def learn(self) -> Callable[[], T]:
        """What is to be read: it blocks, and raises LambdactlError."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.stage = Stage.LEARNING
        self.redraw()
        self.call_after_refresh(self._focus)
        read = self.learn()

        def learning() -> Iterator[Message]:
            yield Learned(read())

        send(self, learning, LearnFailed)

    def on_learned(self, message: Learned) -> None:
        self.known = message.known
        self.replan()
        self._focus()

    def on_learn_failed(self, message: LearnFailed) -> None:
        self.error, self.stage = message.error, Stage.REFUSED
        self.redraw()
        self._focus()

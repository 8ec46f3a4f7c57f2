"""Help: the keys that work on the screen one is on, read from its live bindings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.text import folded
from lambdactl.tui.keys import FOOTER, SAID

LEGEND = (
    ("chart", "a bar: calls failed; the lowest bar: none failed"),
    ("{no_calls}", "no call in that minute"),
    ("{unknown}", "not known: calls, but no count of errors"),
    ("{not_in}", "not in yet; dim: not counted in the verdict yet"),
)

WIDTH, FRAME, KEYS = 59, 7, 10
"""Cells in the dialog; its border, padding and scrollbar; those before what a key does."""


class HelpDialog(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss(None)", "close", key_display="esc")
    ]

    def __init__(self, active: Iterable[ActiveBinding], pen: Pen) -> None:
        super().__init__()
        self._active = list(active)
        self._pen = pen

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", id="help") as box:
            box.border_title = self._pen.say("Help: the keys of this screen")
            box.border_subtitle = self._pen.say("esc closes")
            yield Static(Content("\n").join([*self._keys(), Content(""), *self._legend()]))

    def _keys(self) -> list[Content]:
        """By importance; those that only move are last."""
        found: dict[str, list[ActiveBinding]] = {}
        for active in self._active:
            if active.binding.id is not None and active.binding.description:
                found.setdefault(told_of(active), []).append(active)
        order = {name: i for i, name in enumerate(("help", *FOOTER))}
        ranked = sorted(found.values(), key=lambda a: order.get(a[0].binding.id or "", len(order)))
        return [self._row(actives) for actives in ranked]

    def _row(self, actives: list[ActiveBinding]) -> Content:
        keys = " ".join(dict.fromkeys(self.app.get_key_display(a.binding) for a in actives))
        return self._hung(keys, told_of(actives[0]))

    def _hung(self, keys: str, told: str) -> Content:
        """What is told of the keys, beside them: its further lines do not run under them."""
        room = min(WIDTH, self.app.size.width - FRAME) - KEYS
        first, *more = folded(self._pen.say(told), room, 12)
        head = Content.assemble((f"{keys:>8}", "bold $text-accent"), "  ", first)
        return Content("\n").join([head, *(Content(" " * KEYS) + line for line in more)])

    def _legend(self) -> list[Content]:
        marks = self._pen.spark
        shown = {
            "no_calls": marks.no_calls if marks.no_calls.strip() else "blank",
            "unknown": marks.unknown,
            "not_in": marks.not_in,
        }
        return [
            Content.assemble((f"{name.format(**shown):>8}", "bold"), "  ", self._pen.say(told))
            for name, told in LEGEND
        ]


def told_of(active: ActiveBinding) -> str:
    return SAID.get(active.binding.id or "", active.binding.description)

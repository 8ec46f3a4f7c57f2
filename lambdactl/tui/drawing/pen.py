"""What a line is drawn with: the characters of a full terminal, or ASCII only; styles by meaning.

Everything that comes from AWS or from a lower room passes through :meth:`Pen.say` on its way to the
screen. It makes control characters visible, and in ASCII mode it spells our own typography out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from textual.content import Content

from lambdactl.render.glyphs import Mark
from lambdactl.render.visible import spelled, visible
from lambdactl.tui.drawing import spark
from lambdactl.tui.keys import SHOWN

_THEMED = {
    "green": "$text-success",
    "red": "$text-error",
    "yellow": "$text-warning",
    "cyan": "$text-accent",
}
"""Render's sixteen terminal colours as the theme's own, which are readable on its background."""

STABLE = "$text-primary"
CANARY = "$text-accent"


@dataclass(frozen=True, slots=True)
class Pen:
    """One cell each, except ``arrow`` and ``ellipsis`` in ASCII."""

    ascii: bool
    stable: str = "█"
    canary: str = "▒"
    free: str = "░"
    rule: str = "─"
    passed: str = "━"
    arrow: str = "→"
    ellipsis: str = "…"
    refresh: str = "⟳"
    cursor: str = "▸"
    separator: str = "›"
    dot: str = "·"
    badge: tuple[str, str] = ("▌", "▐")
    spark: spark.Marks = spark.UNICODE
    keys: Mapping[str, str] = field(default_factory=dict)
    """The keys that the operator moved, as they are shown, by the name of what they do."""

    def key(self, name: str) -> str:
        """The key with this id: ``a`` for abort, unless it was given another one."""
        return self.keys.get(name) or SHOWN[name]

    def with_keys(self, keys: Mapping[str, str]) -> Pen:
        return replace(self, keys=keys)

    def spelled(self, text: str) -> str:
        """``text`` with our typography spelled out where only ASCII can be drawn."""
        return spelled(text) if self.ascii else text

    def say(self, text: str, style: str = "") -> Content:
        """Text as data: harmless, never markup."""
        plain = self.spelled(visible(text))
        return Content.styled(plain, style) if style else Content(plain)

    def sign(self, mark: Mark) -> Content:
        """``✔`` in its colour."""
        return Content.styled(mark.sign(self.ascii), themed(mark.style))

    def named(self, mark: Mark) -> Content:
        """``✔ STABLE`` in its colour."""
        return Content.styled(mark.named(self.ascii), themed(mark.style))


UNICODE = Pen(ascii=False)
ASCII = Pen(
    ascii=True,
    stable="#",
    canary="+",
    free=".",
    rule="-",
    passed="=",
    arrow="->",
    ellipsis="..",
    refresh="@",
    cursor=">",
    separator=">",
    dot="-",
    badge=("[", "]"),
    spark=spark.ASCII,
)


def themed(style: str) -> str:
    """A mark's style in the theme's colours: ``bold red`` is ``bold $text-error``."""
    return " ".join(_THEMED.get(word, word) for word in style.split())

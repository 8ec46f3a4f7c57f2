"""What every screen has: the header, the line of keys, and a way to be shown a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.screen import Screen

from lambdactl.tui.drawing import header
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.view import View
from lambdactl.tui.widgets.drawn import Drawn
from lambdactl.tui.widgets.footer import KeyLine
from lambdactl.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from lambdactl.tui.app import Console


class Page(Screen[None]):
    """One full screen. ``crumb`` follows the target in the header."""

    crumb = ""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console
        self.pen = console.pen

    @property
    def command(self) -> str:
        """The command line that tells the same as this screen."""
        raise NotImplementedError

    @property
    def copied(self) -> str | None:
        """What ``y`` copies: the row under the cursor; None where there is none."""
        listing = self.focused
        row = listing.row if isinstance(listing, Listing) else None
        return row.copied if row and row.copied else None

    def show(self, view: View) -> None:
        """Draw ``view``: the parts that are functions of it, and then what the screen adds."""
        self.set_class(view.stale, "-stale")
        for part in self.query(Drawn):
            part.show(view)
        self.query_one(KeyLine).redraw()

    def header(self) -> Drawn:
        return Drawn(self._header, self.pen, id="header")

    def key_line(self) -> KeyLine:
        return KeyLine(self.pen, self.console.why_not)

    def on_screen_resume(self) -> None:
        self.console.show()

    def _header(self, view: View, width: int, _height: int, pen: Pen) -> list[Content]:
        return [header.header(view, self.console.settings, self.crumb, width, pen)]

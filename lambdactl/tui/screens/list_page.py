"""A page that is a list with one row of it told in full below: past rollouts, differences, logs.

Each reads one thing when it is opened, and again only where that goes on. A look that fails leaves
what was read, and says in full why, and what to do.
"""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.content import Content

from lambdactl.errors import CredentialsError, LambdactlError, NoRegion
from lambdactl.tui.drawing import plan as plan_drawing
from lambdactl.tui.drawing.advice import Advice, of_error
from lambdactl.tui.drawing.lists import Row
from lambdactl.tui.drawing.pen import Pen
from lambdactl.tui.drawing.spanned import wrapped
from lambdactl.tui.drawing.text import age
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.reading_page import ReadingPage
from lambdactl.tui.view import View
from lambdactl.tui.widgets.drawn import Drawn
from lambdactl.tui.widgets.filtering import FilterLine
from lambdactl.tui.widgets.listing import Listing


class ListPage(ReadingPage):
    """``main`` is what it reads; a subclass words it."""

    AUTO_FOCUS = "#list"
    main: Reading[Any]
    waiting: ClassVar[str] = "reading from AWS ..."

    @property
    def readings(self) -> tuple[Reading[Any], ...]:
        return (self.main,)

    def begin(self) -> None:
        """Begin to read ``main``."""
        raise NotImplementedError

    def titles(self, view: View) -> tuple[str, str]:
        raise NotImplementedError

    def heading(self, view: View, width: int) -> list[Content]:
        """The lines above the rows."""
        raise NotImplementedError

    def rows(self, view: View, width: int) -> list[Row]:
        """What was read, which is there."""
        raise NotImplementedError

    def detail(self, row: Row, width: int) -> list[Content]:
        """The row under the cursor in full."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield self.header()
        yield Drawn(self._heading, self.pen, title=self._title, id="heading")
        yield FilterLine("list")
        yield Listing(self.pen, id="list")
        yield Drawn(self._detail, self.pen, title=self._detail_title, id="detail")
        yield self.key_line()

    def on_mount(self) -> None:
        self.watch(self.listing, "cursor", self.console.show, init=False)
        self.tick()

    @property
    def listing(self) -> Listing:
        return self.query_one("#list", Listing)

    def tick(self) -> None:
        if self.unseen and self.subject.watch.is_due(self.console.clock(), self.console.times):
            self.console.look(self.subject)
        if self.is_due(self.main):
            self.begin()

    def look(self) -> None:
        self.begin()

    def renew(self) -> None:
        self.begin()

    def draw(self) -> None:
        self.show(self.view_of(self.main))

    def show(self, view: View) -> None:
        self.listing.show(self._kept(view))
        super().show(view)

    def _kept(self, view: View) -> list[Row]:
        if self.main.value is None:
            return self._unread()
        rows = self.rows(view, self.size.width)
        kept = self.query_one(FilterLine).filter
        if not kept:
            return rows
        found = [r for r in rows if kept.keeps(f"{r.line.plain} {r.copied}")]
        return found or [Row("none", self.pen.say(" no row has these words", "dim"), "")]

    def advice(self, _view: View) -> Advice | None:
        error = self.failed
        if self.main.value is None and isinstance(error, CredentialsError | NoRegion):
            return of_error(error, self.connection)
        return None

    @property
    def unseen(self) -> bool:
        """Whether nothing is known of the alias yet: then nothing is said of its versions."""
        return self.subject.watch.snapshot is None

    @property
    def failed(self) -> LambdactlError | None:
        """Why there is nothing to show: its own look, or the one that it has to wait for."""
        first = self.subject.watch.failure if self.unseen else None
        return self.main.error or (first.error if first else None)

    def _unread(self) -> list[Row]:
        error = self.failed
        if error is None:
            return [Row("reading", self.pen.say(f" {self.waiting}", "dim"), "")]
        lines = wrapped(
            plan_drawing.refused(error, self.pen, self.connection.flags), self.size.width - 2
        )
        told = error.hint or str(error)
        return [Row(f"failed {n}", Content(" ") + line, told) for n, line in enumerate(lines)]

    def _heading(self, view: View, width: int, _height: int, _pen: Pen) -> list[Content]:
        return self.heading(view, width)

    def _title(self, view: View, pen: Pen) -> tuple[str, str]:
        left, right = self.titles(view)
        return pen.spelled(left), pen.spelled(right)

    def _detail(self, _view: View, width: int, _height: int, pen: Pen) -> list[Content]:
        if self.main.value is None:
            return []
        if self.main.error is not None:
            refused = wrapped(
                plan_drawing.refused(self.main.error, pen, self.connection.flags), width - 2
            )
            return [Content(" ") + line for line in refused]
        row = self.listing.row
        return self.detail(row, width) if row is not None else []

    def _detail_title(self, view: View, pen: Pen) -> tuple[str, str]:
        if self.main.value is None or self.main.error is None:
            return "", ""
        old = f", what is shown is {age(view.age_s)} old" if view.age_s is not None else ""
        return pen.spelled(f"The last look failed{old}"), ""

    def on_filter_line_changed(self, _message: FilterLine.Changed) -> None:
        self.draw()

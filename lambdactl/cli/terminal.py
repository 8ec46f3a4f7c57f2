"""The terminal: stdout carries data, stderr narration; questions are asked only of a person.

A person is there when stdin and stderr are both terminals and nobody said ``--no-input``.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from lambdactl.errors import NotConfirmed
from lambdactl.render.folding import fold
from lambdactl.render.formats import formatted
from lambdactl.render.spans import Line, Span, ansi, plain
from lambdactl.render.tables import Table
from lambdactl.render.visible import spelled

Text = Line | str


class Terminal:
    """Where a command speaks. Streams are looked up when used, never kept."""

    def __init__(
        self,
        *,
        color: str = "auto",
        quiet: bool = False,
        no_input: bool = False,
        ascii: bool = False,
        plain: bool = False,
        query: Any = None,
    ) -> None:
        self.plain = plain
        self.query = query
        self.color = color
        self.quiet = quiet
        self.no_input = no_input
        self.ascii = ascii or not _can_draw(sys.stdout)

    @property
    def interactive(self) -> bool:
        return not self.no_input and _is_terminal(sys.stdin) and _is_terminal(sys.stderr)

    @property
    def redraws(self) -> bool:
        """Whether stdout is a screen that can be drawn over."""
        return _is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"

    @property
    def width(self) -> int | None:
        """Columns of the terminal that narration is read on; None where it is none."""
        return shutil.get_terminal_size().columns if _is_terminal(sys.stderr) else None

    def say(self, *lines: Text) -> None:
        """Narration, on stderr; nothing with ``--quiet``."""
        if not self.quiet:
            self.insist(*lines)

    def insist(self, *lines: Text) -> None:
        """Narration that a question rests on: not even ``--quiet`` takes it away."""
        sys.stdout.flush()
        self._write(sys.stderr, lines)

    def out(self, *lines: Text) -> None:
        """Data, on stdout."""
        self._write(sys.stdout, lines)

    def verbatim(self, *lines: Text) -> None:
        """Data, on stdout, that is run or copied, or is somebody else's: as it is."""
        write = ansi if self.colors(sys.stdout) else plain
        for line in lines:
            sys.stdout.write(f"{line if isinstance(line, str) else write(line)}\n")
        sys.stdout.flush()

    def document(self, document: object, output: str, names: Sequence[str] = ()) -> None:
        """One document on stdout, or what ``--query`` finds in it: as JSON, unless another format
        of a program's was asked for. ``names`` are what ``-o name`` prints."""
        if self.query is not None:
            from lambdactl.cli.query import answered

            document, names = answered(self.query, document), ()
        sys.stdout.write(formatted(document, output, names))
        sys.stdout.flush()

    def table(self, table: Table, output: str) -> None:
        """Rows for a person; with ``--plain`` one record a line."""
        wide = output == "wide"
        # With ASCII alone nothing is cut: there is no sign that says so in one column.
        to_person = _is_terminal(sys.stdout) and not self.ascii
        width = shutil.get_terminal_size().columns if to_person else None
        self.out(*(table.records(wide=wide) if self.plain else table.lines(wide=wide, width=width)))

    def confirm(self, question: str, *, answer: str = "y") -> None:
        """Ask, and go on only if the answer is ``answer``; raises NotConfirmed otherwise.

        ``y`` is a yes or no; any other ``answer`` has to be typed out.
        """
        if not self.interactive:
            raise NotConfirmed(
                "not confirmed, and nobody can be asked",
                why="stdin or stderr is not a terminal, or --no-input was given",
                hint="the same command with --yes, or with --dry-run to see the plan only",
            )
        said = self.ask(f"{question} [y/N] " if answer == "y" else f"{question} ")
        if said != answer and not (answer == "y" and said.lower() in ("y", "yes")):
            raise NotConfirmed(
                "not confirmed: nothing was changed",
                why=f"the answer was not {answer}",
                hint="the same command; with --dry-run it shows the plan and does not ask",
            )

    def ask(self, question: str) -> str:
        """The line that is typed; raises NotConfirmed where stdin ends instead."""
        sys.stderr.write(question)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise NotConfirmed(
                "not confirmed: nothing was changed",
                why="the input ended before there was an answer",
                hint="the same command with --yes, or with --dry-run to see the plan only",
            )
        return line.strip()

    def _write(self, stream: TextIO, lines: Iterable[Text]) -> None:
        write = ansi if self.colors(stream) else plain
        for line in lines:
            for part in self._folded(line, stream):
                stream.write(f"{write(part)}\n")
        stream.flush()

    def _folded(self, line: Text, stream: TextIO) -> list[Line]:
        """Broken between words where a person reads it; a program gets one line for each."""
        whole = (Span(line),) if isinstance(line, str) else line
        if self.ascii:
            whole = tuple(Span(spelled(part.text), part.style) for part in whole)
        if self.plain or not _is_terminal(stream):
            return [whole]
        return fold(whole, shutil.get_terminal_size().columns)

    def colors(self, stream: TextIO) -> bool:
        """``--color`` first, then NO_COLOR, FORCE_COLOR, TERM, then whether it is a terminal."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return os.environ.get("TERM") != "dumb" and _is_terminal(stream)


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty()


def _can_draw(stream: TextIO) -> bool:
    try:
        "✔●‖▲✖↩■○→…".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

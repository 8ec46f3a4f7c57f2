"""One run of the program, from its words to its exit code.

Every error an operator can read is printed here, in one way, and here becomes an exit code. What is
left over is a bug: one line and where its traceback was written.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType

import typer

from lambdactl.cli.app import command
from lambdactl.cli.failure import report, report_usage
from lambdactl.cli.options import Run, wants_debug, wants_json
from lambdactl.cli.stopping import exit_code, heeding_ends, named
from lambdactl.errors import LambdactlError, Mistake
from lambdactl.state_home import crash_log

READER_GONE = 141
"""What a shell reports for a program that ended by SIGPIPE."""
SELDOM = 100_000
"""Objects between two looks for garbage: importing and making a client makes many and leaves none,
and looking through them again and again was a fifth of a command's time."""


def run(argv: Sequence[str]) -> int:
    """The exit code of ``lambdactl *argv``."""
    gc.set_threshold(SELDOM, 20, 20)
    now = Run(as_json=wants_json(argv))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        with heeding_ends():
            code = _invoke(argv, now)
            sys.stdout.flush()
    except LambdactlError as error:
        if wants_debug(argv):
            traceback.print_exception(error)
        return report(error, as_json=now.as_json)
    except KeyboardInterrupt as interrupt:
        _tell_last(f"\n{named(interrupt)}: {now.left}")
        return exit_code(interrupt)
    except BrokenPipeError:
        _discard_stdout()
        return READER_GONE
    return code


def _invoke(argv: Sequence[str], now: Run) -> int:
    root = command()
    try:
        with root.make_context("lambdactl", list(argv), obj=now) as context:
            answer = root.invoke(context)
    except typer.Exit as asked:
        return int(asked.exit_code)
    except typer.TyperException as error:
        return report_usage(error, as_json=now.as_json)
    return answer if isinstance(answer, int) else 0


def _tell_last(text: str) -> None:
    """On stderr; where that is a terminal which was closed, nobody is left to be told, and the
    audit log has the end."""
    try:
        print(text, file=sys.stderr, flush=True)  # noqa: T201
    except OSError:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _discard_stdout() -> None:
    """Let the interpreter flush into nothing when it exits: whoever read us has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show_unexpected(
    kind: type[BaseException], error: BaseException, where: TracebackType | None
) -> None:
    """The ``sys.excepthook``: one line and a file, or the traceback with ``--debug``."""
    text = "".join(traceback.format_exception(kind, error, where))
    if wants_debug(sys.argv[1:]):
        sys.stderr.write(text)
        return
    bug = Mistake(
        f"unexpected {kind.__name__}: {error}",
        why=f"this is a bug in lambdactl; its traceback is in {crash_log(text)}",
        hint="the same command again with --debug",
    )
    report(bug, as_json=wants_json(sys.argv[1:]))

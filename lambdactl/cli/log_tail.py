"""The logs of one version on the terminal: all at once, as they come, or errors in groups."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lambdactl.cli.answering import answer
from lambdactl.cli.session import Session
from lambdactl.errors import NotFound, UsageError
from lambdactl.model import Target
from lambdactl.model_configuration import LogLine
from lambdactl.ops.log_lines import group_errors, is_error
from lambdactl.ops.log_tail import Looked, follow_lines, looking
from lambdactl.render import document
from lambdactl.render.logged import error_records, error_table, log_line, log_record

STREAMED = ("table", "wide", "jsonl")
"""Formats that have no end: those that can be followed."""


@dataclass(frozen=True, slots=True)
class Wish:
    version: int | None
    since_s: float
    follow: bool
    errors: bool


def show_logs(session: Session, target: Target, wish: Wish) -> None:
    """Raises UsageError where what is asked for has no end, NotFound for a version or an alias."""
    if wish.follow and session.asked.output not in STREAMED:
        raise UsageError(
            f"-o {session.asked.output} is one document, and what is followed has no end",
            hint="lambdactl logs -F -o jsonl",
        )
    number = wish.version or _meant(session, target)
    group = session.aws.log_group(target.function, number)
    session.terminal.say(f"Logs     v{number} in {group}")
    look = looking(session.aws, group, target.function, number)
    since = session.aws.now() - timedelta(seconds=wish.since_s)
    if wish.follow:
        for line in follow_lines(look, since=since, wait=_patience(session)):
            if is_error(line) or not wish.errors:
                _tell(session, line)
    elif wish.errors:
        found = look(since)
        groups = group_errors(found.lines)
        if not groups:
            _say_nothing(session, f"v{number} logged no error", found)
        answer(session, "LogErrors", error_records(groups), error_table(groups), target)
    else:
        _show(session, target, number, look(since))


def _meant(session: Session, target: Target) -> int:
    """The canary, which somebody must judge; else the stable version."""
    found = {a.name: a for a in session.aws.aliases(target.function)}.get(target.alias)
    if found is None:
        raise NotFound(
            f"{target.function} has no alias {target.alias}",
            hint=f"lambdactl logs -f {target.function} --version N",
        )
    number = found.routing.canary or found.routing.stable
    if number is None:
        raise NotFound(
            f"{target} routes to $LATEST, whose logs are not of one version",
            hint=f"lambdactl logs -f {target.function} --version N",
        )
    return number


def _show(session: Session, target: Target, number: int, found: Looked) -> None:
    lines = found.lines
    if session.asked.structured:
        told = document.envelope(
            "Logs", [log_record(x) for x in lines], place=session.place, target=target
        )
        session.terminal.document(told, session.asked.output, [x.id for x in lines])
        return
    if not lines:
        _say_nothing(session, f"v{number} logged nothing", found)
    session.terminal.verbatim(*(log_line(x) for x in lines))


def _say_nothing(session: Session, nothing: str, found: Looked) -> None:
    session.terminal.say(f"{nothing} since {_ago(found.since)}")
    if found.missing is not None:
        session.terminal.say(f"{found.missing}: {found.missing.why}")


def _tell(session: Session, line: LogLine) -> None:
    if session.asked.structured:
        session.terminal.document(log_record(line), "jsonl")
    else:
        session.terminal.verbatim(log_line(line))


def _ago(since: datetime) -> str:
    return f"{since:%Y-%m-%d %H:%M:%S} UTC"


def _patience(session: Session) -> Callable[[], bool]:
    """Wait for the next look; False once ``--timeout`` is over."""
    until = None if session.asked.timeout is None else time.monotonic() + session.asked.timeout

    def wait() -> bool:
        if until is not None and time.monotonic() >= until:
            return False
        session.sleep(session.interval_s)
        return True

    return wait

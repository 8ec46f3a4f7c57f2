"""The seam between the console and AWS: it connects where the operator says, and asks in threads.

A connection is made without a question to AWS: what is wrong with the network, the login or the
region is for the console to show, and it must open to show it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Lock

from lambdactl.cli import config, going, session, session_changes
from lambdactl.cli.auditing import audited
from lambdactl.cli.console_evidence import evidence
from lambdactl.cli.console_fleet import fleet_reads
from lambdactl.cli.console_looks import Looks
from lambdactl.cli.console_settings import refresh_seconds, settings, theme_of
from lambdactl.cli.hearing import call_log
from lambdactl.cli.limits import limits_by_target
from lambdactl.cli.options import Asked
from lambdactl.cli.permitting import why_read_only
from lambdactl.cli.session import Session
from lambdactl.cli.target import Wanted
from lambdactl.errors import (
    CredentialsError,
    LambdactlError,
    LoginExpired,
    NotFound,
    Throttled,
    UsageError,
)
from lambdactl.model import Place, Snapshot, Target
from lambdactl.model_history import AlarmChange
from lambdactl.ops import apply
from lambdactl.ops.events import Event
from lambdactl.ops.plan_file import write_plan
from lambdactl.ops.reporting import find_execution
from lambdactl.ops.rolling_back import read_past
from lambdactl.plan import Plan
from lambdactl.render.addressed import addressed
from lambdactl.tui import (
    Choice,
    Connection,
    Here,
    Operations,
    Places,
    SessionLog,
    Usage,
    commands,
    run,
)

DAY = timedelta(days=1)
KEEP = 5
THROTTLED_S = 30.0
"""For so long after AWS has asked for fewer calls the console says so: its looks may be as far
apart while it waits."""
KEYS = "AWS_ACCESS_KEY_ID"
"""Where it is set, the credentials are this process's own, and nobody can renew them for it."""


def open_console(asked: Asked, meant: Wanted, *, badge: str | None = None) -> None:
    """Open the console at the place that is meant, and return when it is left."""

    log = SessionLog()

    def connect(choice: Choice) -> Connection:
        if choice == Choice():
            return connection(asked, meant, badge, log)
        return connection(*going.elsewhere(asked, meant, choice), log=log)

    places = Places(
        going.contexts, going.profiles, going.regions, going.sandbox, session_changes.changes
    )
    run(connect, settings(asked, meant), places, log, partial(setattr, asked.run, "left"))


class Way:
    """The way to one account: gone on the first question, in whatever thread asks it."""

    def __init__(self, asked: Asked, meant: Wanted, log: SessionLog) -> None:
        self.asked = asked
        self.meant = meant
        self.here = here(meant)
        self.aws = session.connected(meant)
        self.limits_of = limits_by_target()
        self._log = log
        self._session: Session | None = None
        self._spent = False
        self._slowed_at = float("-inf")
        self._lock = Lock()
        self._listen()
        # The tally alone: a place that was left long ago is not kept for its count.
        log.count_with(self.aws.tally.by_call)

    def session(self) -> Session:
        """Raises CredentialsError where the account is not the one that is meant.

        A login that has failed may have been renewed elsewhere: it is then read afresh.
        """
        with self._lock:
            if self._spent:
                self._begin_afresh()
            try:
                if self._session is None:
                    self._session = session.reached(self.asked, self.meant, self.aws)
            except LambdactlError as error:
                self._met(error)
                raise
            return self._session

    def _begin_afresh(self) -> None:
        tally = self.aws.tally
        self.aws, self._session, self._spent = session.connected(self.meant), None, False
        self.aws.tally = tally
        self._listen()

    def _listen(self) -> None:
        self.aws.on_call = call_log()
        self.aws.on_error = self._met
        self.aws.on_throttled = self._slowed

    def _met(self, error: LambdactlError) -> None:
        """A failure of a call: that something is not there is an answer like any other."""
        self._spent |= isinstance(error, CredentialsError | UsageError)
        if isinstance(error, LoginExpired) and self.meant.profile is None and KEYS in os.environ:
            error.hint = f"set new AWS variables in this shell ({KEYS} is set), and start again"
        if not isinstance(error, NotFound):
            self._log.met(error, self.here.label)

    def _slowed(self, call: str, code: str) -> None:
        """AWS asks for fewer calls, and is asked again later: no failure yet, and told once."""
        told, self._slowed_at = self.throttled, time.monotonic()
        if not told:
            error = Throttled(
                "AWS asks for fewer calls",
                why="calls are made more slowly, and what was refused is asked again",
                hint="look less often, or wait: somebody else may be asking as well",
            )
            error.call, error.aws_code = call, code
            self._log.met(error, self.here.label)

    @property
    def throttled(self) -> bool:
        """Whether AWS has asked for fewer calls a moment ago."""
        return time.monotonic() - self._slowed_at < THROTTLED_S

    def place(self) -> Place | None:
        return self._session.place if self._session else None

    def aliases(self, function: str) -> tuple[str, ...]:
        return tuple(alias.name for alias in self.session().aws.aliases(function))

    def on(self, target: Target) -> Operations:
        looks = Looks(self.session, target, self.limits_of(target))

        def act(plan: Plan, reason: str | None) -> Iterator[Event]:
            here = self.session()
            events = apply(plan, here.aws, sleep=here.sleep, interval_s=here.interval_s)
            command = commands.of_plan(plan, self.meant.flags)
            return audited(here, plan, events, command, reason=reason)

        return Operations(
            look=looks.look,
            renew=looks.renew,
            survey=looks.survey,
            recheck=looks.recheck,
            act=act,
            evidence=evidence(self.session, target),
            past=lambda: read_past(self.session().aws, target),
            execution=lambda seen, answer: find_execution(self.session().aws, seen, answer),
            alarm_changes=self.alarm_changes,
            write_plan=self.write_plan,
            limits=looks.limits,
        )

    def write_plan(self, surveyed: Snapshot, plan: Plan, path: Path) -> None:
        write_plan(path, plan, surveyed, self.session().aws.caller_arn())

    def usage(self) -> Usage:
        tally = self.aws.tally
        return Usage(tally.per_minute(), tally.usd_per_hour(), throttled=self.throttled)

    def alarm_changes(self, names: tuple[str, ...]) -> dict[str, tuple[AlarmChange, ...]]:
        aws = self.session().aws
        since = aws.now() - DAY
        return {name: aws.alarm_changes(name, since=since) for name in names}


def here(meant: Wanted) -> Here:
    """What leads to the place, by name."""
    return Here(meant.get("context"), meant.get("profile"), meant.get("region"))


def connection(
    asked: Asked, meant: Wanted, badge: str | None = None, log: SessionLog | None = None
) -> Connection:
    way = Way(asked, meant, log or SessionLog())
    function, alias = meant.values.get("function"), meant.get("alias")
    why = why_read_only(asked, meant)
    return Connection(
        on=way.on,
        fleet=fleet_reads(way.session, asked.alias),
        aliases=way.aliases,
        here=way.here,
        place=way.place,
        in_sandbox=meant.in_sandbox,
        target=Target(function.text, alias) if function and alias else None,
        badge=badge or _badge(meant),
        origin=function.origin if function else "",
        flags=meant.flags,
        read_only=f"{why}; {_writable(meant)}" if why else None,
        production=meant.production,
        interval_s=_interval_s(meant),
        usage=way.usage,
        keep=_keep(),
        theme=theme_of(meant.get("context")),
    )


def _writable(meant: Wanted) -> str:
    return f"{addressed('lambdactl tui --write', meant.flags)} changes it"


def _badge(meant: Wanted) -> str:
    return "SANDBOX" if meant.in_sandbox else (meant.get("env") or "").upper()


def _interval_s(meant: Wanted) -> float:
    """``[ui] refresh_seconds`` of the operator's file, else as the account's clock asks for."""
    said = refresh_seconds(config.ui(config.user_file()))
    return session.interval_s(meant) if said is None else said


def _keep() -> int:
    """``[prune] keep`` of the project file, where there is one."""
    project = config.project_file()
    table = project.content.get("prune", {}) if project else {}
    keep = table.get("keep", KEEP) if isinstance(table, dict) else KEEP
    if isinstance(keep, bool) or not isinstance(keep, int):
        raise UsageError(f"prune.keep {keep!r} is not a number", hint="keep = 5")
    return keep

"""The seam between the console and AWS: four functions that block, for it to call in threads."""

from __future__ import annotations

from collections.abc import Iterator

from lambdactl.cli import config
from lambdactl.cli.audit_log import audited
from lambdactl.cli.session import Session
from lambdactl.errors import UsageError
from lambdactl.model import Snapshot, Target
from lambdactl.ops import apply
from lambdactl.ops.events import Event
from lambdactl.ops.local import with_local
from lambdactl.ops.pins import Pins
from lambdactl.plan import Plan
from lambdactl.tui import Operations, Settings, run, themes

KEEP = 5


def open_console(session: Session, target: Target, *, badge: str | None = None) -> None:
    """Open the console on ``target`` and return when it is left."""
    # A line on stderr would be drawn over it; it shows by itself how often it looks.
    session.aws.on_throttled = None
    run(operations(session, target), settings(session, target, badge))


def operations(session: Session, target: Target) -> Operations:
    aws = session.aws

    def look() -> Snapshot:
        return aws.snapshot(target, checks=True)

    def survey() -> Snapshot:
        return with_local(aws.snapshot(target, storage=True, inventory=True), Pins())

    def recheck(plan: Plan) -> Snapshot:
        """What the plan rests on, the state of the version that it leads to included."""
        if plan.verb == "prune" or plan.after is None:
            return survey()
        to = plan.after.stable if plan.after.canary is None else plan.after.canary
        return aws.snapshot(target, metrics=False, to=to, checks=True)

    def act(plan: Plan) -> Iterator[Event]:
        events = apply(plan, aws, sleep=session.sleep, interval_s=session.interval_s)
        return audited(session, plan, events)

    return Operations(look=look, survey=survey, recheck=recheck, act=act)


def settings(session: Session, target: Target, badge: str | None) -> Settings:
    meant = session.wanted
    function = meant.values.get("function")
    return Settings(
        target=target,
        badge=badge or _badge(session),
        origin=function.origin if function else "",
        flags=meant.flags,
        read_only=_read_only(session),
        production=session.production,
        interval_s=_interval_s(session),
        keep=_keep(),
        ascii=session.terminal.ascii,
        theme=_theme(session),
    )


def _badge(session: Session) -> str:
    if session.wanted.in_sandbox:
        return "SANDBOX"
    return (session.wanted.get("env") or "").upper()


def _read_only(session: Session) -> str | None:
    why = session.read_only
    return f"{why}; lambdactl tui --write changes it" if why else None


def _interval_s(session: Session) -> float:
    """``[ui] refresh_seconds`` of the operator's file, else as the account's clock asks for."""
    said = config.ui(config.user_file()).get("refresh_seconds")
    if said is None:
        return session.interval_s
    if not 1 <= said <= 3600:
        raise UsageError(f"ui.refresh_seconds {said} is not from 1 to 3600", hint="5")
    return float(said)


def _theme(session: Session) -> str:
    """The theme of the context, where it has one."""
    table = config.contexts(config.user_file()).get(session.wanted.get("context") or "", {})
    names = [theme.name for theme in themes.ALL]
    chosen = str(table.get("theme", names[0]))
    if chosen not in names:
        raise UsageError(f"there is no theme {chosen}", hint=f"one of {', '.join(names)}")
    return chosen


def _keep() -> int:
    """``[prune] keep`` of the project file, where there is one."""
    project = config.project_file()
    table = project.content.get("prune", {}) if project else {}
    keep = table.get("keep", KEEP) if isinstance(table, dict) else KEEP
    if isinstance(keep, bool) or not isinstance(keep, int):
        raise UsageError(f"prune.keep {keep!r} is not a number", hint="keep = 5")
    return keep

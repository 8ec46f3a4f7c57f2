"""``lambdactl alarms``: what guards a rollout, what it did lately, and an audit of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.listing import ListsByDefault
from lambdactl.cli.options import Asked, before_command, shared
from lambdactl.errors import LambdactlError, NotFound, PermissionDenied

if TYPE_CHECKING:
    from lambdactl.model import Snapshot, Target, Unread

app = typer.Typer(cls=ListsByDefault, **SETTINGS)

Days = Annotated[int, typer.Option(min=1, max=14, metavar="N", help="So many days back.")]


@app.callback()
@before_command
def alarms() -> None:
    """The alarms of a rollout: their state, their history, an audit.

    \b
    lambdactl alarms  rule, state, since when, and the last changes
    lambdactl alarms audit
        would they have stopped a good canary in the past 7 days
    lambdactl alarms audit --days 14
    """


@app.command("list")
@shared
def list_(asked: Asked, days: Days = 7) -> None:
    """List the alarms of the deployment group, and what they did lately.

    \b
    lambdactl alarms list -f checkout:live
    lambdactl alarms list --days 30
    """
    from lambdactl.cli.answering import answer
    from lambdactl.cli.session import opened
    from lambdactl.render import past_document
    from lambdactl.render.alarms import alarm_table, change_table

    with opened(asked) as (session, target):
        snapshot = session.aws.snapshot(target, metrics=False, versions=False)
        require_alarms(snapshot)
        since = snapshot.taken - timedelta(days=days)
        told = [c for a in snapshot.alarms for c in session.aws.alarm_changes(a.name, since=since)]
        changes = sorted(told, key=lambda c: c.at, reverse=True)
        ascii = session.terminal.ascii
        table = alarm_table(snapshot.alarms, snapshot.taken, ascii=ascii)
        answer(session, "Alarms", past_document.alarms(snapshot.alarms, changes), table, target)
        if changes and not asked.structured:
            if not session.terminal.plain:
                session.terminal.out("")
            session.terminal.table(change_table(changes, ascii=ascii), asked.output)


@app.command()
@shared
def audit(asked: Asked, days: Days = 7) -> None:
    """Replay each alarm over the past days, as if a good canary had run.

    \b
    lambdactl alarms audit
    lambdactl alarms audit --days 14 -o json

    A rollout is played for every hour, with the weights of the group's deployment config and calls
    drawn out of those of the version that served then.
    """
    from lambdactl.cli.session import opened
    from lambdactl.ops.looking_back import audited
    from lambdactl.render import document, past_document
    from lambdactl.render.alarms import audit_lines

    with opened(asked) as (session, target):
        snapshot = session.aws.snapshot(target, metrics=False, versions=False)
        require_alarms(snapshot)
        found = audited(session.aws, snapshot, days=days)
        if asked.structured:
            data = [past_document.audit(a) for a in found]
            answer = document.envelope("AlarmAudit", data, place=session.place, target=target)
            session.terminal.document(answer, asked.output)
        else:
            session.terminal.out(*audit_lines(found, days, ascii=session.terminal.ascii))


def require_alarms(snapshot: Snapshot) -> None:
    """A group without alarms, or one that could not be read, is no list without trouble.

    Raises NotFound, or PermissionDenied and LambdactlError for what could not be read.
    """
    parts = ("deployment", "group", "alarms")
    unread = next((u for part in parts if (u := snapshot.unreadable(part))), None)
    if unread is not None:
        raise unreadable(snapshot.target, unread)
    if snapshot.group is None:
        raise NotFound(
            f"no deployment group of {snapshot.target} was found, so no alarm guards its rollouts",
            hint="add a DeploymentPreference with Alarms to the template, and deploy it",
        )
    if not snapshot.alarms:
        raise NotFound(
            f"deployment group {snapshot.group.name} names no alarm:"
            " nothing but a person stops a bad canary",
            hint="add Alarms to the DeploymentPreference of the template, and deploy it",
        )


def unreadable(target: Target, unread: Unread) -> LambdactlError:
    said = f"the alarms of {target} could not be read"
    denied = "no permission: "
    if unread.reason.startswith(denied):
        action = unread.reason.removeprefix(denied)
        return PermissionDenied(said, action=action, why=unread.reason, hint=unread.hint)
    return LambdactlError(said, why=unread.reason, hint=unread.hint)

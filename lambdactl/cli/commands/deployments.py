"""``lambdactl deployments``: past rollouts, how each ended and why, and a verdict afterwards.

CodeDeploy holds nothing of a shift by hand. This machine's audit log does, so those are told, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.listing import ListsByDefault
from lambdactl.cli.options import Asked, before_command, shared
from lambdactl.errors import UsageError

if TYPE_CHECKING:
    from lambdactl.cli.session import Session
    from lambdactl.model import Deployment, Target
    from lambdactl.model_history import AliasChange
    from lambdactl.ops.hook_log import HookLog
    from lambdactl.ops.passages import Passed
    from lambdactl.verdict.hindsight import Hindsight

app = typer.Typer(cls=ListsByDefault, **SETTINGS)


@app.callback()
@before_command
def deployments() -> None:
    """Past rollouts: how each ended, and what a judge says of it.

    \b
    lambdactl deployments  the newest, with how each ended and why
    lambdactl deployments show d-1A2B3C4D5
                           its lifecycle events
    lambdactl deployments show d-1A2B3C4D5 --judge
                           was the canary worse, and what did it cost
    lambdactl deployments show d-1A2B3C4D5 --hooks
                           what each hook's own function logged

    What was shifted, promoted, aborted or rolled back from this machine is among them: CodeDeploy
    tells of its own deployments only.
    """


@app.command("list")
@shared
def list_(
    asked: Asked,
    limit: Annotated[
        int, typer.Option(min=1, max=25, metavar="N", help="At most so many of each.")
    ] = 10,
) -> None:
    """List the deployments of the alias, and what was changed by hand, newest first.

    \b
    lambdactl deployments list -f checkout:live
    lambdactl deployments list --limit 25 -o json
    lambdactl deployments --query 'changes_by_hand[].[began, verb, caller]'

    Changes by hand are those of this machine's audit log (lambdactl audit), in this
    account and region. CloudTrail knows of others.
    """
    from lambdactl.cli.answering import answer
    from lambdactl.cli.session import opened
    from lambdactl.ops.passages import history
    from lambdactl.render import document
    from lambdactl.render.by_hand import changes_by_hand
    from lambdactl.render.deployments import deployment_table

    with opened(asked) as (session, target):
        found = session.aws.rollouts(target, limit=limit)
        changes = _changes(session, target)
        if not found:
            session.terminal.say(f"no deployment of {target} was found")
        told = history(found, changes or (), limit)
        _say_by_hand(session, told, len(changes or ()))
        table = deployment_table(told, ascii=session.terminal.ascii)
        data = [document.deployment(d) for d in found]
        beside = {"changes_by_hand": None if changes is None else changes_by_hand(told)}
        answer(session, "Deployments", data, table, target, beside=beside)


def _changes(session: Session, target: Target) -> Sequence[AliasChange] | None:
    """Made from this machine, newest first; None, and said, where its log cannot be read."""
    from lambdactl.cli.alias_changes import alias_changes

    try:
        return list(alias_changes(session.place, target))
    except UsageError as error:
        why = f": {error.why}" if error.why else ""
        session.terminal.insist(f"? what was changed by hand is not known: {error}{why}")
        return None


def _say_by_hand(session: Session, told: Sequence[Passed], known: int) -> None:
    """Whose changes those are, and how many of them the list leaves out."""
    from lambdactl.model_history import AliasChange
    from lambdactl.render.by_hand import HERE

    shown = sum(isinstance(one, AliasChange) for one in told)
    part = f"the newest {shown} of {known}, " if shown < known else ""
    if known:
        session.terminal.say(f"by hand: {part}from {HERE}")


@app.command()
@shared
def show(
    asked: Asked,
    deployment_id: Annotated[str, typer.Argument(metavar="ID")],
    judge: Annotated[
        bool, typer.Option("--judge", help="Judge it from what CloudWatch still holds.")
    ] = False,
    hooks: Annotated[
        bool, typer.Option("--hooks", help="What the function of each hook logged meanwhile.")
    ] = False,
    margin: Annotated[
        float | None,
        typer.Option(metavar="X", help="With --judge: the odds ratio a PASS rules out."),
    ] = None,
) -> None:
    """Show one deployment: lifecycle events, how it ended, its hooks' logs, the verdict on it.

    \b
    lambdactl deployments show d-1A2B3C4D5
    lambdactl deployments show d-1A2B3C4D5 --hooks
    lambdactl deployments show d-1A2B3C4D5 --judge --margin 1.5
    """
    from lambdactl.cli.session import opened
    from lambdactl.ops.hook_log import hook_logs
    from lambdactl.ops.looking_back import judged
    from lambdactl.verdict.judge import MARGIN

    if margin is not None and not (judge and 1.0 < margin <= 100.0):
        raise UsageError(
            "--margin is an odds ratio above 1, for --judge", hint="--judge --margin 1.5"
        )
    with opened(asked) as (session, target):
        found = session.aws.rollout(target, deployment_id)
        verdict = judged(session.aws, target, found, margin=margin or MARGIN) if judge else None
        logs = hook_logs(session.aws, found) if hooks else None
        if asked.structured:
            _document(session, target, found, verdict, logs)
        else:
            _lines(session, found, verdict, logs or ())


def _document(
    session: Session,
    target: Target,
    found: Deployment,
    verdict: Hindsight | None,
    logs: Sequence[HookLog] | None,
) -> None:
    """What was not asked for is null, not empty."""
    from lambdactl.render import document, past_document

    data = document.deployment(found)
    data["judged"] = past_document.hindsight(verdict) if verdict else None
    data["hooks"] = None if logs is None else [past_document.hook(log) for log in logs]
    told = document.envelope("Deployment", data, place=session.place, target=target)
    session.terminal.document(told, session.asked.output)


def _lines(
    session: Session, found: Deployment, verdict: Hindsight | None, logs: Sequence[HookLog]
) -> None:
    from lambdactl.render.deployments import deployment_lines, hindsight_lines
    from lambdactl.render.hooks import hook_lines

    ascii = session.terminal.ascii
    session.terminal.out(*deployment_lines(found, ascii=ascii))
    session.terminal.out(*(x for log in logs for x in hook_lines(log, session.aws.now())))
    if verdict is not None:
        session.terminal.out(*hindsight_lines(verdict, goes_on=found.active, ascii=ascii))

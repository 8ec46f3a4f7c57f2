"""``lambdactl doctor``: what is wrong around an alias, and one safe command for each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.cli.session import Session, entered, opened
from lambdactl.cli.target import wanted
from lambdactl.cli.terminal import Terminal
from lambdactl.errors import CredentialsError, LambdactlError, NoRegion, Unreachable
from lambdactl.model import Place, Target
from lambdactl.verdict.diagnosis import diagnose, of_clock
from lambdactl.verdict.findings import Finding, Grade, ordered

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def doctor(asked: Asked) -> None:
    """Say what is wrong around an alias, with the evidence and a way to mend it.

    \b
    lambdactl doctor                     of the current target, or the way to AWS
    lambdactl doctor -f checkout:live    of another one
    lambdactl doctor -o json             for a program

    Compares alias, stack and CodeDeploy; looks at alarms, hooks, storage, permissions and clock.
    What CodeDeploy and you may do is asked of IAM; what IAM does not tell is unknown, not fine.
    Nothing is changed. Exit 0 when it could look, whatever it found.
    """
    try:
        meant = wanted(asked)
        if meant.get("function") is None and not asked.terminal.interactive:
            with entered(asked, meant) as session:
                tell(asked, of_the_way(session), session.place, None)
            return
        with opened(asked) as (session, target):
            tell(asked, examined(session, target), session.place, target)
    except (CredentialsError, NoRegion, Unreachable) as error:
        tell(asked, (not_let_in(error), screen(asked.terminal)), None, None)
        raise


def examined(session: Session, target: Target) -> tuple[Finding, ...]:
    from lambdactl.cli.kept_walks import seen as kept_walk
    from lambdactl.ops.examining import examine

    here = None if session.wanted.in_sandbox else datetime.now(UTC)
    seen = examine(session.aws, target, here=here, walk=lambda: kept_walk(session.place, target))
    found = ordered([*who(session), *diagnose(seen), screen(session.terminal)])
    return tuple(
        replace(f, command=session.addressed(f.command)) if f.command else f for f in found
    )


def of_the_way(session: Session) -> tuple[Finding, ...]:
    """Who, where, clock and terminal: what there is to say before a function is named."""
    ahead = (datetime.now(UTC) - session.aws.now()).total_seconds()
    skew = None if session.wanted.in_sandbox else ahead
    return ordered([*who(session), *of_clock(skew), screen(session.terminal), unnamed(session)])


def unnamed(session: Session) -> Finding:
    evidence = "alias, stack, alarms, hooks and permissions were not looked at"
    command = session.addressed("lambdactl list")
    return Finding(Grade.NOTE, "no function is named", evidence, command)


def tell(
    asked: Asked, found: Sequence[Finding], place: Place | None, target: Target | None
) -> None:
    from lambdactl.render import document
    from lambdactl.render.findings import finding_lines, findings_data

    if asked.structured:
        told = document.envelope("Findings", findings_data(found), place=place, target=target)
        asked.terminal.document(told, asked.output)
        return
    for line in finding_lines(found, ascii=asked.terminal.ascii):
        asked.terminal.out(line)


def not_let_in(error: LambdactlError) -> Finding:
    """What stands before everything else: credentials, account, region, network, clock."""
    evidence = error.why or "nothing else could be looked at"
    return Finding(Grade.PROBLEM, str(error), evidence, error.hint)


def who(session: Session) -> Iterator[Finding]:
    """Who we are, where, and by whose word: account and region are easily another's."""
    meant, place = session.wanted, session.place
    yield Finding(Grade.OK, "the credentials work", session.aws.caller_arn())
    pinned = meant.values.get("account_id")
    if pinned is not None:
        evidence = f"{place.account_id}, as {pinned.origin} says"
        yield Finding(Grade.OK, "the account is the one that is meant", evidence)
    else:
        command = f"lambdactl config set --project account_id {place.account_id}"
        evidence = f"{place.account_id}; no file names the account that is meant"
        yield Finding(Grade.NOTE, "any account would do", evidence, command)
    region = meant.values.get("region")
    evidence = f"{place.region} ← {region.origin if region else 'AWS config'}"
    yield Finding(Grade.OK, "the region is known", evidence)


def screen(terminal: Terminal) -> Finding:
    size = shutil.get_terminal_size()
    term = os.environ.get("TERM", "")
    evidence = f"TERM={term or 'not set'}, {size.columns}x{size.lines}"
    if term in ("", "dumb") or size.columns < 80 or size.lines < 24:
        title = "the console wants a terminal of 80x24"
        return Finding(Grade.WARNING, title, evidence, "lambdactl status --watch")
    signs = "ASCII" if terminal.ascii else "Unicode"
    return Finding(Grade.OK, "the terminal can show the console", f"{evidence}, {signs}")

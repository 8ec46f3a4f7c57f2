"""``lambdactl doctor``: what is wrong around an alias, and one safe command for each."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.cli.session import Session, opened
from lambdactl.verdict.diagnosis import Finding, Grade, diagnose, ordered

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def doctor(asked: Asked) -> None:
    """Say what is wrong around an alias, with the evidence and a way to mend it.

    \b
    lambdactl doctor                     of the current target
    lambdactl doctor -f checkout:live    of another one
    lambdactl doctor -o json             for a program

    Compares alias, stack and CodeDeploy; looks at alarms, hooks, storage, permissions and clock.
    Nothing is changed. Exit 0 when it could look, whatever it found.
    """
    from lambdactl.ops.examining import examine
    from lambdactl.render import document
    from lambdactl.render.findings import finding_lines, findings_data

    with opened(asked) as (session, target):
        here = None if session.wanted.in_sandbox else datetime.now(UTC)
        seen = examine(session.aws, target, here=here)
        found = ordered([who(session), *diagnose(seen), screen(session)])
        found = tuple(
            replace(f, command=session.addressed(f.command)) if f.command else f for f in found
        )
        if asked.structured:
            told = document.envelope(
                "Findings", findings_data(found), place=session.place, target=target
            )
            session.terminal.document(told, asked.output)
            return
        for line in finding_lines(found, ascii=session.terminal.ascii):
            session.terminal.out(line)


def who(session: Session) -> Finding:
    evidence = f"{session.aws.caller_arn()} in {session.place.region}"
    return Finding(Grade.OK, "the credentials work", evidence)


def screen(session: Session) -> Finding:
    size = shutil.get_terminal_size()
    term = os.environ.get("TERM", "")
    evidence = f"TERM={term or 'not set'}, {size.columns}x{size.lines}"
    if term in ("", "dumb") or size.columns < 80 or size.lines < 24:
        title = "the console wants a terminal of 80x24"
        return Finding(Grade.WARNING, title, evidence, "lambdactl status --watch")
    signs = "ASCII" if session.terminal.ascii else "Unicode"
    return Finding(Grade.OK, "the terminal can show the console", f"{evidence}, {signs}")

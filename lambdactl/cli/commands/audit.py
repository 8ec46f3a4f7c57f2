"""``lambdactl audit``: what was changed from this machine, by whom, and how it ended."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)


@app.command()
@shared
def audit(
    asked: Asked,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="So far back: 2h, 7d. Default: all.")
    ] = None,
) -> None:
    """What was changed from this machine, by whom, and how it ended.

    \b
    lambdactl audit                      every change, newest first
    lambdactl audit --since 12h
    lambdactl audit -f checkout          of one function
    lambdactl audit -o jsonl             for a program

    AWS is not asked: this is the log that every changing command leaves on this machine. It holds
    no secret and no value of an environment.
    """
    from lambdactl.cli.audit_log import entries
    from lambdactl.cli.audit_view import audit_table, picked
    from lambdactl.cli.options import seconds

    found = picked(entries(), asked.function, seconds(since) if since else None)
    if asked.structured:
        told = {"apiVersion": "lambdactl/v1", "kind": "Audit", "context": {}, "data": found}
        asked.terminal.document(told, asked.output, audit_table(found).names)
    elif found:
        asked.terminal.table(audit_table(found), asked.output)
    else:
        asked.terminal.say("no change is in the audit log")

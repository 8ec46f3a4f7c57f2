"""``lambdactl watch``: the long form of ``status --watch``, with what a verdict may do."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.commands.status import ABORT, GATE, follow, require_one_way
from lambdactl.cli.options import Asked, shared

app = typer.Typer(**SETTINGS)

GUARD = "Take all traffic back on FAIL, an alarm or a limit; announced, and logged."


@app.command()
@shared
def watch(
    asked: Asked,
    gate: Annotated[bool, typer.Option("--gate", help=GATE)] = False,
    abort_on_fail: Annotated[bool, typer.Option("--abort-on-fail", help=ABORT)] = False,
    guard: Annotated[bool, typer.Option("--guard", help=GUARD)] = False,
) -> None:
    """Follow one rollout to its end, or until its verdict decides.

    \b
    lambdactl watch  until it ends: exit 0 if it succeeded, 6 if it did not
    lambdactl watch --gate --timeout 30m
        exit 0 on PASS, 6 on FAIL, 7 on neither
    lambdactl watch --abort-on-fail
        and stop CodeDeploy, with rollback, on FAIL
    lambdactl watch --guard
        take all traffic back on FAIL, on an alarm, or past a limit of [gate]

    --gate also wants the limits of [gate] in lambdactl.toml met. An abort is announced before and
    logged with its evidence; Ctrl-C stops it.
    """
    from lambdactl.cli.session import opened

    require_one_way(True, gate, abort_on_fail or guard)
    with opened(asked) as (session, target):
        session.leaves("nothing was changed by this command, and the rollout goes on without it")
        follow(session, target, gate=gate, abort_on_fail=abort_on_fail, guard=guard)

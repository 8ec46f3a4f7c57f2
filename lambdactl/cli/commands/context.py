"""``lambdactl context``: named targets. Two are built in; the rest stand in the operator's file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared

app = typer.Typer(no_args_is_help=True, **SETTINGS)


@app.callback()
def context() -> None:
    """Named targets: list, show, use.

    \b
    lambdactl context list            aws and sandbox are built in
    lambdactl context use sandbox     until another one is chosen
    lambdactl context show            where the target of the next command comes from
    """


@app.command("list")
@shared
def list_(asked: Asked) -> None:
    """List the contexts; the current one is marked."""
    from lambdactl.cli.contexts import context_rows
    from lambdactl.render.columns import columns

    rows = context_rows()
    if asked.structured:
        asked.terminal.document([asdict(row) for row in rows], asked.output)
        return
    cells = [["*" if r.current else "", r.name, r.about] for r in rows]
    asked.terminal.out(*columns(cells, header=("", "CONTEXT", "WHAT IT IS")))


@app.command()
@shared
def show(asked: Asked) -> None:
    """Show where each part of the target comes from; AWS is not asked."""
    from lambdactl.cli.target import wanted
    from lambdactl.render.columns import columns
    from lambdactl.render.visible import visible

    values = wanted(asked).values
    if asked.structured:
        told: dict[str, Any] = {key: asdict(value) for key, value in values.items()}
        asked.terminal.document(told, asked.output)
        return
    if not values:
        asked.terminal.say("no source names a target; profile and region follow AWS's own config")
        return
    rows = [[key, visible(v.text), f"← {visible(v.origin)}"] for key, v in sorted(values.items())]
    asked.terminal.out(*columns(rows))


@app.command()
@shared
def use(asked: Asked, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Choose the context of the commands to come.

    \b
    lambdactl context use sandbox
    lambdactl context use aws         back to AWS's own environment and config
    """
    from lambdactl.cli.contexts import require_context
    from lambdactl.cli.state import choose_context

    require_context(name)
    choose_context(name)
    asked.terminal.say(f"the context is {name}")

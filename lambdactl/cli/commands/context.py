"""``lambdactl context``: named targets. Two are built in; the rest stand in the operator's file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.errors import UsageError

app = typer.Typer(no_args_is_help=True, **SETTINGS)


@app.callback()
def context() -> None:
    """Named targets: list, show, use, add, remove.

    \b
    lambdactl context list         aws and sandbox are built in
    lambdactl context use sandbox  until another one is chosen
    lambdactl context show         where the target of the next command comes from
    lambdactl context add prod -f checkout:live --profile ops --env prod
    """


@app.command("list")
@shared
def list_(asked: Asked) -> None:
    """List the contexts; the current one is marked.

    \b
    lambdactl context list
    lambdactl context list -o json
    """
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
    """Show where each part of the target comes from; AWS is not asked.

    \b
    lambdactl context show
    lambdactl context show --context prod-checkout  as if it were the current one
    """
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


@app.command()
@shared
def add(
    asked: Asked,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    account_id: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Refuse any other account.")
    ] = None,
    env: Annotated[
        str | None, typer.Option(metavar="NAME", help="prod: marked, read-only until --write.")
    ] = None,
    stack: Annotated[str | None, typer.Option(metavar="NAME", help="What deploy deploys.")] = None,
    theme: Annotated[str | None, typer.Option(metavar="NAME", help="Of the console.")] = None,
) -> None:
    """Add a context to your own file: what the shared options say, under a name.

    \b
    lambdactl context add ops -f checkout:live --profile ops --region eu-west-1
    lambdactl context add prod --account-id 123456789012 --env prod
    lambdactl context use prod
    """
    from lambdactl.cli.config import shown
    from lambdactl.cli.contexts import add_context, require_account
    from lambdactl.cli.target import PLACE_FLAGS, flag_layer

    layer = {key: value.text for key, value in flag_layer(asked).items() if key != "context"}
    own = {"account_id": account_id, "env": env, "stack": stack, "theme": theme}
    said: dict[str, Any] = {**layer, **{key: value for key, value in own.items() if value}}
    if asked.read_only is not None:
        said["read_only"] = asked.read_only
    if not said:
        flags = ", ".join(f"--{flag}" for flag in PLACE_FLAGS[1:3])
        raise UsageError(
            f"nothing is said of context {name}", hint=f"-f FUNCTION:ALIAS, {flags}, --env prod"
        )
    if "account_id" in said:
        require_account(f"context {name}", said["account_id"])
    if asked.dry_run:
        asked.terminal.say("dry run: no context was added")
        return
    path = add_context(name, said)
    asked.terminal.say(f"context {name} is in {shown(path)}; lambdactl context use {name}")


@app.command()
@shared
def remove(asked: Asked, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Take a context out of your own file; nothing at AWS changes.

    \b
    lambdactl context remove ops
    """
    from lambdactl.cli.contexts import remove_context, require_own

    if asked.dry_run:
        require_own(name)
        asked.terminal.say("dry run: no context was removed")
        return
    asked.terminal.say(f"context {name} is gone; to have it again:  {remove_context(name)}")

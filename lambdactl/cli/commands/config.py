"""``lambdactl config``: what is set, by which file and line, and how to set it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from lambdactl.cli.schema import Shape

app = typer.Typer(no_args_is_help=True, **SETTINGS)

Project = Annotated[
    bool, typer.Option("--project", help="The project's lambdactl.toml, not your own file.")
]
Name = Annotated[str, typer.Argument(metavar="KEY")]


@app.callback()
def config() -> None:
    """What is set and by whom: show, get, set, validate, schema, init.

    \b
    lambdactl config show --origin
        every value, its file and line, what it overrode
    lambdactl config set current_context ops  in your own file
    lambdactl config set --project prune.keep 7
    lambdactl config validate                 before it is checked in
    """


@app.command()
@shared
def show(
    asked: Asked,
    origin: Annotated[
        bool, typer.Option("--origin", help="Also which flag, variable or line of a file set it.")
    ] = False,
) -> None:
    """Print every value that is in effect; AWS is not asked.

    \b
    lambdactl config show
    lambdactl config show --origin      from where each is, and what it overrode
    """
    from lambdactl.cli.config_view import data_of, settings, table_of

    found = settings(asked)
    if asked.structured:
        names = [each.key for each in found]
        asked.terminal.document(_envelope("Config", data_of(found)), asked.output, names)
    elif found:
        asked.terminal.table(table_of(found, origin=origin), asked.output)
    else:
        asked.terminal.say("nothing is set; lambdactl config init   begins a file")


@app.command()
@shared
def path(asked: Asked) -> None:
    """Print the paths of your own file and of the project's.

    \b
    lambdactl config path
    """
    from lambdactl.cli.config_files import project_path, user_path
    from lambdactl.render.columns import columns

    found = {"user": user_path(), "project": project_path()}
    if asked.structured:
        told = {name: {"path": str(p), "exists": p.is_file()} for name, p in found.items()}
        asked.terminal.document(_envelope("ConfigPath", told), asked.output)
        return
    rows = [[name, str(p), "" if p.is_file() else "not there"] for name, p in found.items()]
    asked.terminal.out(*columns(rows))


@app.command()
@shared
def get(asked: Asked, key: Name) -> None:
    """Print one value, as it is in effect.

    \b
    lambdactl config get function
    lambdactl config get prune.keep
    """
    from lambdactl.cli import schema
    from lambdactl.cli.config_files import split
    from lambdactl.cli.config_view import data_of, settings

    found = [each for each in settings(asked) if each.key == key]
    if not found:
        # A key that no file may have is another mistake than one that is not set.
        schema.key_at(split(key), {**schema.PROJECT, **schema.USER})
        raise UsageError(f"{key} is not set", hint=f"lambdactl config set {key} VALUE")
    if asked.structured:
        asked.terminal.document(_envelope("Config", data_of(found)), asked.output, [key])
    else:
        asked.terminal.verbatim(str(found[0].value))


@app.command("set")
@shared
def set_(
    asked: Asked,
    key: Name,
    value: Annotated[str, typer.Argument(metavar="VALUE")],
    project: Project = False,
) -> None:
    """Set one value in your own file, or in the project's; comments stay.

    \b
    lambdactl config set current_context ops
    lambdactl config set contexts.ops.read_only true
    lambdactl config set --project prune.keep 7
    """
    from lambdactl.cli.config import shown
    from lambdactl.cli.config_files import put_value

    file, shape = _file(project=project)
    _require_context(key)
    _require_key(key, value)
    if asked.dry_run:
        asked.terminal.say(f"dry run: {shown(file)} is as it was")
        return
    line = put_value(file, shape, key, value)
    asked.terminal.say(f"{shown(file)}: {line}")


@app.command()
@shared
def validate(asked: Asked) -> None:
    """Read both files and name the first thing that is wrong (exit 2).

    \b
    lambdactl config validate
    """
    from lambdactl.cli import config as files
    from lambdactl.cli.console_settings import check as check_console
    from lambdactl.cli.contexts import require_context
    from lambdactl.cli.limits import limits_in

    user, project = files.user_file(), files.project_file()
    current = user.text("current_context")
    if current is not None:
        require_context(current)
    for name, table in files.contexts(user).items():
        _require_account(f"contexts.{name}", table)
    if project is not None:
        _require_account(files.shown(project.path), project.content)
        limits_in(project)
    check_console()
    read = [files.shown(f.path) for f in (user, project) if f is not None and f.content]
    asked.terminal.say(f"valid: {', '.join(read)}" if read else "no file is there: nothing is set")


@app.command()
@shared
def schema(asked: Asked) -> None:
    """List every key of both files; -o json prints JSON Schemas for an editor.

    \b
    lambdactl config schema
    lambdactl config schema -o json --query project > lambdactl.schema.json
    """
    from lambdactl.cli import schema as shapes
    from lambdactl.cli.config_view import schema_rows
    from lambdactl.render.columns import columns

    if asked.structured:
        draft = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
        told = {
            "project": {**draft, **shapes.json_schema(shapes.PROJECT)},
            "user": {**draft, **shapes.json_schema(shapes.USER)},
        }
        asked.terminal.document(told, asked.output)
        return
    asked.terminal.out(*columns(schema_rows(), header=("FILE", "KEY", "VALUE", "MEANING")))


@app.command()
@shared
def init(asked: Asked, project: Project = False) -> None:
    """Begin a file with its keys as comments; one that is there is left alone.

    \b
    lambdactl config init              your own
    lambdactl config init --project    ./lambdactl.toml
    """
    from lambdactl.cli.config import shown
    from lambdactl.cli.config_files import PROJECT_TEMPLATE, USER_TEMPLATE, begin

    file, shape = _file(project=project)
    begin(file, shape, PROJECT_TEMPLATE if project else USER_TEMPLATE)
    asked.terminal.say(f"{shown(file)} was made; every key in it is still a comment")


def _file(*, project: bool) -> tuple[Path, Shape]:
    from lambdactl.cli import schema as shapes
    from lambdactl.cli.config_files import project_path, user_path

    return (project_path(), shapes.PROJECT) if project else (user_path(), shapes.USER)


def _require_context(key: str) -> None:
    """A context is made by ``context add``, not by a slip in its name."""
    from lambdactl.cli.config_files import split
    from lambdactl.cli.contexts import require_own

    parts = split(key)
    if parts[0] == "contexts" and len(parts) > 1:
        require_own(parts[1])


def _require_key(key: str, value: str) -> None:
    """A key that the console would refuse is not written to the file that it reads."""
    from lambdactl.cli.config_files import split

    parts = split(key)
    if parts[0] == "keys" and len(parts) == 2:
        from lambdactl.cli.console_keys import keymap

        keymap({parts[1]: value})


def _require_account(where: str, table: Any) -> None:
    from lambdactl.cli.contexts import require_account

    if "account_id" in table:
        require_account(where, table["account_id"])


def _envelope(kind: str, data: Any) -> dict[str, Any]:
    return {"apiVersion": "lambdactl/v1", "kind": kind, "context": {}, "data": data}

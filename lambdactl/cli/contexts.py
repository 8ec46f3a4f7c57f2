"""The contexts there are, what each of them is in one line, and adding and removing one."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lambdactl.cli import config, config_files, schema, state
from lambdactl.cli.target import AWS, SANDBOX, context_in_force, environment_layer, project_layer
from lambdactl.cli.toml_text import Scalar, key_text, with_table, without_table
from lambdactl.errors import UsageError


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    about: str
    current: bool


def context_rows() -> list[Row]:
    """The built-in ones first, then those of the operator's file, in its order."""
    current = context_in_force([{}, environment_layer(), project_layer(config.project_file())])
    abouts = {
        AWS: "what AWS's own environment and config say",
        SANDBOX: _about_sandbox(),
        **{name: _about(table) for name, table in config.contexts(config.user_file()).items()},
    }
    return [Row(name, about, name == current) for name, about in abouts.items()]


def require_context(name: str) -> None:
    """Raises UsageError for one that does not exist."""
    known = [row.name for row in context_rows()]
    if name not in known:
        raise UsageError(
            f"there is no context {name}",
            why=f"known are {', '.join(known)}",
            hint=f"lambdactl context add {name} -f FUNCTION:ALIAS   or   lambdactl context list",
        )


def require_own(name: str) -> Mapping[str, object]:
    """The table of a context of the operator's file; UsageError where it is none of those."""
    if name in (AWS, SANDBOX):
        raise UsageError(f"context {name} is built in", hint="lambdactl context list")
    require_context(name)
    return config.contexts(config.user_file())[name]


def require_account(where: str, number: str) -> None:
    if not (number.isascii() and number.isdecimal() and len(number) == 12):
        raise UsageError(
            f"{where}: account_id {number!r} is not an account",
            why="an account has a number of twelve digits",
            hint="lambdactl list   shows it in its first line",
        )


def add_context(name: str, values: dict[str, Scalar]) -> Path:
    """One more table at the end of the operator's file. Raises UsageError."""
    known = [row.name for row in context_rows()]
    if name in known:
        raise UsageError(
            f"there is a context {name} already",
            hint=f"lambdactl config set contexts.{key_text(name)}.KEY VALUE",
        )
    if not name or not name.isprintable() or name.startswith("-"):
        raise UsageError(f"{name!r} is not a name", hint="lambdactl context add prod-checkout")
    path = config_files.user_path()
    text = with_table(config_files.text_of(path), ("contexts", name), values)
    config_files.replace(path, schema.USER, text)
    return path


def remove_context(name: str) -> str:
    """Take the table away; the command that would add it again. Raises UsageError."""
    table = require_own(name)
    file = config.user_file()
    if file.text("current_context") == name:
        raise UsageError(
            f"context {name} is the current one of {config.shown(file.path)}",
            hint=f"lambdactl config set current_context {AWS}   first",
        )
    text = without_table(config_files.text_of(file.path), ("contexts", name))
    config_files.replace(file.path, schema.USER, text)
    if state.chosen_context() == name:
        state.forget("context.json")
    return again(name, table)


def again(name: str, table: Mapping[str, object]) -> str:
    """``context add`` with what stood in ``table``."""
    words = ["lambdactl context add", shlex.quote(name)]
    for key, value in table.items():
        if isinstance(value, bool):
            words.append("--read-only" if value else "--write")
        else:
            words += [f"--{key.replace('_', '-')}", shlex.quote(str(value))]
    return " ".join(words)


def _about_sandbox() -> str:
    running = state.sandbox()
    if running is None:
        return "not running; lambdactl sandbox start"
    return f"running at {running.endpoint}"


def _about(table: Mapping[str, object]) -> str:
    keys = ("function", "alias", "profile", "region", "account_id", "env")
    return "  ".join(f"{key} {table[key]}" for key in keys if key in table)

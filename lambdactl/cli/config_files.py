"""Writing an operator's file: only where somebody says so, one change at a time, whole or not.

What would be written is checked as a file is when it is read, so that no command can leave behind
a file that the next one refuses.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from lambdactl.cli import config, schema
from lambdactl.cli.state import config_file
from lambdactl.cli.toml_text import Scalar, scalar_text, with_value
from lambdactl.errors import UsageError

PROJECT_NAME = "lambdactl.toml"
USER_TEMPLATE = """\
# lambdactl: what is true for this person on this machine. `lambdactl config schema` lists all keys.

# current_context = "prod-checkout"

# [contexts.prod-checkout]
# profile = "ops"
# region = "eu-west-1"
# account_id = "123456789012"   # any other account is refused
# function = "checkout:live"
# env = "prod"                  # marked, and read-only until --write
"""
PROJECT_TEMPLATE = """\
# lambdactl: the target of this project. `lambdactl config schema` lists all keys.

# function = "checkout"
# alias = "live"
# region = "eu-west-1"
# account_id = "123456789012"   # any other account is refused
# env = "prod"                  # marked, and read-only until --write

# [prune]
# keep = 5
"""


def user_path() -> Path:
    return config_file()


def project_path() -> Path:
    """The project file in use; where there is none, the one that would be made here."""
    found = config.project_file()
    return found.path if found else Path.cwd() / PROJECT_NAME


def text_of(path: Path) -> str:
    """The text of a file; empty where there is none. Raises UsageError."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{config.shown(path)} cannot be read",
            why=str(error),
            hint="lambdactl config schema",
        ) from error


def put_value(path: Path, shape: schema.Shape, name: str, word: str) -> str:
    """Set the key ``name`` to what ``word`` says; the line that now says it. Raises UsageError."""
    if path.name == "pyproject.toml":
        raise UsageError(
            f"{config.shown(path)} is not written by lambdactl",
            why="it belongs to other tools as well",
            hint=f"edit [tool.lambdactl] there, or have a {PROJECT_NAME} of its own",
        )
    keys = split(name)
    _require_shape(name, keys[0], shape)
    value = valued(name, schema.key_at(keys, shape), word)
    replace(path, shape, with_value(text_of(path), keys, value))
    return f"{name} = {scalar_text(value)}"


def _require_shape(name: str, first: str, shape: schema.Shape) -> None:
    """Some keys belong to the project, some to the person."""
    if first not in shape and first in {**schema.PROJECT, **schema.USER}:
        mine = shape is schema.USER
        raise UsageError(
            f"{name} is a key of {PROJECT_NAME if mine else 'your own file'}",
            hint=f"lambdactl config set{' --project' if mine else ''} {name} VALUE",
        )


def split(name: str) -> tuple[str, ...]:
    """``contexts."a.b".profile`` in its parts, as TOML reads them. Raises UsageError."""
    try:
        found = tomllib.loads(f"{name} = 0")
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name!r} is not the name of a key", hint="prune.keep") from error
    parts: list[str] = []
    table: object = found
    while isinstance(table, dict):
        ((part, table),) = table.items()
        parts.append(part)
    return tuple(parts)


def valued(name: str, key: schema.Key, word: str) -> Scalar:
    """``word`` as a value of the key's kind. Raises UsageError."""
    try:
        match key.kind:
            case "text":
                return word
            case "boolean":
                return {"true": True, "false": False}[word.lower()]
            case "whole":
                return int(word)
            case "number":
                return float(word) if "." in word or "e" in word.lower() else int(word)
            case "texts":
                raise UsageError(f"{name} is a list; only single values are set", hint=_by_hand())
    except (ValueError, KeyError) as error:
        wanted = schema.NAMES[key.kind]
        hint = f"lambdactl config set {name} {schema.EXAMPLES[key.kind]}"
        raise UsageError(f"{name} {word!r} is not {wanted}", hint=hint) from error


def _by_hand() -> str:
    return "edit the file; lambdactl config path   says where it is"


def replace(path: Path, shape: schema.Shape, text: str) -> None:
    """Put ``text`` in the place of the file, after it has passed the check. Raises UsageError."""
    schema.check(config.shown(path), tomllib.loads(text), shape)
    # A file that is a link into somebody's collection of settings stays a link.
    real = path.resolve()
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        mode = real.stat().st_mode & 0o777 if real.exists() else 0o600
        draft = real.with_name(f".{real.name}.{os.getpid()}")
        draft.write_bytes(text.encode("utf-8"))
        draft.chmod(mode)
        draft.replace(real)
    except OSError as error:
        raise UsageError(f"{config.shown(path)} cannot be written", why=error.strerror) from error


def begin(path: Path, shape: schema.Shape, template: str) -> None:
    """Make the file with its keys as comments; UsageError where there is one."""
    if path.exists():
        raise UsageError(f"{config.shown(path)} is there already", hint="lambdactl config show")
    replace(path, shape, template)

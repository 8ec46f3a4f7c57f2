"""Every value that is in effect, what set it, and what it overrode."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdactl.cli import config, config_files, schema
from lambdactl.cli.options import Asked
from lambdactl.cli.target import Value, sources, wanted
from lambdactl.cli.toml_text import line_of
from lambdactl.cli.topics import ENVIRONMENT
from lambdactl.render.tables import Column, Table
from lambdactl.render.visible import visible

COLUMNS = (Column("KEY"), Column("VALUE"), Column("FROM"), Column("OVERRODE"))
TARGET_VARIABLES = frozenset({"LAMBDACTL_FUNCTION", "LAMBDACTL_ALIAS", "LAMBDACTL_CONTEXT"})


@dataclass(frozen=True, slots=True)
class Setting:
    """``origin`` is a flag, a variable, or a file with its line."""

    key: str
    value: Any
    origin: str
    overrode: tuple[Value, ...] = ()


def settings(asked: Asked) -> list[Setting]:
    """The target's parts first, then what the files and the environment set beside it."""
    return [*_of_target(asked), *_of_files(), *_of_environment()]


def _of_target(asked: Asked) -> Iterator[Setting]:
    layers, _ = sources(asked, by="function")
    for key, value in sorted(wanted(asked).values.items()):
        others = [layer[key] for layer in layers if key in layer and layer[key] != value]
        told = tuple(Value(other.text, located(key, other.origin)) for other in others)
        yield Setting(key, value.text, located(key, value.origin), told)


def located(key: str, origin: str) -> str:
    """The origin with the file and the line, where it is a file."""
    project, user = config.project_file(), config.user_file()
    if project is not None and origin == config.shown(project.path):
        prefix = ("tool", "lambdactl") if project.path.name == "pyproject.toml" else ()
        return _at(project, (*prefix, key))
    name = origin.removeprefix("context ")
    if origin.startswith("context ") and name in config.contexts(user):
        return f"{_at(user, ('contexts', name, key))} (context {name})"
    if origin == config.shown(user.path):
        return _at(user, ("current_context",))
    return origin


def _at(file: config.File, path: tuple[str, ...]) -> str:
    line = line_of(config_files.text_of(file.path), path)
    return config.shown(file.path) + (f":{line}" if line is not None else "")


def _of_files() -> Iterator[Setting]:
    """What is not a part of a target: gates, prune, the console's settings and keys."""
    project, user = config.project_file(), config.user_file()
    for file, names in ((project, ("gate", "prune", "template")), (user, ("ui", "keys"))):
        if file is not None:
            yield from _flat(file, {n: file.content[n] for n in names if n in file.content}, ())


def _flat(file: config.File, table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Setting]:
    for name, value in table.items():
        here = (*path, name)
        if isinstance(value, dict):
            yield from _flat(file, value, here)
        else:
            yield Setting(".".join(here), value, _at(file, here))


def _of_environment() -> Iterator[Setting]:
    for name in ENVIRONMENT:
        value = os.environ.get(name)
        if value and name.startswith("LAMBDACTL_") and name not in TARGET_VARIABLES:
            yield Setting(name.removeprefix("LAMBDACTL_").lower(), value, name)


def table_of(found: list[Setting], *, origin: bool) -> Table:
    rows = [_row(each) for each in found]
    shown = COLUMNS if origin else COLUMNS[:2]
    cut = tuple(row[: len(shown)] for row in rows)
    return Table(shown, cut, tuple(each.key for each in found))


def _row(each: Setting) -> tuple[str, ...]:
    overrode = "   ".join(f"{visible(v.text)} ← {visible(v.origin)}" for v in each.overrode)
    return (each.key, visible(str(each.value)), visible(each.origin), overrode)


def data_of(found: list[Setting]) -> list[dict[str, Any]]:
    return [
        {
            "key": each.key,
            "value": each.value,
            "origin": each.origin,
            "overrode": [{"value": v.text, "origin": v.origin} for v in each.overrode],
        }
        for each in found
    ]


def schema_rows() -> list[tuple[str, str, str, str]]:
    """File, key, kind, meaning."""
    files: dict[str, schema.Shape] = {
        config_files.PROJECT_NAME: schema.PROJECT,
        "config.toml": schema.USER,
    }
    return [
        (file, name, schema.NAMES[key.kind], key.about)
        for file, shape in files.items()
        for name, key in schema.keys(shape)
    ]

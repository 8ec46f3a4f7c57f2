"""Every key that an operator's file may have: its kind, and what it is for.

One table serves the check of a file, ``config set``, ``config schema`` and the nearest name for a
key that does not exist.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lambdactl.errors import UsageError

Kind = Literal["text", "boolean", "number", "whole", "texts"]


@dataclass(frozen=True, slots=True)
class Key:
    kind: Kind
    about: str


@dataclass(frozen=True, slots=True)
class Each:
    """A table whose keys are names of the operator's own, each with a value of this shape."""

    name: str
    within: Key | Shape


Shape = Mapping[str, "Key | Each | Shape"]

TARGET: dict[str, Key] = {
    "function": Key("text", "the function, as NAME or NAME:ALIAS"),
    "alias": Key("text", "its alias"),
    "profile": Key("text", "AWS profile"),
    "region": Key("text", "AWS region"),
    "endpoint_url": Key("text", "ask this endpoint instead of AWS"),
    "account_id": Key("text", "twelve digits; any other account is refused (exit 4)"),
    "env": Key("text", "prod marks the target and makes it read-only"),
    "stack": Key("text", "the stack that deploy deploys"),
}
READ_ONLY = Key("boolean", "change nothing until somebody says --write")
PROJECT: Shape = {
    **TARGET,
    "context": Key("text", "a named target"),
    "template": Key("text", "the SAM template, from here"),
    "read_only": READ_ONLY,
    "gate": {
        "max_error_rate_percent": Key("number", "a canary above it fails"),
        "max_error_ratio": Key("number", "times the stable version's rate"),
        "max_p95_ratio": Key("number", "times the stable version's p95"),
        "min_calls": Key("whole", "before a verdict is given"),
        "alarms": Key("texts", "names of alarms that count as well"),
    },
    "prune": {"keep": Key("whole", "how many versions stay; at least 2")},
}
CONTEXT: Shape = {**TARGET, "theme": Key("text", "of the console"), "read_only": READ_ONLY}
USER: Shape = {
    "current_context": Key("text", "the context of commands that name none"),
    "contexts": Each("NAME", CONTEXT),
    "ui": {
        "refresh_seconds": Key("number", "between two looks of the console"),
        "mouse": Key("boolean", "whether the console takes the mouse"),
        "theme": Key("text", "of the console: dark, light or mono"),
        "ascii": Key("boolean", "draw with ASCII only"),
        "clipboard": Key("text", "auto, osc52, tmux, file or off"),
        "owner_tag": Key("text", "the tag that names an owner in the fleet; else owner, or team"),
    },
    "keys": Each("ACTION", Key("text", "the key of an action, by its name in `lambdactl keys`")),
}
PYTHON: dict[Kind, tuple[type, ...]] = {
    "text": (str,),
    "boolean": (bool,),
    "number": (int, float),
    "whole": (int,),
    "texts": (list,),
}
EXAMPLES: dict[Kind, str] = {
    "text": '"..."',
    "boolean": "true",
    "number": "1.5",
    "whole": "5",
    "texts": '["..."]',
}
NAMES: dict[Kind, str] = {
    "text": "a text",
    "boolean": "true or false",
    "number": "a number",
    "whole": "a whole number",
    "texts": "a list of texts",
}


def check(where: str, table: object, known: Shape | Each, path: tuple[str, ...] = ()) -> None:
    """Raises UsageError for a key that is not known or not of its kind; ``where`` is the file."""
    if not isinstance(table, dict):
        raise UsageError(f"{where}: {'.'.join(path) or 'it'} is not a table")
    for name, value in table.items():
        here = (*path, name)
        found = known.within if isinstance(known, Each) else known.get(name)
        if found is None:
            raise unknown(f"{where}: unknown key {'.'.join(here)}", name, known)
        if isinstance(found, Key):
            _check_value(where, here, value, found.kind)
        else:
            check(where, value, found, here)


def _check_value(where: str, path: tuple[str, ...], value: object, kind: Kind) -> None:
    fits = isinstance(value, PYTHON[kind]) and (kind == "boolean") == isinstance(value, bool)
    if kind == "texts" and isinstance(value, list):
        fits = all(isinstance(each, str) for each in value)
    if not fits:
        example = f'"{value}"' if kind == "text" else EXAMPLES[kind]
        raise UsageError(
            f"{where}: {'.'.join(path)} is not {NAMES[kind]}", hint=f"{path[-1]} = {example}"
        )


def unknown(message: str, name: str, known: Shape | Each) -> UsageError:
    names = sorted(known) if not isinstance(known, Each) else []
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}"
    return UsageError(message, hint=hint)


def key_at(path: tuple[str, ...], known: Shape) -> Key:
    """The key that a dotted name leads to. Raises UsageError with the nearest."""
    shape: Key | Each | Shape = known
    for name in path:
        if isinstance(shape, Key):
            break
        found = shape.within if isinstance(shape, Each) else shape.get(name)
        if found is None:
            raise unknown(f"there is no key {'.'.join(path)}", name, shape)
        shape = found
    else:
        if isinstance(shape, Key):
            return shape
        raise UsageError(
            f"{'.'.join(path)} is a table, not a value", hint="lambdactl config schema"
        )
    raise UsageError(f"there is no key {'.'.join(path)}", hint="lambdactl config schema")


def keys(known: Shape | Each | Key, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Key]]:
    """Every key by its dotted name, with ``NAME`` for a name of the operator's own."""
    match known:
        case Key():
            yield ".".join(path), known
        case Each(name=name, within=within):
            yield from keys(within, (*path, name))
        case _:
            for name, found in known.items():
                yield from keys(found, (*path, name))


def json_schema(known: Shape | Each | Key) -> dict[str, Any]:
    """The same as a JSON Schema, for editors."""
    types = {"text": "string", "boolean": "boolean", "number": "number", "whole": "integer"}
    match known:
        case Key(kind="texts", about=about):
            return {"type": "array", "items": {"type": "string"}, "description": about}
        case Key(kind=kind, about=about):
            return {"type": types[kind], "description": about}
        case Each(within=within):
            return {"type": "object", "additionalProperties": json_schema(within)}
        case _:
            properties = {name: json_schema(found) for name, found in known.items()}
            return {"type": "object", "additionalProperties": False, "properties": properties}

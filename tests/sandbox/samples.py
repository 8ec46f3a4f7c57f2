"""A value for any shape of botocore's models: every member set, or only the required ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

MOMENT = datetime(2026, 3, 1, 12, 30, 45, 250_000, tzinfo=UTC)
TEXT = "a <b> & 'ü' / + % \"q\" \n z"


def sample(shape: Any, *, full: bool = True, seen: tuple[str, ...] = ()) -> Any:
    """``seen`` ends the recursion of shapes that contain themselves."""
    match shape.type_name:
        case "structure":
            return _structure(shape, full, (*seen, shape.name))
        case "list":
            return [] if shape.member.name in seen else [sample(shape.member, full=full, seen=seen)]
        case "map":
            return {_key(shape.key): sample(shape.value, full=full, seen=seen)}
        case "string":
            return shape.enum[0] if shape.enum else TEXT
        case "blob":
            return b"\x00\xffblob"
        case "timestamp":
            return MOMENT
        case "boolean":
            return True
        case "integer" | "long":
            return 7
        case _:
            return 0.25


def _key(shape: Any) -> str:
    return str(shape.enum[0]) if shape.enum else "key"


def _structure(shape: Any, full: bool, seen: tuple[str, ...]) -> dict[str, Any]:
    names = list(shape.members) if full else shape.required_members
    names = [name for name in names if shape.members[name].name not in seen]
    if shape.is_tagged_union:
        names = names[:1]
    return {
        name: _at(shape.members[name], sample(shape.members[name], full=full, seen=seen))
        for name in names
    }


def _at(member: Any, value: Any) -> Any:
    """Headers and paths carry no line ends, and whole seconds."""
    place = member.serialization.get("location")
    if place in ("header", "headers", "uri", "querystring"):
        if value == TEXT:
            return "plain/text:1" if place == "uri" else "plain text"
        if value == MOMENT:
            return MOMENT.replace(microsecond=0)
    return value

"""The query protocol: a form comes in, XML goes out. CloudFormation, IAM and STS speak it.

A list is ``Parameters.member.1``, or ``Parameters.1`` where the model says flattened; a map has
``.entry.1.key`` and ``.entry.1.value``; a structure's member is one more name after a dot.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.model import OperationModel, Shape

from lambdactl.sandbox.wire.values import (
    format_time,
    malformed,
    parse_time,
    read_blob,
    wire_name,
    write_blob,
    write_number,
)

Form = dict[str, str]
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse_form(body: bytes, query: str) -> Form:
    """The fields of a form, wherever the client put them."""
    fields = dict(parse_qsl(query, keep_blank_values=True))
    fields.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return fields


def read_form(shape: Shape | None, form: Form) -> dict[str, Any]:
    """The input members that a form carries."""
    if shape is None:
        return {}
    value = _Fields(form).structure(shape, "")
    return value or {}


class _Fields:
    """The fields of one form, looked up by dotted prefix."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.prefixes = {
            name[:dot] for name in form for dot in (m.start() for m in re.finditer(r"\.", name))
        }

    def read(self, shape: Any, name: str) -> Any:
        match shape.type_name:
            case "structure":
                return self.structure(shape, f"{name}.") if name in self.prefixes else None
            case "list":
                return self.list_of(shape, name)
            case "map":
                return self.map_of(shape, name)
            case scalar:
                text = self.form.get(name)
                return None if text is None else _scalar(scalar, text)

    def structure(self, shape: Any, prefix: str) -> dict[str, Any]:
        found = {}
        for name, member in shape.members.items():
            value = self.read(member, prefix + field_name(name, member))
            if value is not None:
                found[name] = value
        return found

    def list_of(self, shape: Any, name: str) -> list[Any] | None:
        if not shape.serialization.get("flattened"):
            if self.form.get(name) == "":
                return []
            name = f"{name}.{shape.member.serialization.get('name', 'member')}"
        return [self.read(shape.member, item) for item in self.numbered(name)] or None

    def map_of(self, shape: Any, name: str) -> dict[str, Any] | None:
        if not shape.serialization.get("flattened"):
            name = f"{name}.entry"
        key = shape.key.serialization.get("name", "key")
        value = shape.value.serialization.get("name", "value")
        entries = self.numbered(name)
        found = {
            self.form.get(f"{at}.{key}", ""): self.read(shape.value, f"{at}.{value}")
            for at in entries
        }
        return found or None

    def numbered(self, name: str) -> list[str]:
        found, number = [], 1
        while (at := f"{name}.{number}") in self.form or at in self.prefixes:
            found.append(at)
            number += 1
        return found


def field_name(member: str, shape: Any) -> str:
    """A flattened list goes by the name of its items."""
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        return str(shape.member.serialization.get("name", wire_name(member, shape)))
    return wire_name(member, shape)


def _scalar(type_name: str, text: str) -> Any:
    try:
        match type_name:
            case "integer" | "long":
                return int(text)
            case "float" | "double":
                return float(text)
            case "timestamp":
                return parse_time(text)
            case "blob":
                return read_blob(text)
            case "boolean":
                return _boolean(text)
            case _:
                return text
    except ValueError as error:
        raise malformed(f"{text!r} is not of type {type_name}") from error


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise malformed(f"{text!r} is neither true nor false")
    return text.lower() == "true"


def write_answer(operation: OperationModel, output: dict[str, Any], request_id: str) -> str:
    """The XML that answers ``operation``, wrapped as the model says."""
    shape: Any = operation.output_shape
    result = ""
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper", f"{operation.name}Result")
        result = f"<{wrapper}>{_members(shape, output)}</{wrapper}>"
    namespace = operation.metadata.get("xmlNamespace", "")
    return (
        f'<{operation.name}Response xmlns="{escape(str(namespace))}">{result}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        f"</{operation.name}Response>"
    )


def _members(shape: Any, value: dict[str, Any]) -> str:
    return "".join(
        write_element(shape.members[name], wire_name(name, shape.members[name]), item)
        for name, item in value.items()
        if item is not None and name in shape.members
    )


def write_element(shape: Any, name: str, value: Any) -> str:
    """``value`` as the element ``name``."""
    match shape.type_name:
        case "structure":
            content = _members(shape, value)
        case "list" if shape.serialization.get("flattened"):
            item_name = shape.member.serialization.get("name", name)
            return "".join(write_element(shape.member, item_name, item) for item in value)
        case "list":
            item_name = shape.member.serialization.get("name", "member")
            content = "".join(write_element(shape.member, item_name, item) for item in value)
        case "map":
            content = _entries(shape, value)
        case scalar:
            content = escape(_NOT_XML.sub("?", _text(scalar, value)))
    return f"<{name}>{content}</{name}>"


def _entries(shape: Any, value: dict[str, Any]) -> str:
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    return "".join(
        f"<entry>{write_element(shape.key, key_name, key)}"
        f"{write_element(shape.value, value_name, item)}</entry>"
        for key, item in value.items()
    )


def _text(type_name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return str(format_time(value, "iso8601"))
    if type_name == "blob":
        return write_blob(value)
    if type_name in ("float", "double"):
        return str(write_number(value))
    return str(value)

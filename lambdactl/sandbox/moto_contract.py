"""moto's answers held to the shapes that our own services' are held to.

moto writes bytes, so they are read as a client reads them, by botocore's parser; and because that
parser passes over what it does not know, the bytes themselves are looked through for it first. An
error must carry a code that a client can read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as XML

from botocore.awsrequest import HeadersDict
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError, create_parser
from botocore.utils import parse_timestamp

from lambdactl.sandbox.contract import ContractError, breaches
from lambdactl.sandbox.wire import Destination, Response
from lambdactl.sandbox.wire.cbor import loads
from lambdactl.sandbox.wire.query import field_name

_CONFUSED = (ValueError, TypeError, AttributeError)
"""What botocore's parser raises at a string where it looks for a number, a list or an object."""
_ERRORS_FROM = 301
"""The status from which botocore takes an answer for an error."""


def check_answer(place: Destination, model: OperationModel, answer: Response) -> None:
    """Raise :class:`ContractError` unless ``answer`` could have come from AWS."""
    look = _in_an_error if answer.status >= _ERRORS_FROM else _in_an_output
    found: list[str] = []
    try:
        found.extend(look(place, model, answer))
    except (ResponseParserError, XML.ParseError, LookupError, *_CONFUSED) as error:
        found.append(f"what cannot be read: {type(error).__name__}: {error}")
    if found:
        raise ContractError(f"{model.name} answered {'; '.join(found)}")


def _in_an_error(place: Destination, model: OperationModel, answer: Response) -> Iterator[str]:
    if place.protocol == "rest-xml" and (model.http["method"] == "HEAD" or not answer.body):
        return  # nothing of a body is sent, nor where an object has not been modified
    said = parsed(place, model.output_shape, answer, answer.body)
    code = said.get("Error", {}).get("Code") or ""
    if not code or code == str(answer.status):  # which botocore puts there for want of one
        yield f"{answer.status} without an error's code"


def _in_an_output(place: Destination, model: OperationModel, answer: Response) -> Iterator[str]:
    shape: Any = model.output_shape
    payload = shape.serialization.get("payload") if shape else None
    if payload and shape.members[payload].type_name in ("blob", "string"):
        told = parsed(place, shape, answer, b"")
        yield from breaches(shape, {**told, payload: None})
        return
    body_shape = shape.members[payload] if payload else shape
    if place.protocol in ("query", "ec2", "rest-xml"):
        yield from _unknown_in_xml(place, body_shape, answer.body)
    elif body_shape is not None:
        read: Callable[[bytes], Any] = json.loads if "json" in place.protocol else loads
        yield from _strangers(body_shape, read(answer.body) if answer.body else {}, "")
    yield from breaches(shape, parsed(place, shape, answer, answer.body))


def parsed(place: Destination, shape: Any, answer: Response, body: bytes) -> dict[str, Any]:
    """What a client makes of an answer with this ``body``, without what it adds of its own."""
    headers = HeadersDict(answer.headers)
    told = {"status_code": answer.status, "headers": headers, "body": body}
    read: dict[str, Any] = create_parser(place.protocol).parse(told, shape)
    read.pop("ResponseMetadata")
    return read


def _strangers(shape: Any, value: Any, path: str) -> Iterator[str]:
    """The members of a JSON or CBOR body that the shape does not have."""
    match shape.type_name:
        case "structure" if isinstance(value, dict) and not shape.is_document_type:
            known = _by_wire_name(shape)
            for name, item in value.items():
                if name in known:
                    yield from _strangers(known[name], item, f"{path}.{name}")
                else:
                    yield f"{path}.{name}".removeprefix(".") + _NO_MEMBER.format(shape.name)
        case "list":
            for item in value or ():
                yield from _strangers(shape.member, item, f"{path}[]")
        case "map":
            for key, item in (value or {}).items():
                yield from _strangers(shape.value, item, f"{path}[{key!r}]")


_NO_MEMBER = ", which is not a member of {}"


def _by_wire_name(shape: Any) -> dict[str, Any]:
    """The members of a body by their names on the wire."""
    return {
        field_name(name, member): member
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }


def _unknown_in_xml(place: Destination, shape: Any, body: bytes) -> Iterator[str]:
    """What stands in an XML body and cannot be of ``shape``."""
    if not body.strip():
        return
    root = XML.fromstring(body)
    if place.protocol == "query":
        wrapper = shape.serialization.get("resultWrapper") if shape is not None else None
        for child in root:
            if _tag(child) not in (wrapper, "ResponseMetadata"):
                yield f"{_tag(child)} outside of its result"
        found = next((child for child in root if _tag(child) == wrapper), None)
        root = root if found is None else found
        shape = None if found is None else shape
    if shape is not None:
        yield from _node(shape, root, "")


def _node(shape: Any, node: XML.Element, path: str) -> Iterator[str]:
    match shape.type_name:
        case "structure":
            known = _by_wire_name(shape)
            for child in node:
                name = _tag(child)
                if name not in known:
                    yield f"{path}.{name}".removeprefix(".") + _NO_MEMBER.format(shape.name)
                elif known[name].serialization.get("flattened"):
                    yield from _item(known[name], child, f"{path}.{name}")
                else:
                    yield from _node(known[name], child, f"{path}.{name}")
        case "list":
            name = shape.member.serialization.get("name", "member")
            for child in node:
                if _tag(child) != name:
                    yield f"{path} with {_tag(child)}, where {name} belongs"
                yield from _item(shape, child, f"{path}[]")
        case "map":
            for entry in node:
                yield from _item(shape, entry, f"{path}[]")
        case _:
            yield from _text(shape, node.text or "", path)


def _item(shape: Any, node: XML.Element, path: str) -> Iterator[str]:
    """One item of a list, or one entry of a map."""
    if shape.type_name == "list":
        yield from _node(shape.member, node, path)
        return
    for child, part in zip(node, (shape.key, shape.value), strict=True):
        yield from _node(part, child, path)


def _text(shape: Any, text: str, path: str) -> Iterator[str]:
    """Text that botocore would read as something, without a word, although it is nothing."""
    if shape.type_name == "boolean" and text not in ("true", "false"):
        yield f"{path.removeprefix('.')} as {text!r}, which is a boolean"
    if shape.type_name == "timestamp":
        parse_timestamp(text)


def _tag(node: XML.Element) -> str:
    return node.tag.rpartition("}")[2]

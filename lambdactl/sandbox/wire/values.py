"""Values of a shape, to and from the JSON and CBOR that carry them.

Each shape is compiled once into a function. What goes in and comes out is what botocore users know:
times are timezone-aware, blobs are bytes, absent is absent (a ``None`` is not sent).
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from botocore.model import Shape

from lambdactl.sandbox.errors import ApiError

Convert = Callable[[Any], Any]
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_NUMBERS: dict[Any, Any] = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def json_bytes(value: Any) -> bytes:
    return _ENCODER.encode(value).encode()


def malformed(message: str) -> ApiError:
    return ApiError("SerializationException", message, 400)


def wire_name(member: str, shape: Shape) -> str:
    return str(shape.serialization.get("name", member))


def parse_time(value: Any) -> datetime:
    """An epoch, an ISO 8601 or an RFC 822 time; without a zone it is UTC."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, datetime):
            parsed = value
        elif value[:1].isalpha():
            parsed = parsedate_to_datetime(value)
        elif value.replace(".", "", 1).isdigit():
            return datetime.fromtimestamp(float(value), UTC)
        else:
            parsed = datetime.fromisoformat(value)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise malformed(f"{value!r} is not a timestamp") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def format_time(value: datetime, form: str) -> str | float | int:
    """``form`` is the model's: ``unixTimestamp``, ``iso8601`` or ``rfc822``."""
    value = value if value.tzinfo else value.replace(tzinfo=UTC)
    value = value.astimezone(UTC)
    if form == "iso8601":
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if form == "rfc822":
        return format_datetime(value, usegmt=True)
    return round(value.timestamp(), 3)


def read_blob(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise malformed("a blob must be Base64") from error


def write_blob(value: bytes | str) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def read_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise malformed(f"{_kind(value)} can not be converted to a Double")
    try:
        return float(_NUMBERS.get(value, value))
    except ValueError as error:
        raise malformed("STRING_VALUE can not be converted to a Double") from error


def write_number(value: Any) -> Any:
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def _kind(value: Any) -> str:
    kinds = {str: "STRING_VALUE", bool: "TRUE_VALUE" if value else "FALSE_VALUE"}
    kinds |= {dict: "START_OBJECT", list: "START_ARRAY", int: "NUMBER_VALUE"}
    return kinds.get(type(value), "DECIMAL_VALUE")


def _expect(kinds: type | tuple[type, ...], name: str) -> Convert:
    def read(value: Any) -> Any:
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise malformed(f"{_kind(value)} can not be converted to {name}")
        return value

    return read


def _read_integer(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise malformed(f"{_kind(value)} can not be converted to an Integer")
    return value


def _same(value: Any) -> Any:
    return value


class Converter:
    """Compiles shapes into functions; ``scalars`` maps a type of the model to its function.

    ``reading`` says which way: from the wire, where a wrong type is the caller's mistake, or to it.
    """

    def __init__(self, scalars: dict[str, Convert], *, reading: bool) -> None:
        self._scalars = scalars
        self._reading = reading
        self._compiled: dict[Shape, Convert] = {}

    def __call__(self, shape: Shape, value: Any) -> Any:
        return self.compile(shape)(value)

    def compile(self, shape: Shape) -> Convert:
        convert = self._compiled.get(shape)
        if convert is None:
            self._compiled[shape] = convert = self._build(shape)
        return convert

    def _build(self, shape: Shape) -> Convert:
        match shape.type_name:
            case "structure":
                return self._structure(shape)
            case "list":
                return self._list(shape)
            case "map":
                return self._map(shape)
            case "timestamp" if not self._reading and "timestamp" not in self._scalars:
                form = str(shape.serialization.get("timestampFormat", "unixTimestamp"))
                return lambda value: format_time(value, form)
            case scalar:
                return self._scalars.get(scalar, _same)

    def _structure(self, shape: Any) -> Convert:
        if shape.is_document_type:
            return _same
        tables: list[dict[str, tuple[str, Convert]]] = []
        expect_object = _expect(dict, "an Object")

        def convert(value: Any) -> dict[str, Any]:
            # Made when first used, and not before: a shape may contain itself.
            if not tables:
                tables.append(self._table(shape))
            fields, converted = tables[0], {}
            for name, item in expect_object(value).items():
                if item is not None and name in fields:
                    other_name, item_of = fields[name]
                    converted[other_name] = item if item_of is _same else item_of(item)
            return converted

        return convert

    def _table(self, shape: Any) -> dict[str, tuple[str, Convert]]:
        """Each member by its name on this side: its name on the other, and its function."""
        table = {}
        for name, member in shape.members.items():
            wire = wire_name(name, member)
            here, there = (wire, name) if self._reading else (name, wire)
            table[here] = there, self.compile(member)
        return table

    def _list(self, shape: Any) -> Convert:
        item_of = self.compile(shape.member)
        expect_array = _expect((list, tuple), "an Array")

        def convert(value: Any) -> list[Any]:
            items = expect_array(_materialised(value))
            return list(items) if item_of is _same else [item_of(item) for item in items]

        return convert

    def _map(self, shape: Any) -> Convert:
        item_of = self.compile(shape.value)
        expect_object = _expect(dict, "an Object")

        def convert(value: Any) -> dict[str, Any]:
            items = expect_object(value).items()
            return {key: item_of(item) for key, item in items if item is not None}

        return convert


def _materialised(value: Any) -> Any:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
        return list(value)
    return value


_READ = {
    "string": _expect(str, "a String"),
    "boolean": _expect(bool, "a Boolean"),
    "integer": _read_integer,
    "long": _read_integer,
    "float": read_number,
    "double": read_number,
    "timestamp": parse_time,
}
from_json = Converter(_READ | {"blob": read_blob}, reading=True)
to_json = Converter(
    {"blob": write_blob, "float": write_number, "double": write_number}, reading=False
)
from_cbor = Converter(_READ | {"blob": _expect(bytes, "a Blob")}, reading=True)
to_cbor = Converter({"timestamp": _same, "float": float, "double": float}, reading=False)
